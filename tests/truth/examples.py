"""Small worlds in a line, for the examples of docs/figures.md and of test_reference.py.

What a region says of an indicator in a year is a text: `10, n/a, –, 40; annual 99` are four quarters, of which the
third is not answered, and an annual figure. Two periods are half-years, twelve are months, one is that of a yearly
sheet. Each indicator has a sheet of its own, which a region reports in the years for which there is a text.
"""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.truth.reference import (
    ALL_MONTHS,
    NA,
    Answer,
    Indicator,
    Months,
    Period,
    Reference,
    Sheet,
    Submission,
    Valid,
    Value,
    World,
)

KINDS = {12: "month", 4: "quarter", 2: "half", 1: "year"}
YEAR = 2023
Texts = Mapping[str, str]  # by code
Said = Mapping[str, Mapping[int, Texts]]  # by region and year


def made(
    said: Said,
    indicators: Mapping[str, Indicator],
    *,
    parts: Mapping[str, Sequence[str]] | None = None,
    parents: Mapping[str, str | None] | None = None,
) -> World:
    """Of regions that `parents` does not name, `city` is the one above all others."""
    tree = {"city": None} | {region: "city" for region in said if region != "city"} | dict(parents or {})
    texts = [
        (region, year, code, text)
        for region, years in said.items()
        for year, of_year in years.items()
        for code, text in of_year.items()
    ]
    kinds: dict[str, dict[int, str]] = {code: {} for code in indicators}
    for _region, year, code, text in texts:
        if answers(text):
            kinds[code][year] = KINDS[len(answers(text))]
    rows = [row for region, year, code, text in texts for row in submissions(region, year, code, text)]
    return World(tree, {code: sheet(kinds[code]) for code in indicators}, indicators, parts or {}, rows)


def answers(text: str) -> list[str]:
    """Of periods."""
    return [answer for answer in text.partition("annual")[0].strip("; ").split(",") if answer]


def submissions(region: str, year: int, code: str, text: str) -> list[Submission]:
    given = [(Period(year, KINDS[len(answers(text))], place), answer) for place, answer in enumerate(answers(text), 1)]
    _periods, _word, annual = text.partition("annual")
    given += [(Period(year), annual)] if annual else []
    figures = [(period, answered(answer)) for period, answer in given]
    return [Submission(region, code, period, {} if one is None else {code: one}) for period, one in figures]


def answered(text: str) -> Answer | None:
    text = text.strip()
    return NA if text == NA else None if text == "–" else Fraction(text)


def sheet(kinds: Mapping[int, str]) -> Sheet:
    """With the frequencies of some years; in others with that of the next known one."""
    latest = max(kinds, default=YEAR)
    former = tuple((year, kinds[year]) for year in sorted(kinds) if year < latest)
    return Sheet(kinds.get(latest, "quarter"), former)


def entered(code: str, accumulation: str = "flow", *, since: int = 0, is_percent: bool = False) -> Indicator:
    """On a sheet of its own; `since` is a month of 2023."""
    valid = Valid(datetime.date(YEAR, since, 1) if since else None)
    return Indicator(code, accumulation, is_percent=is_percent, scale=scale(is_percent), valid=valid)


def computed(code: str, formula: str, *, is_percent: bool = False) -> Indicator:
    return Indicator(code, "ratio", formula, is_percent=is_percent, scale=scale(is_percent))


def scale(is_percent: bool) -> Fraction:
    return Fraction(1, 100 if is_percent else 1)


# What the page calls: each gives a sentence without quotation marks.


class Sentence(str):
    __slots__ = ()
    __repr__ = str.__str__


def year(text: str, accumulation: str = "flow", since: int = 0) -> Sentence:
    """The value of 2023 of what one county says, with its coverage."""
    world = made({"city": {YEAR: {"t.x": text}}}, {"t.x": entered("t.x", accumulation, since=since)})
    return valued(Reference(world).full("city", "t.x", YEAR))


def rate(passed: str | Sequence[str], samples: str | Sequence[str]) -> Sentence:
    """Of one county, or of several in their order, in per cent."""
    said = {
        f"county {place}": {YEAR: dict(zip(("t.passed", "t.samples"), pair, strict=True))}
        for place, pair in enumerate(counties(passed, samples))
    }
    indicators = {code: entered(code) for code in ("t.passed", "t.samples")}
    indicators["t.rate"] = computed("t.rate", "t.passed / t.samples", is_percent=True)
    return valued(Reference(made(said, indicators)).full("city", "t.rate", YEAR), " %")


def growth(before: str, now: str) -> Sentence:
    """`x / last_year(x) - 1` in 2023, of one county."""
    indicators = {"t.x": entered("t.x"), "t.growth": computed("t.growth", "t.x / last_year(t.x) - 1", is_percent=True)}
    world = made({"city": {YEAR - 1: {"t.x": before}, YEAR: {"t.x": now}}}, indicators)
    return valued(Reference(world).full("city", "t.growth", YEAR), " %")


def change(before: str | Sequence[str], now: str | Sequence[str], accumulation: str = "flow") -> Sentence:
    """From 2022 to 2023, of one county, or of several in their order; who did not report has an empty text."""
    said = {
        f"county {place}": {y: {"t.x": text} for y, text in zip((YEAR - 1, YEAR), pair, strict=True) if text}
        for place, pair in enumerate(counties(before, now))
    }
    value = Reference(made(said, {"t.x": entered("t.x", accumulation)})).full("city", "t.x", YEAR)
    return changed(value)


def counties(first: str | Sequence[str], second: str | Sequence[str]) -> list[tuple[str, str]]:
    """What each says of both, in their order; one text is that of the only one."""
    texts = ([said] if isinstance(said, str) else said for said in (first, second))
    return list(zip(*texts, strict=True))


def valued(value: Value, unit: str = "") -> Sentence:
    number = "n/a" if value.not_applicable else "none" if value.value is None else f"{float(value.value):.3g}{unit}"
    return Sentence(f"{number}, {value.have}/{value.expected}")


def changed(value: Value) -> Sentence:
    """Not plain, it says over what: fewer regions than make the value, other months than twelve."""
    found = value.comparison
    if found is None or value.change is None:
        return Sentence("none")
    regions = [f"{found.regions} of {found.all_regions} regions"] if found.regions < found.all_regions else []
    months = [in_words(found.months)] if found.months != ALL_MONTHS or not regions else []
    over = [] if found.is_plain else regions + months
    return Sentence(", ".join([f"{float(value.change):+.1f} %", *over]))


def in_words(months: Months) -> str:
    first, last = min(months), max(months)
    is_span = len(months) == last - first + 1
    return f"months {first} to {last}" if is_span else f"months {', '.join(map(str, sorted(months)))}"
