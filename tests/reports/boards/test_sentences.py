"""What boards say in words: of gaps nothing, of several that print alike all, and of what cannot be compared that."""

import datetime
import re
from decimal import Decimal

import pytest

from reports.boards import leader, office
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator, StoredFinding, Submission
from tests import base
from tests.reports.boards.test_boards import choice, page, rate

pytestmark = pytest.mark.django_db

SECTOR = "/sectors/food/?period=2023&indicator="


def quarters(cast, code, *texts):
    for number, text in enumerate(texts, start=1):
        if text:
            base.report(cast.county, f"2023Q{number}", {code: text})


def test_a_figure_is_not_said_to_have_stood_through_a_gap(client, cast):
    quarters(cast, "food.firms", "7", "", "7")
    text = page(client, cast.leader, SECTOR + "food.firms")
    assert "从2023年第1季度到2023年第3季度，有数据的各期食品企业都是7家。" in text
    assert "一直" not in text


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("7", "9", "9"), "最高是2023年第2季度、2023年第3季度（9家），最低是2023年第1季度（7家）"),
        (("7", "9", "7"), "最高是2023年第2季度（9家），最低是2023年第1季度、2023年第3季度（7家）"),
        (("7", "9", "7", "8"), "最低是2023年第1季度、2023年第3季度（7家）"),
    ],
)
def test_all_periods_that_are_highest_or_lowest_are_named(client, cast, texts, expected):
    quarters(cast, "food.firms", *texts)
    assert expected in page(client, cast.leader, SECTOR + "food.firms")


def test_what_prints_alike_is_not_said_to_differ(client, cast):
    for quarter, passed in (("2023Q1", "90001"), ("2023Q2", "90002")):
        base.report(cast.county, quarter, {"food.done": "100000", "food.passed": passed})
    assert "都是90.0%" in page(client, cast.leader, SECTOR + "food.rate")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"farm": "5", "school": "5"}, "各项均为5批次。"),
        ({"farm": "1", "school": "9"}, "最多的是学校食堂（9批次），最少的是种植环节（1批次）。"),
    ],
)
def test_parts_that_are_alike_are_named_together(client, cast, parts, expected):
    figures = {f"food.done.{part}": text for part, text in parts.items()}
    base.report(cast.county, "2023Q1", {"food.done": "10", **figures})
    assert expected in page(client, cast.leader, SECTOR + "food.done")


def test_a_period_in_which_it_did_not_apply_is_no_gap(client, cast):
    quarters(cast, "food.firms", "n/a", "7")
    text = page(client, cast.leader, SECTOR + "food.firms")
    row = text[text.index('<tr class="is-shown">') :].partition("</tr>")[0]
    cells = [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
    assert cells[:2] == ["不适用", "7"]


def test_the_leader_reads_how_many_can_be_compared_with_last_year(cast):
    def words():
        return leader.leadership(choice(cast.county)).words_on_change

    base.report(cast.county, "2022", {"food.done": "100", "food.passed": "90"})
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "50"})
    assert words() == "还没有能与上年全年比较的指标。"
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "80"})
    assert words() == "能与上年全年比较的1项中，0项变好，1项变差，0项持平或无方向。"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (("97", "98"), "the lowest is 领域97 with 97.0%."),
        (("97", "97", "98"), "the lowest is 领域97、领域97 with 97.0%."),
        (("97",) * 4, "the lowest is 领域97、领域97、领域97 and others with 97.0%."),
    ],
)
def test_all_sectors_with_the_lowest_rate_are_named(rates, expected):
    assert leader._words_on_rates([rate(number) for number in rates]).endswith(expected)


CAUTION = "部分数据不是确数，按所报数值绘制和排序。"


@pytest.mark.parametrize(
    ("farm", "school", "expected"),
    [("120余", "130", "最多的是学校食堂（130批次），最少的是种植环节（120余批次）。"),
     ("5以下", "约30", "最多的是学校食堂（约30批次），最少的是种植环节（5批次以下）。")],
)  # fmt: skip
def test_what_is_not_exact_is_ranked_with_a_caution(client, cast, farm, school, expected):
    base.report(cast.county, "2023Q1", {"food.done.farm": farm, "food.done.school": school, "food.done": "300以下"})
    text = page(client, cast.leader, SECTOR + "food.done")
    assert expected in text
    assert CAUTION in text


def test_a_course_of_what_is_not_exact_is_told_with_a_caution(client, cast):
    quarters(cast, "food.firms", "7", "约30", "近20（截至8月3日）")
    text = page(client, cast.leader, SECTOR + "food.firms")
    assert "在2023年第3季度为近20家（截至8月3日）；最高是2023年第2季度（约30家），最低是2023年第1季度（7家）" in text
    assert CAUTION in text


def test_only_what_is_surely_whole_is_counted_as_whole(client, cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=Decimal(98))
    base.report(cast.county, "2023", {"food.rate": "约100"})
    board = leader.leadership(choice(cast.county, 2023))
    assert board.rates is not None
    assert "，0个为100%；最低的是食品，约100%。" in board.rates.words.replace(CAUTION, "")
    assert CAUTION in board.rates.words
    assert (board.without, [key.indicator.code for key in board.undecidable]) == (len(board.keys) - 1, ["food.rate"])
    assert "有目标和数据的关键指标1项，达标0项。数据不是确数，无法判断是否达标：抽检合格率。" in board.words
    assert "无法判断" in page(client, cast.leader, "/board/leader/?period=2023")


def test_a_running_year_has_missed_nothing_yet(client, cast, monkeypatch):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=Decimal(98), is_key=True)
    for quarter in ("2023Q1", "2023Q2"):
        base.report(cast.county, quarter, {"food.done": "50", "food.passed": "45"})
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2023, 7, 20))
    board = leader.leadership(choice(cast.county, 2023))
    assert ([key.indicator.code for key in board.behind], board.missed) == (["food.rate"], [])
    assert "年度进行中：有目标和数据的关键指标1项，至今达标0项，进行中1项。目前落后：抽检合格率。" in board.words
    text = page(client, cast.leader, "/board/leader/?period=2023")
    assert "进行中，落后" in text
    assert "✗" not in text
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2024, 3, 1))
    over = leader.leadership(choice(cast.county, 2023))
    assert ([key.indicator.code for key in over.missed], over.under_way) == (["food.rate"], [])
    assert "达标0项。未达标：抽检合格率。" in over.words


def test_what_waits_and_what_is_settled_say_of_which_periods(client, cast):
    for period in ("2023Q1", "2023Q2"):
        base.report(cast.county, period, {"food.done": "50", "food.passed": "45"})
    of = Submission.objects.get(sheet__number="T-01", period__number=1)
    about = {"rule": "r", "kind": "rule", "statement": "…", "basis": ""}
    StoredFinding.objects.create(
        submission=of, region=cast.county, period=of.period, severity="error", state="explained", **about
    )
    text = page(client, cast.office, "/board/?period=2023Q2")
    assert "待我处理（所有报告期）" in text
    assert "1个错误待裁定" in text
    assert "其中本页所示报告期 0 条" in text
    assert "2023年第2季度查出的问题都已改正或说明。" in text
    assert "/findings/?state=open" in client.get("/board/?period=2023Q2").content.decode()
    text = page(client, cast.office, "/board/?period=2023Q1")
    assert "其中本页所示" not in text
    assert "都已改正或说明" not in text


def test_the_board_of_a_period_has_a_row_for_each_department(client, cast):
    for number in ("T-01", "T-02"):
        base.submission(cast.county, number, "2023Q1")
    board = office.office(choice(cast.county, 2023, PeriodKey.parse("2023Q1")))
    rows = [
        ([one.sheet.number for one in sheets], tally.accepted.expected) for _n, sheets, tally in board.by_department()
    ]
    assert sorted(rows) == [(["T-01"], 1), (["T-02"], 1)]


def test_a_row_of_the_explorer_has_one_precision(client, cast):
    base.report(cast.county, "2022", {"food.rate": "95.123"})
    base.report(cast.county, "2023Q1", {"food.done": "50", "food.passed": "45"})
    address = "/explore/?i=food.rate&year=2022&year=2023&by=year"
    text = page(client, cast.office, address)
    assert ">95.1<" in text
    assert ">95.123<" not in text  # the chart is drawn of the unrounded value
    lines = client.get(f"{address}&format=csv").content.decode().splitlines()
    assert "95.1" in lines[1]
    assert "95.123" not in lines[1]
