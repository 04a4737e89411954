"""Rows of a table as a catalogue file writes them: what each measures, and which are parts of which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sectors.catalogue.keys import INHERITED, USUAL_ROWS
from sectors.catalogue.yaml_files import number_of_text
from sectors.models import Indicator, Table
from sectors.models.catalogue import Validity
from sectors.vocabulary import Rounding, RowsOfYear, ValueKind

Row = TypeVar("Row")


def measured(row: Indicator, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of an indicator, or of a column by one of its cells, that are not as `inherited` has them."""
    own: dict[str, Any] = {"unit": row.unit.name}
    if not row.is_words:
        own |= {key: getattr(row, key) for key in INHERITED if key != "signed" or not row.formula}
    found = {key: value for key, value in own.items() if value != inherited.get(key)}
    found |= _values(row)
    if row.formula:
        found["formula"] = row.formula
    if row.rounding != Rounding.HALF_UP:
        found["rounding"] = row.rounding
    flags = {"required": row.required, "key": row.is_key, "pass_rate": row.is_pass_rate}
    found |= {key: True for key, is_set in flags.items() if is_set}
    if row.help:
        found["help"] = row.help
    if row.of_rows:
        found["of_rows"] = row.of_rows
    if row.counted:
        found["counted"] = dict(row.counted)
    if row.target is not None:
        found["target"] = _target(row)
    return found | days(row)


def _values(row: Indicator) -> dict[str, Any]:
    """What may be entered, where that is not any number."""
    found: dict[str, Any] = {}
    if row.is_words:
        found["kind"] = row.value_kind
    if row.options:
        found["options"] = dict(row.options)
    for key, limit in (("min", row.minimum), ("max", row.maximum)):
        if limit is not None:
            found[key] = number(limit)
    return found


def _target(row: Indicator) -> dict[str, Any]:
    assert row.target is not None
    found: dict[str, Any] = {row.target_is: number(row.target)}
    if row.target_source:
        found["source"] = row.target_source
    if row.target_since:
        found["since"] = row.target_since
    return found


def open_table(table: Table) -> dict[str, Any]:
    """The keys of an open table besides those of a list."""
    if not table.open_columns:
        return {}
    found: dict[str, Any] = {"open_columns": [_open_column(column) for column in table.open_columns]}
    if table.most_rows != USUAL_ROWS:
        found["most_rows"] = table.most_rows
    if table.rows_of_year != RowsOfYear.ALL:
        found["rows_of_year"] = table.rows_of_year
    return found


def _open_column(stored: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"code": stored["code"], "name": stored["name"]}
    if stored["kind"] == ValueKind.NUMBER:
        found |= {"unit": stored["unit"], "decimals": stored["decimals"], "signed": stored["signed"]}
        found |= {key: number_of_text(stored[key]) for key in ("min", "max") if stored[key] is not None}
    else:
        found |= {"kind": stored["kind"], "options": dict(stored["options"])}
    found |= {"required": stored["required"], "help": stored["help"]}
    return {key: value for key, value in found.items() if value not in (0, False, "", {}) or key in ("min", "max")}


def days(row: Validity) -> dict[str, str]:
    found = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    return {key: day.isoformat() for key, day in found.items() if day}


def number(value: Decimal) -> int | str:
    """As a specification has it: whole numbers are numbers, others texts."""
    return number_of_text(f"{value.normalize():f}")


def nested(
    rows: Sequence[Indicator],
    written: Callable[[Indicator, Indicator | None], dict[str, Any]],
    is_exhaustive: Callable[[Indicator, str], bool],
    key: str,
) -> list[dict[str, Any]]:
    """Rows in their order, each with its breakdowns under `parts`: what is indented further belongs to the row above,
    and a head over a row begins a breakdown."""
    top: list[dict[str, Any]] = []
    open_rows: list[tuple[Indicator, dict[str, Any]]] = []  # the last row of each indent so far
    for row in rows:
        del open_rows[row.indent :]
        total = open_rows[-1] if open_rows else None
        spec = written(row, total[0] if total else None)
        if total is None:
            top.append(spec)
        else:
            splits = total[1].setdefault("parts", [])
            if row.group_name or not splits:
                name = row.group_name
                splits.append({"name": name, "exhaustive": is_exhaustive(total[0], name), key: []})
            splits[-1][key].append(spec)
        open_rows.append((row, spec))
    return top
