"""How a criterion is scored, in a sentence: what each point needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessment.schemes.specification import (
    AgainstTarget,
    ByHand,
    Counted,
    Criterion,
    Deduction,
    Gap,
    Linear,
    Missing,
    OwnTargets,
    Rank,
    Step,
    Steps,
)

Named = Mapping[str, tuple[str, str]]  # name and unit, as it stands behind a number, of indicators by code


@dataclass(frozen=True)
class Row:
    """A criterion as a list of them shows it; `depth` counts from 0."""

    criterion: Criterion
    depth: int
    how: str
    lead: str  # the department's name


def rows(criteria: Iterable[tuple[Criterion, int]], named: Named, departments: Mapping[str, str]) -> list[Row]:
    """`departments` are names by code."""
    return [
        Row(one, depth, how(one, named) if one.method else "", departments.get(one.lead, one.lead))
        for one, depth in criteria
    ]


def how(criterion: Criterion, named: Named) -> str:
    """`food.rate: from 90% (0 points) to 98% (all points)`, and what holds where there is no figure."""
    method = criterion.method
    if isinstance(method, ByHand):
        return _("By hand, with evidence: %(asks)s") % {"asks": method.asks}
    said = _deduction(method) if isinstance(method, Deduction) else _of_figure(criterion, named)
    more = {
        Missing.HAND: _("Without a figure it is scored by hand."),
        Missing.EXCLUDE: _("Without a figure it is left out, and the other points are scaled."),
        Missing.ZERO: _("Without a figure it gives no points."),
    }
    least = _("At least %(floor)s points.") % {"floor": plain(criterion.floor)} if criterion.floor else ""
    return "".join((said, least, more[criterion.missing]))


def _of_figure(criterion: Criterion, named: Named) -> str:
    method = criterion.method
    name, unit = named.get(criterion.indicator, (criterion.indicator, ""))
    what = {"name": name, "unit": unit}
    match method:
        case OwnTargets():
            return _("As large a share of the points as of the department's own targets are reached.")
        case AgainstTarget(share=True):
            return _("%(name)s: all points where the target is reached, else the share of it.") % what
        case AgainstTarget():
            return _("%(name)s: all points where the target is reached, else none.") % what
        case Linear(zero=zero, full=full, of_change=of_change):
            ends = {**what, "zero": plain(zero), "full": plain(full)}
            if of_change:
                return _("%(name)s: change against last year, from %(zero)s (no points) to %(full)s (all).") % ends
            return _("%(name)s: from %(zero)s%(unit)s (no points) to %(full)s%(unit)s (all points).") % ends
        case Steps(steps=steps):
            return _("%(name)s: %(steps)s.") % {**what, "steps": _("; ").join(_step(one, unit) for one in steps)}
        case Gap():
            return _gap(method, what)
        case Rank(points=points):
            given = _(", ").join(plain(one) for one in points)
            return _("%(name)s: by rank %(points)s points, none behind.") % {**what, "points": given}
    return ""


def _step(step: Step, unit: str) -> str:
    what = {
        "low": f"{plain(step.low)}{unit}" if step.low is not None else "",
        "high": f"{plain(step.high)}{unit}" if step.high is not None else "",
        "points": plain(step.points),
    }
    if step.low is None:
        return _("below %(high)s %(points)s points") % what
    if step.high is None:
        return _("%(low)s and more %(points)s points") % what
    return _("%(low)s to below %(high)s %(points)s points") % what


def _gap(method: Gap, what: Mapping[str, str]) -> str:
    given = {**what, "each": plain(method.each), "deduct": plain(method.deduct)}
    given["full"] = plain(method.full) + what["unit"] if method.full is not None else _("the target")
    if method.begun:
        return (
            _("%(name)s: for each %(each)s%(unit)s short of %(full)s, begun ones too, less %(deduct)s points.") % given
        )
    return _("%(name)s: for each whole %(each)s%(unit)s short of %(full)s less %(deduct)s points.") % given


def _deduction(method: Deduction) -> str:
    words = {
        Counted.LATE: _("For each sheet delivered late or still owed less %(deduct)s points."),
        Counted.FINDINGS: _("For each error or warning that is not answered less %(deduct)s points."),
        Counted.RECTIFICATIONS: _("For each rectification that was not closed in time less %(deduct)s points."),
        Counted.SAMPLES: _("For each nonconforming sample not settled in time less %(deduct)s points."),
    }
    said = words[method.counted] % {"deduct": plain(method.deduct)}
    return said + (_("The first %(count)d are free.") % {"count": method.free} if method.free else "")


def plain(number: Decimal | None) -> str:
    """Without zeros behind the point."""
    return "" if number is None else f"{number.normalize():f}"
