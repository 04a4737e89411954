"""Edit checks. Pure: values and rules in, findings out.

Printed figures may be rounded, so a sum or comparison holds when it is off by no more than half a unit of the last
digit of each figure in it. Whole counts are exact. A figure that is missing makes no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from sectors.formulas import CODE, Book, Comparison
from sectors.kinds import formatted, rounded
from sectors.suspects import INFINITY, Linear, Suspect, suspects

ERROR, WARNING = "error", "warning"
HALF = Decimal("0.5")
MOST_NAMED = 3  # more suspects than that help nobody
FRACTION = re.compile(rf"({CODE.pattern})\s*/\s*({CODE.pattern})".replace(r"(\.", r"(?:\."))
# Between which differences left - right a relation holds.
LIMITS = {
    "==": (Decimal(0), Decimal(0)),
    "<=": (-INFINITY, Decimal(0)),
    ">=": (Decimal(0), INFINITY),
}


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
    suspects: tuple[Suspect, ...] = ()
    hint: str = ""  # the suspects in words, where there are few enough to help

    @property
    def text(self) -> str:
        """Message and hint as sentences; messages of written rules end without a full stop."""
        if not self.hint:
            return self.message
        stop = " " if self.message.endswith(".") else "" if self.message.endswith("。") else "。"
        return f"{self.message}{stop}{self.hint}"

    @property
    def difference(self) -> Decimal | None:
        if self.declared is None or self.expected is None:
            return None
        return self.declared - self.expected


def check(known: Mapping[str, Known], book: Book, splits: Iterable[Split], written: Iterable[Written]) -> list[Finding]:
    """All findings over the reported figures `known`; `book` reckons what is computed from them."""
    splits, written = list(splits), list(written)
    found: list[Finding] = []
    for split in splits:
        found += _check_sum(split, known) if split.exhaustive else _check_parts(split, known)
    for figure in known.values():
        if book.definitions[figure.code].formula is not None:
            found += _check_declared(figure, book.value(figure.code))
    for rule in written:
        found += _check_written(rule, known, book)
    if not found:
        return []
    rules = [*_linear_splits(splits, known), *_linear_rates(known, book), *_linear_written(written, known, book)]
    return [_with_suspects(finding, rules, known) for finding in found]


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


def _with_suspects(finding: Finding, rules: list[Linear], known: Mapping[str, Known]) -> Finding:
    values = {code: figure.value for code, figure in known.items()}
    exact = [code for code, figure in known.items() if figure.exact]
    wrong = [rule for rule in rules if rule.rule == finding.rule and not rule.holds(values)]
    named = tuple(suspects(wrong[0], rules, values, exact)) if wrong else ()
    if finding.kind == "declared" and finding.expected is not None:
        figure = known[finding.indicators[0]]
        named = (Suspect(figure.code, rounded(finding.expected, figure.places)), *named)
        if len(named) == 1:
            return replace(finding, suspects=named)  # the message says it already
    is_sum = bool(wrong) and wrong[0].low.is_finite() and wrong[0].high.is_finite()
    return replace(finding, suspects=named, hint=_hint(named, known, is_sum=is_sum))


def _hint(named: Sequence[Suspect], known: Mapping[str, Known], *, is_sum: bool) -> str:
    if is_sum and not named:
        return _("No single figure explains it: a part may be missing, or more than one figure is wrong.")
    if not 0 < len(named) <= MOST_NAMED:
        return ""
    listed = [
        _("%(name)s (%(repair)s would fit)")
        % {"name": known[s.code].name, "repair": _shown(s.repair, known[s.code].places)}
        for s in named
    ]
    return _("Suspect: %(figures)s.") % {"figures": "、".join(listed)}


def _linear_splits(splits: Iterable[Split], known: Mapping[str, Known]) -> Iterator[Linear]:
    for split in splits:
        total, parts = known.get(split.total), [known[code] for code in split.parts if code in known]
        if total is None:
            continue
        if not split.exhaustive:
            for part in parts:
                terms = {part.code: part.scale, total.code: -total.scale}
                yield Linear(f"part:{part.code}", terms, -INFINITY, part.tolerance + total.tolerance)
        elif len(parts) == len(split.parts):
            terms = {total.code: -total.scale} | {part.code: part.scale for part in parts}
            tolerance = total.tolerance + sum((part.tolerance for part in parts), Decimal(0))
            yield Linear(f"sum:{total.code}:{split.name}", terms, -tolerance, tolerance)


def _linear_rates(known: Mapping[str, Known], book: Book) -> Iterator[Linear]:
    """A declared rate confirms its parts: a - rate x b lies within the rate's last digit, rounded or cut off."""
    for rate in known.values():
        formula = book.definitions[rate.code].formula
        fraction = FRACTION.fullmatch(formula.text.strip()) if formula else None
        if fraction is None or fraction[1] == fraction[2] or not {fraction[1], fraction[2]} <= known.keys():
            continue
        above, below = known[fraction[1]], known[fraction[2]]
        digit = Decimal(1).scaleb(-rate.places)
        for bound, low, high in (
            (rate.value - HALF * digit, Decimal(0), INFINITY),
            (rate.value + digit, -INFINITY, Decimal(0)),
        ):
            terms = {above.code: above.scale, below.code: -bound * rate.scale * below.scale}
            if all(terms.values()):
                yield Linear(f"declared:{rate.code}", terms, low, high)


def _linear_written(written: Iterable[Written], known: Mapping[str, Known], book: Book) -> Iterator[Linear]:
    """Rules of the catalogue that are sums and multiples of entered figures."""
    for rule in written:
        terms = _terms(rule.comparison, known, book)
        if terms is None or rule.comparison.relation not in LIMITS:
            continue
        tolerance = sum((known[code].tolerance for code in terms), Decimal(0))
        low, high = LIMITS[rule.comparison.relation]
        constant = _difference(rule.comparison, {code: Decimal(0) for code in terms})
        if constant is not None:
            yield Linear(rule.code, terms, low - tolerance - constant, high + tolerance - constant)


def _terms(comparison: Comparison, known: Mapping[str, Known], book: Book) -> dict[str, Decimal] | None:
    """Coefficients of left - right in the figures' own units; None where it is not linear in entered figures."""
    codes = sorted(comparison.codes)
    if any(code not in known or book.definitions[code].formula is not None for code in codes):
        return None
    zero = {code: Decimal(0) for code in codes}
    start = _difference(comparison, zero)
    if start is None:
        return None
    terms: dict[str, Decimal] = {}
    for code in codes:
        once, twice = (_difference(comparison, zero | {code: known[code].scale * n}) for n in (1, 2))
        if once is None or twice is None or twice - start != 2 * (once - start):
            return None
        terms[code] = once - start
    together = _difference(comparison, {code: known[code].scale for code in codes})
    if together is None or together - start != sum(terms.values()):
        return None
    return {code: weight for code, weight in terms.items() if weight}


def _difference(comparison: Comparison, base: Mapping[str, Decimal]) -> Decimal | None:
    left, right = (
        side.evaluate(lambda code, back, _in_sum: None if back else base.get(code))
        for side in (comparison.left, comparison.right)
    )
    return None if left is None or right is None else left - right


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
