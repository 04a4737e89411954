"""Years that a wording is tried in: what can be reported, or not, of the indicators that it names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.aggregation.made import Coverage, Gap, Made, Origin
from reports.aggregation.months import YEAR, months_of
from reports.aggregation.values import AnnualValue, Comparison
from reports.wording.rendering import Figures
from sectors.calculation.words import said as words_said
from sectors.models import Indicator
from sectors.vocabulary import ValueKind

TRIED_YEAR, TRIED_REGION = 2023, "云泽县"
HALF = months_of("half", 1)
HUNDRED = Decimal(100)
NONE, NOT_APPLICABLE = None, "n/a"
Given = Decimal | str | None  # a number, NOT_APPLICABLE, Gap.NOTHING, or nothing
Last = Callable[[Decimal], Decimal | None]  # last year's value by this year's
TRIED_WORDS: Mapping[str, str] = {ValueKind.TEXT: "文字", ValueKind.DATE: f"{TRIED_YEAR}-05-31"}
_CODE = re.compile(r"[a-z]\w*(?:\.\w+)+")


@dataclass(frozen=True)
class Situation:
    """Figures with the words for what is particular about them. `has_last` is whether there is a year before."""

    words: str
    figures: Figures
    has_last: bool


def situations(indicators: Mapping[str, Indicator], codes: Sequence[str]) -> Iterator[Situation]:
    """All for the indicators of these codes: what is the same of all, what is particular about one or one sheet."""
    named = {code: indicators[code] for code in codes if code in indicators}
    ordinary: dict[str, Given] = {code: _ordinary(place, one) for place, (code, one) in enumerate(named.items())}

    def year(words: str, given: Mapping[str, Given], last: Last, *, is_half: bool = False) -> Situation:
        values = {code: _value(one, _computed(one, given), last, is_half=is_half) for code, one in named.items()}
        return Situation(words, Figures(values, TRIED_YEAR, TRIED_REGION), last(Decimal(1)) is not None)

    def less(value: Decimal) -> Decimal:
        return value * Decimal("0.8")

    def all_are(value: Given, percent: Given) -> dict[str, Given]:
        return {code: percent if one.unit.is_percent else value for code, one in named.items()}

    yield year(_("all is reported and grows"), ordinary, less)
    yield year(_("all falls"), ordinary, lambda value: value * 2)
    yield year(_("all is as last year"), ordinary, lambda value: value)
    yield year(_("last year is missing"), ordinary, lambda _value: None)
    yield year(_("last year is 0"), ordinary, lambda _value: Decimal(0))
    yield year(_("half of the year is reported"), ordinary, less, is_half=True)
    yield year(_("nothing is reported"), all_are(NONE, NONE), less)
    yield year(_("all is 0"), all_are(Decimal(0), Decimal(0)), lambda value: value)
    yield year(_("all is 1"), all_are(Decimal(1), HUNDRED), lambda value: value)
    yield year(_("all is equal"), all_are(Decimal(6), Decimal(50)), less)
    yield year(_("nothing applies"), all_are(NOT_APPLICABLE, NOT_APPLICABLE), less)
    pairs = {code: _ordinary((len(named) - place) // 2, one) for place, (code, one) in enumerate(named.items())}
    yield year(_("figures are equal two by two"), pairs, less)
    negative = {code: Decimal(-3) for code, one in named.items() if one.may_be_negative}
    yield year(_("what may be below 0 is so"), ordinary | negative, less)
    for code, one in named.items():
        name = {"name": one.name}
        yield year(_("“%(name)s” is missing") % name, ordinary | {code: NONE}, less)
        yield year(_("“%(name)s” is 0") % name, ordinary | {code: Decimal(0)}, less)
        yield year(_("“%(name)s” does not apply") % name, ordinary | {code: NOT_APPLICABLE}, less)
    for sheet in dict.fromkeys(one.sheet_id for one in named.values()):
        alone = {code: value if named[code].sheet_id == sheet else NONE for code, value in ordinary.items()}
        first = next(one for one in named.values() if one.sheet_id == sheet)
        yield year(_("only the sheet with “%(name)s” is reported") % {"name": first.name}, alone, less)


def _ordinary(place: int, indicator: Indicator) -> Decimal:
    """Different for each, so that one of them is the largest."""
    return Decimal(95 - place % 45) if indicator.unit.is_percent else Decimal(12 + 3 * place)


def _computed(indicator: Indicator, given: Mapping[str, Given]) -> Given:
    """What is given, but for a quotient of which a part is missing, or what it is divided by is 0: of 0 it does not
    apply."""
    value = given[indicator.code]
    if not isinstance(value, Decimal) or "/" not in indicator.formula:
        return value
    above, below = (_CODE.findall(part) for part in indicator.formula.split("/", 1))
    if any(not isinstance(given.get(code, value), Decimal) for code in above + below):
        return NONE
    if any(given.get(code) == 0 for code in below):
        return NONE if any(given.get(code) for code in above) else Gap.NOTHING
    return Decimal(0) if above and all(given.get(code) == 0 for code in above) else value


def _value(indicator: Indicator, given: Given, last: Last, *, is_half: bool) -> AnnualValue:
    value = given if isinstance(given, Decimal) else None
    before = last(value) if value is not None else None
    months, coverage = (HALF, Coverage(1, 2)) if is_half else (YEAR, Coverage(1, 1))
    reason = Gap.NOTHING if given is Gap.NOTHING else None
    if indicator.is_words:
        return _words(indicator, given)
    return AnnualValue(
        indicator,
        TRIED_YEAR,
        Made(
            value, Origin(coverage, months=months), not_applicable=given in (NOT_APPLICABLE, Gap.NOTHING), reason=reason
        ),
        Made(before, Origin(Coverage(1, 1))),
        comparison=None if before is None else Comparison(value or Decimal(0), before, months, 1, 1, not is_half),
    )


def _words(indicator: Indicator, given: Given) -> AnnualValue:
    """One of the options by what is given as a number, or words."""
    made = Made(None, Origin(Coverage(1, 1)), not_applicable=given in (NOT_APPLICABLE, Gap.NOTHING))
    if not isinstance(given, Decimal):
        return AnnualValue(indicator, TRIED_YEAR, made)
    words = [words for _code, words in indicator.options] or [TRIED_WORDS.get(indicator.value_kind, "")]
    said = words_said(words[int(given) % len(words)], indicator.value_kind)
    return AnnualValue(indicator, TRIED_YEAR, made, words=said)
