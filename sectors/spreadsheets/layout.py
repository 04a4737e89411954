"""What a downloaded sheet carries for its way back: marks in a hidden column and hidden rows, and a hidden worksheet.

Marks say what a row and a column hold, so that rows and columns may be moved. The hidden worksheet says what the
file is of and what stood in each cell when it was downloaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sectors.calculation.cells import Cell
from sectors.catalogue.asked import asked
from sectors.entry.open_rows import is_code
from sectors.spreadsheets.mark_prefix import PREFIX

if TYPE_CHECKING:
    from sectors.models import Indicator, Question, Submission

HIDDEN = "_zhibao"
FORMAT = "1"
PLAIN = PREFIX + "-"  # a head, a caption or a note: nothing to read
WORDS = "*"  # stands for the table where a row holds an answer in words


def table_mark(table: str) -> str:
    return f"{PREFIX}table:{table}"


def value_mark(column: int) -> str:
    return f"{PREFIX}value:{column}"


def row_mark(table: str, codes: Iterable[str]) -> str:
    """Codes by column of the table, empty where the row has none."""
    return f"{PREFIX}row:{table}:{','.join(codes)}"


@dataclass(frozen=True)
class DownloadedCell:
    """One thing to fill, as it stood when the file was downloaded. `unit` is WORDS for a question, `asked` what
    `catalogue.asked` gives, `row` is its row's name; older files have neither."""

    code: str
    unit: str
    name: str
    stored: str
    asked: str = ""
    row: str = ""


@dataclass(frozen=True)
class Origin:
    """What a file was downloaded of."""

    sheet: str
    sheet_name: str
    period: str
    period_name: str
    region: str
    department: str
    department_name: str
    version: str
    known: dict[str, DownloadedCell] = field(default_factory=dict)

    def rows(self) -> list[list[str]]:
        """As the hidden worksheet holds it."""
        heads = [["format", FORMAT], *([name, getattr(self, name)] for name in HEADS)]
        return [*heads, *([k.code, k.unit, k.stored, k.name, k.asked, k.row] for k in self.known.values())]


HEADS = (
    *("sheet", "sheet_name", "period", "period_name"),
    *("region", "department", "department_name", "version"),
)


def read_origin(rows: Sequence[Sequence[object]]) -> Origin | None:
    """The opposite of `Origin.rows`; None for what is none."""
    texts = [[str(value) for value in row] + [""] * 6 for row in rows]
    heads = {row[0]: row[1] for row in texts[: len(HEADS) + 1]}
    if heads.get("format") != FORMAT or not heads.keys() >= set(HEADS):
        return None
    known = {row[0]: DownloadedCell(row[0], row[1], row[3], row[2], row[4], row[5]) for row in texts[len(HEADS) + 1 :]}
    return Origin(**{name: heads[name] for name in HEADS}, known=known)


def origin(
    submission: Submission,
    entered: Iterable[Indicator],
    figures: Mapping[str, Cell],
    questions: Iterable[Question],
    answers: Mapping[str, str],
) -> Origin:
    """What a download of the submission's indicators that are `entered` (units fetched) and of its questions holds."""
    known = [
        DownloadedCell(
            i.code, i.unit.name, i.name, figures[i.code].stored if i.code in figures else "", asked(i), i.row_name
        )
        for i in entered
    ]
    known += [DownloadedCell(q.code, WORDS, q.text, digest(answers.get(q.code, ""))) for q in questions]
    department = submission.department
    return Origin(
        sheet=submission.sheet.number,
        sheet_name=submission.sheet.name,
        period=submission.period.code,
        period_name=submission.period.label,
        region=submission.region.code,
        department=department.code,
        department_name=department.name,
        version=version((k.code, k.unit) for k in known if not is_code(k.code)),
        known={k.code: k for k in known},
    )


def version(things: Iterable[tuple[str, str]]) -> str:
    """Fingerprint of what a sheet asks for, by code and unit."""
    return hashlib.sha256("\n".join(f"{code} {unit}" for code, unit in sorted(things)).encode()).hexdigest()[:16]


def digest(text: str) -> str:
    """Tells whether words were changed, however a spreadsheet program writes their line ends and blanks."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16] if text.strip() else ""


def figures_of(submission: Submission) -> dict[str, Cell]:
    rows = submission.figures.values_list("indicator__code", "state", "value", "places", "qualifier", "as_of", "words")
    return {code: Cell._make(cell) for code, *cell in rows}


def answers_of(submission: Submission) -> dict[str, str]:
    return dict(submission.narratives.values_list("question__code", "text"))
