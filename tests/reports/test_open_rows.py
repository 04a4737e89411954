"""Open rows in what is told of a year: sentences, tables of the report, exports, the interface."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from reports.aggregation import cube, open_rows
from reports.api import tokens
from reports.chapters import row_tables
from reports.document.blocks import Gap, Number, Paragraph, Table, runs_text
from reports.document.marks import parse_marked
from reports.exports import row_lists
from reports.exports.files import ExportNumber
from reports.exports.scopes import Scope
from reports.wording.rendering import Figures, WordingError, render
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import Submission
from sectors.models import Table as SheetTable
from tests import base
from tests.base import Cast

pytestmark = pytest.mark.django_db
LIST = "新建{{ rows('works.pipes', '{name}{length}') }}。"
Report = Callable[..., Submission]


@pytest.fixture
def report(cast: Cast) -> Report:
    load(base.DATA / "rows")

    def of_period(period: str, *rows: dict[str, str], table: str = "pipes", **figures: str) -> Submission:
        found = base.submission(cast.county, "T-20", period)
        typed: dict[str, str] = {}
        for row in rows:
            key = uuid.uuid4().hex
            typed |= {f"{table}/{key}/{name}": text for name, text in row.items()}
        typed |= {code.replace("_", "."): text for code, text in figures.items()}
        assert writer.save(found, writer.Typed(typed), by=cast.clerk).is_complete
        base.complete(found)
        Submission.objects.filter(pk=found.pk).update(status="accepted")
        return found

    return of_period


def figures(cast: Cast) -> Figures:
    values = cube.annual(cast.county, 2023)
    return Figures(values, 2023, cast.county.name, open_rows.of_year(cast.county, 2023))


def said(cast: Cast, template: str = LIST) -> str:
    found = render(template, figures(cast), where="")
    return "".join(runs_text(parse_marked(text)) for text in found.values())


def test_a_sentence_lists_the_rows_of_all_periods(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东街管网", "length": "5.2"}, {"name": "西街管网", "length": "3"})
    report("2023Q2", {"name": "北街管网", "length": "1.0"})
    assert said(cast) == "新建东街管网5.2公里、西街管网3公里、北街管网1.0公里。"
    assert figures(cast).values["works.pipes.length"].value == Decimal("9.2")
    numbers = [run for run in parse_marked(render(LIST, figures(cast), where="")["1"]) if isinstance(run, Number)]
    assert all(number.code.startswith("works.pipes/") for number in numbers)


def test_of_a_list_that_goes_on_the_latest_period_counts(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东园"}, {"name": "西园"}, table="parks")
    report("2023Q2", {"name": "东园"}, table="parks")
    assert said(cast, "{{ rows('works.parks', '{name}') }}") == "东园"
    assert figures(cast).values["works.parks"].value == 1


def test_without_rows_nothing_is_printed(report: Report, cast: Cast) -> None:
    report("2023Q1", works_lamps="3")
    assert open_rows.of_year(cast.county, 2023) == {}
    assert said(cast, "甲{% if rows('works.pipes', '{name}') %}有{% endif %}乙") == "甲乙"


def test_what_was_not_accepted_is_not_told(report: Report, cast: Cast) -> None:
    found = report("2023Q1", {"name": "东街管网", "length": "5.2"})
    Submission.objects.filter(pk=found.pk).update(status="signed")
    assert open_rows.of_year(cast.county, 2023) == {}


def test_what_is_missing_in_a_row_is_a_gap_and_missing_rows_are_told(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东街管网"}, {"name": "西街管网", "length": "n/a"})
    report("2023Q2", works_pipes="3")  # a number without its rows
    assert said(cast) == "新建东街管网〔缺：长度〕、西街管网等。"
    [table, note] = blocks(cast)
    assert isinstance(note, Paragraph)
    assert "只有合计" in runs_text(note.runs)
    assert isinstance(table, Table)
    assert isinstance(table.rows[0].cells[1][0], Gap)


def blocks(cast: Cast) -> list[object]:
    table, found = SheetTable.objects.get(code="pipes"), figures(cast)
    return list(row_tables.blocks(found.rows[table.pk], found.values, "k"))


def test_the_report_has_a_table_of_them_with_their_sums(report: Report, cast: Cast) -> None:
    for number in range(1, 5):
        report(f"2023Q{number}", {"name": f"第{number}段", "length": "1.5", "done": "2023-02-03"})
    # A column in which nothing stands is left out.
    assert printed(cast)[0] == ["项目", "长度（公里）", "完工日期"]
    assert printed(cast)[1] == ["第1段", "1.5", "2023年2月3日"]
    assert printed(cast)[-1] == ["合计", "6.0", "—"]


def test_a_column_is_printed_as_soon_as_something_stands_in_it(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "甲", "length": "1"}, {"name": "乙", "length": "2", "money": "n/a", "kind": "W"})
    assert printed(cast)[0] == ["项目", "长度（公里）", "投资（万元）", "类别"]
    assert printed(cast)[1] == ["甲", "1", "—", "—"]


def printed(cast: Cast) -> list[list[str]]:
    """Heads and rows of the table."""
    [table] = blocks(cast)
    assert isinstance(table, Table)
    rows = [["".join(run.text for run in cell) for cell in row.cells] for row in table.rows]
    return [[column.title for column in table.columns], *rows]


@pytest.mark.parametrize("template", ["{{ rows('works.pipes', '{price}') }}", "{{ rows('works.lamps', '{name}') }}"])
def test_rows_that_cannot_be_are_refused(report: Report, cast: Cast, template: str) -> None:
    report("2023Q1", {"name": "东街管网", "length": "5.2"})
    with pytest.raises(WordingError):
        said(cast, template)


def test_rows_are_exported_with_the_columns_of_their_tables(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东街管网", "length": "5.20", "kind": "W"}, {"name": "=1+1", "length": "n/a"})
    listing = row_lists.rows(Scope(cast.office))
    heads = [column.head for column in listing.columns]
    rows = [dict(zip(heads, row, strict=True)) for row in listing.rows]
    assert listing.count == len(rows) == 2
    assert rows[0]["项目"] == "东街管网"
    assert isinstance(rows[0]["长度（公里）"], ExportNumber)
    assert rows[0]["类别"] == "给水"
    assert rows[1]["长度（公里）"] == "不适用"
    assert not row_lists.rows(Scope(cast.outsider_clerk)).count


def test_programs_read_them(client: Client, report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东街管网", "length": "5.2"})
    secret = tokens.make("程序", by=cast.head)[1]
    answer = client.get("/api/v1/rows?sheet=T-20", headers={"authorization": f"Bearer {secret}"}).json()
    [row] = answer["results"]
    assert (row["table"], row["period"], row["status"]) == ("pipes", "2023Q1", "accepted")
    assert {cell["column"]: cell["value"] or cell["words"] for cell in row["cells"]} == {
        "name": "东街管网",
        "length": "5.2",
    }


def test_what_was_words_before_its_column_asked_for_a_day_is_printed_as_it_is(cast: Cast, tmp_path: Path) -> None:
    text = (base.DATA / "rows" / "works.yaml").read_text(encoding="utf-8")
    assert "完工日期, kind: date" in text
    (tmp_path / "works.yaml").write_text(text.replace("完工日期, kind: date", "完工日期, kind: text"), encoding="utf-8")
    load(tmp_path)
    found, key = base.submission(cast.county, "T-20", "2023Q1"), uuid.uuid4().hex
    typed = {f"pipes/{key}/name": "东街管网", f"pipes/{key}/length": "1", f"pipes/{key}/done": "年底前"}
    assert writer.save(found, writer.Typed(typed), by=cast.clerk).is_complete
    load(base.DATA / "rows")  # nobody else has seen the draft, so the column may change
    base.complete(found)
    Submission.objects.filter(pk=found.pk).update(status="accepted")
    assert said(cast, "{{ rows('works.pipes', '{name}（{done}）') }}") == "东街管网（年底前）"


def test_rows_of_which_nothing_is_told_leave_nothing_behind(report: Report, cast: Cast) -> None:
    report("2023Q1", {"name": "东街管网", "length": "1"})
    report("2023Q2", works_pipes="3")  # a number without its rows
    assert said(cast, "{{ rows('works.pipes', '{money}') }}") == ""
