"""Names and numbers of persons in records: in full for the department that keeps them, masked for everybody else."""

import datetime
import io
import itertools
import logging

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from inspections import records
from inspections.access import reads_in_full
from inspections.deadlines import months_before
from inspections.models import Complaint, EnforcementCase
from inspections.personal_data import NAMES, TEXTS, masked, masked_name, masked_text
from inspections.registers import REGISTERS
from sectors.models import Sector
from tests import base

pytestmark = pytest.mark.django_db

DAY = datetime.date(2023, 5, 4)
PARTY, SUBJECT = "欧阳小明", "投诉人赵铁柱（电话13812345678）反映缺斤短两"
WHOLE = ("欧阳小明", "赵铁柱", "13812345678", "钱多多")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"), ("欧阳小明", "欧*"), ("买买提·艾力", "买买提·*"), ("赵六店", "赵六店"), ("超市", "超市"),
        ("云泽县好味道食品有限公司", "云泽县好味道食品有限公司"), ("好味道餐馆（李四）", "好味道餐馆（李*）"),
        ("", ""), ("张*", "张*"), ("A", "A"), ("东门市场甲区孙七", "东门市场甲区孙七"),
    ],
)  # fmt: skip
def test_a_persons_name_is_masked_and_a_businesss_is_not(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678", "电话138****5678"), ("0990-6881234", "0990****1234"), ("138 1234 5678", "138****5678"),
        ("身份证65402719800101123X", "身份证654027********123X"), ("投诉人：张三丰", "投诉人：张*"),
        ("住3号楼2单元501室", "住*号楼*单元*室"), ("5月12号收到", "5月12号收到"), ("共检出13批次", "共检出13批次"),
        ("报告编号2023040112345678901", "报告编号2023040112345678901"), ("138****5678", "138****5678"),
    ],
)  # fmt: skip
def test_numbers_and_names_in_a_text_are_masked(text, shown):
    assert masked_text(text) == shown
    assert masked_text(shown) == shown


@pytest.fixture
def kept(cast, media):
    """A case and a complaint of 市场监管局."""
    common = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    case = EnforcementCase(
        party=PARTY, number="A-1", category="produce.meat", filed_on=DAY, note="店主钱多多", **common
    )
    complaint = Complaint(subject=SUBJECT, against=PARTY, number="B-1", channel="hotline", accepted_on=DAY, **common)
    for record in (case, complaint):
        records.save(record, by=cast.clerk)
    return case, complaint


def pages(client, person, kept):
    client.force_login(person)
    case, complaint = kept
    yield client.get(reverse("cases"))
    yield client.get(reverse("complaints"))
    yield client.get(reverse("change-cases", args=[case.pk]))
    yield client.get(reverse("change-complaints", args=[complaint.pk]))
    yield client.get(reverse("search"), {"q": "A-1"})
    yield client.get(reverse("search"), {"q": "B-1"})


@pytest.mark.parametrize("who", ["office", "leader"])
def test_who_is_not_of_the_department_reads_no_names(client, cast, kept, who):
    answers = [answer for answer in pages(client, getattr(cast, who), kept) if answer.status_code == 200]
    assert len(answers) == 6
    text = "".join(answer.content.decode() for answer in answers)
    assert [word for word in WHOLE if word in text] == []
    assert "欧*" in text
    assert "138****5678" in text


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_the_department_reads_what_it_keeps(client, cast, kept, who):
    text = "".join(answer.content.decode() for answer in pages(client, getattr(cast, who), kept))
    assert [word for word in WHOLE if word not in text] == []


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_no_file_has_names_in_it(client, cast, kept, who):
    client.force_login(getattr(cast, who))
    for slug in ("cases", "complaints"):
        answer = client.get(reverse(f"export-{slug}"))
        page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        text = " ".join(str(cell) for row in page.iter_rows(values_only=True) for cell in row)
        assert [word for word in WHOLE if word in text] == []
        assert "欧*" in text


def test_showing_changes_nothing(client, cast, kept):
    list(pages(client, cast.office, kept))
    assert (EnforcementCase.objects.get().party, Complaint.objects.get().subject) == (PARTY, SUBJECT)


def test_every_field_with_words_of_cases_and_complaints_is_one_or_the_other():
    """A field that is added is decided about."""
    decided = {"number", "category", "channel", "kind"}
    for model in (EnforcementCase, Complaint):
        words = {of.name for of in model._meta.fields if of.get_internal_type() in ("CharField", "TextField")}
        kind = str(model._meta.model_name)
        assert words - decided == {*NAMES[kind], *TEXTS[kind]}


def close(kept, on):
    for record in kept:
        type(record).objects.filter(pk=record.pk).update(closed_on=on)


def test_what_is_settled_for_long_keeps_nothing_else(cast, kept, settings, on, capsys):
    on("2026-06-01")
    call_command("mask_personal_data")
    settings.PERSONAL_DATA_MONTHS = 36
    call_command("mask_personal_data")  # not settled
    close(kept, datetime.date(2023, 6, 1))
    call_command("mask_personal_data")  # not so long ago
    assert EnforcementCase.objects.get().party == PARTY
    close(kept, datetime.date(2023, 5, 31))
    call_command("mask_personal_data")
    case, complaint = EnforcementCase.objects.get(), Complaint.objects.get()
    assert (case.party, complaint.against) == ("欧*", "欧*")
    assert masked(case) == masked(complaint) == {}
    assert (case.changed_by, case.number, case.filed_on) == (None, "A-1", DAY)
    assert case.changed > kept[0].changed
    assert capsys.readouterr().out.count("2023-06-01") == 2
    call_command("mask_personal_data")
    assert EnforcementCase.objects.get().changed == case.changed
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("months", "day"), [(1, "2024-02-28"), (13, "2023-02-28"), (36, "2021-03-28"), (99_999, "0001-01-01")]
)
def test_months_are_counted_back(months, day):
    assert months_before(datetime.date(2024, 3, 31), months).isoformat() == day


SECRET = "不可泄露的名字"


def marked_forms(cast, kept):
    """What is typed into forms and addresses, each with the marked name in it."""
    case, complaint = kept
    for slug, register in REGISTERS.items():
        yield reverse(f"new-{slug}"), dict.fromkeys(register.form.base_fields, SECRET)
    yield reverse("change-cases", args=[case.pk]), {"party": SECRET, "filed_on": DAY, "category": "produce.meat"}
    yield reverse("change-complaints", args=[complaint.pk]), {"subject": SECRET, "against": SECRET}
    yield reverse("comment", args=[base.submission(cast.county).pk, "food.done"]), {"text": SECRET}
    yield reverse("login"), {"username": SECRET, "password": SECRET}


def test_no_log_has_names_in_it(client, cast, kept, caplog):
    caplog.set_level(logging.INFO)  # as a server writes them
    client.raise_request_exception = False
    for who, (address, sent) in itertools.product(("clerk", "office"), marked_forms(cast, kept)):
        client.force_login(getattr(cast, who))
        client.post(address, sent)
        client.get(reverse("cases"), {"q": SECRET})
        client.get(reverse("search"), {"q": SECRET})
    said = [record.getMessage() for record in caplog.records]
    assert said
    assert [line for line in said if any(word in line for word in (SECRET, *WHOLE))] == []


# Looking for names

TEXTS_AND_NAMES = [
    *("张三", "欧阳小明", "买买提·艾力", "赵六店", "超市", "云泽县好味道食品有限公司", "", "张*", "A"),
    *("好味道餐馆（李四）", "店主 钱多多", "东门市场甲区孙七", "投诉人：张三丰", "5月12号收到", "共检出13批次"),
    *("电话13812345678", "0990-6881234", "138 1234 5678", "138****5678", "身份证65402719800101123X"),
    *("住3号楼2单元501室", "报告编号2023040112345678901"),
]


def test_the_database_knows_what_is_masked(cast):
    """What is masked is told by Python where it is shown, and by a query where it is looked for."""
    common = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    more = {"channel": "hotline", "accepted_on": DAY}
    Complaint.objects.bulk_create(Complaint(subject=text, against=text, **common, **more) for text in TEXTS_AND_NAMES)
    for field in ("subject", "against"):
        rows = Complaint.objects.filter(reads_in_full(cast.office, "complaint", field))
        known = {getattr(row, field) for row in rows}
        assert known == {getattr(row, field) for row in Complaint.objects.all() if field not in masked(row)}


LISTS = {"cases": ("party", "钱多多", "A-1"), "complaints": ("against", "赵铁柱", "B-1")}


@pytest.mark.parametrize("word", ["欧阳小明", "阳小", "欧阳", "小明"])
@pytest.mark.parametrize("who", ["office", "leader", "admin"])
@pytest.mark.parametrize("slug", LISTS)
def test_who_reads_names_masked_finds_nobody_by_them(client, cast, kept, slug, who, word):
    client.force_login(getattr(cast, who))
    for looked in (word, LISTS[slug][1], "13812345678"):
        for name in (slug, f"export-{slug}"):
            answer = client.get(reverse(name), {"q": looked})
            if name == slug:
                assert answer.context["page"].paginator.count == 0
            else:
                page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
                assert LISTS[slug][2] not in str([*page.iter_rows(values_only=True)])
    assert client.get(reverse(slug), {"q": LISTS[slug][2]}).context["page"].paginator.count == 1


@pytest.mark.parametrize("slug", LISTS)
def test_the_department_finds_by_names(client, cast, kept, slug):
    client.force_login(cast.clerk)
    assert client.get(reverse(slug), {"q": "阳小"}).context["page"].paginator.count == 1


def test_everybody_finds_businesses(client, cast, kept):
    case = EnforcementCase.objects.get()
    case.party, case.cause = "云泽县好味道食品有限公司", "牛奶变质"
    records.save(case, by=cast.clerk)
    client.force_login(cast.office)
    for word in ("好味道", "牛奶"):
        assert client.get(reverse("cases"), {"q": word}).context["page"].paginator.count == 1


def test_names_are_not_told_by_their_order(client, cast, kept):
    for number, party in enumerate(("阿山", "赵山"), start=2):
        case = EnforcementCase(
            party=party,
            number=f"A-{number}",
            category="produce.meat",
            filed_on=DAY,
            department=cast.market,
            region=cast.county,
            sector=Sector.objects.get(code="food"),
        )
        records.save(case, by=cast.clerk)

    def listed(person, sort):
        client.force_login(person)
        answer = client.get(reverse("cases"), {"sort": sort})
        links = {one.head.name: one.address for one in answer.context["sorting"].heads}
        return [row.number for row in answer.context["page"].object_list], links["party"]

    for sort in ("party", "-party"):
        assert listed(cast.office, sort) == (["A-3", "A-2", "A-1"], "")  # by the day, the last first
    (upwards, link), (downwards, _link) = listed(cast.clerk, "party"), listed(cast.clerk, "-party")
    assert link
    assert upwards == downwards[::-1]


def test_administrators_read_no_names_in_the_administration(client, cast, kept):
    client.force_login(cast.admin)
    for record in kept:
        name = record._meta.model_name
        page = client.get(reverse(f"admin:inspections_{name}_change", args=[record.pk])).content.decode()
        assert "欧*" in page
        found = client.get(reverse(f"admin:inspections_{name}_changelist"), {"q": "阳小"})
        assert found.context["cl"].result_count == 0
        text = page + found.content.decode()
        assert [word for word in WHOLE if word in text] == []
