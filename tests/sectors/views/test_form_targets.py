"""A form becomes a sheet of a sector that is there, or the next version of a sheet."""

import pytest

from sectors.catalogue import editing
from sectors.models import Indicator, Sheet, SheetDraft, Submission
from sectors.spreadsheets import writer
from tests import base
from tests.sectors.reading.form_files import Sheet as Form
from tests.sectors.views.test_form_sheets import admin, load, page_of  # noqa: F401


@pytest.fixture
def shipped(client, shipped_catalogue, media):
    client.force_login(base.user("admin", None, "setting-up"))
    return client


def downloaded(region, number):
    submission = base.submission(region, number, "2023Q1")
    return writer.write(Submission.objects.for_reading().get(pk=submission.pk), room="1/file")


@pytest.mark.parametrize("number", ["C-01", "D-01", "C-02"])
def test_a_downloaded_sheet_is_its_own_next_version_without_a_change(shipped, shipped_catalogue, number):
    address, typed = page_of(shipped, downloaded(shipped_catalogue, number))
    assert typed["into"] == f"sheet:{number}"
    codes = set(Indicator.objects.filter(sheet__number=number).values_list("code", flat=True))
    looked = shipped.post(address, typed)
    assert looked.context["checked"].problems == []
    assert [line for line in looked.context["checked"].lines if line.startswith("-")] == []
    load(shipped, looked)
    assert set(Indicator.objects.filter(sheet__number=number).values_list("code", flat=True)) == codes


def test_a_row_more_is_the_only_new_one(admin, cast):  # noqa: F811
    sheet = Sheet.objects.get(number="T-01")
    before = dict(Indicator.objects.filter(sheet=sheet).values_list("code", "name"))
    rows = [[one.row_name, one.unit.name, None] for one in Indicator.objects.filter(sheet=sheet).order_by("row")]
    data = Form().rows([sheet.name], ["指标", "单位", "本期"], *rows, ["新增的一行", "批次", None]).data()
    address, typed = page_of(admin, data)
    looked = admin.post(address, typed | {"into": "sheet:T-01", "number": "ignored", "edit": "1"})
    assert looked.status_code == 302
    draft = SheetDraft.objects.get()
    assert draft.sheet == sheet
    after = editing.codes(draft.specification["sheets"])
    assert draft.specification["sheets"][0]["number"] == "T-01"
    assert "新增的一行" in str(draft.specification)
    assert set(before) <= after


def test_a_form_becomes_a_sheet_of_a_sector_that_is_there(admin, cast):  # noqa: F811
    sector = Sheet.objects.get(number="T-01").sector
    data = Form().rows(["培训情况表"], ["指标", "单位", "本期"], ["培训班", "次", 5], ["学员", "人", 5]).data()
    others = set(sector.sheets.values_list("number", flat=True))
    for number in ("T-91", "T-92"):  # twice: the second one's codes are others
        address, typed = page_of(admin, data)
        typed |= {"into": f"sector:{sector.code}", "number": number, "sector": "", "sector_name": ""}
        typed |= {"name": f"培训情况表{number}"}
        looked = admin.post(address, typed)
        assert looked.context["checked"].problems == []
        load(admin, looked)
    assert set(sector.sheets.values_list("number", flat=True)) == {*others, "T-91", "T-92"}
    sector.refresh_from_db()
    codes = list(Indicator.objects.filter(sheet__number__in=["T-91", "T-92"]).values_list("code", flat=True))
    assert len(set(codes)) == 4
    assert all(code.startswith(f"{sector.code}.") and code in sector.wording for code in codes)


def test_a_new_sheet_takes_the_place_of_none_that_is_there(admin, cast):  # noqa: F811
    sheet = Sheet.objects.select_related("sector").get(number="T-01")
    data = Form().rows(["培训情况表"], ["指标", "单位", "本期"], ["培训班", "次", 5], ["学员", "人", 5]).data()
    address, typed = page_of(admin, data)
    for number in ("T-01", "ｔ-01"):
        for step in ({}, {"edit": "1"}):
            sent = typed | {"into": f"sector:{sheet.sector.code}", "number": number, **step}
            answer = admin.post(address, sent)
            assert answer.status_code == 422
            assert answer.context["facts"].errors.keys() == {"number"}
    assert not SheetDraft.objects.exists()


def test_a_new_sector_needs_a_name_and_a_code(admin, cast):  # noqa: F811
    data = Form().rows(["培训情况表"], ["指标", "单位", "本期"], ["培训班", "次", 5], ["学员", "人", 5]).data()
    address, typed = page_of(admin, data)
    answer = admin.post(address, typed | {"sector": "", "sector_name": ""})
    assert answer.status_code == 422
    assert answer.context["facts"].errors.keys() == {"sector", "sector_name"}


def test_a_sheet_that_is_not_there_is_no_choice(admin, cast):  # noqa: F811
    data = Form().rows(["培训情况表"], ["指标", "单位", "本期"], ["培训班", "次", 5], ["学员", "人", 5]).data()
    address, typed = page_of(admin, data)
    assert admin.post(address, typed | {"into": "sheet:nothing"}).context["facts"].errors.keys() == {"into"}
