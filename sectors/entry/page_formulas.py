"""What a sheet's page computes its cells with while one types, see static/app/sheet/formulas.js. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sectors.calculation.cells import STORED_NOT_APPLICABLE
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import NOW, Name
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.entry.grid import Grid
from sectors.models import Indicator
from sectors.vocabulary import Rounding


def for_page(grid: Grid) -> dict[str, Any] | None:
    """As JSON; None for a sheet without computed cells.

    - `cells`: the sheet's computed cells by code: decimals, and whether halves are rounded to even.
    - `formulas`: by code, of all computed indicators that these read (`formulas.Tree`).
    - `known`: what is read and not entered on the page, in base units, by code and by "code moment": digits, `n/a`,
      or null where it is missing. Of a computed indicator that was declared as not applicable, `n/a`.
    - `kind`: unit with what is also written for it, decimals, and the least and the most that may be entered (digits,
      or null), of most of the entered cells that are read; `kinds`: those of the others.
    - `scales`: of units that are not their own base.
    - `about`: computed cells that read something that is not exact and not entered on the page.
    """
    computed = [indicator for indicator in grid.sheet.indicators if indicator.is_computed]
    if not computed:
        return None
    catalogue, on_page = grid.sheet.catalogue, grid.sheet.entered
    codes = sorted(catalogue.with_inputs(indicator.code for indicator in computed))
    formulas = {code: formula for code in codes if (formula := catalogue.formula(code))}
    entered = [on_page[code] for code in codes if code in on_page]
    names = {(code, NOW) for code in codes if code not in on_page}
    names |= {(code, moment) for formula in formulas.values() for code, moment in formula.names if moment}
    kind, kinds = _kinds(entered)
    return {
        "cells": {i.code: [i.decimals, i.rounding == Rounding.HALF_EVEN] for i in computed},
        "formulas": {code: formula.tree for code, formula in formulas.items()},
        "known": dict(_known(grid.values, names)),
        "kind": kind,
        "kinds": kinds,
        "scales": dict(_scales(catalogue, codes)),
        "about": [row.code for row in computed if not _beside(grid, row.code).isdisjoint(grid.bounded.known)],
    }


def _beside(grid: Grid, code: str) -> set[Name]:
    """What a value is made of that is not entered on the page."""
    return {name for name in grid.bounded.behind(code) if name[1] or name[0] not in grid.sheet.entered}


def _known(values: Evaluation, names: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str | None]]:
    for code, moment in sorted(names):
        definition, key = values.definitions.get(code), f"{code} {moment}" if moment else code
        if not moment and (code, moment) in values.absent:
            yield key, STORED_NOT_APPLICABLE
        elif moment or definition is None or definition.formula is None:
            value = values.base(code, moment)
            yield key, None if value is None else _digits(value)


PageKind = tuple[tuple[str, ...], int, str | None, str | None]


def _kinds(entered: list[Indicator]) -> tuple[PageKind, dict[str, PageKind]]:
    found = {row.code: _kind(row) for row in entered}
    nothing: PageKind = (("",), 0, "0", None)
    most = max(Counter(found.values()).items(), key=lambda pair: pair[1])[0] if found else nothing
    return most, {code: kind for code, kind in found.items() if kind != most}


def _kind(row: Indicator) -> PageKind:
    least, most = (None if limit is None else _digits(limit) for limit in (row.kind.minimum, row.kind.maximum))
    return (row.unit.name, *row.unit.also), row.decimals, least, most


def _scales(catalogue: CompiledCatalogue, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for code in codes:
        definition = catalogue.definitions.get(code)
        if definition is not None and definition.scale != 1:
            yield code, _digits(definition.scale)


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"
