"""Files of the administration in and out, by django-import-export: shown first, and stored as a whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX, Format
from import_export.forms import ConfirmImportForm, ExportForm
from import_export.results import Error
from import_export.tmp_storages import CacheStorage
from tablib import Dataset

from audit import record
from audit.vocabulary import EventKind
from sectors.calculation import numerals
from sectors.spreadsheets.container import MAX_SIZE, OLE, ZIP, BadFile, open_file, too_large
from sectors.spreadsheets.positions import Position, address
from sectors.spreadsheets.worksheet import Worksheet
from sectors.texts import readable
from sectors.transfer import lists
from sectors.transfer.lines import cells_of


class Gone(Exception):
    """The file that was looked at is no longer kept."""


class Changed(Exception):
    """The rows are not any more as they were when the file was looked at."""


class CachedUpload(CacheStorage):
    """A file between its preview and its confirmation: not in a folder of the server, and for a day at most."""

    def read(self) -> bytes:
        data: bytes | None = super().read()
        if data is None:
            raise Gone
        return data


class AnyTable(Format):
    """.xlsx, .xls or .csv, told by what is in the file; CSV in UTF-8 or, as Excel in China writes it, GB 18030."""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return _("Excel (.xlsx, .xls) or .csv")

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """The first worksheet. Raises BadFile."""
        if len(in_stream) > MAX_SIZE:
            raise too_large(MAX_SIZE)
        rows = _of_workbook(in_stream) if in_stream.startswith((ZIP, OLE)) else _of_text(in_stream)
        filled = [list(row) for row in rows]
        while filled and (not any(str(cell).strip() for cell in filled[-1]) or lists.is_note(filled[-1])):
            filled.pop()
        above = lists.lines_above_heads(filled)
        del filled[:above]
        if len(filled) < 2:
            raise BadFile(_("The file has no rows. Its first line names the columns, and each further line is a row."))
        width = max(len(row) for row in filled)
        head, *body = ([*row, *[""] * (width - len(row))] for row in filled)
        dataset = Dataset(*body, headers=[str(cell).strip() for cell in head])
        dataset.lines_above = above
        return dataset


def _of_workbook(data: bytes) -> Sequence[Sequence[Any]]:
    opened = open_file(BytesIO(data), len(data))
    filled = [page for page in map(opened.worksheet, opened.names) if page.is_visible and page.rows]
    if len(filled) > 1:
        text = _("The file has several worksheets (%(names)s). Put all rows into one of them, and delete the others.")
        raise BadFile(text % {"names": "、".join(page.name for page in filled)})
    page = filled[0] if filled else opened.worksheet(opened.names[0])
    origins = _origins(page)
    return [
        [_as_shown(page, origins.get((row, column), (row, column))) for column in range(len(cells))]
        for row, cells in enumerate(page.rows)
    ]


def _origins(page: Worksheet) -> dict[Position, Position]:
    """Cells that are merged down one column have the value of the first. Raises BadFile for others beside which
    anything stands: nobody can say of which column their value is."""
    found: dict[Position, Position] = {}
    for first, last in page.merged:
        if first[1] == last[1]:
            found |= {(row, first[1]): first for row in range(first[0], min(last[0], len(page.rows) - 1) + 1)}
        elif any(str(value).strip() for value in _beside(page, first, last)):
            text = _("Cells are merged (%(cell)s), so that rows have lost their values. Take the merging back.")
            raise BadFile(text % {"cell": address(first)})
    return found


def _beside(page: Worksheet, first: Position, last: Position) -> Iterator[Any]:
    """What stands in the rows of merged cells besides their own value."""
    for row in range(first[0], min(last[0], len(page.rows) - 1) + 1):
        yield from (page.value((row, column)) for column in range(len(page.rows[row])) if (row, column) != first)


def _as_shown(page: Worksheet, place: Position) -> Any:
    """What a cell shows, as a person would type it. Raises BadFile for what is no text or number."""
    value = page.value(place)
    if refusal := page.refusal(place):
        raise BadFile(_("Cell %(cell)s: %(why)s") % {"cell": address(place), "why": refusal})
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    shown = page.shown(place, value) if is_number else None  # type: ignore[arg-type]
    if _is_other_than_typed(value) or (is_number and not (shown and shown.exact)):
        message = _(
            "Cell %(cell)s holds a date, a number that is shown otherwise, or one of more than 15 digits, which Excel "
            "does not keep as typed. Format its column as text, and type it again."
        )
        raise BadFile(message % {"cell": address(place)})
    return shown.typed if shown else value


def _is_other_than_typed(value: object) -> bool:
    """What Excel makes of a code or a name is lost as it was typed."""
    if isinstance(value, (int, float)):
        return abs(value) >= numerals.LONGEST
    return isinstance(value, (datetime.date, datetime.time, datetime.timedelta))


def _of_text(data: bytes) -> Sequence[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = readable(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        return [_cells(number, line) for number, line in enumerate(StringIO(text, newline=None), start=1)]
    raise BadFile(_("The file is neither an Excel file nor text with commas. Save it as .xlsx and choose it again."))


def _cells(number: int, line: str) -> list[str]:
    try:
        cells = cells_of(line.rstrip("\n"))
    except ValueError as error:
        raise BadFile(_("Line %(line)d: %(text)s") % {"line": number, "text": error}) from None
    if shown := next((cell for cell in cells if numerals.ERROR.fullmatch(cell.strip())), ""):
        text = _("Excel shows the error %(error)s here. Mend the formula, or type the value.") % {"error": shown}
        raise BadFile(_("Line %(line)d: %(text)s") % {"line": number, "text": text})
    return cells


class Export(ExportMixin):
    """Excel and CSV; who may look may take along."""

    export_template_name = "admin/export_rows.html"
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"  # Excel takes a .csv without the mark for GB 18030

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Of both pages: which columns a file has."""
        (resource,) = self.get_resource_classes(None)
        return {"columns": list(resource.names.values())}

    def get_export_formats(self) -> list[type[Format]]:
        return [XLSX, CSV]

    def get_export_data(self, file_format: Format, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        name = str(self.model._meta.verbose_name_plural)
        record.write(EventKind.EXPORT, name=name, model=self.model._meta.label_lower, rows=queryset.count())
        return data

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))


class SeenImportForm(ConfirmImportForm):
    """Confirms what was looked at, and nothing else."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def _seen(result: Any) -> str:
    """A hash of what a file does to each row, with what stood there before."""
    rows = [[row.import_type, [str(cell) for cell in row.diff or ()]] for row in result.rows]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


class Transfer(Export, ImportExportMixin):
    """In and out. A file is stored as a whole or not at all, and does what was looked at or nothing; `import_notes` are
    what one must know before."""

    import_template_name = "admin/import_rows.html"
    confirm_form_class = SeenImportForm
    tmp_storage_class = CachedUpload
    import_notes: tuple[str | Promise, ...] = ()

    def get_import_formats(self) -> list[type[Format]]:
        return [AnyTable]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**self.get_context_data(), "notes": self.import_notes}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        text = _("The file cannot be read. Save it in Excel or WPS as .xlsx and choose it again.")
        form.add_error("import_file", str(e) if isinstance(e, BadFile) else text)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)  # type: ignore[no-any-return]
        except Gone:
            messages.error(request, _("This file was imported already, or a day has gone by. Choose it again."))
            return redirect("{}:{}_{}_import".format("admin", *self.get_model_info()))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> Any:
        answer: Any = super().import_action(request, **kwargs)
        context = getattr(answer, "context_data", None) or {}
        if "confirm_form" in context:
            context["confirm_form"].initial["seen"] = _seen(context["result"])
        return answer

    @transaction.atomic
    def process_dataset(self, dataset: Dataset, form: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody changes a row between its being compared and its being stored."""
        rows = self.model._base_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
        list(rows.values_list("pk"))
        result = super().process_dataset(dataset, form, request, rollback_on_validation_errors=True, **kwargs)
        if _seen(result) != form.cleaned_data["seen"]:
            transaction.set_rollback(True)
            result.append_base_error(Error(Changed()))
        return result

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """What was right when it was shown may be wrong by now: then nothing was stored."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("Nothing was imported: meanwhile something changed. Choose the file again."))
            return redirect("{}:{}_{}_import".format("admin", *self.get_model_info()))
        return super().process_result(result, request)  # type: ignore[no-any-return]
