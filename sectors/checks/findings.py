"""What judging gives: a finding, with the figures that it is about and those that are suspected. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sectors.checks.messages import Message, Statement, Text
from sectors.checks.suspects import Suspect
from sectors.vocabulary import Severity

ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
PLACES = Decimal("1e-8")  # what findings are kept to


class CheckKind(StrEnum):
    """What a check looks at; the first part of the name of every rule that is not written in the catalogue."""

    SUM = "sum"  # parts make their total
    PART = "part"  # a part is at most its total
    DECLARED = "declared"  # what was declared is what is computed
    GROWTH = "growth"  # what growth implies of the time before: parts made their total then
    SHARE = "share"  # shares make a hundred per cent
    RULE = "rule"  # a rule of the catalogue
    BOUND = "bound"  # what no figure may be
    FALL = "fall"  # a year-to-date figure does not fall
    ANNUAL = "annual"  # periods make their year
    CHANGE = "change"  # against another period
    OUTLIER = "outlier"  # against its whole course
    PAST = "past"  # against the usual range of its own past, where nothing else says more
    WHOLE = "whole"  # a rate or growth that no whole number gives
    SIBLING = "sibling"  # against the other rows of its table
    BLANK = "blank"  # an empty cell beside filled ones
    REQUIRED = "required"  # an empty cell that has to be filled
    REGISTRY = "registry"  # what a registry counts


@dataclass(frozen=True)
class NamedFigure:
    """A figure by its indicator and the code of its period."""

    code: str
    period: str


@dataclass(frozen=True)
class Finding:
    """What a check found; `declared`, `expected` and `difference` are in the unit of the first indicator."""

    rule: str
    kind: CheckKind
    severity: str
    indicators: tuple[str, ...]
    declared: Decimal | None
    expected: Decimal | None
    message: Message
    suspects: tuple[Suspect, ...] = ()
    # What speaks for one cause or another, and the suspects where there are few enough to help.
    hints: tuple[Text, ...] = ()
    also: tuple[Finding, ...] = ()  # what else the same slip brings about
    period: str = ""  # code of the period it is about, where several are looked at
    figures: tuple[NamedFigure, ...] = ()  # what it is about, at whatever time; as `period`
    # `Cell.stored` by code: where it names others than the cells of one period, and where `figures` are named.
    judged: Mapping[str, str] = field(default_factory=dict)

    @property
    def statement(self) -> Statement:
        return Statement(self.message, [finding.message for finding in self.also], self.hints)

    @property
    def difference(self) -> Decimal | None:
        if self.declared is None or self.expected is None:
            return None
        return self.declared - self.expected
