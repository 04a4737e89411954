"""The boards, the pages of sectors and the explorer: who sees them, and that their numbers are aggregation's."""

import datetime
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from reports.aggregation.cube import AnnualValue, Comparison, Coverage, annual
from reports.aggregation.made import NOTHING, Made, Origin
from reports.aggregation.months import YEAR
from reports.boards import explorer, leader, sector
from reports.boards import office as office_board
from reports.boards.charts import ChartLine, ScreenChart, spark
from reports.boards.choice import BoardChoice
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import (
    CatalogueVersion,
    Department,
    Indicator,
    Period,
    Sector,
    Sheet,
    StoredFinding,
    Submission,
    Transition,
    Unit,
    Urge,
    User,
)
from tests import base

pytestmark = pytest.mark.django_db

PAGES = ("/board/", "/board/leader/", "/sectors/", "/sectors/food/", "/explore/?i=food.rate&i=food.done")


@pytest.fixture
def prefects(cast):
    """The prefecture's leader: both counties are hers."""
    office = Department.objects.create(
        region=cast.prefecture, code="office", name="云州市质量强市工作领导小组办公室", short_name="质强办"
    )
    return base.user("leader", office, "prefect")


def choice(region, year=2023, period=None, regions=()):
    return BoardChoice(region, region, (region, *regions), year, period, ((year, ()),), compiled.catalogue())


def page(client, who, path):
    client.force_login(who)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return base.html(answer)


# Who


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("head", 403), ("admin", 200)]
)
def test_boards_are_for_the_office_the_leader_and_the_administrator(client, cast, path, who, status):
    """Departments read what is of their own figures: tests/reports/boards/test_own_figures.py."""
    client.force_login(getattr(cast, who))
    assert client.get(path).status_code == (status if path.startswith("/board/") else 200)


@pytest.mark.parametrize("path", PAGES)
def test_boards_need_a_sign_in_and_change_nothing(client, cast, path):
    assert client.get(path).url.startswith(reverse("login"))
    client.force_login(cast.office)
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", PAGES)
def test_another_county_is_out_of_scope_and_within_the_prefectures(client, cast, prefects, path):
    path = f"{path}{'&' if '?' in path else '?'}region=990102"
    client.force_login(cast.leader)
    assert client.get(path).status_code == 404
    assert "石浦县" in page(client, prefects, path)


@pytest.mark.parametrize("period", ["23", "2023Q5", "2023-13", "2023H3", "1066", "9999", "2023Q1 OR 1", "２０２３"])
def test_what_is_no_period_is_not_found(client, cast, period):
    client.force_login(cast.office)
    assert client.get("/board/", {"period": period}).status_code == 404


def test_unknown_sectors_and_indicators(client, cast):
    client.force_login(cast.office)
    assert client.get("/sectors/nothing/").status_code == 404
    assert client.get("/sectors/food/?indicator=no.such").status_code == 200
    assert "没有这样的指标：no.such" in page(client, cast.office, "/explore/?i=no.such")


# The office board


def delivered(of, day, new="signed", by="head"):
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    person = User.objects.get(username=by) if by else None
    Transition.objects.create(submission=of, old="submitted", new=new, at=at, by=person)


@pytest.fixture
def quarter(cast, on):
    """The first quarter of 2023 on the 21st of January, due on the 11th: T-01 accepted in time, T-02 ten days late."""
    on("2023-01-21")
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "5"})
    delivered(base.submission(cast.county, "T-01", "2023Q1", "accepted"), datetime.date(2023, 1, 11))
    base.submission(cast.county, "T-02", "2023Q1")
    return Period.objects.get(region=cast.county)


def board(cast, period=PeriodKey(2023, "quarter", 1)):  # noqa: B008
    return office_board.office(choice(cast.county, period=period))


def test_completeness_twice_the_on_time_rate_and_who_is_late(cast, quarter):
    tally = board(cast).tally
    assert (tally.accepted.have, tally.accepted.expected, tally.accepted.percent) == (1, 2, "50%")
    assert (tally.required.have, tally.required.expected) == (2, 2)
    assert (tally.on_time.have, tally.on_time.expected) == (1, 2)
    assert (tally.late, tally.unreported, tally.waiting, tally.returned) == (1, 1, 0, 0)
    (late,) = board(cast).late()
    assert [(one.name, one.days) for one in late.departments] == [("水利局", 10)]


def test_delivered_late_is_not_on_time_and_history_without_dates_is_not_judged(cast, quarter):
    Transition.objects.update(at=datetime.datetime(2023, 1, 11, 16, 30, tzinfo=datetime.UTC))
    assert board(cast).tally.on_time.percent == "0%"
    Transition.objects.all().delete()
    assert board(cast).tally.on_time.expected == 1


def test_more_time_is_no_delay_and_without_a_head_what_is_submitted_is_delivered(cast, quarter):
    of = base.submission(cast.county, "T-02", "2023Q1", "submitted")
    delivered(of, datetime.date(2023, 1, 20), new="submitted")
    assert (board(cast).tally.late, board(cast).tally.waiting, board(cast).tally.on_time.have) == (0, 1, 1)
    Submission.objects.filter(pk=of.pk).update(extended_until=datetime.date(2023, 1, 20))
    assert board(cast).tally.on_time.have == 2


@pytest.mark.parametrize(
    ("status", "state"),
    [("draft", "late"), ("returned", "late"), ("submitted", "late"), ("signed", "signed"), ("accepted", "accepted")],
)
def test_a_cell_has_the_state_and_the_days(cast, quarter, status, state):
    base.submission(cast.county, "T-01", "2023Q1", status)
    submission = next(submission for submission in board(cast).submissions if submission.sheet.number == "T-01")
    assert (submission.state, submission.days_late) == (state, 10 if state == "late" else 0)


def test_before_the_due_day_a_cell_says_whether_anything_is_filled(cast, quarter, on):
    on("2023-01-10")
    assert {submission.sheet.number: submission.state for submission in board(cast).submissions} == {
        "T-01": "accepted",
        "T-02": "unfilled",
    }
    base.report(cast.county, "2023Q1", {"water.tests": "1"}, "draft")
    assert {submission.state for submission in board(cast).submissions} == {"accepted", "draft"}


def test_a_cell_that_is_retired_is_not_required(cast, quarter):
    base.change_catalogue(Indicator.objects.filter(code="food.task"), valid_to=datetime.date(2022, 12, 31))
    assert board(cast).tally.required.expected == 1


def test_the_office_urges_from_the_board_and_comes_back_to_it(client, cast, quarter):
    text = page(client, cast.office, "/board/?period=2023Q1")
    assert "逾期 10 天" in text
    assert f'action="{reverse("urge", args=[quarter.pk])}"' in text
    answer = client.post(
        reverse("urge", args=[quarter.pk]), {"departments": cast.water.pk, "next": "/board/?period=2023Q1"}
    )
    assert answer.url == "/board/?period=2023Q1"
    assert Urge.objects.get().department == cast.water
    away = client.post(reverse("urge", args=[quarter.pk]), {"next": "https://example.com/"})
    assert away.url == reverse("period", args=[quarter.pk])


def test_the_leader_sees_who_is_late_and_no_button(client, cast, quarter):
    text = page(client, cast.leader, "/board/")
    assert "逾期 10 天" in text
    assert reverse("urge", args=[quarter.pk]) not in text
    assert "待我处理" not in text


def test_without_a_choice_the_board_is_of_the_period_that_was_due_last(client, cast, quarter, on):
    for code, due in (("2023Q2", "2023-01-15"), ("2023Q3", "2023-02-15")):
        base.submission(cast.county, in_period=code)
        Period.objects.filter(number=int(code[-1])).update(due=due)
    assert "2023年第2季度</span>" in page(client, cast.office, "/board/")


@pytest.mark.parametrize(
    ("codes", "heading"),
    [(("2023H1", "2023Q2"), "2023年第2季度</span>"), (("2023Q4", "2023H2", "2023"), "2023年各期")],
)
def test_of_periods_due_on_one_day_the_board_is_of_the_whole_year_else_of_the_shortest(client, cast, codes, heading):
    for code in codes:
        base.submission(cast.county, in_period=code)
    Period.objects.update(due="2023-02-15")
    assert heading in page(client, cast.office, "/board/")


def test_a_year_has_a_column_a_period_and_a_letter_a_sheet(client, cast, quarter):
    base.submission(cast.county, "T-03", "2023", "returned")
    text = page(client, cast.office, "/board/?period=2023")
    heads = re.findall(r'<th scope="col">(?:<a[^>]*>)?([^<]+)', text)
    assert heads[:3] == ["部门", "第1季度", "全年"]
    assert re.findall(r'class="letter (\w+)" title="(T-\d+)', text) == [
        ("accepted", "T-01"),
        ("late", "T-02"),
        ("late", "T-03"),
    ]


def test_open_findings_lead_to_their_list(client, cast, quarter):
    of = Submission.objects.get(sheet__number="T-01")
    for number, (severity, state) in enumerate(
        [("error", "open"), ("error", "explained"), ("warning", "open"), ("warning", "open"), ("error", "mended")]
    ):
        StoredFinding.objects.create(
            submission=of, region=cast.county, period=quarter, rule=f"r{number}", kind="rule", severity=severity,
            state=state, statement="…", basis="",
        )  # fmt: skip
    (one,) = board(cast).findings
    assert (one.errors, one.waiting, one.warnings) == (1, 1, 2)
    text = page(client, cast.office, "/board/")
    link = f"{reverse('findings')}?period={quarter.pk}&amp;severity=warning&amp;state=open"
    assert link in text
    assert client.get(link.replace("&amp;", "&")).context["page"].paginator.count == 2
    assert "1个错误待裁定" in text


def test_a_prefecture_sees_its_counties_in_a_row_each(client, cast, prefects, quarter):
    base.submission(cast.other_county, "T-01", "2023Q1", "accepted")
    text = page(client, prefects, "/board/?period=2023Q1")
    assert text.count("?period=2023Q1&amp;region=99010") == 2
    of_county = page(client, prefects, "/board/?period=2023Q1&region=990101")
    assert "逾期 10 天" in of_county
    # The prefecture reads boards, not a county's submissions.
    assert f'href="{reverse("submission", args=[Submission.objects.get(sheet__number="T-02").pk])}"' not in of_county


# The numbers are aggregation's


@pytest.fixture
def figures(cast):
    """Two counties with figures that no decimal point hides: thirds, and a rate that an average would get wrong."""
    for region, factor in ((cast.county, 1), (cast.other_county, 7)):
        base.report(region, "2022", {"food.done": "211", "food.passed": "200", "food.firms": "9"})
        for quarter, done, passed in (("2023Q1", 10, 5), ("2023Q2", 90 * factor, 89)):
            base.report(
                region,
                quarter,
                {
                    "food.done": str(done),
                    "food.passed": str(passed),
                    "food.firms": str(8 + factor),
                    "food.price": f"1.3{factor}",
                    "food.output": "0.1",
                },
            )


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("region", ["county", "prefecture"])
def test_numbers_on_the_boards_equal_aggregations_to_the_last_digit(cast, region):
    of = choice(getattr(cast, region), regions=(cast.county, cast.other_county) if region == "prefecture" else ())
    expected = annual(of.region, 2023)
    (key,) = leader.leadership(of).keys
    assert key.value == expected["food.rate"]
    board = sector.sector_board(of, Sector.objects.get(code="food"), "")
    assert board
    assert {row.value.indicator.code: row.value for row in board.rows} == {
        code: value for code, value in expected.items() if code.startswith("food.")
    }
    indicators = list(Indicator.objects.for_report(datetime.date(2023, 12, 31)))
    question = explorer.Question(indicators, [2022, 2023], explorer.BY_YEAR, [], [])
    table = explorer.pivot(question, of)
    alone: dict[str, Any] = {"comparison": None, "before": NOTHING}  # the explorer compares nothing
    last = annual(of.region, 2022)
    assert {row.indicator.code: row.cells for row in table.rows} == {
        code: [last[code]._replace(**alone), value._replace(**alone)] for code, value in expected.items()
    }


@pytest.mark.usefixtures("figures")
def test_the_page_prints_what_aggregation_gives(client, cast):
    for quarter, passed in (("2022Q1", "45"), ("2022Q2", "50")):
        base.report(cast.county, quarter, {"food.done": "50", "food.passed": passed})
    value = annual(cast.county, 2023)["food.rate"]
    text = page(client, cast.leader, "/board/leader/?period=2023")
    assert (value.text, value.last_text, value.change_text) == ("94.0", "94.8", "-1.0个百分点（1至6月）")
    for said in (value.text, value.last_text, value.change_text, "≥98%", "未达标"):
        assert said in text
    assert 'href="/sectors/food/?period=2023&amp;indicator=food.rate"' in text


@pytest.mark.usefixtures("figures")
def test_totals_of_the_explorer_follow_the_right_rule(cast):
    codes = ["food.done", "food.rate", "food.firms", "food.price"]
    indicators = [Indicator.objects.select_related("unit", "sheet").get(code=code) for code in codes]
    of = choice(cast.prefecture, regions=(cast.county, cast.other_county))
    question = explorer.Question(indicators, [2023], explorer.BY_PERIOD, of.nearest, [])
    table = explorer.pivot(question, of)
    assert [column.label for column in table.columns] == ["2023年第1季度", "2023年第2季度", "2023年度"]
    printed = {
        (row.indicator.code, row.region and row.region.code): [cell.text for cell in row.cells if cell]
        for row in table.rows
    }
    assert printed["food.done", "990101"] == ["10", "90", "100"]
    assert printed["food.done", "990102"] == ["10", "630", "640"]
    assert printed["food.done", None] == ["20", "720", "740"]
    assert printed["food.rate", "990101"] == ["50.0", "98.9", "94.0"]  # the mean would be 74.4
    assert printed["food.rate", None] == ["50.0", "24.7", "25.4"]  # 188 of 740
    assert printed["food.firms", None] == ["24", "24", "24"]  # 9 and 15: the latest, not 48
    assert printed["food.price", "990101"] == ["1.31", "1.31", "1.31"]


def test_boards_show_the_periods_that_each_year_was_reported_by(cast):
    base.report(cast.county, "2022Q4", {"food.firms": "8"})
    base.report(cast.county, "2023-01", {"food.firms": "9"})
    base.report_otherwise("T-01", "month", 2022, "quarter")
    indicators = list(Indicator.objects.select_related("unit", "sheet").filter(code="food.firms"))
    of = BoardChoice(
        cast.county, cast.county, (cast.county,), 2023, None, ((2022, ()), (2023, ())), compiled.catalogue()
    )
    table = explorer.pivot(explorer.Question(indicators, [2022, 2023], explorer.BY_PERIOD, [], []), of)
    assert [column.key.code for column in table.columns] == ["2022Q4", "2022", "2023-01", "2023"]
    assert [cell and cell.text for cell in table.rows[0].cells] == ["8", "8", "9", "9"]
    board = sector.sector_board(of, Sector.objects.get(code="food"), "food.firms")
    assert board
    (chart,) = [one for one in board.charts if one.id == "over-time"]
    assert list(chart.names) == ["2022年第4季度", "2023年1月"]
    board = sector.sector_board(choice(cast.county, 2022), Sector.objects.get(code="food"), "food.firms")
    assert board
    assert [point.at.code for row in board.rows for point in row.periods if point] == ["2022Q4"] * len(board.rows)


# The explorer's address and files

QUERY = "i=food.done&i=food.rate&year=2023&by=period"


@pytest.mark.usefixtures("figures")
def test_the_address_gives_the_same_table_again(client, cast):
    client.force_login(cast.office)
    first = client.get(f"/explore/?{QUERY}").context
    caches["boards"].clear()  # what is kept has no table any more to be looked at
    again = client.get(f"/explore/?{first['query']}").context
    assert again["query"] == first["query"] == QUERY
    assert [row.cells for row in again["table"].rows] == [row.cells for row in first["table"].rows]


@pytest.mark.usefixtures("figures")
def test_the_files_hold_exactly_the_table(client, cast):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), name="=HYPERLINK()")
    client.force_login(cast.office)
    answer = client.get(f"/explore/?{QUERY}&format=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "代码,指标,计量单位,全年合计方法,行政区划,2023年第1季度,2023年第2季度,2023年度,"
        "2023年度 已有期数,2023年度 应有期数",
        "food.done,'=HYPERLINK(),批次,年内累加，各期相加,云泽县,10,90,100,2,4",
        "food.rate,抽检合格率,%,比率，由全年数据自动计算,云泽县,50.0,98.9,94.0,2,4",
    ]
    book = load_workbook(io.BytesIO(client.get(f"/explore/?{QUERY}&format=xlsx").content))
    sheet = book.active
    assert [cell.value for cell in sheet[2]][5:] == [10, 90, 100, 2, 4]
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("'=HYPERLINK()", "s")
    assert (sheet["H3"].value, sheet["H3"].number_format, sheet.freeze_panes) == (94.0, "0.0", "A2")


def test_the_files_tell_what_is_not_whole_and_what_does_not_apply(client, cast):
    for quarter in "1234":
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "1", "food.firms": "n/a"})
    client.force_login(cast.office)
    lines = client.get("/explore/?i=food.done&i=food.firms&year=2023&by=year&format=csv").content.decode().splitlines()
    assert [line.split("云泽县")[1] for line in lines[1:]] == [",4", ",不适用"]
    assert lines[0].endswith("2023年度")
    base.submission(cast.county, "T-01", "2023Q4", status="draft")
    lines = client.get("/explore/?i=food.done&i=food.firms&year=2023&by=year&format=csv").content.decode().splitlines()
    assert [line.split("云泽县")[1] for line in lines[1:]] == [",3,3,4", ",不适用,3,4"]


def test_a_year_without_reports_and_too_many_indicators_are_said(client, cast):
    base.wide(cast.county, 7, 6)
    codes = "&".join(f"i={code}" for code in Indicator.objects.values_list("code", flat=True))
    text = page(client, cast.office, f"/explore/?{codes}&year=1999")
    assert "1999年没有报送" in text
    assert "只显示前40个指标" in text


# Charts


@pytest.mark.usefixtures("figures")
def test_every_chart_has_its_table_with_the_same_numbers(client, cast):
    text = page(client, cast.leader, "/sectors/food/?period=2023&indicator=food.rate")
    (block,) = re.findall(r'<script id="over-time" type="application/json">(.*?)</script>', text)
    chart = json.loads(block)
    assert chart["names"] == ["2022年度", "2023年第1季度", "2023年第2季度"]
    assert chart["lines"][0]["texts"] == ["94.8", "50.0", "98.9"]
    assert chart["target"] == "98.000000"
    table = text[text.index("<details open>") : text.index("</details>")]
    assert re.findall(r'<td class="number">([^<]*)</td>', table) == chart["lines"][0]["texts"]
    assert "最高是2023年第2季度（98.9%），最低是2023年第1季度（50.0%）" in text


def test_a_small_line_has_a_gap_where_a_value_is_missing():
    values = [Decimal(1), Decimal(2), None, Decimal(3)]
    assert [len(stretch) for stretch in spark(tuple(values))] == [2, 1]
    assert spark((Decimal(1), None)) == []
    assert {y for _x, y in spark((Decimal(5), Decimal(5)))[0]} == {"14.0"}


def test_a_chart_carries_texts_and_never_a_rounded_number():
    line = ChartLine("2023", (Decimal("0.1234567890123456789"), None), ("0.12", ""))
    chart = ScreenChart("c", "bars", "标题", "吨", ("甲", "乙"), (line,), "…")
    assert chart.as_json()["lines"][0]["values"] == ["0.1234567890123456789", None]
    assert list(chart.table()) == [("甲", ["0.12"]), ("乙", [""])]


@pytest.mark.parametrize("address", ["/board/leader/?period=2023", "/sectors/food/?period=2023&indicator=food.rate"])
def test_last_years_part_stands_with_its_coverage(client, cast, address):
    for quarter in "12":
        base.report(cast.county, f"2022Q{quarter}", {"food.done": "10", "food.passed": "9"})
    base.report(cast.county, "2023", {"food.done": "10", "food.passed": "8"})
    part = re.compile(r"90\.0 ?<small class=\"muted\"[^>]*>2/4</small>")
    assert part.search(page(client, cast.leader, address))
    for quarter in "34":
        base.report(cast.county, f"2022Q{quarter}", {"food.done": "10", "food.passed": "9"})
    text = page(client, cast.leader, address)
    assert "90.0" in text
    assert "</small>" not in text.partition("90.0")[2][:60]


def test_a_board_of_a_sector_says_when_it_is_too_early_for_a_target(client, cast):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), target=100)
    base.report(cast.county, "2023Q1", {"food.done": "40"})
    address = "/sectors/food/?period=2023&indicator=food.done"
    assert "期数不全" in page(client, cast.leader, address)
    base.report(cast.county, "2023Q2", {"food.done": "60"})
    assert "期数不全" not in page(client, cast.leader, address)


@pytest.mark.usefixtures("figures")
def test_parts_are_ranked_with_their_share(client, cast):
    base.report(cast.county, "2023Q1", {"food.done.farm": "1", "food.done.school": "9"})
    text = page(client, cast.leader, "/sectors/food/?period=2023&indicator=food.done")
    assert "最多的是学校食堂（9批次），最少的是种植环节（1批次）。其中有的不是全年或者不是全部地区的数据。" in text
    assert "占合计的" not in text  # the total is of two quarters, its parts are of one
    base.report(cast.county, "2023Q2", {"food.done.farm": "20", "food.done.school": "70"})
    text = page(client, cast.leader, "/sectors/food/?period=2023&indicator=food.done")
    assert "学校食堂占合计的79.0%" in text  # both of the same two quarters
    base.report(cast.county, "2023Q3", {"food.done": "100"})
    assert "占合计的" not in page(client, cast.leader, "/sectors/food/?period=2023&indicator=food.done")


def rate(now, last=None, *, is_plain=True):
    compared = None if last is None else Comparison(Decimal(now), Decimal(last), YEAR, 1, 1, is_plain=is_plain)
    sheet = Sheet(sector=Sector(name=f"领域{now}"))
    indicator = Indicator(code=f"r{now}", unit=Unit(name="%"), decimals=1, sheet=sheet)
    return AnnualValue(indicator, 2023, Made(Decimal(now), Origin(Coverage(4, 4))), comparison=compared)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([rate("97"), rate("98")], "97.0%."),
        ([rate("97"), rate("97.04"), rate("98")], "the lowest is 领域97、领域97.04 with 97.0%."),
        ([rate("97", "99", is_plain=False), rate("98")], "97.0%."),
        ([rate("97", "96"), rate("98")], "None of the 1 that can be compared has fallen against last year."),
        ([rate("97", "96"), rate("98", "98")], "None has fallen against last year."),
        ([rate("97", "97.04"), rate("98", "98")], "None has fallen against last year."),
        ([rate("97", "98"), rate("98")], "1 have fallen against last year, most of all 领域97 (-1.0 points)."),
    ],
)
def test_what_cannot_be_compared_is_not_said_to_have_held(rates, expected):
    words = leader._words_on_rates(rates)
    assert "not of the whole year" not in words
    partial = [rate._replace(made=rate.made._replace(origin=Origin(Coverage(3, 4)))) for rate in rates]
    assert "Some of these are not of the whole year or not of all regions." in leader._words_on_rates(partial)
    assert words.endswith(expected)
    assert ("fallen" in words) == ("fallen" in expected)


def ranked(*numbers, missing=0):
    values = sorted((rate(number) for number in numbers), key=lambda one: -one.value)
    names = [f"第{n}项" for n in range(1, len(values) + 1)]
    return sector._ranked("x", "x", values, names, missing)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("numbers", "missing", "expected"),
    [
        (("9", "5", "1"), 0, "第1项 comes first with 9.0%, 第3项 last with 1.0%."),
        (("9", "9", "1", "1.04"), 0, "第1项、第2项 comes first with 9.0%, 第3项、第4项 last with 1.0%."),
        (("5", "5"), 0, "All have 5.0%."),
        (("5",), 2, "第1项: 5.0%. 2 without a figure are left out."),
        (("9", "1"), 1, "第1项 comes first with 9.0%, 第2项 last with 1.0%. 1 without a figure are left out."),
    ],
)
def test_ranks_name_equals_together_and_count_what_is_missing(numbers, missing, expected):
    assert ranked(*numbers, missing=missing).words == expected


@pytest.mark.usefixtures("english")
def test_the_last_of_many_is_named_though_it_is_not_drawn():
    chart = ranked(*map(str, range(1, 16)))
    assert len(chart.names) == len(chart.lines[0].values) == 12
    assert chart.words.endswith("第15项 last with 1.0%. The 3 smallest are not drawn.")


def test_boards_without_any_figure_say_so(client, cast):
    assert "关键指标还没有" in page(client, cast.leader, "/board/leader/")
    assert "这一期没有下发报表" in page(client, cast.office, "/board/")
    assert "数据还太少" in page(client, cast.office, "/sectors/water/")
    assert "选择记在网址里" in page(client, cast.office, "/explore/")


# Speed


def fill(cast, sheets):
    """So many more sheets of the county in two quarters: figures, findings, moves, lateness, and key indicators."""
    of = Sheet.objects.get(number="T-01")
    for number in range(sheets):
        new = Department.objects.create(region=cast.county, code=f"d{number}", name=f"部门{number}", short_name="部门")
        sheet = Sheet.objects.create(
            sector=of.sector,
            number=f"T-5{number:02}",
            name="表",
            frequency="quarter",
            department_code=new.code,
            position=9,
        )
        table = sheet.tables.create(code="t", name="表", position=1)
        indicator = Indicator.objects.create(
            sheet=sheet, table=table, code=f"food.more{number}", name="指标", row_name="指标", row=1, is_key=True,
            unit=Unit.objects.get(name="批次"), accumulation="flow", target=5,
        )  # fmt: skip
        for code, status in (("2023Q1", "accepted"), ("2023Q2", "draft")):
            period = base.period(cast.county, code)
            made = Submission.objects.create(
                sheet=sheet, period=period, region=cast.county, department=new, status=status
            )
            made.figures.create(region=cast.county, indicator=indicator, state="number", value=3)
            Transition.objects.create(submission=made, old="draft", new="signed")
            StoredFinding.objects.create(
                submission=made, region=cast.county, period=period, rule="r", kind="rule", severity="error",
                statement="…", basis="",
            )  # fmt: skip
            Urge.objects.create(period=period, department=new, kind="urge", text="…", day="2023-01-20", by=cast.office)
    CatalogueVersion.objects.renew()


@pytest.mark.parametrize("path", [*PAGES, "/board/?period=2023", "/explore/?i=food.rate&by=year&format=csv"])
def test_the_number_of_queries_is_fixed(client, cast, path):
    def queries():
        return base.queries(lambda: client.get(path))

    client.force_login(cast.office)
    fill(cast, 2)
    few = queries()
    Submission.objects.all().delete()
    Urge.objects.all().delete()
    Indicator.objects.filter(code__startswith="food.more").delete()
    Sheet.objects.filter(number__startswith="T-5").delete()
    Department.objects.filter(code__startswith="d").delete()
    fill(cast, 20)
    assert queries() == few
