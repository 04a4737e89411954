"""The rival of the checks: what one writes with `simpleeval` and the ORM.

Expressions are parsed beforehand and breakdowns kept in memory. A submission's figures come as objects with their
units, its rules as the day has them; figures' values in base units are names, computed values are computed once, and
each rule's difference of sides is held against the room that rounding leaves.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from simpleeval import SimpleEval

from sectors.calculation.tokens import CODE, LITERAL
from sectors.checks.written import HOLDS
from sectors.models import Breakdown, Figure, Indicator, Region, Rule, Submission, Unit
from sectors.models.scopes import valid_between
from sectors.vocabulary import PERIODS_A_YEAR, FigureState, SubmissionStatus

MOMENT = re.compile(rf"(previous|last_year)\(({CODE.pattern})\)")
RELATION = re.compile(r"==|<=|>=|<|>")

Moment = tuple[int, int]  # year, number
Moments = dict[Moment, list[Figure]]


class Parsed:
    """An expression with names that Python can read, numbers in base units, and the names it needs."""

    def __init__(self, text: str, scales: Mapping[str, Decimal]) -> None:
        text = LITERAL.sub(lambda found: f"{Decimal(found[1]) * scales[found[2]]:f}", text)
        self.text = CODE.sub(lambda found: _name(found[0]), MOMENT.sub(lambda found: _name(found[2], found[1]), text))
        self.tree = SimpleEval().parse(self.text)
        self.needs = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant):
                node.value = Decimal(str(node.value))  # type: ignore[assignment]


@dataclass(frozen=True)
class Check:
    rule: str
    difference: Parsed
    relation: str
    codes: frozenset[str]


class Rival:
    def __init__(self) -> None:
        self.scales = dict(Unit.objects.values_list("name", "scale"))
        self.parts = Breakdown.objects.part_codes()
        formulas = Indicator.objects.exclude(formula="").exclude(formula__contains="last_year")
        self.formulas = {_name(i.code): Parsed(self._spelled(i.code, i.formula), self.scales) for i in formulas}
        self.sheets = dict(Indicator.objects.values_list("code", "sheet"))
        self.fixed = list(self._breakdowns())
        self.of_sheet = {
            sheet: [check for check in self.fixed if sheet in {self.sheets[code] for code in check.codes}]
            for sheet in set(self.sheets.values())
        }
        self.written = {rule.expression: self._written(rule) for rule in Rule.objects.all()}

    def of_submission(self, of: Submission) -> set[str]:
        """Codes of the rules that a submission breaks (`sheet` and `period` fetched)."""
        year, number, kind = of.period.year, of.period.number, of.period.kind
        rows = Figure.objects.filter(region=of.region_id, indicator__sheet=of.sheet_id, submission__period__kind=kind)
        moments = _by_moment(_fetched(rows.filter(submission__period__year__in=(year, year - 1))))
        rules = Rule.objects.filter(valid_between(of.period.last_day), is_on=True, sector=of.sheet.sector_id)
        return self._judge(_times(moments, (year, number), kind), self.of_sheet[of.sheet_id], rules)

    def of_year(self, region: Region, year: int) -> set[tuple[str, str]]:
        """The same for a region's accepted year, with the codes of the periods."""
        rows = Figure.objects.filter(region=region, submission__status=SubmissionStatus.ACCEPTED)
        kinds: dict[str, list[Figure]] = {}
        for figure in _fetched(rows.filter(submission__period__year__in=(year, year - 1))):
            kinds.setdefault(figure.submission.period.kind, []).append(figure)
        found = set()
        for kind, figures in kinds.items():
            moments = _by_moment(figures)
            for moment in [moment for moment in moments if moment[0] == year]:
                period = moments[moment][0].submission.period
                rules = Rule.objects.filter(valid_between(period.last_day), is_on=True)
                broken = self._judge(_times(moments, moment, kind), self.fixed, rules)
                found |= {(period.code, rule) for rule in broken}
        return found

    def _judge(self, times: Sequence[Sequence[Figure]], fixed: Sequence[Check], rules: Iterable[Rule]) -> set[str]:
        names, room = self._names(times)
        evaluator = SimpleEval(names=names)
        broken = set()
        for check in [*fixed, *(self.written[rule.expression] for rule in rules)]:
            if check.difference.needs <= names.keys():
                difference = _evaluated(evaluator, check.difference)
                slack = sum((room[code] for code in check.codes if code in room), Decimal(0))
                if difference is not None and not HOLDS[check.relation](difference - slack, difference + slack):
                    broken.add(check.rule)
        return broken

    def _names(self, times: Sequence[Sequence[Figure]]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        """Values in base units by name, also those of other times and computed ones, and the room for rounding."""
        names: dict[str, Decimal] = {}
        room: dict[str, Decimal] = {}
        for moment, figures in zip(("", "previous", "last_year"), times, strict=True):
            for figure in figures:
                indicator = figure.indicator
                if figure.value is not None and not indicator.formula:
                    names[_name(indicator.code, moment)] = figure.value * indicator.unit.scale
                    if not moment and (indicator.decimals or indicator.unit.is_percent):
                        room[indicator.code] = Decimal("0.5").scaleb(-figure.places) * indicator.unit.scale
        self._reckon(names)
        return names, room

    def _reckon(self, names: dict[str, Decimal]) -> None:
        evaluator, waiting = SimpleEval(names=names), dict(self.formulas)
        while ready := [name for name, parsed in waiting.items() if parsed.needs <= names.keys()]:
            for name in ready:
                value = _evaluated(evaluator, waiting.pop(name))
                if value is not None:
                    names[name] = value

    def _breakdowns(self) -> Iterable[Check]:
        for split in Breakdown.objects.select_related("total").prefetch_related("parts"):
            codes, total = [part.code for part in split.parts.all()], split.total
            if split.exhaustive and not total.formula:
                difference = Parsed(f"{' + '.join(codes)} - {total.code}", self.scales)
                yield Check(f"sum:{total.code}:{split.name}", difference, "==", frozenset([*codes, total.code]))
            for code in () if split.exhaustive else codes:
                yield Check(
                    f"part:{code}:{total.code}",
                    Parsed(f"{code} - {total.code}", self.scales),
                    "<=",
                    frozenset([code, total.code]),
                )

    def _written(self, rule: Rule) -> Check:
        relation = RELATION.findall(rule.expression)[0]
        left, _relation, right = rule.expression.partition(relation)
        codes = frozenset(found[0] for found in CODE.finditer(rule.expression))
        return Check(rule.code, Parsed(f"({left.strip()}) - ({right.strip()})", self.scales), relation, codes)

    def _spelled(self, code: str, formula: str) -> str:
        return " + ".join(self.parts[code]) if formula.startswith("parts(") else formula


def _evaluated(evaluator: SimpleEval, parsed: Parsed) -> Decimal | None:
    try:
        value: Decimal = evaluator.eval(parsed.text, previously_parsed=parsed.tree)
    except ArithmeticError:  # division by zero
        return None
    return value


def _name(code: str, moment: str = "") -> str:
    return (f"{moment}__" if moment else "") + code.replace(".", "__")


def _times(moments: Mapping[Moment, list[Figure]], now: Moment, kind: str) -> list[list[Figure]]:
    """The figures of a period, of the one before, and of the same one last year."""
    year, number = now
    before = (year, number - 1) if number > 1 else (year - 1, PERIODS_A_YEAR[kind])
    return [moments.get(moment, []) for moment in (now, before, (year - 1, number))]


def _fetched(rows: QuerySet[Figure]) -> QuerySet[Figure]:
    return rows.exclude(state=FigureState.BLANK).select_related("indicator__unit", "submission__period")


def _by_moment(figures: Iterable[Figure]) -> Moments:
    found: Moments = {}
    for figure in figures:
        period = figure.submission.period
        found.setdefault((period.year, period.number), []).append(figure)
    return found
