"""Events of the audit record as files, row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Event
from sectors.models import Department, Region
from sectors.spreadsheets import escaping
from sectors.vocabulary import Role

CHUNK = 2000
XLSX_ROWS = 1_048_575  # under the head
BOM = "\ufeff"


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(events: QuerySet[Event]) -> Iterator[str]:
    """For Excel: a byte order mark first, and nothing that it would compute."""
    writer: Any = csv.writer(_Echo())
    yield BOM + writer.writerow(_head())
    for row in _rows(events):
        yield writer.writerow([escaping.escape(text) for text in row])


def write_xlsx(events: QuerySet[Event], path: Path) -> None:
    """At most `XLSX_ROWS` events."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, _head())
        for number, row in enumerate(_rows(events), start=1):
            sheet.write_row(number, 0, [escaping.fitting(text) for text in row])


def _head() -> list[str]:
    texts = (_("Number"), _("When"), _("Kind"), _("Done by"), _("Role"), _("Department"), _("Region"), _("Address"))
    return [*texts, _("Via"), _("Object"), _("Key"), _("Details"), _("Request"), _("Session"), _("Digest")]


def _rows(events: QuerySet[Event]) -> Iterator[list[str]]:
    roles = {str(value): str(label) for value, label in Role.choices}
    departments = _names(Department.objects.values_list("pk", "name"))
    regions = _names(Region.objects.values_list("pk", "name"))
    for event in events.iterator(CHUNK):
        yield [
            str(event.pk),
            f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
            str(event.get_kind_display()),
            event.person,
            roles.get(event.role, event.role),
            departments.get(event.department_id, ""),
            regions.get(event.region_id, ""),
            event.address,
            event.via,
            event.name,
            f"{event.subject} {event.subject_id}".strip(),
            json.dumps(event.detail, ensure_ascii=False) if event.detail else "",
            event.request,
            event.session,
            event.digest,
        ]


def _names(rows: Iterable[tuple[int, str]]) -> dict[int | None, str]:
    return dict(rows)
