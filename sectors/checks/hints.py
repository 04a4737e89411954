"""What a finding says of its cause: suspects and what would repair them, a row that is missing or too many. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sectors.calculation.cells import formatted, with_unit
from sectors.checks import naming
from sectors.checks.arithmetic import Check
from sectors.checks.columns import Columns, shortfall
from sectors.checks.facts import Facts
from sectors.checks.findings import CheckKind, Finding
from sectors.checks.messages import Joined, Message, Text
from sectors.checks.rates import DeclaredCheck
from sectors.checks.reported import ReportedFigure
from sectors.checks.specs import BreakdownSpec
from sectors.checks.suspects import Cause, Suspect
from sectors.checks.templates import Template
from sectors.checks.written import breakdown_of

MOST_NAMED = 3  # more suspects than that help nobody


class Hints:
    """The hints to findings over some figures."""

    def __init__(self, facts: Facts, checks: Mapping[str, Check], columns: Columns) -> None:
        self.facts, self.checks, self.columns = facts, checks, columns

    def of(
        self, first: Finding, rules: Collection[str], causes: Sequence[Cause], suspects: Sequence[Suspect]
    ) -> list[Text]:
        """What speaks for one cause or another of the finding that stands for all of them."""
        if len(rules) == len(suspects) == 1 and (first.kind == CheckKind.DECLARED or len(first.indicators) == 1):
            return []  # the message says it already; and what a limit would allow is no value to write down
        singles = [cause for cause in causes if len(cause.suspects) == 1]
        breakdown = breakdown_of(self.checks[first.rule])
        if singles and len(suspects) <= MOST_NAMED:
            return [*self._confirmed(rules, suspects), self._suspects(breakdown, suspects)]
        if any(not cause.suspects for cause in causes) and not singles:
            return [self._missing_row(rules)]
        if any(cause.row_too_many for cause in causes) and not singles:
            return [self._row_too_many(rules, next(cause for cause in causes if cause.row_too_many))]
        if not singles and len(causes) == 1:
            return [Message(Template.TOGETHER, {"figures": self._named(causes[0].suspects)})]
        if breakdown is None:
            return [Message(Template.ANOTHER)] if first.kind == CheckKind.GROWTH and first.suspects else []
        if not singles:
            is_short = shortfall(self.facts, breakdown) > 0
            return [Message(Template.TOO_FEW if is_short else Template.TOO_MANY, {"by": self._off(breakdown)})]
        template = Template.OFF_OR_MISSING if shortfall(self.facts, breakdown) > 0 else Template.OFF
        return [Message(template, {"by": self._off(breakdown)})]

    def suspected(self, suspects: Sequence[Suspect]) -> Message:
        return Message(Template.SUSPECTS, {"figures": self._named(suspects)})

    def moved(self, pairs: Sequence[tuple[Suspect, Suspect]]) -> Message:
        """Of two parts which has too much and which too little; of several pairs that it is one of them."""
        one, other = pairs[0]
        indicator = self.facts.indicators[one.code]
        off = self.facts.values[one.code] - one.repair
        values: dict[str, Text] = {"by": indicator.shown(abs(off), max(indicator.decimals, one.places))}
        if len(pairs) > 1:
            return Message(Template.MOVED_SOMEWHERE, values)
        over, under = (one, other) if off > 0 else (other, one)
        names = {name: naming.cell(self.facts.indicators[s.code]) for name, s in (("over", over), ("under", under))}
        return Message(Template.MOVED, {**values, **names, "figures": self._named([over, under])})

    def _suspects(self, breakdown: BreakdownSpec | None, suspects: Sequence[Suspect]) -> Message:
        if breakdown is None or shortfall(self.facts, breakdown) <= 0 or len(suspects) == 1:
            return self.suspected(suspects)
        values: dict[str, Text] = {"figures": self._named(suspects), "by": self._off(breakdown)}
        return Message(Template.SUSPECTS_OR_MISSING, values)

    def _missing_row(self, rules: Collection[str]) -> Message:
        found = [breakdown for rule in sorted(rules) if (breakdown := breakdown_of(self.checks[rule])) is not None]
        by = [self._off(breakdown) for breakdown in found]
        if len(found) == 1:
            return Message(Template.MISSING_CATEGORY, {"by": by[0]})
        names = "、".join(self.facts.indicators[breakdown.total].name for breakdown in found)
        if len(set(by)) == 1:
            return Message(Template.MISSING_CATEGORY_ALIKE, {"names": names, "by": by[0]})
        return Message(Template.MISSING_CATEGORY_OF_SEVERAL, {"names": names, "by": "、".join(by)})

    def _row_too_many(self, rules: Collection[str], cause: Cause) -> Message:
        found = [breakdown for rule in sorted(rules) if (breakdown := breakdown_of(self.checks[rule])) is not None]
        values: dict[str, Text] = {
            "names": "、".join(self.facts.indicators[breakdown.total].name for breakdown in found),
            "by": "、".join(dict.fromkeys(self._off(breakdown) for breakdown in found)),
            "figures": self._named(cause.suspects),
        }
        row = self.columns.row_of(found)
        if not row:
            return Message(Template.ROW_TWICE, values)
        values["row"] = "、".join(
            f"{self.facts.indicators[code].name} {self.facts.reported[code].text}" for code in row
        )
        return Message(Template.ROW_TOO_MANY, values)

    def _confirmed(self, rules: Collection[str], suspects: Sequence[Suspect]) -> list[Text]:
        """What declared rates say for the other figures, and so against the only suspect."""
        declared = [check for rule in sorted(rules) if isinstance(check := self.checks[rule], DeclaredCheck)]
        return [message for check in declared if (message := self._confirmation(check, suspects)) is not None]

    def _confirmation(self, check: DeclaredCheck, suspects: Sequence[Suspect]) -> Message | None:
        codes = [side.code for side in check.formula.operands]
        if len(suspects) != 1 or check.formula.sign != "/" or not all(codes) or suspects[0].code not in codes:
            return None
        rate = self.facts.reported[check.indicator.code]
        units = {self.facts.indicators[code].unit for code in codes}
        values = {
            "rate": rate.indicator.name,
            "value": rate.text_with_unit,
            "top": self._repaired(codes[0], suspects[0], named=len(units) > 1),
            "bottom": self._repaired(codes[1], suspects[0], named=len(units) > 1),
            "old": self.facts.reported[suspects[0].code].text,
        }
        return Message(Template.CONFIRMED, values)

    def _repaired(self, code: str, suspect: Suspect, *, named: bool) -> str:
        """A figure as it is once repaired, with its unit where that of the other one differs."""
        indicator = self.facts.indicators[code]
        if code == suspect.code:
            text = formatted(suspect.repair, max(self.facts.reported[code].places, suspect.places))
        else:
            text = formatted(self.facts.evaluation.value(code), indicator.decimals)
        return with_unit(text, indicator.unit) if named else text

    def _named(self, suspects: Iterable[Suspect]) -> Joined:
        return Joined("、", [self._suspect(suspect) for suspect in suspects])

    def _suspect(self, suspect: Suspect) -> Message:
        indicator, figure = self.facts.indicators[suspect.code], self.facts.reported.get(suspect.code)
        places = indicator.decimals if figure is None else figure.places
        values: dict[str, Text] = {
            "name": indicator.name,
            "repair": formatted(suspect.repair, max(places, suspect.places)),
            "off": Message(Template.OFF_ABSENT) if figure is None else self._off_by(figure, suspect.repair),
        }
        return Message(Template.SUSPECT, values)

    @staticmethod
    def _off_by(figure: ReportedFigure, repair: Decimal) -> Message:
        by = abs(figure.value - repair)
        if figure.indicator.is_percent:
            return Message(Template.OFF_BY_POINTS, {"by": formatted(by, figure.places)})
        return Message(Template.OFF_BY, {"by": figure.indicator.shown(by, figure.places)})

    def _off(self, breakdown: BreakdownSpec) -> str:
        """By how much the parts miss their total, as a person reads it."""
        return self.facts.indicators[breakdown.total].shown(abs(shortfall(self.facts, breakdown)))
