"""Objects of the database as rows of the interface; `schemas` says what each field is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from reports.aggregation.cube import AnnualValue, Comparison
from sectors.calculation.units import Units
from sectors.catalogue.open_tables import cell_of, columns_of
from sectors.models import Figure, Indicator, OpenRow, Period, Region, Submission
from sectors.vocabulary import FigureState

Fields = dict[str, Any]


def region(row: Region) -> Fields:
    return {"code": row.code, "name": row.name, "level": row.level, "parent": row.parent.code if row.parent else None}


def period(row: Period) -> Fields:
    return {
        "code": row.code,
        "region": row.region.code,
        "kind": row.kind,
        "year": row.year,
        "number": row.number,
        "opens": row.opens,
        "due": row.due,
        "closes": row.closes,
    }


def indicator(row: Indicator) -> Fields:
    return {
        "code": row.code,
        "name": row.name,
        "sector": row.sheet.sector.code,
        "sheet": row.sheet.number,
        "unit": row.unit.name,
        "decimals": row.decimals,
        "kind": row.value_kind,
        "options": row.options,
        "minimum": None if row.is_words else row.kind.minimum,
        "maximum": row.kind.maximum,
        "accumulation": row.accumulation,
        "formula": row.formula,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def submission(row: Submission) -> Fields:
    return {
        "id": row.pk,
        "region": row.region.code,
        "department": row.department.name,
        "sheet": row.sheet.number,
        "sheet_name": row.sheet.name,
        "sector": row.sheet.sector.code,
        "period": row.period.code,
        "status": row.status,
        "due": row.due,
        "timeliness": row.timeliness_on(timezone.localdate()),
        "is_demo": row.is_demo,
    }


def figure(row: Figure) -> Fields:
    of = row.submission.period
    return {
        "id": row.pk,
        "region": row.region.code,
        "sheet": row.submission.sheet.number,
        "period": of.code,
        "kind": of.kind,
        "year": of.year,
        "number": of.number,
        "indicator": row.indicator.code,
        "name": row.indicator.name,
        "unit": row.indicator.unit.name,
        "state": row.state,
        "words": row.words or None,
        "value": None if row.value is None else f"{row.value:.{row.places}f}",
        "qualifier": row.qualifier,
        "as_of": row.as_of,
        "is_declared": row.indicator.is_computed,
        "status": row.submission.status,
    }


def open_row(row: OpenRow, units: Units) -> Fields:
    of = row.submission
    return {
        "id": row.pk,
        "region": of.region.code,
        "sheet": of.sheet.number,
        "table": row.table.code,
        "table_name": row.table.name,
        "period": of.period.code,
        "kind": of.period.kind,
        "year": of.period.year,
        "number": of.period.number,
        "key": row.key,
        "cells": [
            _open_cell(column, row.cells[column.code])
            for column in columns_of(row.table, units)
            if column.code in row.cells
        ],
        "status": of.status,
    }


def _open_cell(column: Indicator, stored: str) -> Fields:
    cell = cell_of(column, stored)
    return {
        "column": column.code,
        "name": column.name,
        "unit": column.unit.name,
        "state": cell.state,
        "words": cell.words or None,
        "value": None if cell.value is None else f"{cell.value:.{cell.places}f}",
    }


def _compared(found: Comparison | None) -> Fields | None:
    if found is None:
        return None
    fields = {"value": found.now, "last_year": found.last, "months": sorted(found.months)}
    return fields | {"regions": found.regions, "whole": found.is_plain, "about": found.is_about}


def _end(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _state(value: Decimal | None, not_applicable: bool) -> FigureState:
    if value is not None:
        return FigureState.NUMBER
    return FigureState.NOT_APPLICABLE if not_applicable else FigureState.BLANK


def annual(row: AnnualValue, *, region: str, year: int) -> Fields:
    return {
        "region": region,
        "year": year,
        "indicator": row.indicator.code,
        "name": row.indicator.name,
        "unit": row.indicator.unit.name,
        "value": row.value,
        "text": row.text,
        "qualifier": row.marked.qualifier,
        "low": _end(row.bounds.low) if row.bounds else row.value,
        "high": _end(row.bounds.high) if row.bounds else row.value,
        "as_of": row.marked.as_of,
        "state": FigureState.TEXT if row.words else _state(row.value, row.not_applicable),
        "last_year": row.last,
        "last_text": row.last_text,
        "last_state": _state(row.last, row.last_not_applicable),
        "change": row.change,
        "compared": _compared(row.comparison),
        "source": row.source,
        "have": row.coverage.have,
        "expected": row.coverage.expected,
        "last_have": row.last_coverage.have,
        "last_expected": row.last_coverage.expected,
    }
