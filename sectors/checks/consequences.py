"""What follows from a slip, and what else speaks against its figure, belongs to its finding. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from sectors.calculation.formulas import ZERO
from sectors.checks.arithmetic import Check
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, CheckKind, Finding

# What speaks against one figure only, the gravest first.
ALONE = (
    CheckKind.BOUND,
    CheckKind.FALL,
    CheckKind.ANNUAL,
    CheckKind.WHOLE,
    CheckKind.CHANGE,
    CheckKind.OUTLIER,
    CheckKind.PAST,
    CheckKind.SIBLING,
)
UNUSUAL = (CheckKind.CHANGE, CheckKind.OUTLIER, CheckKind.PAST)


def with_consequences(
    found: Sequence[Finding],
    facts: Facts,
    checks: Mapping[str, Check],
    reading: Callable[[Check], Collection[str]],
) -> list[Finding]:
    """What is not found any more once the only suspect of another finding is repaired follows from that, also where
    it cannot be written as rows. `checks` are by their rule, `reading` are the figures that one reads."""
    reads = {one.rule: reading(checks[one.rule]) for one in found if one.rule in checks}
    taken: dict[str, list[Finding]] = {}
    gone = set[str]()
    for first in found:
        suspect = first.suspects[0] if len(first.suspects) == 1 and not first.suspects[0].together else None
        if suspect is None or first.severity != ERROR or first.kind in ALONE or first.rule in gone:
            continue
        kept = gone | taken.keys() | {first.rule}
        others = [one for one in found if one.rule not in kept and suspect.code in reads.get(one.rule, ())]
        changed = facts.with_values({suspect.code: suspect.repair}) if others else facts
        if mended := [one for one in others if checks[one.rule].find(changed) is None]:
            taken[first.rule] = mended
            gone |= {one.rule for one in mended}
    return [_following_from(one, taken.get(one.rule, [])) for one in found if one.rule not in gone]


def with_course(found: Sequence[Finding], wholes: Mapping[str, Collection[str]]) -> list[Finding]:
    """What speaks against one figure only belongs to the finding that suspects the figure, and an unusual course to
    that of the whole it is a part of."""
    alone: dict[str, Finding] = {}
    for finding in sorted((f for f in found if f.kind in ALONE), key=lambda f: ALONE.index(f.kind)):
        code = finding.indicators[0]
        alone[code] = _joined(alone[code], [finding]) if code in alone else finding
    rest = [finding for finding in found if finding.kind not in ALONE]
    taken: dict[str, list[Finding]] = {}
    for code, finding in alone.items():
        target = _suspecting(finding, rest) or _whole(finding, [alone.get(w) for w in wholes.get(code, ())])
        if target is not None:
            taken.setdefault(target.rule, []).append(finding)
    gone = {finding.rule for findings in taken.values() for finding in findings}
    kept = {finding.rule: finding for finding in (*rest, *alone.values()) if finding.rule not in gone}
    left = [kept[finding.rule] for finding in found if finding.rule in kept]
    return [_joined(finding, taken.get(finding.rule, [])) for finding in left]


def _suspecting(finding: Finding, others: Sequence[Finding]) -> Finding | None:
    # A row that has unusually much for each of something may have too little of that.
    codes = finding.indicators if finding.kind == CheckKind.SIBLING else finding.indicators[:1]
    for code, other in product(codes, others):
        if code in {suspect.code for suspect in other.suspects} and (
            other.severity == ERROR or finding.severity != ERROR
        ):
            return other
    return None


def _whole(finding: Finding, wholes: Iterable[Finding | None]) -> Finding | None:
    """The unusual course of a whole, where both grew or both fell."""
    grew = (finding.difference or ZERO) > 0
    for whole in wholes if finding.kind in UNUSUAL else ():
        if whole is not None and whole.kind in UNUSUAL and ((whole.difference or ZERO) > 0) == grew:
            return whole
    return None


def _joined(finding: Finding, others: Sequence[Finding]) -> Finding:
    """With the consequences of the others, and the figures that they are about suspected first."""
    if not others:
        return finding
    unusual = {other.indicators[0] for other in others}
    first = sorted(finding.suspects, key=lambda suspect: suspect.code not in unusual)
    return replace(finding, suspects=tuple(first), also=_also(finding, others))


def _following_from(finding: Finding, others: Sequence[Finding]) -> Finding:
    """With the others, that it brings about, and all that they are about."""
    codes = dict.fromkeys(code for one in (finding, *others) for code in one.indicators)
    return replace(finding, indicators=tuple(codes), also=_also(finding, others))


def _also(finding: Finding, others: Sequence[Finding]) -> tuple[Finding, ...]:
    return (*finding.also, *(one for other in others for one in (other, *other.also)))
