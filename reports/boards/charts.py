"""Charts of the screen as values: what one shows, its numbers with their printed texts, and its words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sectors.calculation.bounded import Marked


@dataclass(frozen=True)
class ChartLine:
    """A series: a value and its printed text for each name of the chart; None and "" where there is none."""

    name: str
    values: tuple[Decimal | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class ScreenChart:
    """`kind` is `line` (over time), `bars` (parts, ranks) or `dots` (a row a name, a symbol a line).

    `names` are the places along it, `words` a sentence that says what it shows, `unit` follows every number.
    """

    id: str
    kind: str
    title: str
    unit: str
    names: tuple[str, ...]
    lines: tuple[ChartLine, ...]
    words: str
    target: Decimal | None = None
    target_text: str = ""

    def as_json(self) -> dict[str, Any]:
        """For static/app/charts/charts.js. Numbers are texts, so that none is rounded on the way."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "names": list(self.names),
            "lines": [
                {"name": one.name, "values": [_plain(value) for value in one.values], "texts": list(one.texts)}
                for one in self.lines
            ],
            "target": _plain(self.target),
            "target_text": self.target_text,
        }

    def table(self) -> Iterator[tuple[str, list[str]]]:
        """Its numbers as rows: a name and a text for each line."""
        for place, name in enumerate(self.names):
            yield name, [one.texts[place] for one in self.lines]


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def sentences(first: str, second: str) -> str:
    """One after the other, as the language sets them: Chinese leaves no room between them."""
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": first, "second": second}


def with_caution(words: str, marks: Iterable[Marked]) -> str:
    """What is told of values, with how those that are not exact were ranked."""
    if not any(mark.qualifier for mark in marks):
        return words
    return sentences(words, _("Figures that are not exact are drawn and ranked by the number that was stated."))


NAMES_SAID = 3


def listed(names: Sequence[str]) -> str:
    """The first three; that there are more is said."""
    said = "、".join(names[:NAMES_SAID])
    return _("%(names)s and others") % {"names": said} if len(names) > NAMES_SAID else said


SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 96, 28, 4


def spark(values: tuple[Decimal | None, ...]) -> list[list[tuple[str, str]]]:
    """Points of a small trend line in a box of SPARK_WIDTH x SPARK_HEIGHT: one list a stretch without gaps."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, span = min(known), max(known) - min(known)
    inner = SPARK_HEIGHT - 2 * SPARK_EDGE
    step = Decimal(SPARK_WIDTH - 2 * SPARK_EDGE) / (len(values) - 1)
    stretches: list[list[tuple[str, str]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            stretches.append([])
            continue
        share = (value - low) / span if span else Decimal("0.5")
        stretches[-1].append((f"{SPARK_EDGE + step * place:.1f}", f"{SPARK_HEIGHT - SPARK_EDGE - share * inner:.1f}"))
    return [stretch for stretch in stretches if stretch]
