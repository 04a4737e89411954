"""A past year as a workbook to be filled: what is stored of it stands there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from sectors.calculation.cells import Cell
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue, catalogue
from sectors.catalogue.open_tables import OpenTable
from sectors.models import Assignment, Figure, Narrative, OpenRow, Question, Region
from sectors.spreadsheets import escaping
from sectors.spreadsheets.container import BadFile, open_file
from sectors.spreadsheets.worksheet import Worksheet
from sectors.transfer.figure_files import Row as FigureRow
from sectors.transfer.narrative_files import Answer
from sectors.transfer.row_files import Row as OpenRowLine

# What heads of columns are called, in the workbook and by those who make their own.
FIGURES = {
    "indicator": ("编码", "指标编码", "代码", "code", "indicator"),
    "period": ("期间", "报告期", "时期", "period"),
    "value": ("数值", "数据", "value"),
    "declared": ("文中所载", "文件所载", "declared"),
    "note": ("备注", "说明", "note"),
}
ANSWERS = {"question": ("问题编码", "question"), "text": ("文字", "回答", "text", "answer")}
ROWS = {"sheet": ("表号", "sheet"), "table": ("明细表", "table"), "period": FIGURES["period"]}
WANTED = {"figures": ("indicator", "value"), "answers": ("question", "text"), "rows": ("sheet", "table", "period")}
HEAD_ROWS = 5  # of which one has the heads


class Found:
    """What stands in a workbook, by the ways in that take it; `problems` are cells that cannot be read."""

    def __init__(self) -> None:
        self.figures: list[FigureRow] = []
        self.answers: list[Answer] = []
        self.rows: list[OpenRowLine] = []
        self.problems: list[str] = []


def read(path: Path, year: int) -> Found:
    """Of every worksheet that has the heads of one of ours; others are left out. Raises BadFile."""
    found = Found()
    with path.open("rb") as file:
        opened = open_file(file, path.stat().st_size)
    for page in map(opened.worksheet, opened.names):
        for kind, names in (("rows", ROWS), ("answers", ANSWERS), ("figures", FIGURES)):
            if place := _heads(page, names, WANTED[kind]):
                _take(page, kind, place, f"{path}:{page.name}", year, found)
                break
    if not (found.figures or found.answers or found.rows or found.problems):
        message = _("%(name)s has no worksheet with the heads of a past year. Download the workbook here and fill it.")
        raise BadFile(message % {"name": path.name})
    return found


def _heads(
    page: Worksheet, names: Mapping[str, Sequence[str]], wanted: Sequence[str]
) -> tuple[int, dict[int, str]] | None:
    """The row with the heads, and what its columns are; a head of none of ours keeps its own words."""
    known = {name: key for key, all_names in names.items() for name in all_names}
    for number, row in enumerate(page.rows[:HEAD_ROWS]):
        texts = [escaping.unescape(str(cell or "")).strip() for cell in row]
        heads = {column: known.get(text, text) for column, text in enumerate(texts) if text}
        if set(wanted) <= set(heads.values()):
            return number, heads
    return None


def _take(page: Worksheet, kind: str, heads: tuple[int, dict[int, str]], name: str, year: int, found: Found) -> None:
    first, columns = heads
    for number in range(first + 1, len(page.rows)):
        place = f"{name}:{number + 1}"
        cells: dict[str, str] = {}
        for column, head in columns.items():
            if refusal := page.refusal((number, column)):
                found.problems.append(f"{place}: {head}: {refusal}")
            elif text := escaping.unescape(page.text((number, column))).strip():
                cells[head] = text
        if kind == "figures" and any(cells.get(name) for name in ("value", "declared", "note")):
            row = [cells.get(name, "") for name in FIGURES]
            found.figures.append((place, [row[0], row[1] or str(year), *row[2:]]))
        elif kind == "answers" and cells.get("text"):
            found.answers.append(Answer(place, cells.get("question", ""), cells["text"]))
        elif kind == "rows" and cells.keys() - ROWS.keys():
            found.rows.append((place, dict.fromkeys(ROWS, "") | cells))


def write(region: Region, year: int) -> bytes:
    """Figures, answers and open rows of a region's year, with an empty line for what there is none of."""
    known, into = catalogue(), BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(into, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEF1F4", "bottom": 1, "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        pages = {
            _("Figures"): _figure_rows(known, region, year),
            _("Answers"): _answer_rows(region, year),
            **dict(_open_tables(known, region, year)),
        }
        for name, rows in pages.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, escaping.fitting(cell), text if number else head)
                if number == 0:
                    sheet.set_column(0, len(row) - 1, 18, text)
    return into.getvalue()


def _sheets(region: Region) -> set[int]:
    """Those that a department of the region reports."""
    return set(Assignment.objects.filter(region=region).values_list("sheet", flat=True))


def _figure_rows(known: CompiledCatalogue, region: Region, year: int) -> Iterator[Sequence[str]]:
    texts = (_("Sheet"), _("Indicator"), _("Unit"))
    yield ("编码", *texts, "期间", "数值", "文中所载", "备注")
    stored: dict[str, list[Figure]] = {}
    figures = Figure.objects.filter(submission__region=region, submission__period__year=year)
    order = ("submission__period__kind", "submission__period__number")
    for figure in figures.select_related("submission__period", "indicator").order_by(*order):
        stored.setdefault(figure.indicator.code, []).append(figure)
    sheets = _sheets(region)
    for indicator in known.of_region(year, region.pk):
        if indicator.sheet_id not in sheets:
            continue
        facts = (indicator.code, str(known.sheets[indicator.sheet_id]), indicator.name, indicator.unit_text)
        for figure in stored.get(indicator.code, ()):
            text = Cell(*(getattr(figure, name) for name in Cell._fields)).text
            values = ("", text) if indicator.is_computed else (text, "")
            yield (*facts, figure.submission.period.code, *values, figure.note)
        if indicator.code not in stored:
            yield (*facts, str(year), "", "", "")


def _answer_rows(region: Region, year: int) -> Iterator[Sequence[str]]:
    yield ("问题编码", _("Sheet"), _("Question"), "文字")
    last_day = PeriodKey.whole(year).last_day
    own = Narrative.objects.filter(submission__region=region, submission__period__year=year)
    texts = dict(own.filter(submission__period__kind="year").values_list("question__code", "text"))
    questions = (
        Question.objects.filter(sheet__assignments__region=region).select_related("sheet").order_by("sheet", "pk")
    )
    for question in questions.distinct():
        if question.valid_on(last_day):
            yield (question.code, str(question.sheet), question.text, texts.get(question.code, ""))


def _open_tables(known: CompiledCatalogue, region: Region, year: int) -> Iterator[tuple[str, Iterable[Sequence[str]]]]:
    last_day = PeriodKey.whole(year).last_day
    sheets = _sheets(region)
    for sheet in dict.fromkeys(row.sheet_id for row in known.of_region(year, region.pk) if row.sheet_id in sheets):
        for table in known.sheet(sheet, last_day).open_tables:
            number = known.sheets[sheet].number
            yield f"{number} {table.code}"[:31], _open_rows(number, table, region, year)


def _open_rows(number: str, table: OpenTable, region: Region, year: int) -> Iterator[Sequence[str]]:
    yield ("表号", "明细表", "期间", *(column.name for column in table.columns))
    rows = OpenRow.objects.filter(submission__region=region, submission__period__year=year, table=table.table)
    found = list(rows.select_related("submission__period").order_by("submission__period__number", "position", "pk"))
    for row in found:
        texts = (str(row.cells.get(column.code, "")) for column in table.columns)
        yield (number, table.code, row.submission.period.code, *texts)
    if not found:
        yield (number, table.code, str(year), *("" for _column in table.columns))
