"""Firms of the cast's county."""

import datetime

from inspections import firm_names, firms, records
from inspections.models import Firm, Inspection
from sectors.models import Sector


def code(body: str) -> str:
    """A unified social credit code with its check digit; the body is filled up to 17 places."""
    body = body.ljust(17, "0")
    return body + firm_names.check_digit(body)


def firm(cast, name, *, others=(), region=None, **fields):
    made = Firm(region=region or cast.county, name=name, **{"kind": "school", **fields})
    firms.save(made, list(others), by=cast.admin)
    return made


def inspection(cast, premises, held_on=datetime.date(2023, 3, 1), *, by=None, **fields):
    """A stored inspection of 市场监管局, or of the department of whoever records it."""
    by = by or cast.clerk
    start = {"premises_type": "school", "sector": Sector.objects.get(code="food"), **fields}
    made = Inspection(
        department=by.department, region=by.department.region, held_on=held_on, premises=premises, **start
    )
    records.save(made, by=by)
    return made
