"""The course of a cell's last periods as a small line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import dropwhile, groupby

from sectors.calculation.cells import plain_digits

# The code of a period and what was reported in it; None where nothing was, or no number.
Course = Sequence[tuple[str, Decimal | None]]
COURSE = 8  # periods
WIDTH, HEIGHT, EDGE = 40, 12, 1.5


def drawn(course: Course) -> str:
    """An SVG element with the values in its title; a gap where a period has none. Empty for fewer than two values."""
    known = [value for _code, value in course if value is not None]
    if len(known) < 2:
        return ""
    course = list(dropwhile(lambda one: one[1] is None, course))
    low, high = float(min(known)), float(max(known))
    step, rise = (WIDTH - 2 * EDGE) / (len(course) - 1), (HEIGHT - 2 * EDGE) / ((high - low) or 1)
    places = [
        None if value is None else (EDGE + n * step, HEIGHT - EDGE - (float(value) - low) * rise)
        for n, (_code, value) in enumerate(course)
    ]
    lines = [[place for place in run if place] for is_there, run in groupby(places, key=bool) if is_there]
    # A line of one point is a dot.
    points = (" ".join(f"{x:.1f},{y:.1f}" for x, y in (run if len(run) > 1 else run * 2)) for run in lines)
    said = " · ".join(f"{code} {plain_digits(value)}" for code, value in course if value is not None)
    polylines = "".join(f'<polyline points="{text}"/>' for text in points)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"'
    return f'<svg class="spark" {box}><title>{escape(said)}</title>{polylines}</svg>'
