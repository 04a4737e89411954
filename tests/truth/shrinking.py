"""A world in which product and reference differ, made as small as it goes, and in words."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from tests.truth.comparing import Difference, differences
from tests.truth.reference import ALWAYS, Mark, Submission, Valid, World


def shrunk(world: World, difference: Difference) -> World:
    """Without all that a difference of this kind does not need."""

    def differs(smaller: World) -> bool:
        return any(kind(one) == kind(difference) for one in differences(smaller)[1])

    before = None
    while before != world:
        before = world
        for smaller in smaller_ones(world):
            candidate = smaller(world)
            if candidate != world and differs(candidate):
                world = candidate
    return world


def kind(difference: Difference) -> tuple[str, str, bool]:
    """What must stay the same while a world gets smaller: the indicator, the field, whether it is one of a year."""
    return difference.place.code, difference.field, difference.place.period.kind == "year"


def smaller_ones(world: World) -> Iterator[Callable[[World], World]]:
    """Each takes something away, much of it first: of this world, or of one that lacks something already."""
    rows = list(world.submissions)
    for size in (32, 16, 8, 4, 2, 1):
        for begin in range(0, len(rows), size):
            yield partial(without_submissions, rows=rows[begin : begin + size])
    for code in world.indicators:
        yield partial(without_figures, code=code)
    yield without_what_is_unused
    for name in world.sheets:
        yield partial(with_sheet, name=name, valid=ALWAYS)
        yield partial(with_sheet, name=name, former=())
    for code in world.indicators:
        yield partial(with_indicator, code=code, valid=ALWAYS)
    for row in rows:
        for smaller in smaller_submissions(row):
            yield partial(with_submission, row=row, smaller=smaller)


def without_submissions(world: World, rows: Collection[Submission]) -> World:
    return replace(world, submissions=[row for row in world.submissions if row not in rows])


def without_figures(world: World, code: str) -> World:
    rows = [
        replace(row, figures={one: row.figures[one] for one in row.figures if one != code}) for row in world.submissions
    ]
    return replace(world, submissions=rows)


def without_what_is_unused(world: World) -> World:
    """Regions below all others, indicators that nothing reads, sheets without any."""
    used = {row.region for row in world.submissions} | set(world.parents.values()) | {next(iter(world.parents))}
    parents = {name: above for name, above in world.parents.items() if name in used}
    read = " ".join(row.formula for row in world.indicators.values())
    parts = world.parts if "parts" in read else {}
    read += " ".join(code for total, row in parts.items() for code in (total, *row))
    kept = {code for row in world.submissions for code in row.figures}
    indicators = {code: row for code, row in world.indicators.items() if code in kept or code in read}
    sheets = {row.sheet for row in indicators.values()} | {row.sheet for row in world.submissions}
    return replace(
        world,
        parents=parents,
        parts=parts,
        indicators=indicators,
        sheets={name: sheet for name, sheet in world.sheets.items() if name in sheets},
    )


def with_sheet(world: World, name: str, **fields: Any) -> World:
    known = name in world.sheets
    return replace(world, sheets={**world.sheets, name: replace(world.sheets[name], **fields)}) if known else world


def with_indicator(world: World, code: str, **fields: Any) -> World:
    known = code in world.indicators
    changed = {code: replace(world.indicators[code], **fields)} if known else {}
    return replace(world, indicators={**world.indicators, **changed})


def with_submission(world: World, row: Submission, smaller: Submission) -> World:
    return replace(world, submissions=[smaller if one == row else one for one in world.submissions])


def smaller_submissions(row: Submission) -> Iterator[Submission]:
    if row.status != "accepted":
        yield replace(row, status="accepted")
    for code, answer in row.figures.items():
        yield replace(row, figures={other: one for other, one in row.figures.items() if other != code})
        if isinstance(answer, Fraction) and answer not in range(10):
            yield replace(row, figures={**row.figures, code: Fraction(1 + abs(int(answer)) % 9)})


def in_words(world: World) -> str:
    return "\n".join([*catalogue_in_words(world), *(submission_in_words(row) for row in world.submissions)])


def catalogue_in_words(world: World) -> Iterator[str]:
    yield "regions: " + ", ".join(f"{name} < {above}" if above else name for name, above in world.parents.items())
    for name, sheet in world.sheets.items():
        former = "".join(f", until {year} {kind}" for year, kind in sheet.former)
        yield f"{name}: {sheet.frequency}{former}{valid_in_words(sheet.valid)}"
    for code, row in world.indicators.items():
        what = row.formula or row.accumulation
        yield f"{code} on {row.sheet}: {what}, x {float(row.scale):g}{valid_in_words(row.valid)}"
    for total, parts in world.parts.items():
        yield f"parts({total}): {' + '.join(parts)}"


def valid_in_words(valid: Valid) -> str:
    return (f", from {valid.begin}" if valid.begin else "") + (f", to {valid.end}" if valid.end else "")


def submission_in_words(row: Submission) -> str:
    period = f"{row.period.year} {row.period.kind} {row.period.number}"
    figures = ", ".join(
        " ".join(filter(None, [code, str(answer if isinstance(answer, str) else float(answer)), marked(row, code)]))
        for code, answer in row.figures.items()
    )
    status = "" if row.status == "accepted" else f" ({row.status})"
    return f"{row.region} {row.sheet} {period}{status}: {figures}"


def marked(row: Submission, code: str) -> str:
    qualifier, as_of = row.marks.get(code, Mark())
    return f"{qualifier} {as_of or ''}".strip()
