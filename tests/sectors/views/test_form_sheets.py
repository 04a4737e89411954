"""A sheet is made of an Excel form in the browser: recognised, corrected, looked at, loaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from ruamel.yaml import YAML

from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import Assignment, Indicator, Sheet, SheetDraft
from sectors.spreadsheets import pending
from tests import base
from tests.sectors.reading import form_files
from tests.sectors.reading.form_files import Sheet as Form


@pytest.fixture
def admin(client, cast, media):
    client.force_login(cast.admin)
    return client


def send(client, data, name="表.xlsx"):
    return client.post(reverse("choose-form"), {"file": SimpleUploadedFile(name, data)})


def page_of(client, data):
    """The address of the form's page, and what a browser would send from it unchanged."""
    address = send(client, data).url
    context = client.get(address).context
    typed = {name: context["facts"].initial.get(name, "") for name in context["facts"].fields}
    typed |= {
        "department": typed["department"] or "market",
        "chapter": context["facts"].fields["chapter"].choices[0][0],
    }
    for one in context["tables"]:
        typed[f"t{one.table.number}.name"] = one.table.name
        for fields in one.open_columns:
            typed |= {f"{fields.name}.name": fields.line.name, f"{fields.name}.use": str(fields.line.use)}
            typed |= {f"{fields.name}.kind": str(fields.line.kind), f"{fields.name}.unit": fields.line.unit}
            typed |= {f"{fields.name}.decimals": fields.decimals, f"{fields.name}.options": fields.options}
            typed |= {f"{fields.name}.required": "1" if fields.line.required else ""}
        if one.open_columns:
            typed[f"t{one.table.number}.rows_of_year"] = str(one.table.rows_of_year)
        for fields in (*one.columns, *one.rows):
            typed[f"{fields.name}.name"] = fields.line.name
            typed[f"{fields.name}.use"] = str(fields.line.use)
            typed[f"{fields.name}.total_of"] = fields.total_of
            if fields.has_unit:
                typed |= {f"{fields.name}.unit": fields.line.unit, f"{fields.name}.decimals": fields.decimals}
            if ".r" in fields.name:
                typed[f"{fields.name}.parent"] = fields.parent
    return address, typed


def load(client, answer):
    ticket = {"ticket": answer.context["checked"].ticket}
    return client.post(reverse("load-catalogue"), ticket, follow=True)


@pytest.mark.parametrize("name", ["three_heads", "two_tables", "groups", "quarters"])
def test_a_form_becomes_a_sheet_without_anything_typed(admin, cast, name):
    address, typed = page_of(admin, form_files.ALL[name]())
    before = Sheet.objects.count()
    looked = admin.post(address, typed)
    assert looked.status_code == 200
    assert looked.context["checked"].lines
    assert Sheet.objects.count() == before
    assert load(admin, looked).status_code == 200
    sheet = Sheet.objects.get(name=typed["name"])
    assert sheet.department_code == "market"
    assert Assignment.objects.get(sheet=sheet, region=cast.county).department == cast.market
    assert Indicator.objects.filter(sheet=sheet).exists()


def test_the_form_of_this_countys_department_is_its_own(admin):
    _address, typed = page_of(admin, form_files.three_heads())
    assert typed["department"] == "market"
    assert (typed["number"], typed["sector"]) == ("特质监01表", "n01")


def test_what_is_corrected_is_loaded(admin):
    address, typed = page_of(admin, form_files.numbered())
    typed |= {"t1.r1.name": "收粮", "t1.r5.total_of": "6、7", "t1.r8.use": "left_out", "number": "L-1"}
    load(admin, admin.post(address, typed))
    names = Indicator.objects.filter(sheet__number="L-1").values_list("row_name", flat=True)
    assert "收粮" in names
    assert "库存粮食宜存率" not in names


def test_what_cannot_be_taken_is_said_and_stays(admin):
    address, typed = page_of(admin, form_files.numbered())
    typed |= {"t1.r1.decimals": "九", "t1.r5.total_of": "6～99", "department": ""}
    answer = admin.post(address, typed)
    assert answer.status_code == 422
    page = base.html(answer)
    assert 'value="九"' in page
    assert 'value="6～99"' in page
    rows = answer.context["tables"][0].rows
    assert [row.line.number for row in rows if row.errors] == [1, 5]
    assert answer.context["facts"].errors.keys() == {"department"}


def test_what_the_catalogue_refuses_is_said_and_nothing_is_kept(admin):
    address, typed = page_of(admin, form_files.numbered())
    kept = len(list(pending.folder().iterdir()))
    answer = admin.post(address, typed | {"number": "T-01", "sector": "Food"})
    assert answer.status_code == 422
    assert any("Food" in problem for problem in answer.context["checked"].problems)
    assert len(list(pending.folder().iterdir())) == kept
    answer = admin.post(address, typed | {"number": "T-01"})
    assert any("T-01" in problem for problem in answer.context["checked"].problems)


@pytest.mark.parametrize("name", sorted(form_files.ALL))
def test_a_form_goes_on_as_a_draft_of_the_sheet(admin, name):
    address, typed = page_of(admin, form_files.ALL[name]())
    answer = admin.post(address, typed | {"edit": "1"})
    draft = SheetDraft.objects.get()
    assert answer.url == reverse("sheet-draft", args=[draft.pk])
    page = admin.get(answer.url).context["page"]
    assert page.count == 0, [page.elsewhere, page.sheet.problems]
    assert [table.name for table in page.tables]
    assert not Sheet.objects.filter(name=typed["name"]).exists()


def test_the_file_is_downloaded_and_that_is_on_record(admin):
    address, typed = page_of(admin, form_files.months())
    answer = admin.post(address, typed | {"download": "1"})
    content = YAML(typ="safe").load(answer.content.decode())
    assert content["sheets"][0]["frequency"] == "month"
    assert Event.objects.filter(kind=EventKind.DOWNLOAD, name="n01.yaml").exists()


def test_another_worksheet_is_chosen(admin):
    form = Form("封面").rows(["报表封面"])
    second = form.book.create_sheet("第二表")
    for row in (["指标", "单位", "本期"], ["抽检", "批次", 5]):
        second.append(row)
    third = form.book.create_sheet("第三表")
    for row in (["指标", "单位", "本期"], ["投诉", "件", 5]):
        third.append(row)
    address = send(admin, form.data()).url
    assert admin.get(address).context["form"].worksheet == "第二表"
    assert admin.get(address, {"worksheet": "第三表"}).context["form"].tables[0].rows[0].name == "投诉"
    assert admin.get(address, {"worksheet": "没有"}).context["form"].worksheet == "第二表"
    assert "A1" in admin.get(address, {"worksheet": "封面"}).context["problem"]


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "空"), (b"PK\x03\x04x", "损坏"), (b"a,b\n1,2", ".csv"), (Form().data(), "空")]
)
def test_what_is_no_form_is_said(admin, data, said):
    answer = send(admin, data)
    assert answer.status_code == 422
    assert said in answer.context["problem"]


def test_no_file_is_said(admin):
    assert admin.post(reverse("choose-form")).status_code == 422


def test_a_form_is_its_own_persons(admin, client):
    address = send(admin, form_files.months()).url
    client.force_login(base.user("admin", None, "second"))
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_nobody_else_makes_sheets(client, cast, media, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("choose-form")).status_code == 403
    assert client.post(reverse("form-sheet", args=["1-form-" + "0" * 32])).status_code == 403


def test_the_number_of_queries_is_fixed(admin):
    small = Form().rows(["指标", "单位", "本期"], ["抽检", "批次", 5], ["合格", "批次", 5]).data()
    large = Form().rows(["指标", "单位", "本期"], *([f"抽检{n}", "批次", 5] for n in range(20))).data()
    first, second = send(admin, small).url, send(admin, large).url
    assert base.queries(lambda: admin.get(first)) == base.queries(lambda: admin.get(second))
