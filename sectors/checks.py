"""Edit checks. Pure: values and rules in, findings out.

Printed figures may be rounded, so a sum or comparison holds when it is off by no more than half a unit of the last
digit of each figure in it. Whole counts are exact. A figure that is missing makes no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from sectors.formulas import Book, Comparison
from sectors.kinds import formatted

ERROR, WARNING = "error", "warning"
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Known:
    """A reported figure: value in its own unit, the decimals it was given, and how it is shown."""

    code: str
    name: str
    value: Decimal
    places: int
    scale: Decimal
    unit: str
    exact: bool  # a whole count

    @property
    def tolerance(self) -> Decimal:
        """In base units."""
        return Decimal(0) if self.exact else HALF.scaleb(-self.places) * self.scale


@dataclass(frozen=True)
class Split:
    """A breakdown: exhaustive parts add up to the total, others are each at most it."""

    total: str
    name: str
    exhaustive: bool
    parts: Sequence[str]


@dataclass(frozen=True)
class Written:
    """A rule of the catalogue."""

    code: str
    comparison: Comparison
    severity: str
    message: str


@dataclass(frozen=True)
class Finding:
    """What a check found; `declared`, `expected` and `difference` are in the unit of the first indicator."""

    rule: str
    kind: str  # sum | part | declared | rule
    severity: str
    indicators: tuple[str, ...]
    declared: Decimal | None
    expected: Decimal | None
    message: str

    @property
    def difference(self) -> Decimal | None:
        if self.declared is None or self.expected is None:
            return None
        return self.declared - self.expected


def check(known: Mapping[str, Known], book: Book, splits: Iterable[Split], written: Iterable[Written]) -> list[Finding]:
    """All findings over the reported figures `known`; `book` reckons what is computed from them."""
    found: list[Finding] = []
    for split in splits:
        found += _check_sum(split, known) if split.exhaustive else _check_parts(split, known)
    for figure in known.values():
        if book.definitions[figure.code].formula is not None:
            found += _check_declared(figure, book.value(figure.code))
    for rule in written:
        found += _check_written(rule, known, book)
    return found


def _check_sum(split: Split, known: Mapping[str, Known]) -> list[Finding]:
    if split.total not in known or not all(part in known for part in split.parts):
        return []
    total, parts = known[split.total], [known[part] for part in split.parts]
    expected = sum((part.value * part.scale for part in parts), Decimal(0)) / total.scale
    tolerance = (total.tolerance + sum((part.tolerance for part in parts), Decimal(0))) / total.scale
    if abs(total.value - expected) <= tolerance:
        return []
    cut_off = _is_cut_off(total, expected)
    message = (
        _("%(name)s: the parts (%(split)s) give %(expected)s; %(declared)s is cut off instead of rounded.")
        if cut_off
        else _("%(name)s: the parts (%(split)s) give %(expected)s, %(declared)s is reported.")
    )
    what = {
        "name": total.name,
        "split": split.name,
        "expected": _shown(expected, total.places if total.exact else total.places + 2),
        "declared": _shown(total.value, total.places),
    }
    codes = (total.code, *split.parts)
    severity = WARNING if cut_off else ERROR
    return [Finding(f"sum:{total.code}:{split.name}", "sum", severity, codes, total.value, expected, message % what)]


def _check_parts(split: Split, known: Mapping[str, Known]) -> list[Finding]:
    if split.total not in known:
        return []
    total, found = known[split.total], []
    for code in split.parts:
        part = known.get(code)
        if part is None:
            continue
        limit = total.value * total.scale / part.scale
        if part.value - limit > (total.tolerance + part.tolerance) / part.scale:
            what = {"part": part.name, "value": _shown(part.value, part.places), "total": total.name}
            what["limit"] = _shown(total.value, total.places)
            message = _("%(part)s (%(value)s) is more than %(total)s (%(limit)s), of which it is a part.") % what
            found.append(Finding(f"part:{code}", "part", ERROR, (code, total.code), part.value, limit, message))
    return found


def _check_declared(figure: Known, computed: Decimal | None) -> list[Finding]:
    if computed is None or abs(figure.value - computed) <= HALF.scaleb(-figure.places):
        return []
    cut_off = _is_cut_off(figure, computed)
    message = (
        _("%(name)s is declared as %(declared)s, cut off instead of rounded: computed %(computed)s.")
        if cut_off
        else _("%(name)s is declared as %(declared)s, but its figures give %(computed)s.")
    )
    what = {"name": figure.name, "declared": _shown(figure.value, figure.places)}
    what["computed"] = _shown(computed, figure.places + 1)
    severity = WARNING if cut_off else ERROR
    rule = f"declared:{figure.code}"
    return [Finding(rule, "declared", severity, (figure.code,), figure.value, computed, message % what)]


def _check_written(rule: Written, known: Mapping[str, Known], book: Book) -> list[Finding]:
    left, right = (side.evaluate(book.base) for side in (rule.comparison.left, rule.comparison.right))
    if left is None or right is None:
        return []
    codes = rule.comparison.codes
    tolerance = sum((known[code].tolerance for code in codes if code in known), Decimal(0))
    if _holds(left - right, rule.comparison.relation, tolerance):
        return []
    return [Finding(rule.code, "rule", rule.severity, tuple(sorted(codes)), left, right, rule.message)]


def _is_cut_off(figure: Known, expected: Decimal) -> bool:
    """Whether the figure is the expected value with its last digits dropped instead of rounded."""
    return not figure.exact and expected.quantize(Decimal(1).scaleb(-figure.places), ROUND_DOWN) == figure.value


def _holds(difference: Decimal, relation: str, tolerance: Decimal) -> bool:
    return {
        "==": abs(difference) <= tolerance,
        "!=": difference != 0,
        "<=": difference <= tolerance,
        "<": difference < tolerance or difference < 0,
        ">=": difference >= -tolerance,
        ">": difference > -tolerance or difference > 0,
    }[relation]


def _shown(value: Decimal, places: int) -> str:
    return formatted(value, places)
