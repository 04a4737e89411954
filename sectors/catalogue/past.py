"""What a change of the catalogue would do to what was reported already, and what to write instead.

A change is refused when a figure that was reported would say, count or compute something else afterwards. What concerns
drafts that were never handed in, and what changes no value of the past (names, order, help, targets), is allowed;
docs/catalogue.md has the list.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Max, Min, Model, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.calculation.cells import Limits, kind_of, plain_digits
from sectors.calculation.formulas import Tree, compile_formula
from sectors.calculation.parser import FormulaError
from sectors.calculation.periods import PeriodKey
from sectors.calculation.units import Units
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import (
    Assignment,
    Department,
    Figure,
    Indicator,
    Narrative,
    Question,
    Region,
    Sheet,
    Submission,
    Unit,
)
from sectors.models.catalogue import Validity
from sectors.sql.regions import regions_within
from sectors.vocabulary import PERIODS_A_YEAR, FigureState, Frequency, ValueKind

Periods = frozenset[PeriodKey]
NONE: Periods = frozenset()
NAMED = 3  # of periods, codes

# Fields of an indicator without which its figures say something else, as a catalogue file calls them.
MEANING = {"unit_id": "unit", "accumulation": "accumulation", "sheet_id": "sheet", "value_kind": "kind"}


class Past:
    """What was reported, and the catalogue that it was reported by: to be made before anything is changed.

    Methods give sentences, none where nothing stands in the way. What was reported is read when it is asked for, since
    most loads change nothing that it matters to.
    """

    def __init__(self) -> None:
        self.before = CompiledCatalogue()
        self.questions = {row.code: row for row in Question.objects.all()}

    # What was reported

    @cached_property
    def _figures(self) -> Mapping[str, Periods]:
        """By code of the indicator: the periods, of any region, of which it has a figure; also of declared ones."""
        rows = Figure.objects.filter(submission__in=Submission.objects.reported()).exclude(state=FigureState.BLANK)
        return _by_first(rows, "indicator__code", "submission__period__")

    @cached_property
    def _reported(self) -> Mapping[int, Periods]:
        """By sheet."""
        return _by_first(Submission.objects.reported(), "sheet", "period__")

    @cached_property
    def _handed_out(self) -> Mapping[int, Periods]:
        """By sheet, drafts included."""
        return _by_first(Submission.objects.all(), "sheet", "period__")

    @cached_property
    def _answered(self) -> Mapping[str, Periods]:
        """By code of the question."""
        rows = Narrative.objects.filter(submission__in=Submission.objects.reported()).exclude(text="")
        return _by_first(rows, "question__code", "submission__period__")

    def _counting(self, code: str) -> Periods:
        """The periods of which an indicator has a value that counts: its own, or computed from others' figures."""
        given = NONE.union(*(self._figures.get(name, NONE) for name in self.before.with_inputs([code])))
        return frozenset(p for p in given if code in self.before.valid_codes(p.last_day))

    def _values(self, code: str) -> Periods:
        """The same with figures that do not count, since indicator or sheet is not valid at their periods' end."""
        return self._counting(code) | self._figures.get(code, NONE)

    def reported(self, row: Model) -> str:
        """The periods that a sheet, or what lies in or with a row, was reported for, in words; empty without any."""
        if isinstance(row, Sheet):
            return _span(self._reported.get(row.pk, NONE))
        rows = Submission.objects.reported()
        if isinstance(row, Region):
            rows = rows.filter(region__in=regions_within(row))
        elif isinstance(row, Department):
            rows = rows.filter(department=row)
        elif isinstance(row, Assignment):
            rows = rows.filter(sheet=row.sheet_id, region=row.region_id)
        elif isinstance(row, Unit):
            figures = Figure.objects.filter(indicator__unit=row).exclude(state=FigureState.BLANK)
            rows = rows.filter(pk__in=figures.values("submission"))
        else:
            rows = rows.filter(sheet__sector=row.pk)
        return _span(_by_first(rows.annotate(all=Value(0)), "all", "period__").get(0, NONE))

    # What stands in the way

    def of_unit(self, unit: Unit, base: str, scale: Decimal) -> Iterator[str]:
        if (unit.base, unit.scale) == (base, scale):
            return
        codes = [row.code for row in self.before.indicators if row.unit_id == unit.pk and self._values(row.code)]
        if codes:
            message = _(
                "%(unit)s is the unit of figures of %(codes)s, so its base and scale stay. Add a unit with another "
                "name and indicators with new codes, and retire the old ones with valid_to."
            )
            yield message % {"unit": unit.name, "codes": _listed(codes)}

    def of_sheet(self, sheet: Sheet, fields: Mapping[str, Any], formerly: Mapping[int, str]) -> Iterator[str]:
        """`fields` as the file gives them, with `sector` as a row; `formerly`: frequencies by their last years."""
        yield from self._of_frequency(sheet, fields["frequency"], formerly)
        if fields["sector"].pk != sheet.sector_id and self._reported.get(sheet.pk):
            message = _("%(sheet)s was reported, so it stays in its sector. Give the new sheet another number.")
            yield message % {"sheet": sheet.number}
        if _days(fields) != _days(sheet):
            reported = self._reported.get(sheet.pk, NONE)
            yield from self._of_days(sheet.number, sheet, fields, given=reported, counting=reported, sheet=sheet.pk)

    def _of_frequency(self, sheet: Sheet, frequency: str, formerly: Mapping[int, str]) -> Iterator[str]:
        spans = sorted(formerly.items())
        if frequency == sheet.frequency and spans == list(self.before.former_frequencies.get(sheet.pk, ())):
            return
        other: list[PeriodKey] = []
        for period in self._handed_out.get(sheet.pk, NONE):
            old = self.before.frequency(sheet.pk, period.year)
            new = next((kind for until, kind in spans if period.year <= until), frequency)
            # The annual figures of a sheet of periods are history: they are read the same whatever its periods are.
            if new != old and (period.kind != Frequency.YEAR or Frequency.YEAR in (old, new)):
                other.append(period)
        if other:
            last = max(period.year for period in other)
            former = [span for span in self.before.former_frequencies.get(sheet.pk, ()) if span[0] < last]
            former.append((last, self.before.frequency(sheet.pk, last)))
            wanted = ", ".join(f"{until}: {kind}" for until, kind in former)
            message = _(
                "%(sheet)s was handed out for %(periods)s by another frequency. A frequency changes with a year: "
                "beside the new one write formerly: {%(formerly)s}, or a later last year."
            )
            yield message % {"sheet": sheet.number, "periods": _span(other), "formerly": wanted}

    def of_indicator(self, old: Indicator, fields: Mapping[str, Any]) -> Iterator[str]:
        """`fields` as the model has them, with unit and sheet as rows. Formulas are looked at by `of_formulas`."""
        new = {**fields, "unit_id": fields["unit"].pk, "sheet_id": fields["sheet"].pk}
        changed = [name for field, name in MEANING.items() if getattr(old, field) != new[field]]
        if bool(old.formula) != bool(fields["formula"]):
            changed.append("formula")
        values = self._values(old.code) if changed else NONE
        if values:
            message = _(
                "%(code)s has values of %(periods)s, so these stay: %(what)s. Retire it with valid_to and add an "
                "indicator with a new code."
            )
            yield message % {"code": old.code, "periods": _span(values), "what": ", ".join(changed)}
        if fields["decimals"] < old.decimals:
            yield from self._of_decimals(old, fields["decimals"])
        yield from self._of_limits(old, fields)
        yield from self._of_options(old, fields)
        if _days(fields) != _days(old):
            given, counting = self._values(old.code), self._counting(old.code)
            yield from self._of_days(old.code, old, fields, given=given, counting=counting, sheet=old.sheet_id)
            yield from self._of_retired(old, fields)

    @staticmethod
    def _of_decimals(old: Indicator, decimals: int) -> Iterator[str]:
        rows = Figure.objects.filter(indicator=old.pk, submission__in=Submission.objects.reported())
        given = rows.aggregate(most=Max("places"))["most"] or 0
        if given > decimals:
            message = _("%(code)s has figures with %(given)d decimals, so decimals is at least %(given)d.")
            yield message % {"code": old.code, "given": given}

    @staticmethod
    def _of_options(old: Indicator, fields: Mapping[str, Any]) -> Iterator[str]:
        """The words of an option that was reported stay: they are what stands in the figures."""
        gone = {words for _code, words in old.options} - {words for _code, words in fields["options"]}
        rows = Figure.objects.filter(indicator=old.pk, submission__in=Submission.objects.reported(), words__in=gone)
        used = sorted(rows.values_list("words", flat=True).distinct()) if gone else []
        if used:
            message = _("%(code)s has figures with %(words)s, so these options stay as they are. Others may be added.")
            yield message % {"code": old.code, "words": _listed(used)}

    @staticmethod
    def _of_limits(old: Indicator, fields: Mapping[str, Any]) -> Iterator[str]:
        """A figure that was reported stays one that may be entered."""
        new = Limits(fields["signed"], fields["minimum"], fields["maximum"])
        if new == old.limits or fields["formula"] or fields["value_kind"] != ValueKind.NUMBER:
            return
        kind = kind_of(unit=fields["unit"].name, decimals=fields["decimals"], computed=False, limits=new)
        rows = Figure.objects.filter(indicator=old.pk, submission__in=Submission.objects.reported())
        ends = rows.aggregate(least=Min("value"), most=Max("value"))
        if ends["least"] is not None and kind.minimum is not None and ends["least"] < kind.minimum:
            message = _(
                "%(code)s has a figure of %(value)s, so it takes figures of %(value)s or less: see min, signed."
            )
            yield message % {"code": old.code, "value": plain_digits(ends["least"])}
        if ends["most"] is not None and kind.maximum is not None and ends["most"] > kind.maximum:
            message = _("%(code)s has a figure of %(value)s, so it takes figures of %(value)s or more: see max.")
            yield message % {"code": old.code, "value": plain_digits(ends["most"])}

    def _of_retired(self, old: Indicator, fields: Mapping[str, Any]) -> Iterator[str]:
        """A retired code that comes back under another name is most likely meant for another thing."""
        end, new_end = old.valid_to, fields["valid_to"]
        comes_back = end is not None and end < timezone.localdate() and (new_end is None or new_end > end)
        if comes_back and fields["name"] != old.name and self._values(old.code):
            message = _(
                "%(code)s was retired with %(day)s and has values under the name %(name)s. Leave it as it was, and add "
                "an indicator with a new code."
            )
            yield message % {"code": old.code, "day": end, "name": old.name}

    def _of_days(
        self, name: str, old: Validity, fields: Mapping[str, Any], *, given: Periods, counting: Periods, sheet: int
    ) -> Iterator[str]:
        """Other first and last days: nothing that counts may be lost, and no year that counts become incomplete.

        `given` are the periods with values, `counting` those of them at whose end it was valid.
        """
        new = _days(fields)
        counting = frozenset(p for p in counting if old.valid_on(p.last_day))
        lost = {p for p in counting if not _holds(new, p.last_day)}
        if lost:
            days = {"first": min(counting).last_day, "last": max(counting).last_day}
            message = _(
                "%(name)s has values of %(periods)s, which would not count any more. It must be valid from %(first)s "
                "or earlier to %(last)s or later."
            )
            yield message % {"name": name, "periods": _span(lost), **days}
        today = timezone.localdate()
        missing = {
            p
            for year in {p.year for p in counting if p.kind == self.before.frequency(sheet, p.year)}
            for p in self._every_period(sheet, year)
            if p.last_day < today and not old.valid_on(p.last_day) and _holds(new, p.last_day) and p not in given
        }
        if missing:
            message = _(
                "%(name)s has values and was not reported for %(periods)s, which would be missing from then on. Leave "
                "its first and last day so that they lie outside."
            )
            yield message % {"name": name, "periods": _span(missing)}

    def _every_period(self, sheet: int, year: int) -> Iterator[PeriodKey]:
        kind = self.before.frequency(sheet, year)
        return (PeriodKey(year, kind, number) for number in range(1, PERIODS_A_YEAR[kind] + 1))

    def of_names(self, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Code and sentence, where one with values gets the name that another of its sheet had.

        `names` are those by code of a whole file.
        """
        before = {code: (row.sheet_id, row.name) for code, row in self.before.by_code.items()}
        return _exchanged(before, names, self._values)

    def of_texts(self, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The same of questions that were answered."""
        before = {code: (row.sheet_id, row.text) for code, row in self.questions.items()}
        return _exchanged(before, texts, lambda code: self._answered.get(code, NONE))

    def of_question(self, old: Question, fields: Mapping[str, Any]) -> Iterator[str]:
        answered = self._answered.get(old.code, NONE)
        if answered and (old.sheet_id != fields["sheet"].pk or old.kind != fields["kind"]):
            message = _(
                "%(code)s was answered for %(periods)s, so its sheet and kind stay. Retire it with valid_to and add a "
                "question with a new code."
            )
            yield message % {"code": old.code, "periods": _span(answered)}
        lost = {p for p in answered if old.valid_on(p.last_day) and not _holds(_days(fields), p.last_day)}
        if lost:
            message = _("%(code)s was answered for %(periods)s and must be valid on the last day of each.")
            yield message % {"code": old.code, "periods": _span(lost)}

    def of_removed_indicator(self, old: Indicator) -> Iterator[str]:
        """A computed one has no figures of its own, and its values would be gone all the same."""
        values = self._values(old.code)
        if values:
            message = _(
                "%(code)s has values of %(periods)s and cannot be left out. Keep it, and give it a valid_to that is "
                "not before %(day)s."
            )
            yield message % {"code": old.code, "periods": _span(values), "day": max(values).last_day}

    def of_formulas(
        self, texts: Mapping[str, str], parts: Mapping[str, Sequence[str]], units: Units
    ) -> Iterator[tuple[str, str]]:
        """Code and sentence for computed indicators that would compute something else.

        Formulas, first exhaustive breakdowns and units are those of the whole catalogue as they would be.
        """
        for code, definition in self.before.definitions.items():
            text = texts.get(code)
            if definition.formula is None or not text or _same(definition.formula.tree, text, parts, units):
                continue
            values = self._counting(code)
            if values:
                message = _(
                    "%(code)s is computed for %(periods)s, so its formula stays, and so do the parts that it adds up. "
                    "Retire it with valid_to and add an indicator with a new code."
                )
                yield code, message % {"code": code, "periods": _span(values)}


def _exchanged(
    before: Mapping[str, tuple[int, str]], names: Mapping[str, str], values: Callable[[str], Periods]
) -> Iterator[tuple[str, str]]:
    """`before`: sheet and name by code; `names`: those from now on."""
    for code, name in names.items():
        if code not in before or before[code][1] == name:
            continue
        sheet, old = before[code]
        other = next((c for c, was in before.items() if was == (sheet, name) and names.get(c) != name), "")
        if other and (periods := values(code)):
            message = _(
                "%(code)s has values of %(periods)s as “%(old)s” and would get the name that %(other)s had, "
                "“%(name)s”. Leave the names, or retire both with valid_to and add new codes."
            )
            what = {"code": code, "periods": _span(periods), "old": old, "other": other, "name": name}
            yield code, message % what


def _by_first(rows: QuerySet[Any], first: str, period: str) -> dict[Any, Periods]:
    """Rows by one of their fields: their periods, which are reached by `period`."""
    found: dict[Any, set[PeriodKey]] = defaultdict(set)
    key = (f"{period}{name}" for name in ("year", "kind", "number"))
    for value, *of in rows.order_by().values_list(first, *key).distinct():
        found[value].add(PeriodKey(*of))
    return {value: frozenset(periods) for value, periods in found.items()}


def _days(of: Validity | Mapping[str, Any]) -> tuple[datetime.date | None, datetime.date | None]:
    if isinstance(of, Validity):
        return of.valid_from, of.valid_to
    return of["valid_from"], of["valid_to"]


def _holds(days: tuple[datetime.date | None, datetime.date | None], day: datetime.date) -> bool:
    first, last = days
    return (first is None or first <= day) and (last is None or day <= last)


def _same(tree: Tree, text: str, parts: Mapping[str, Sequence[str]], units: Units) -> bool:
    """Whether a formula computes the same, however it is written and in whatever order parts are added up."""
    try:
        new = compile_formula(text, parts, units).tree
    except FormulaError:
        return False
    return bool(_canonical(new) == _canonical(tree))


def _canonical(tree: Tree | int) -> Any:
    """The same for all ways to write an expression down: parts and factors in any order, `* 100` or `/ 0.01`."""
    if not isinstance(tree, tuple):
        return tree if isinstance(tree, int) or tree[0].isalpha() else Fraction(tree)
    if tree[0] in ("*", "/"):
        return _factors(tree)
    sign, *operands = tree
    found = [_canonical(operand) for operand in operands]
    return (sign, *(sorted(found, key=repr) if sign == "sum" else found))


def _factors(tree: tuple[Any, ...]) -> Any:
    """A product as its number, what is multiplied, and what it is divided by."""
    number, above, below = Fraction(1), list[Any](), list[Any]()
    waiting = [(tree, False)]
    while waiting:
        one, divides = waiting.pop()
        if isinstance(one, tuple) and one[0] in ("*", "/"):
            waiting += [(one[1], divides), (one[2], divides != (one[0] == "/"))]
            continue
        found = _canonical(one)
        if not isinstance(found, Fraction) or (divides and not found):
            (below if divides else above).append(found)
        else:
            number = number / found if divides else number * found
    return ("*", number, sorted(above, key=repr), sorted(below, key=repr)) if above or below else number


def _span(periods: Collection[PeriodKey]) -> str:
    return _listed([period.code for period in sorted(periods)])


def _listed(texts: Sequence[str]) -> str:
    """The first ones and the last one."""
    if len(texts) <= NAMED:
        return ", ".join(texts)
    return f"{', '.join(texts[: NAMED - 1])} … {texts[-1]}"
