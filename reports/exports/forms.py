"""Sheets as filled forms: the Excel file of each submission, in one .zip."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from reports.exports.files import Step
from reports.exports.scopes import Scope
from sectors.spreadsheets.writer import file_name, write


def count(scope: Scope) -> int:
    return scope.submissions().count()


def write_zip(scope: Scope, path: Path, step: Step = lambda _done: None) -> None:
    """A folder for each department. `step` is told how many forms are written."""
    rows = scope.submissions().select_related("sheet__sector", "period", "department", "region")
    with ZipFile(path, "w", ZIP_STORED) as file:  # an .xlsx is compressed already
        for number, submission in enumerate(rows.order_by("department__code", "period__due", "sheet__number"), start=1):
            folder = f"{submission.region.name}/{submission.department.short_name}"
            file.writestr(f"{folder}/{file_name(submission)}", write(submission))
            step(number)
