"""Sentences with figures: a sector's wording is a template in the language of `reports.wording.language`.

Figures pass through the text as marks, so that every printed number keeps its indicator's code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import Template

from reports.aggregation.cube import AnnualValue, Comparison, Coverage
from reports.aggregation.made import Made, Origin
from reports.aggregation.months import YEAR
from reports.aggregation.open_rows import YearRows
from reports.document.marks import mark_gap, mark_not_applicable, mark_number, parse_marked
from reports.document.numbering import chinese_number
from reports.vocabulary import NOT_APPLICABLE
from reports.wording import comparisons, few, limits, row_lists
from reports.wording.arithmetic import MissingValue, between, bounds_of, inexactly
from reports.wording.codes import codes_named
from reports.wording.kinds import refusal
from reports.wording.language import FAILURES, FUNCTIONS, LINE, Fault, Item, compiled, fault_of, faults, line_mark
from sectors.calculation.bounded import Bounds
from sectors.calculation.cells import formatted, unit_behind, with_unit
from sectors.calculation.qualifiers import written
from sectors.vocabulary import Qualifier

HUNDRED = Decimal(100)
WHOLE = Origin(Coverage(1, 1))
# Up to here official prose writes a count in Chinese.
LARGEST_IN_CHINESE = 10
WRITTEN_IN_CHINESE = range(1, 100)
_LINE_MARK = re.compile(f"{LINE}([0-9]+){LINE}")


class WordingError(Exception):
    """A template that cannot be rendered. `fault` has the line; the message names the sector as well."""

    def __init__(self, where: str, fault: Fault) -> None:
        super().__init__(f"{where}: {fault}")
        self.fault = fault


@dataclass(frozen=True)
class Figures:
    """What a wording is rendered with: a region's annual values by code, and the words for the year and the region."""

    values: Mapping[str, AnnualValue]
    year: int
    region: str
    rows: Mapping[int, YearRows] = field(default_factory=dict)  # open rows by the keys of their tables

    @property
    def whole(self) -> str:
        """How a sentence says all of the region: 全县, 全市, 全州."""
        return f"全{self.region[-1:]}"

    @property
    def span(self) -> str:
        """What stands for the time that the figures are about: 全年, or 年内 as long as periods are missing."""
        return "年内" if any(value.is_partial for value in self.values.values()) else "全年"


def render(template: str, figures: Figures, *, where: str) -> dict[str, str]:
    """Render to marked paragraphs by the line of the template that they come from.

    `2` is the paragraph of the second line, `2.2` the one it makes the second time round in a loop. `where` names the
    sector in errors. Raises WordingError.
    """
    found = faults(template, figures.values)
    if found:
        raise WordingError(where, found[0])
    try:
        return _paragraphs(_text(template, figures))
    except FAILURES as error:
        raise WordingError(where, fault_of(error, template)) from error


def trial(template: str, figures: Figures, *, where: str) -> list[Fault]:
    """Everything that is wrong with a template, tried with these figures and with years in which others are there."""
    found = faults(template, figures.values)
    if found:
        return found
    for world in (figures, *_other_years(figures, codes_named(template))):
        try:
            _paragraphs(_text(template, world))
        except FAILURES as error:
            found.append(fault_of(error, template))
    return sorted(set(found), key=lambda fault: fault.line)


def printed_lines(
    template: Template, figures: Figures, names: Callable[[dict[str, object]], dict[str, object]]
) -> dict[str, str]:
    """As `render`, of a compiled template with other names than its own. Raises one of FAILURES."""
    return _paragraphs(limits.printed(template.generate(names(_Names(figures).all()))))


def _other_years(figures: Figures, codes: Collection[str]) -> Iterator[Figures]:
    """The same indicators without any figure, with nothing but zeros, and all there with a last year beside them."""
    named = {code: figures.values[code] for code in codes if code in figures.values}
    for value, last in ((None, None), (Decimal(0), Decimal(0)), (Decimal(2), Decimal(3)), (Decimal(3), None)):
        given: dict[str, Any] = {"made": Made(value, WHOLE), "before": Made(last, WHOLE)}
        given |= {"is_declared": False, "bounds": None, "last_bounds": None, "words": ""}
        given["comparison"] = None if value is None or last is None else Comparison(value, last, YEAR, 1, 1, True)
        others = {code: annual._replace(**given) for code, annual in named.items() if not annual.indicator.is_words}
        nothing = Made(None, WHOLE)
        said = {code: one if value else one._replace(made=nothing, words="") for code, one in named.items()}
        yield replace(figures, values=said | others)


def _text(template: str, figures: Figures) -> str:
    text = limits.printed(compiled(template).generate(_Names(figures).all()))
    return _in_place(text, [annual for annual in figures.values.values() if annual.bounds is not None])


def _paragraphs(text: str) -> dict[str, str]:
    """The lines with words in them, by the line number that stands before them."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    _before, *pieces = _LINE_MARK.split(f"{line_mark(1)}{text}")
    for line, piece in zip(pieces[::2], pieces[1::2], strict=True):
        for words in filter(None, map(str.strip, piece.splitlines())):
            times[line] += 1
            try:
                parse_marked(words)
            except ValueError as error:
                raise limits.Refused(_("A printed figure was cut in two. Print it whole: n('...').")) from error
            found[line if times[line] == 1 else f"{line}.{times[line]}"] = words
    return found


class _Names:
    """What a template may call; docs/catalogue.md describes each."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._told: set[str] = set()

    def all(self) -> dict[str, object]:
        year = self.figures.year
        variables = {
            "year": f"{year}",
            "last_year": f"{year - 1}",
            "region": self.figures.region,
            "whole": self.figures.whole,
            "span": self.figures.span,
        }
        return {name: getattr(self, name) for name in FUNCTIONS} | variables

    def n(self, code: str) -> str:
        annual = self._find(code)
        return self._printed(annual, annual.write(_whole(annual), annual.indicator.unit.name))

    def v(self, code: str) -> str:
        annual = self._find(code)
        return self._printed(annual, annual.write(_whole(annual)))

    def abs_n(self, code: str) -> str:
        """As `n`, without the sign: for 同比下降45.6%."""
        annual = self._number(code)
        text, unit = _whole(annual), annual.indicator.unit.name
        if not text.startswith("-"):
            return self.n(code)
        mark = annual.marked.without_sign()
        return self._printed(annual, mark.write(text[1:], unit_behind(unit), self.figures.year))

    def cn(self, code: str | int) -> str:
        """A small count in Chinese with its unit, else as `n`; of a number its Chinese numeral, for 一是, 二是."""
        if isinstance(code, int):
            if code not in WRITTEN_IN_CHINESE:
                raise limits.Refused(
                    _("cn(...) writes the numbers 1 to 99 in Chinese, not %(number)s.") % {"number": code}
                )
            return chinese_number(code)
        annual = self._number(code)
        value, unit = annual.value, annual.indicator.unit
        is_small = value is not None and value == int(value) and 0 < value <= LARGEST_IN_CHINESE
        if value is None or unit.is_percent or annual.bounds is not None or not is_small:
            return self.n(code)
        return mark_number(code, with_unit("两" if value == 2 else chinese_number(int(value)), unit.name))

    def span_of(self, code: str) -> str:
        """How the time of a figure is called: 截至10月19日 where it says so, else as `span`."""
        annual = self._find(code)
        return annual.marked.until(self.figures.year) or self.figures.span

    def name(self, code: str) -> str:
        return self._find(code).indicator.name

    def as_of(self, *codes: str) -> str:
        return comparisons.as_of(map(self._find, codes), self.figures.year)

    def val(self, code: str) -> Decimal | MissingValue | str:
        annual = self._find(code)
        if annual.words:
            return annual.words
        return self._or_missing(annual, inexactly(annual.value, annual.bounds), annual.not_applicable)

    def has(self, *codes: str) -> bool:
        return all(self._find(code).is_there for code in codes)

    def last(self, code: str) -> Decimal | MissingValue:
        """To be held against this year's, so there only where the whole of both years is compared."""
        annual = self._number(code)
        return self._or_missing(annual, inexactly(annual.plain_last, annual.last_bounds), annual.last_not_applicable)

    def last_n(self, code: str) -> str:
        annual = self._number(code)
        label = f"上年{annual.indicator.name}"
        if annual.last is not None:
            text = mark_number(code, annual.last_text_with_unit)
        else:
            text = NOT_APPLICABLE if annual.last_not_applicable else mark_gap(code, label)
        return f"{text}{comparisons.covered(annual.before.origin)}" if annual.is_last_partial else text

    def change(self, code: str) -> str:
        compared = self.compared(code)
        return f"，{compared}" if compared else ""

    def compared(self, code: str) -> str:
        annual = self._number(code)
        amount = annual.rounded_change
        if annual.comparison is None or not (amount or annual.is_unchanged):
            return ""
        span, of = comparisons.span(annual.comparison, annual.indicator), comparisons.regions(annual.comparison)
        base = "上年同期" if span else "上年"
        if not amount:
            return f"{of}{span}与{base}持平"
        verb = "下降" if amount < 0 else "提高" if annual.indicator.unit.is_percent else "增长"
        unit = "个百分点" if annual.indicator.unit.is_percent else "%"
        about = Qualifier.ABOUT if annual.comparison.is_about else Qualifier.EXACT
        return (
            f"{of}{span}较{base}{verb}{mark_number(code, written(f'{abs(amount)}', about, unit))}{self._counts(annual)}"
        )

    def _counts(self, annual: AnnualValue) -> str:
        """Behind the change of a rate of few what it is made of, unless that was printed before it."""
        counts = few.of(annual, self.figures.values) if annual.comparison and annual.comparison.is_plain else None
        return counts.marked if counts and not counts.codes <= self._told else ""

    def rose(self, code: str) -> bool:
        return _plainly_changed(self._number(code)) > 0

    def fell(self, code: str) -> bool:
        return _plainly_changed(self._number(code)) < 0

    def target(self, code: str) -> str:
        indicator = self._find(code).indicator
        if indicator.target is None:
            return ""
        return mark_number(code, with_unit(f"{indicator.target.normalize():f}", indicator.unit.name))

    def reached(self, code: str) -> bool | MissingValue:
        reached = self._find(code).reaches_target
        return MissingValue() if reached is None else reached

    def ranked(self, *codes: str) -> list[Item]:
        """Where it is not sure which of some is the larger, none of them compares as larger than another."""
        return _unsure(self._by_size(codes))

    def rows(self, code: str, pattern: str) -> str:
        indicator = self._find(code).indicator
        row_lists.check(indicator, pattern)
        return row_lists.text(indicator, self.figures.rows.get(indicator.table_id), pattern)

    def listed(self, *codes: str) -> str:
        return _joined(self._items(codes))

    def by_size(self, *codes: str) -> str:
        return _joined(self._by_size(codes))

    def _by_size(self, codes: tuple[str, ...]) -> list[Item]:
        return sorted(self._items(codes), key=lambda item: -Decimal(item.value))

    def _items(self, codes: tuple[str, ...]) -> list[Item]:
        found = [(code, self._number(code)) for code in codes]
        # 100% keeps its decimals beside 97.5%: one list has one number of them.
        is_mixed = any(annual.value != HUNDRED for _code, annual in found if annual.value is not None)
        places = _most_places([annual for _code, annual in found])
        items = []
        for code, annual in found:
            value = inexactly(annual.value, annual.bounds)
            if value is not None:
                digits = _padded(annual, places[annual.indicator.unit_id]) if is_mixed else _whole(annual)
                said, bare = (annual.write(digits, unit) for unit in (annual.indicator.unit.name, ""))
                items.append(
                    Item(code, annual.indicator.row_name, value, mark_number(code, said), mark_number(code, bare))
                )
        return items

    def _printed(self, annual: AnnualValue, text: str) -> str:
        code = annual.indicator.code
        self._told.add(code)
        if annual.not_applicable:
            return mark_not_applicable(code, annual.indicator.name)
        if not annual.is_there:
            return mark_gap(code, annual.indicator.name)
        return mark_number(code, annual.words or text)

    def _or_missing(self, annual: AnnualValue, value: Decimal | None, not_applicable: bool) -> Decimal | MissingValue:
        if value is not None:
            return value
        if not_applicable:
            return MissingValue(NOT_APPLICABLE, not_applicable=True)
        return MissingValue(mark_gap(annual.indicator.code, annual.indicator.name))

    def _number(self, code: str) -> AnnualValue:
        found = self._find(code)
        if found.indicator.is_words:
            raise limits.Refused(refusal(code))
        return found

    def _find(self, code: str) -> AnnualValue:
        if not isinstance(code, str) or code not in self.figures.values:
            raise limits.Refused(_("There is no indicator %(code)s.") % {"code": code})
        return self.figures.values[code]


def _unsure(items: list[Item]) -> list[Item]:
    """Each that may be the larger or the smaller of some lies anywhere between which all of these do."""
    groups: list[tuple[Bounds, list[Item]]] = []
    for item in sorted(items, key=lambda item: bounds_of(item.value).low):
        own = bounds_of(item.value)
        if groups and own.low <= groups[-1][0].high:
            all_of_them, group = groups[-1]
            high, qualifiers = max(all_of_them.high, own.high), all_of_them.qualifiers | own.qualifiers
            groups[-1] = (Bounds(all_of_them.low, high, qualifiers), [*group, item])
        else:
            groups.append((own, [item]))
    found = {item.code: bounds for bounds, group in groups for item in group}
    return [replace(item, value=between(Decimal(item.value), found[item.code])) for item in items]


def _most_places(values: Iterable[AnnualValue]) -> dict[int, int]:
    """Decimals of the longest number of a list, by unit."""
    most: dict[int, int] = {}
    for annual in values:
        unit, decimals = annual.indicator.unit_id, len(annual.digits.partition(".")[2])
        most[unit] = max(most.get(unit, 0), decimals)
    return most


def _padded(annual: AnnualValue, places: int) -> str:
    """With as many decimals as the longest number beside it, if noughts say no more than was reported: of what is
    entered and exact. What is computed was rounded, what is declared may have been, and 约2 is not 约2.0."""
    is_exact = annual.bounds is None and not annual.indicator.is_computed and not annual.is_declared
    return formatted(annual.value, places, annual.indicator.rounding) if is_exact else annual.digits


def _joined(items: list[Item]) -> str:
    texts = [item.name + item.n for item in items if item.value]
    return "和".join(filter(None, ["、".join(texts[:-1]), *texts[-1:]]))


def _plainly_changed(annual: AnnualValue) -> Decimal:
    """As printed; 0 where not the whole of both years is compared, which a wording's own words would not say."""
    change = annual.rounded_change
    return change if change is not None and annual.comparison and annual.comparison.is_plain else Decimal(0)


def _in_place(words: str, values: Iterable[AnnualValue]) -> str:
    """A unit that a wording writes behind a number stands between it and what says that it is not exact: 500家以下."""
    for annual in values:
        code, unit, digits = annual.indicator.code, annual.indicator.unit.name, _whole(annual)
        bare, whole = (mark_number(code, annual.write(digits, of)) for of in ("", unit))
        words = words.replace(bare + unit_behind(unit), whole) if unit_behind(unit) else words
    return words


def _whole(annual: AnnualValue) -> str:
    """As printed; the whole of something is 100 % in a sentence, whatever its decimals."""
    if annual.indicator.unit.is_percent and annual.value == HUNDRED:
        return formatted(annual.value, 0)
    return annual.digits
