"""What a change of an open table would do to rows that were reported, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sectors.models import OpenRow, Submission, Table

# Without which a cell says something else.
MEANING = ("unit", "kind")


def of_table(old: Table, columns: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Sentences, none where nothing stands in the way. `columns` are the open columns as they would be."""
    if old.open_columns == list(columns):
        return
    new = {column["code"]: column for column in columns}
    for column in old.open_columns:
        code = column["code"]
        used = _used(old, code)
        if not used:
            continue
        what = {"table": old.code, "column": code}
        if code not in new:
            yield _("Rows of %(table)s were reported with %(column)s, so this column stays.") % what
            continue
        changed = [key for key in MEANING if new[code][key] != column[key]]
        if changed:
            message = _("Rows of %(table)s were reported with %(column)s, so these stay: %(what)s. Add another column.")
            yield message % {**what, "what": ", ".join(changed)}
        gone = {words for _code, words in column["options"]} - {words for _code, words in new[code]["options"]}
        if kept := sorted(gone & used):
            message = _("Rows of %(table)s say %(words)s under %(column)s, so these options stay.")
            yield message % {**what, "words": ", ".join(kept)}


def _used(table: Table, column: str) -> set[str]:
    """What was reported in a column."""
    rows = OpenRow.objects.filter(table=table, submission__in=Submission.objects.reported())
    return {cells[column] for cells in rows.values_list("cells", flat=True) if cells.get(column)}
