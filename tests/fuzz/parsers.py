"""Everything that reads what somebody typed or sent: what it is, and how it says that it cannot read it."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from docx import Document

from inspections import spreadsheets
from inspections.registers import REGISTERS
from inspections.spreadsheets import columns
from reports.aggregation.cube import annual
from reports.document.blocks import parse_date
from reports.editing import token_syntax
from reports.wording import rendering
from sectors.admin.transfer import AnyTable
from sectors.calculation import cells, numerals
from sectors.calculation.dimensions import checked_formula, checked_rule
from sectors.calculation.parser import FormulaError
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import files as catalogue_files
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.nodes import CatalogueError
from sectors.evidence import uploads
from sectors.models import Breakdown, Indicator, Unit
from sectors.models.validators import BadAddress, check_address
from sectors.reading import reports
from sectors.reading.word import open_report
from sectors.shell.http import json_sent
from sectors.spreadsheets.container import BadFile, open_file
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives
from tests import base
from tests.fuzz.inputs import Inputs
from tests.sectors.spreadsheets import workbooks

NUMBERS = (
    "1548",
    "1,548",
    "12.5%",
    "120余",
    "约30批次",
    "不足5",
    "12（截至10月19日）",
    "n/a",
    "不适用",
    "-3.50",
    "１２",
)
DAYS = ("2023-04-18", "2023/4/8", "2023年4月18日", "2023Q3", "2023H1", "2023-07", "2023")
EXPRESSIONS = (
    "food.passed <= food.done",
    "food.done == parts(food.done)",
    "food.rate >= 98%",
    "previous(food.done) * 1.5 > food.done + 2万批次",
    "max(food.done, last_year(food.done)) / (food.passed - 1) != 0",
)
WORDINGS = (
    "全年抽检{{ n('food.done') }}，合格率{{ n('food.rate') }}。",
    "{% if rose('food.done') %}增加{{ abs_n('food.done') }}{% else %}持平{% endif %}",
    "{% for one in ranked('food.done.farm', 'food.done.school') %}{{ one.name }}{{ one.n }}{% endfor %}",
    "{% set a = val('food.done') %}{{ a * 2 + last('food.done') / 3 }}",
)
TOKENS = ("全年抽检{{food.done|1,548批次}}，", "合格率{{ food.rate | 98.2% }}\\{{", "{{food.done|〔缺：产量〕}}}}")
REPORT = """云泽县2023年质量状况分析报告
一、食品质量
全年完成食品抽检1,548批次，其中种植环节120余批次、学校食堂3成；合格率98.2%，同比提高0.3个百分点。截至10月底未发生事故。
"""
BODIES = ('{"cells": {"food.done": "7"}, "seen": {"food.done": ["", 1]}}', '[{"a": [1e9, null, true]}]')


@dataclass(frozen=True)
class Parser:
    """`read` is given what `make` makes; of what it raises, `refusals` are answers."""

    name: str
    make: Callable[[Inputs], Any]
    read: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()

    def try_one(self, given: Any) -> str:
        """What came of one input that was neither read nor refused; else empty."""
        try:
            with suppress(*self.refusals):
                self.read(given)
        except Exception as error:  # whatever it is, it is what this looks for
            return f"{self.name}: {error!r:.200} of {given!r:.500}"
        return ""


def texts(name: str, samples: tuple[str, ...], read: Callable[[str], object], *refusals: type[Exception]) -> Parser:
    return Parser(name, lambda inputs: inputs.text(samples), read, refusals)


def files(name: str, samples: list[bytes], read: Callable[[bytes], object], *refusals: type[Exception]) -> Parser:
    def make(inputs: Inputs) -> bytes:
        if samples[0].startswith(b"PK") and inputs.random() < 0.7:
            return inputs.packed(samples[:1])
        return inputs.data(samples)

    return Parser(name, make, read, refusals)


def _cells(name: str) -> Callable[[str], object]:
    unit, decimals = {"counts": ("批次", 0), "rates": ("%", 2), "plain numbers": ("1", 3)}[name]
    last_day = datetime.date(2023, 12, 31)
    return lambda text: cells.parse(text, unit=unit, decimals=decimals, also=("个",), last_day=last_day)


def _columns(cast: base.Cast) -> Callable[[str], object]:
    fields = [REGISTERS["batches"].model._meta.get_field(name) for name in columns.names(REGISTERS["batches"])]
    parsers = [columns.parser(of, cast.market) for of in fields]

    def read(text: str) -> None:
        for parse in parsers:
            with suppress(ValidationError):
                parse(text)

    return read


def _in_file(read: Callable[[Path], object]) -> Callable[[str], object]:
    def read_text(text: str) -> None:
        with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
            file.write(text.encode(errors="surrogatepass"))
            file.flush()
            read(Path(file.name))

    return read_text


def _pages(data: bytes) -> None:
    opened = open_file(BytesIO(data), len(data))
    for name in opened.names:
        opened.worksheet(name)


def _list(rows: list[list[str]]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def _batches(cast: base.Cast) -> Parser:
    register = REGISTERS["batches"]
    heads = [columns.head(register, name) for name in columns.names(register)]
    sample = _list([heads, ["2023-02-14"] * len(heads), ["1"] * len(heads)])

    def read(data: bytes) -> None:
        found = spreadsheets.read(register, BytesIO(data), len(data), cast.market)
        spreadsheets.write_failed(found).close()
        json.dumps(spreadsheets.Preview.of(register, found).as_json())

    return files("lists of the registry", [sample], read, BadFile)


def all_parsers(cast: base.Cast) -> list[Parser]:
    parts, units, unit_of = Breakdown.objects.part_codes(), Unit.objects.by_name(), Indicator.objects.units()
    figures = rendering.Figures(annual(cast.county, 2023), 2023, cast.county.name)
    unit = Unit.objects.get(name="批次")
    small = tuple(path.read_text(encoding="utf-8") for path in sorted(base.SMALL.glob("*.yaml")))
    sheet = workbooks.download(base.submission(cast.county))
    csv = "indicator,period,value,declared,note\nfood.done,2023Q1,30,,\nfood.rate,2023Q1,,98.2,原文\n"
    words = "sector,question,text\nfood,food.work,一\n"
    request = RequestFactory()
    figure_file = _in_file(lambda path: import_figures([path], region=cast.county, year=2023, dry_run=True))
    word_file = _in_file(lambda path: import_narratives([path], region=cast.county, year=2023, dry_run=True))
    table = AnyTable().create_dataset
    return [
        *(texts(name, NUMBERS, _cells(name), numerals.BadNumber) for name in ("counts", "rates", "plain numbers")),
        texts("cells of lists", NUMBERS + DAYS, _columns(cast)),
        texts("periods", DAYS, PeriodKey.parse, ValueError),
        texts("days of reports", DAYS, parse_date),
        texts("rules", EXPRESSIONS, lambda text: checked_rule(text, parts, units, unit_of), FormulaError),
        texts("formulas", EXPRESSIONS, lambda text: checked_formula(text, parts, units, unit_of, unit), FormulaError),
        texts("wordings", WORDINGS, lambda text: rendering.trial(text, figures, where="food")),
        texts("figures in words", TOKENS, lambda text: [token_syntax.runs(text), token_syntax.is_broken(text)]),
        texts("addresses of robots", ("https://example.com/a?b=1", "http://[::1]:80/"), check_address, BadAddress),
        texts("bodies", BODIES, lambda text: _json(request, text), ValueError),
        texts("catalogue files", small, _in_file(catalogue_files.read), CatalogueError),
        texts("files of figures", (csv,), figure_file, HistoryFileError),
        texts("files of words", (words,), word_file, HistoryFileError),
        texts("tables as text", (csv,), lambda text: table(text.encode(errors="surrogatepass")), BadFile),
        files("Excel sheets", [sheet], _pages, BadFile),
        files("old Excel sheets", [(base.DATA / "T-01.xls").read_bytes()], _pages, BadFile),
        _batches(cast),
        files("written reports", [_word_report(), REPORT.encode(), REPORT.encode("gb18030")], _report(cast), BadFile),
        files("attached files", [sheet, b"%PDF-1.7 x" * 99, csv.encode()], _attached, ValidationError),
    ]


def _word_report() -> bytes:
    document, into = Document(), BytesIO()
    for line in REPORT.splitlines():
        document.add_paragraph(line)
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("指标", "批次", "抽检完成", "1548"), strict=True):
        cell.text = text
    document.save(into)
    return into.getvalue()


def _report(cast: base.Cast) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        blocks = open_report(BytesIO(data), len(data))
        return reports.read(blocks, catalogue(), 2023, {}, cast.county)

    return read


def _json(request: RequestFactory, text: str) -> object:
    return json_sent(request.post("/", text.encode(errors="surrogatepass"), content_type="application/json"))


def _attached(data: bytes) -> None:
    for ending in ("pdf", "xlsx", "csv", "jpg", "zip"):
        with suppress(ValidationError):
            uploads.check(SimpleUploadedFile(f"甲.{ending}", data))
