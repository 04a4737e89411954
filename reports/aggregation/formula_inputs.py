"""What a formula reads in the end: entered indicators, each with its moment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sectors.calculation.evaluation import is_beyond
from sectors.calculation.formulas import ARITHMETIC, FUNCTIONS, LAST_YEAR, PREVIOUS, ZERO, Name, Tree
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.vocabulary import AMOUNTS, Accumulation


@dataclass(frozen=True)
class FormulaInputs:
    """The names that a value is made of. `plain` are those that need a number; the others stand in sums of parts only,
    where "not applicable" counts for nothing. `percentages` are entered percentages, which several regions do not make
    together; those in a product are computed region by region. `grows` says that the value only becomes more in the
    course of a year: an amount that is never below 0, or one in something that is there from the start, such as a task
    of the year."""

    names: Collection[Name]
    plain: frozenset[Name]
    percentages: frozenset[Name]
    has_product: bool
    grows: bool = False
    sums: Collection[frozenset[Name]] = ()

    @classmethod
    def of(cls, catalogue: CompiledCatalogue, code: str) -> FormulaInputs:
        """Of an indicator; an entered one reads itself."""
        walk = _Walk(catalogue)
        walk.read(code, 0, in_sum=False, in_product=False, above=())
        rows = [row for name, _back in walk.names if (row := catalogue.by_code.get(name))]
        is_ratio = catalogue.by_code[code].accumulation == Accumulation.RATIO
        grows = _grows({row.accumulation for row in rows}, is_ratio=is_ratio) and not any(
            row.may_be_negative for row in rows if not row.is_computed
        )
        plain, percentages = frozenset(walk.plain), frozenset(walk.percentages)
        return cls(tuple(sorted(walk.names)), plain, percentages, walk.has_product, grows, tuple(walk.sums))

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _back in self.names)

    @cached_property
    def reads_before(self) -> bool:
        """Whether a figure of the period before is among them, which a year has not."""
        return any(moment >= PREVIOUS for _code, moment in self.names)

    @cached_property
    def of_the_time(self) -> Sequence[Name]:
        """Those of the same year; all, where none is."""
        return [name for name in self.names if not name[1]] or list(self.names)

    def summed_with(self, name: Name) -> Collection[Name]:
        """The parts of all sums that it stands in, itself included."""
        return {other for names in self.sums if name in names for other in names}

    def with_year_before(self) -> FormulaInputs:
        """The same together with the same a year earlier."""
        return FormulaInputs(
            tuple(sorted({*self.names, *_earlier(self.names)})),
            self.plain | frozenset(_earlier(self.plain)),
            self.percentages | frozenset(_earlier(self.percentages)),
            self.has_product,
            self.grows,
            (*self.sums, *(frozenset(_earlier(names)) for names in self.sums)),
        )


def _grows(kinds: Collection[str], *, is_ratio: bool) -> bool:
    amounts = AMOUNTS & set(kinds)
    return bool(amounts) and (not is_ratio or len(kinds) > 1)


def _earlier(names: Collection[Name]) -> Collection[Name]:
    return [(code, moment + LAST_YEAR) for code, moment in names]


class _Walk:
    """Follows a formula and those of the computed indicators in it."""

    def __init__(self, catalogue: CompiledCatalogue) -> None:
        self.catalogue = catalogue
        self.names: set[Name] = set()
        self.plain: set[Name] = set()
        self.percentages: set[Name] = set()
        self.has_product = False
        self.sums: list[frozenset[Name]] = []

    def read(self, code: str, back: int, *, in_sum: bool, in_product: bool, above: tuple[Name, ...]) -> None:
        formula, name = self.catalogue.formula(code), (code, back)
        if formula is not None and name not in above and not is_beyond(back):
            self._follow(formula.tree, back, in_product, (*above, name))
            return
        self.names.add(name)
        if not in_sum:
            self.plain.add(name)
        row = self.catalogue.by_code.get(code)
        if row is not None and row.unit.is_percent and not in_product:
            self.percentages.add(name)

    def _follow(self, tree: Tree, back: int, in_product: bool, above: tuple[Name, ...], in_sum: bool = False) -> None:
        if isinstance(tree, str):
            if tree[:1].isalpha():
                self.read(tree, back, in_sum=in_sum, in_product=in_product, above=above)
            return
        sign, *operands = tree
        if sign == "at":
            self.read(str(operands[0]), back + int(str(operands[1])), in_sum=False, in_product=in_product, above=above)
            return
        is_product = is_product_of_figures(tree)
        self.has_product |= is_product
        if sign == "sum":
            self.sums.append(frozenset((part, back) for part in operands if isinstance(part, str)))
        for operand in operands:
            self._follow(operand, back, in_product or is_product, above, in_sum=sign == "sum")  # type: ignore[arg-type]


def is_product_of_figures(tree: Tree) -> bool:
    """Whether two things that are read are multiplied: of sums that gives another value than the sum of products."""
    return not isinstance(tree, str) and tree[0] == "*" and all(map(_reads, tree[1:]))


def _reads(tree: object) -> bool:
    if isinstance(tree, str):
        return tree[:1].isalpha()
    assert isinstance(tree, tuple)
    return tree[0] == "at" or any(map(_reads, tree[1:]))


Values = Mapping[Name, Decimal | None]


def regionwise(
    catalogue: CompiledCatalogue, code: str, back: int, together: Values, regions: Sequence[Values]
) -> Decimal | None:
    """A computed value of several regions in its own unit, its products computed in each region and added up.

    `together` are the values read of all regions, `regions` those of each, in the indicators' own units.
    """
    value = _Regionwise(catalogue, together, regions).read(code, back, in_sum=False)
    return None if value is None else value / catalogue.definitions[code].scale


class _Regionwise:
    def __init__(self, catalogue: CompiledCatalogue, together: Values, regions: Sequence[Values]) -> None:
        self.catalogue, self.together, self.regions = catalogue, together, regions

    def read(self, code: str, back: int, *, in_sum: bool) -> Decimal | None:
        """In base units."""
        formula = self.catalogue.formula(code)
        if formula is not None:
            return self._compute(formula.tree, back)
        value = self.together.get((code, back))
        if value is None:
            return ZERO if in_sum else None
        return value * self.catalogue.definitions[code].scale

    def _compute(self, tree: Tree, back: int, in_sum: bool = False) -> Decimal | None:
        if isinstance(tree, str):
            return self.read(tree, back, in_sum=in_sum) if tree[:1].isalpha() else Decimal(tree)
        sign, *operands = tree
        if sign == "at":
            return self.read(str(operands[0]), back + int(str(operands[1])), in_sum=False)
        if self.regions and is_product_of_figures(tree):
            return _sum(_Regionwise(self.catalogue, own, ())._compute(tree, back) for own in self.regions)
        values = [self._compute(operand, back, in_sum=sign == "sum") for operand in operands]  # type: ignore[arg-type]
        return _applied(str(sign), values)


_OPERATIONS = dict(ARITHMETIC.values())


def _applied(sign: str, values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values) or (sign == "/" and not known[1]):
        return None
    if sign == "sum":
        return sum(known, ZERO)
    if sign == "neg":
        return -known[0]
    return FUNCTIONS[sign][2](known) if sign in FUNCTIONS else _OPERATIONS[sign](*known)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known, ZERO) if len(known) == len(found) else None
