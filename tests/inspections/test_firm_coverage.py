"""Who was inspected in a year, who is due, and who failed again."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from inspections import coverage, firms, records
from inspections.models import Firm, RectificationNotice
from sectors.models import Sector
from tests.inspections.firms_made import firm, inspection
from tests.inspections.recorded import batch

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2023, 9, 30)


def day(month, number=1, year=2023):
    return datetime.date(year, month, number)


def of_year(cast, user=None, year=2023, today=TODAY):
    return coverage.Coverage(user or cast.office, cast.county, coverage.Span(year, today))


def row(found, kind="school"):
    return next(one for one in found.rows if one.kind == kind)


def said(found, kind="school"):
    one = row(found, kind).all
    return one.inspected, one.firms


def test_a_firm_counts_once_and_only_with_an_inspection_of_the_year(cast):
    for name in ("一小", "二小", "三小"):
        firm(cast, name)
    inspection(cast, "一小", day(3))
    inspection(cast, "一小", day(4))
    inspection(cast, "二小", day(12, 31, 2022))
    inspection(cast, "二小", day(1, 1, 2024))
    inspection(cast, "三小", day(10))  # after the day of asking
    assert said(of_year(cast)) == (1, 3)
    assert said(of_year(cast, today=day(12, 31))) == (2, 3)
    assert of_year(cast).total == coverage.Share(1, 3)


def test_who_opened_and_closed_when(cast):
    firm(cast, "早关的", closed_on=day(12, 31, 2022))
    firm(cast, "年初关的", closed_on=day(1, 1))
    firm(cast, "年内开的", opened_on=TODAY)
    firm(cast, "还没开的", opened_on=day(10, 1))
    firm(cast, "开关都在年内", opened_on=day(2), closed_on=day(5))
    inspection(cast, "早关的", day(3))
    inspection(cast, "年初关的", day(1))
    inspection(cast, "还没开的", day(9))
    assert said(of_year(cast)) == (1, 3)


def test_a_merged_firm_is_no_firm_of_its_own(cast):
    one, two = firm(cast, "一小"), firm(cast, "第一小学")
    inspection(cast, "一小", day(3))
    inspection(cast, "第一小学", day(4))
    assert said(of_year(cast)) == (2, 2)
    firms.merge(one, two, by=cast.office)
    assert said(of_year(cast)) == (1, 1)
    firms.part(Firm.objects.get(pk=one.pk), by=cast.office)
    assert said(of_year(cast)) == (2, 2)


def test_records_that_name_no_firm_are_said(cast):
    firm(cast, "一小", grade="B")
    inspection(cast, "二小", day(3))
    inspection(cast, "某店", day(3), premises_type="food")
    found = of_year(cast)
    assert (row(found).nameless, row(found, "food").nameless, said(found, "food")) == (1, 1, (0, 0))
    assert dict(row(found).grades)["B"] == coverage.Share(0, 1)
    assert row(found, "food").all.percent == "0.0"


def test_a_clerk_counts_the_own_department_and_nobody_another_county(cast):
    firm(cast, "一小"), firm(cast, "二小"), firm(cast, "三小", region=cast.other_county)
    inspection(cast, "一小", day(3))
    inspection(cast, "二小", day(3), by=cast.outsider_clerk)
    assert said(of_year(cast)) == (2, 2)
    assert said(of_year(cast, cast.clerk)) == (1, 2)
    assert said(of_year(cast, cast.leader)) == (2, 2)
    assert of_year(cast, cast.outsider_office).rows == []


def test_only_all_are_a_hundred_per_cent():
    assert coverage.Share(1999, 2000).percent == "99.9"
    assert coverage.Share(38, 74).percent == "51.3"
    assert coverage.Share(2, 2).percent == "100.0"


def late(cast, today=TODAY):
    rows = coverage.overdue(Firm.objects.filter(region=cast.county), cast.office, cast.county, today)
    return [one.name for one in rows]


def test_who_is_due_by_the_grade(cast):
    firm(cast, "低风险", grade="A"), firm(cast, "高风险", grade="D"), firm(cast, "没有等级")
    for name in ("低风险", "高风险", "没有等级"):
        inspection(cast, name, day(1))
    assert late(cast, day(5, 2)) == []  # 121 days: a third of a year
    assert late(cast, day(5, 3)) == ["高风险"]
    assert late(cast, day(1, 1, 2024)) == ["高风险"]
    assert late(cast, day(1, 2, 2024)) == ["低风险", "高风险"]
    firms.set_frequencies(cast.county, {"A": 0, "D": 1}, by=cast.office)
    assert late(cast, day(1, 2, 2024)) == ["高风险"]
    assert coverage.frequencies(cast.county) == {"A": 0, "B": 1, "C": 2, "D": 1}
    assert coverage.frequencies(cast.other_county) == {"A": 1, "B": 1, "C": 2, "D": 3}


def test_who_was_never_inspected_is_due_from_the_opening(cast):
    firm(cast, "老店", grade="A")
    firm(cast, "新店", grade="A", opened_on=day(6))
    firm(cast, "关了的", grade="D", closed_on=day(7))
    merged = firm(cast, "合并的", grade="D")
    firms.merge(merged, Firm.objects.get(name="新店"), by=cast.office)
    assert late(cast) == ["老店"]
    assert set(late(cast, day(5, 31, 2024))) == {"老店"}
    assert set(late(cast, day(6, 2, 2024))) == {"老店", "新店"}
    assert set(late(cast, day(6, 30))) == {"老店", "关了的"}


def notice(cast, premises, on):
    made = RectificationNotice(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), premises=premises,
        premises_type="food", issued_on=on, due_on=on,
    )  # fmt: skip
    records.save(made, by=cast.clerk)


def test_who_failed_again_within_twelve_months(cast):
    for name in ("甲店", "乙店", "丙店", "丁店"):
        firm(cast, name, kind="food")
    batch(cast, place="甲店", taken_on=day(2), samples=2, failed=2)
    batch(cast, place="甲店", taken_on=day(3), samples=2, failed=0)
    notice(cast, "甲店", day(4))
    batch(cast, place="乙店", taken_on=day(4), samples=3, failed=3)  # three samples of one batch
    notice(cast, "丙店", day(9, 30, 2022))
    notice(cast, "丙店", day(4))
    notice(cast, "丁店", day(10, 1, 2022))
    notice(cast, "丁店", TODAY)
    notice(cast, "没有登记的店", day(4)), notice(cast, "没有登记的店", day(5))
    found = coverage.repeat_offenders(cast.office, cast.county, TODAY)
    assert [(one.firm.name, one.batches, one.notices, one.last) for one in found] == [
        ("丁店", 0, 2, TODAY),
        ("甲店", 1, 1, day(4)),
    ]


def test_the_page_says_it_and_leads_to_who_is_missing(client, cast):
    for n in range(3):
        firm(cast, f"第{n}小学", grade="AB "[n].strip())
    inspection(cast, "第0小学", day(3))
    inspection(cast, "无名小学", day(3))
    client.force_login(cast.office)
    text = client.get("/firms/coverage/?year=2023").content.decode()
    assert "1 / 3" in text
    address = "/firms/?kind=school&inspected=no&year=2023"
    assert address.replace("&", "&amp;") in text
    assert [one.name for one in client.get(address).context["page"]] == ["第1小学", "第2小学"]
    assert [one.name for one in client.get(address + "&grade=none").context["page"]] == ["第2小学"]
    data = b"".join(client.get("/firms/export/?due=overdue&year=2023").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [one[0] for one in rows[1:]] == ["第1小学"]


def test_frequencies_are_written_whole_or_not_at_all(client, cast):
    client.force_login(cast.office)
    client.post("/firms/coverage/frequencies/", {"A": "1", "B": "2", "C": "x", "D": "4"})
    client.post("/firms/coverage/frequencies/", {"A": "1", "B": "2", "C": "-1", "D": "4"})
    assert coverage.frequencies(cast.county)["D"] == 3
    client.post("/firms/coverage/frequencies/", {"A": "1", "B": "2", "C": "3", "D": "4"})
    assert coverage.frequencies(cast.county) == {"A": 1, "B": 2, "C": 3, "D": 4}


@pytest.mark.parametrize(
    "address", ["/firms/", "/firms/?inspected=no", "/firms/?due=overdue", "/firms/coverage/", "/firms/texts/"]
)
def test_pages_ask_as_much_for_20_as_for_2(client, cast, address):
    client.force_login(cast.office)
    counts = []
    for numbers in (range(2), range(2, 20)):
        for n in numbers:
            made = firm(cast, f"第{n}小学", grade="A", department=cast.market)
            inspection(cast, f"第{n}小学堂", day(3))
            batch(cast, place=made.name, taken_on=day(2), failed=1)
            batch(cast, place=made.name, taken_on=day(3), failed=1, product="羊肉")
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
