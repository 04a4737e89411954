"""The register of firms: which records name one, how two become one and two again, who may do what."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from inspections import firm_listing, firms, records
from inspections.models import Complaint, Firm, FirmName, Inspection, NoFirm
from sectors.guard import WrongState
from sectors.models import Sector
from sectors.versions import Conflict
from tests import base
from tests.inspections.firms_made import code, firm, inspection
from tests.inspections.recorded import DAY, batch

pytestmark = pytest.mark.django_db


def complaint(cast, against, by=None):
    by = by or cast.clerk
    made = Complaint(
        department=by.department, region=cast.county, sector=Sector.objects.get(code="food"), channel="hotline",
        subject="价格", accepted_on=DAY, against=against,
    )  # fmt: skip
    records.save(made, by=by)
    return made


def reload(row):
    return type(row)._base_manager.get(pk=row.pk)


def test_a_record_names_the_firm_of_its_text(cast):
    school = firm(cast, "云泽县（第一）小学", others=["一小"])
    assert inspection(cast, "云泽县第一小学").firm == school
    assert inspection(cast, "一小").firm == school
    assert inspection(cast, "第二小学").firm is None
    assert batch(cast, place="东门市场", sampled_unit="一小").firm == school
    assert batch(cast, place="一小", product="羊肉").firm == school


def test_a_code_in_the_text_is_stronger_than_the_name(cast):
    one, two = firm(cast, "老店", code=code("9165")), firm(cast, "新店", code=code("9166"))
    assert inspection(cast, f"老店 {two.code}").firm == two
    assert inspection(cast, f"没有登记的店（{one.code}）").firm == one


def test_a_name_of_two_firms_names_none_until_somebody_says_which(client, cast):
    one, two = firm(cast, "便民店", township="甲乡"), firm(cast, "便民店", township="乙乡", code=code("9165"))
    made = inspection(cast, "便民店")
    assert made.firm is None
    client.force_login(cast.clerk)
    sent = {
        "held_on": "2023-05-01", "premises": "便民店", "premises_type": "school", "kind": "supervision", "places": "1",
        "people": "2", "vehicles": "0", "problems": "0", "sector": str(made.sector_id),
    }  # fmt: skip
    client.post("/inspections/new/", sent | {"firm": str(two.pk)})
    found = Inspection.objects.get(held_on="2023-05-01")
    assert found.firm == two
    seen = {"seen": base.seen_on(client, f"/inspections/{found.pk}/")}
    client.post(f"/inspections/{found.pk}/", sent | seen | {"problems": "2"})
    assert (reload(found).firm, reload(found).problems) == (two, 2)
    seen = {"seen": base.seen_on(client, f"/inspections/{found.pk}/")}
    client.post(f"/inspections/{found.pk}/", sent | seen | {"premises": "另一家"})
    assert reload(found).firm is None
    assert Firm.objects.get(pk=one.pk).township == "甲乡"


def test_a_firm_that_the_text_does_not_name_is_not_chosen(client, cast):
    other = firm(cast, "另一家")
    foreign = firm(cast, "同名店", region=cast.other_county)
    client.force_login(cast.clerk)
    sent = {
        "held_on": "2023-05-01", "premises": "同名店", "premises_type": "school", "kind": "supervision", "places": "1",
        "people": "2", "vehicles": "0", "problems": "0", "sector": str(Sector.objects.get(code="food").pk),
    }  # fmt: skip
    for day, pk in (("2023-05-01", other.pk), ("2023-05-02", foreign.pk), ("2023-05-03", 10**17)):
        client.post("/inspections/new/", sent | {"firm": str(pk), "held_on": day})
        assert Inspection.objects.get(held_on=day).firm is None


def test_a_list_is_linked_in_as_many_queries_as_one_record(cast):
    schools = [firm(cast, f"第{n}小学") for n in range(30)]
    food = Sector.objects.get(code="food")
    counts = []
    for numbers in (range(1), range(1, 60)):
        rows = [Inspection(sector=food, held_on=DAY, premises=f"第{n}小学", premises_type="school") for n in numbers]
        with CaptureQueriesContext(connection) as asked:
            records.bulk_create(rows, department=cast.market, by=cast.clerk)
        counts.append(sum('FROM "inspections_firm' in query["sql"] for query in asked.captured_queries))
    assert counts[0] == counts[1] == 3
    assert Inspection.objects.exclude(firm=None).count() == len(schools)


def test_two_become_one_and_two_again(cast):
    one = firm(cast, "老店", others=["老店分部"], code=code("9165"))
    two = firm(cast, "新店", kind="food")
    of_one, of_two = inspection(cast, "老店"), inspection(cast, "新店")
    assert firms.merge(one, two, by=cast.office, seen=firms.version(one, ["老店分部"])) == 1
    assert [reload(row).firm for row in (of_one, of_two)] == [two, two]
    assert reload(two).code == code("9165")
    assert set(firms.names_of(two)) == {"老店", "老店分部"}
    since = inspection(cast, "老店分部", DAY)
    assert since.firm == two
    assert firms.part(reload(one), by=cast.clerk) == 1
    assert [reload(row).firm for row in (of_one, of_two, since)] == [one, two, two]
    assert (reload(one).code, reload(two).code, firms.names_of(two)) == (code("9165"), "", [])
    assert inspection(cast, "老店", DAY).firm == one


def test_what_was_corrected_since_the_merging_stays_where_it_was_put(cast):
    one, two = firm(cast, "甲店", code=code("9165")), firm(cast, "乙店")
    there = [inspection(cast, name) for name in ("甲店", "甲店", f"乙店（{one.code}）")]
    Inspection.objects.filter(pk=there[2].pk).update(premises="乙店")  # a list had the code beside the name
    firms.merge(one, two, by=cast.clerk)
    corrected, touched = reload(there[0]), reload(there[1])
    corrected.premises, corrected.firm, touched.problems = "乙店", None, 1
    for row in (corrected, touched):
        records.save(row, by=cast.clerk)
    assert [reload(row).firm for row in there] == [two, two, two]
    assert firms.part(reload(one), by=cast.clerk) == 2
    assert [reload(row).firm for row in there] == [two, one, one]


def test_what_is_merged_cannot_be_merged_changed_or_taken_back_out_of_order(cast):
    one, two, three = (firm(cast, name) for name in ("甲店", "乙店", "丙店"))
    made = inspection(cast, "甲店")
    firms.merge(one, two, by=cast.clerk)
    firms.merge(two, three, by=cast.clerk)
    assert reload(made).firm == three
    for act in (
        lambda: firms.merge(reload(one), three, by=cast.clerk),
        lambda: firms.merge(three, reload(two), by=cast.clerk),
        lambda: firms.save(reload(two), [], by=cast.clerk),
        lambda: firms.part(reload(one), by=cast.clerk),
        lambda: firms.same("某店", reload(one), by=cast.clerk),
    ):
        with pytest.raises(WrongState):
            act()
    firms.part(reload(two), by=cast.clerk)
    firms.part(reload(one), by=cast.clerk)
    assert reload(made).firm == one


def test_two_codes_are_two_firms(cast):
    one, two = firm(cast, "甲店", code=code("9165")), firm(cast, "乙店", code=code("9166"))
    with pytest.raises(WrongState):
        firms.merge(one, two, by=cast.clerk)
    with pytest.raises(WrongState):
        firm(cast, "丙店", code=code("9165"))
    assert firm(cast, "丙店", code=code("9165"), region=cast.other_county).pk
    assert Firm.objects.filter(merged_into=None).count() == 3


def test_a_record_of_a_firm_that_is_merged_meanwhile_names_the_other_one(cast):
    one, two = firm(cast, "甲店"), firm(cast, "乙店")
    made = inspection(cast, "甲店")
    stale = Inspection.objects.get(pk=made.pk)
    firms.merge(one, two, by=cast.clerk)
    stale.problems = 3
    records.save(stale, by=cast.clerk)
    assert (reload(made).firm, reload(made).problems) == (two, 3)


def test_nobody_is_overwritten_unseen(cast):
    made = firm(cast, "甲店", others=["小甲"])
    seen = firms.version(made, ["小甲"])
    firms.save(reload(made), ["小甲", "老甲"], by=cast.clerk, seen=seen)
    mine = reload(made)
    mine.township = "甲乡"
    with pytest.raises(Conflict):
        firms.save(mine, ["小甲"], by=cast.office, seen=seen)
    assert reload(made).township == ""
    assert firms.names_of(made) == ["小甲", "老甲"]


def test_a_changed_name_stays_as_another_one(cast):
    made = firm(cast, "老名字超市")
    there = inspection(cast, "老名字超市")
    made.name = "新名字超市"
    firms.save(made, [], by=cast.clerk)
    assert firms.names_of(made) == ["老名字超市"]
    assert reload(there).firm == made
    firms.save(made, [], by=cast.clerk)
    assert reload(there).firm is None  # the name was taken away


def test_another_name_that_becomes_the_name_keeps_its_records(cast):
    made = firm(cast, "老名字超市", others=["新名字超市"])
    there = [inspection(cast, name) for name in ("老名字超市", "新名字超市")]
    made.name = "新名字 超市"
    firms.save(made, ["新名字超市"], by=cast.clerk)
    assert firms.names_of(made) == ["老名字超市"]
    assert [reload(row).firm for row in there] == [made, made]


@pytest.mark.parametrize("who", ["head", "leader", "outsider_office"])
def test_others_do_not_write(cast, who):
    made, user = firm(cast, "甲店"), getattr(cast, who)
    two = firm(cast, "乙店")
    for act in (
        lambda: firms.save(made, [], by=user),
        lambda: firms.merge(made, two, by=user),
        lambda: firms.same("某店", made, by=user),
        lambda: firms.no_firm("某店", cast.county, by=user),
        lambda: firms.link_exact(cast.county, ["甲店"], by=user),
        lambda: firms.set_frequencies(cast.county, {"A": 1}, by=user),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_text_is_said_to_be_a_firm_for_all_departments_and_later_records(cast):
    made = firm(cast, "云泽县红旗小学")
    mine, theirs = inspection(cast, "红旗小学"), inspection(cast, "红旗 小学", by=cast.outsider_clerk)
    assert (mine.firm, theirs.firm) == (None, None)
    assert firms.same("红旗小学", made, by=cast.clerk) == 2
    assert [reload(row).firm for row in (mine, theirs)] == [made, made]
    assert inspection(cast, "红旗小学", DAY).firm == made
    seen = reload(mine)
    assert (seen.changed_by, seen.changed) == (mine.changed_by, mine.changed)  # it is no change of the record


def test_who_has_a_record_open_stores_it_after_it_was_linked(client, cast):
    made = inspection(cast, "红旗小学")
    client.force_login(cast.clerk)
    page = f"/inspections/{made.pk}/"
    seen = base.seen_on(client, page)
    firms.same("红旗小学", firm(cast, "云泽县红旗小学"), by=cast.office)
    sent = {
        "held_on": "2023-03-01", "premises": "红旗小学", "premises_type": "school", "kind": "supervision",
        "places": "1", "people": "2", "vehicles": "0", "problems": "4", "sector": str(made.sector_id), "seen": seen,
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert (reload(made).problems, str(reload(made).firm)) == (4, "云泽县红旗小学")


def test_every_act_is_on_record_and_no_person_is_named(cast):
    made = firm(cast, "王小明", kind="food", address="人民路3号", others=["买买提·艾力"])
    firms.same("王小明小吃", made, by=cast.clerk)
    firms.no_firm("李小红", cast.county, by=cast.clerk)
    events = Event.objects.filter(subject__in=["inspections.firm", "inspections.nofirm"])
    assert events.count() == 3
    told = str([(event.name, event.detail) for event in events])
    assert not [word for word in ("王小明'", "买买提·艾力", "李小红", "人民路") if word in told]
    firms.ask_again(NoFirm.objects.get(), by=cast.office)
    assert not NoFirm.objects.exists()


def test_exact_texts_are_linked_together(cast):
    rows = [inspection(cast, name, DAY) for name in ("第一小学", "第二小学", "第三小学")]
    one, _two = firm(cast, "第一小学"), firm(cast, "第二小学")
    firm(cast, "第三小学", township="甲乡"), firm(cast, "第三小学", township="乙乡")
    assert [reload(row).firm for row in rows] == [None, None, None]
    assert firms.link_exact(cast.county, [row.premises for row in rows], by=cast.clerk) == 2
    assert reload(rows[0]).firm == one
    assert reload(rows[2]).firm is None
    assert FirmName.objects.count() == 0


def test_a_complaint_against_a_person_is_asked_only_of_its_department(client, cast):
    complaint(cast, "王小明")
    complaint(cast, "王小明超市")
    for who, shown in (("clerk", True), ("office", False)):
        client.force_login(getattr(cast, who))
        text = client.get("/firms/texts/").content.decode()
        assert "王小明超市" in text
        assert ('value="王小明"' in text) is shown


def listed(user, county, query):
    return [one.pk for one in firm_listing.read(QueryDict(query), user, county).rows]


@pytest.mark.parametrize("query", ["", "sort=-kind", "due=overdue"])
def test_the_order_tells_no_name_to_who_reads_it_masked(cast, query):
    pair = [firm(cast, "王小明", kind="food", grade="D"), firm(cast, "丁小红", kind="food", grade="D")]
    before = [listed(who, cast.county, query) for who in (cast.leader, cast.clerk)]
    Firm.objects.filter(pk=pair[0].pk).update(name="丁小红")
    Firm.objects.filter(pk=pair[1].pk).update(name="王小明")
    after = [listed(who, cast.county, query) for who in (cast.leader, cast.clerk)]
    assert before[0] == after[0]
    assert before[1] == after[1][::-1]


def test_another_name_that_is_a_person_s_is_searched_by_its_readers_only(cast):
    made = firm(cast, "老街饭馆", kind="food", others=["王小明", "买买提·艾力", "老王饭馆"])
    for name, by_leader in (("王小明", []), ("买买提", []), ("老王饭馆", [made.pk])):
        assert listed(cast.leader, cast.county, f"q={name}") == by_leader
        assert listed(cast.clerk, cast.county, f"q={name}") == [made.pk]


def test_a_firm_operates_until_the_day_that_it_closes_down(client, cast):
    today = timezone.localdate()
    firm(cast, "红旗小学", closed_on=today)
    soon = firm(cast, "红旗中学", closed_on=today + datetime.timedelta(days=30))
    client.force_login(cast.clerk)
    assert "红旗中学" in client.get("/firms/suggest/?text=红旗").content.decode()
    assert "红旗小学" not in client.get("/firms/suggest/?text=红旗").content.decode()
    assert listed(cast.clerk, cast.county, "state=open") == [soon.pk]
    assert [one.state for one in Firm.objects.order_by("closed_on")] == ["已关闭", "在营"]


def test_what_is_no_firm_is_told_masked(client, cast):
    complaint(cast, "流动摊（王小明）13812345678")
    client.force_login(cast.clerk)
    client.post("/firms/texts/act/", {"text": "流动摊（王小明）13812345678", "none": "1"}, follow=True)
    client.force_login(cast.office)
    text = client.get("/firms/texts/").content.decode()
    assert "流动摊（王*）138****5678" in text
    assert not [word for word in ("王小明", "13812345678") if word in text + str(Event.objects.latest("id").name)]


def test_the_search_of_every_page_finds_firms_of_the_region_and_no_masked_person(client, cast):
    school = firm(cast, "红旗小学", others=["实验小学"], code=code("12653100000000001"))
    firm(cast, "石浦红旗小学", region=cast.other_county)
    person = firm(cast, "买买提·艾力", code=code("92653100000000002"))

    def found(who, text):
        client.force_login(getattr(cast, who))
        kinds = client.get(reverse("search"), {"q": text}).context["found"]
        return [(hit.name, hit.address) for kind in kinds if kind.name == "主体库" for hit in kind.rows]

    at = reverse("firm", args=[school.pk])
    for who in ("clerk", "office", "leader"):
        assert found(who, "红旗") == found(who, "实验小学") == found(who, school.code) == [("红旗小学", at)], who
        assert client.get(at).status_code == 200
    assert len(found("admin", "红旗小学")) == 2
    assert [name for name, _at in found("outsider_office", "红旗")] == ["石浦红旗小学"]
    assert found("outsider_office", school.code) == []
    assert [name for name, _at in found("clerk", "买买提")] == ["买买提·艾力"]
    assert found("leader", "买买提") == []
    assert [name for name, _at in found("leader", person.code)] == [str(person)] != ["买买提·艾力"]
