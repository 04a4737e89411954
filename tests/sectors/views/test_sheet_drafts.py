"""A sheet is edited in the browser, looked at, and put in force by the loader."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Event
from audit.vocabulary import EventKind
from sectors.catalogue import drafts, writing, yaml_files
from sectors.catalogue.loader import load
from sectors.models import Assignment, Indicator, Sector, Sheet, SheetDraft, SheetVersion
from sectors.vocabulary import DraftStatus
from tests import base

TABLE = "sheets.0.tables.0"
ROW = f"{TABLE}.indicators"


@pytest.fixture
def admin(client, cast, media):
    client.force_login(cast.admin)
    return client


def begun(client, number="T-01"):
    client.post(reverse("begin-draft", args=[Sheet.objects.get(number=number).pk]))
    return SheetDraft.objects.latest("pk")


def filled(client, draft, at):
    """What a browser would send of the form that is open at a place."""
    form = client.get(reverse("sheet-draft", args=[draft.pk]), {"at": at}).context["form"]
    values = {field.name: field.value() for field in form if not field.field.disabled}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


def edit(client, draft, at, *, seen=None, htmx=False, **sent):
    draft.refresh_from_db()
    data = {**filled(client, draft, at), "at": at, "seen": seen or drafts.version(draft), **sent}
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post(reverse("edit-draft", args=[draft.pk]), data, headers=headers)
    draft.refresh_from_db()
    return answer


def look(client, draft):
    return client.post(reverse("look-at-draft", args=[draft.pk]))


def put_in_force(client, preview):
    sent = {key: preview.context[key] for key in ("seen", "digest")}
    return client.post(reverse("put-in-force", args=[preview.context["draft"].pk]), sent, follow=True)


def rows(draft, table=0):
    return draft.sheet_specification["tables"][table]["indicators"]


def test_a_draft_says_what_is_in_force(admin):
    draft = begun(admin)
    preview = look(admin, draft)
    assert preview.status_code == 200
    assert preview.context["lines"] == []
    assert "digest" in preview.context
    assert not preview.context["problems"]


def test_forms_that_are_stored_as_they_are_change_nothing(admin):
    """Whatever the shipped sheets have in it."""
    load(base.SHIPPED_CATALOGUE / "units.yaml", base.SHIPPED_CATALOGUE / "sectors" / "08-wheat.yaml")
    number = Sheet.objects.get(sector__code="wheat").number
    draft = begun(admin, number)
    before = yaml_files.ordered(draft.specification)
    page = admin.get(reverse("sheet-draft", args=[draft.pk])).context["page"]
    places = [page.sheet.place, page.sector.place, page.chapter.place]
    for table in page.tables:
        places += [table.place, *(head.place for head in table.heads), *(row.place for row in table.rows)]
        places += [row.group.place for row in table.rows if row.group]
    places += [one.place for one in (*page.questions, *page.rules)]
    for place in places[::3]:
        assert edit(admin, draft, place).status_code == 302, place
    assert yaml_files.ordered(draft.specification) == before


def test_a_row_is_added_with_a_code_that_is_proposed(admin):
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.2", act="next")
    new = rows(draft)[3]
    assert new == {"code": "food.r1", "name": "", "unit": "批次"}
    page = admin.get(reverse("sheet-draft", args=[draft.pk]))
    assert page.context["page"].tables[0].rows[5].problems == ["名称 是空的。"]
    edit(admin, draft, f"{ROW}.3", name="不合格样品", code="food.failed")
    assert rows(draft)[3] == {"code": "food.failed", "name": "不合格样品", "unit": "批次"}
    assert admin.get(reverse("sheet-draft", args=[draft.pk])).context["page"].count == 0


def test_what_is_refused_stays_as_it_was_typed_and_is_said_beside_it(admin):
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.0", name="抽检任务（计划）", decimals="两位", formula="food.none / 2")
    assert rows(draft)[0]["decimals"] == "两位"
    page = admin.get(reverse("sheet-draft", args=[draft.pk]), {"at": f"{ROW}.0"})
    assert page.context["page"].tables[0].rows[0].problems == ["小数位 必须是整数，不能是“两位”。"]
    assert 'value="两位"' in page.content.decode()
    preview = look(admin, draft)
    assert preview.status_code == 422
    assert preview.context["problems"] == [(f"{ROW}.0.decimals", "小数位 必须是整数，不能是“两位”。")]
    edit(admin, draft, f"{ROW}.0", decimals="2")
    (problem,) = admin.get(reverse("sheet-draft", args=[draft.pk])).context["page"].tables[0].rows[0].problems
    assert "food.none" in problem


def test_a_computed_cell_is_picked(admin):
    draft = begun(admin)
    found = admin.get(reverse("draft-indicators", args=[draft.pk]), {"q": "抽检"}).context["found"]
    assert ("food.passed", "抽检合格", "") in found
    edit(admin, draft, f"{ROW}.3", act="next")
    new = f"{ROW}.4"
    edit(admin, draft, new, name="任务完成率", unit="%", decimals="1", accumulation="ratio", pick="food.done", sign="+")
    edit(admin, draft, new, pick="food.passed", sign="+")
    edit(admin, draft, new, pick="food.task", sign="/")
    assert rows(draft)[4]["formula"] == "(food.done + food.passed) / food.task"
    row = next(
        row
        for row in admin.get(reverse("sheet-draft", args=[draft.pk])).context["page"].tables[0].rows
        if row.place == new
    )
    assert row.formula == "(抽检完成 + 抽检合格) ÷ 抽检任务"
    assert row.problems == []
    edit(admin, draft, f"{ROW}.1", act="sum")
    assert rows(draft)[1]["formula"] == "parts(food.done)"


def test_put_in_force_is_the_load_of_a_file(admin, cast):
    draft = begun(admin)
    edit(admin, draft, "sheets.0", name="食品抽检表")
    edit(admin, draft, f"{ROW}.2", name="合格批次")
    preview = look(admin, draft)
    assert [line[0] for line in preview.context["lines"]] == ["~", "~"]
    put_in_force(admin, preview)
    assert Sheet.objects.get(number="T-01").name == "食品抽检表"
    assert Indicator.objects.get(code="food.passed").name == "合格批次"
    draft.refresh_from_db()
    assert (draft.status, draft.changed_by) == (DraftStatus.IN_FORCE, cast.admin)
    event = Event.objects.filter(kind=EventKind.CATALOGUE).latest("pk")
    assert (event.name, event.detail["lines"]) == ("T-01.yaml", preview.context["lines"])
    assert admin.get(reverse("sheet-draft", args=[draft.pk])).status_code == 404


def test_other_sheets_of_the_sector_stay(admin):
    """A file without them would take their indicators away."""
    load(base.SHIPPED_CATALOGUE / "units.yaml", base.SHIPPED_CATALOGUE / "sectors" / "16-catering.yaml")
    numbers = [sheet["number"] for sheet in writing.of_sectors("catering")["catering"]["sheets"]]
    assert len(numbers) == 2
    draft = begun(admin, numbers[0])
    count = Indicator.objects.count()
    edit(admin, draft, "sheets.0", name="改名")
    preview = look(admin, draft)
    assert len(preview.context["lines"]) == 1
    put_in_force(admin, preview)
    assert Indicator.objects.count() == count
    assert [one["number"] for one in writing.of_sectors("catering")["catering"]["sheets"]] == numbers


def test_figures_keep_a_row_which_is_retired(admin, cast):
    """Whoever removes it is given the last day of the last period that has one."""
    base.report(cast.county, "2023Q2", {"food.firms": "3"}, "draft")
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.4", act="remove")
    assert rows(draft)[4]["code"] == "food.firms"
    assert rows(draft)[4]["valid_to"] == "2023-06-30"
    edit(admin, draft, f"{ROW}.5", act="remove")
    assert [row["code"] for row in rows(draft)] == [
        *("food.task", "food.done", "food.passed", "food.rate", "food.firms", "food.output")
    ]
    answer = edit(admin, draft, TABLE, act="remove")
    assert answer.status_code == 422
    assert "2023-06-30" in answer.context["refusal"]


def test_what_was_reported_is_refused_in_the_words_of_the_loader(admin, cast):
    base.report(cast.county, "2023Q1", {"food.firms": "3"})
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.4", unit="批次")
    assert admin.get(reverse("sheet-draft", args=[draft.pk])).context["page"].count == 0
    preview = look(admin, draft)
    assert preview.status_code == 422
    ((place, problem),) = preview.context["problems"]
    assert place == f"{ROW}.4"
    assert "valid_to" in problem
    assert "digest" not in preview.context
    answer = admin.post(reverse("put-in-force", args=[draft.pk]), {"seen": drafts.version(draft), "digest": ""})
    assert answer.status_code == 422
    assert Indicator.objects.get(code="food.firms").unit.name == "家"


def test_two_people_at_one_draft(admin, cast):
    draft = begun(admin)
    seen = drafts.version(draft)
    edit(admin, draft, f"{ROW}.0", name="甲")
    answer = edit(admin, draft, f"{ROW}.0", seen=seen, name="乙", htmx=True)
    assert answer.status_code == 409
    assert 'value="乙"' in answer.content.decode()
    assert rows(draft)[0]["name"] == "甲"
    assert answer.context["conflict"].by == cast.admin
    edit(admin, draft, f"{ROW}.0", seen=answer.context["seen"], name="乙")
    assert rows(draft)[0]["name"] == "乙"


def test_a_catalogue_that_changed_meanwhile_is_looked_at_again(admin, cast):
    draft, other = begun(admin), begun(admin)
    edit(admin, draft, f"{ROW}.0", name="甲")
    edit(admin, other, f"{ROW}.2", name="乙")
    first, second = look(admin, draft), look(admin, other)
    put_in_force(admin, second)
    answer = put_in_force(admin, first)
    assert answer.status_code == 409
    assert [(line.before, line.after) for line in answer.context["meanwhile"]] == [("抽检合格", "乙")]
    assert Indicator.objects.get(code="food.task").name == "抽检任务"
    assert len(answer.context["lines"]) == 2  # it would take the other's change back, and that is shown
    put_in_force(admin, answer)
    assert Indicator.objects.get(code="food.passed").name == "抽检合格"


def test_a_way_back(admin):
    """Versions are kept with who loaded them, also those that came from files."""
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.0", name="甲")
    put_in_force(admin, look(admin, draft))
    sheet = Sheet.objects.get(number="T-01")
    last, first = SheetVersion.objects.filter(sheet=sheet)
    assert (last.by, last.file) == ("admin", "T-01.yaml")
    page = admin.get(reverse("sheet-versions", args=[sheet.pk]), {"version": first.pk})
    assert [(line.before, line.after) for line in page.context["until_now"]] == [("抽检任务", "甲")]
    admin.post(reverse("begin-draft", args=[sheet.pk]), {"version": first.pk})
    back = SheetDraft.objects.latest("pk")
    assert rows(back)[0]["name"] == "抽检任务"
    put_in_force(admin, look(admin, back))
    assert Indicator.objects.get(code="food.task").name == "抽检任务"
    assert SheetVersion.objects.filter(sheet=sheet)[0].specification == first.specification


NEW = {"number": "N-01", "name": "玩具抽查表", "frequency": "quarter", "department": "market"}


def test_a_sheet_from_nothing(admin, cast):
    sent = {**NEW, "sector": "new", "sector_code": "toys", "sector_name": "玩具", "chapter": "product"}
    admin.post(reverse("new-sheet"), sent)
    draft = SheetDraft.objects.get()
    edit(admin, draft, f"{ROW}.0", name="抽查样品", unit="批次", act="next")
    edit(admin, draft, f"{ROW}.1", name="合格样品", act="next")
    assert [row["code"] for row in rows(draft)] == ["toys.t1.r1", "toys.t1.r2", "toys.t1.r3"]
    edit(admin, draft, f"{ROW}.2", name="合格率", unit="%", accumulation="ratio", pick="toys.t1.r2", sign="/")
    edit(admin, draft, f"{ROW}.2", pick="toys.t1.r1", sign="/")
    preview = look(admin, draft)
    assert preview.status_code == 200, preview.context["problems"]
    put_in_force(admin, preview)
    assert Sector.objects.get(code="toys").chapter.code == "product"
    assert Indicator.objects.get(name="合格率").formula == "toys.t1.r2 / toys.t1.r1"
    assert Assignment.objects.get(sheet__number="N-01", region=cast.county).department == cast.market
    answer = admin.post(reverse("new-sheet"), {**NEW, "number": "ｎ-01", "sector": "toys"})
    assert answer.status_code == 422


@pytest.mark.parametrize("sector", ["food", "plants"])
def test_a_copy_of_a_sheet(admin, sector):
    """In its own sector or in another: codes are new, and what it computes it computes of its own."""
    sent = {**NEW, "copy": Sheet.objects.get(number="T-01").pk, "sector": sector}
    admin.post(reverse("new-sheet"), sent)
    draft = SheetDraft.objects.get()
    preview = look(admin, draft)
    assert preview.status_code == 200, preview.context["problems"]
    assert {line[0] for line in preview.context["lines"]} <= {"+", "?"}
    put_in_force(admin, preview)
    new = Indicator.objects.get(sheet__number="N-01", name="抽检合格率")
    done = Indicator.objects.get(sheet__number="N-01", name="抽检完成")
    assert new.code.startswith(f"{sector}.")
    assert new.formula.endswith(f"/ {done.code}")
    assert Indicator.objects.get(code="food.rate").formula == "food.passed / food.done"


def test_drafts_from_a_file(admin):
    text = (base.SMALL / "food.yaml").read_text().replace("name: 抽检任务", "name: 任务")
    sent = {"files": [SimpleUploadedFile("food.yaml", text.encode())]}
    admin.post(reverse("upload-draft"), sent)
    preview = look(admin, SheetDraft.objects.get())
    assert [line for line in preview.context["lines"] if "→" in line] != []
    for content in (
        b"a: [",
        b"",
        "名称：".encode("gbk"),
        b"sector: food\n",
        b"sector: food\nsheets: [{name: x}]",
        b"- 1",
    ):
        answer = admin.post(reverse("upload-draft"), {"files": [SimpleUploadedFile("x.yaml", content)]})
        assert answer.status_code == 422, content
        assert answer.context["problems"]
    assert SheetDraft.objects.count() == 1


WORST_FIRST = ["劣V类", "V类", "I类"]


def with_options(text, options=("Z: 劣V类", "V: V类", "I: I类")):
    row = f"- {{code: food.water, name: 水质, unit: '1', kind: choice, options: {{{', '.join(options)}}}}}"
    return text.replace("    questions:", f"          {row}\n    questions:", 1)


def test_options_keep_their_order_on_every_way(admin, cast, tmp_path):
    """A class of water is not better for its code: options stand as whoever wrote them put them."""
    text = with_options((base.SMALL / "food.yaml").read_text(encoding="utf-8"))
    admin.post(reverse("upload-draft"), {"files": [SimpleUploadedFile("food.yaml", text.encode())]})
    draft = SheetDraft.objects.get()

    def order():
        draft.refresh_from_db()
        return [list(row["options"].values()) for row in rows(draft) if "options" in row]

    assert order() == [WORST_FIRST]
    assert put_in_force(admin, look(admin, draft)).status_code == 200

    def stored():
        return [words for _code, words in Indicator.objects.get(code="food.water").options]

    assert stored() == WORST_FIRST
    # The version, the file and a new draft have them as they are.
    latest = SheetVersion.objects.filter(sheet__number="T-01").latest("pk")
    assert [
        list(row["options"].values())
        for row in latest.specification["sheets"][0]["tables"][0]["indicators"]
        if "options" in row
    ] == [WORST_FIRST]
    one = admin.get(reverse("catalogue-file", args=[Sheet.objects.get(number="T-01").pk])).content.decode()
    assert one.index("劣V类") < one.index("V: V类") < one.index("I: I类")
    draft = begun(admin)
    assert order() == [WORST_FIRST]
    # Who turns them round changes the draft, sees it said, and has it in force.
    before = draft.specification
    place = next(number for number, row in enumerate(rows(draft)) if "options" in row)
    edit(admin, draft, f"{ROW}.{place}", options="I I类\nV V类\nZ 劣V类")
    assert order() == [WORST_FIRST[::-1]]
    assert draft.specification == before  # as mappings, which have no order
    preview = look(admin, draft)
    assert [line for line in preview.context["lines"] if "水质" in line] != []
    put_in_force(admin, preview)
    assert stored() == WORST_FIRST[::-1]


def test_the_catalogue_is_downloaded(admin, tmp_path):
    answer = admin.get(reverse("whole-catalogue"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    assert load(tmp_path, dry_run=True).lines == []
    one = admin.get(reverse("catalogue-file", args=[Sheet.objects.get(number="T-01").pk]))
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "food.yaml").write_bytes(one.content)
    assert load(tmp_path / "one", dry_run=True).lines == []


def test_a_matrix_with_totals(admin):
    draft = begun(admin)
    edit(admin, draft, "sheets.0", act="matrix")
    table = "sheets.0.tables.1"
    edit(admin, draft, table, name="按品种")
    edit(admin, draft, f"{table}.columns.0", name="抽检", unit="批次", act="next")
    edit(admin, draft, f"{table}.columns.1", name="合格", code="ok", act="store")
    edit(admin, draft, f"{table}.rows.0", name="蔬菜", act="next")
    edit(admin, draft, f"{table}.rows.1", name="水果", act="among")
    edit(admin, draft, f"{table}.rows.1.parts.0.rows.0", name="苹果")
    edit(admin, draft, table, act="total_row")
    edit(admin, draft, table, act="total_column")
    assert edit(admin, draft, table, act="total_row").status_code == 422
    edit(admin, draft, f"{table}.columns.1", act="up")
    preview = look(admin, draft)
    assert preview.status_code == 200, preview.context["problems"]
    put_in_force(admin, preview)
    codes = set(Indicator.objects.filter(table__name="按品种").values_list("code", flat=True))
    assert {"food.t1.r1.ok", "food.t1.all.sum"} <= codes
    assert len(codes) == 12


def test_what_has_no_code_yet_is_stored_as_often_as_it_is_added(admin):
    draft = begun(admin)
    edit(admin, draft, "sheets.0", act="unit")
    edit(admin, draft, "sheets.0", act="unit")
    assert draft.specification["units"] == [{"name": ""}, {"name": ""}]


def test_removing_a_part_removes_its_breakdown(admin):
    draft = begun(admin)
    edit(admin, draft, f"{ROW}.1.parts.0.indicators.1", act="remove")
    edit(admin, draft, f"{ROW}.1.parts.0.indicators.0", act="remove")
    assert "parts" not in rows(draft)[1]
    assert look(admin, draft).status_code == 200


def test_places_that_are_not_there(admin):
    draft = begun(admin)
    for at in ("sheets.0.tables.7", "x", "sheets.0.name", "rules.0.code.1", "9", ""):
        sent = {"at": at, "seen": drafts.version(draft), "act": "next"}
        answer = admin.post(reverse("edit-draft", args=[draft.pk]), sent)
        assert answer.status_code in (409, 422), at
        assert admin.get(reverse("sheet-draft", args=[draft.pk]), {"at": at}).status_code == 200


def test_a_page_asks_as_often_with_many_rows(admin):
    draft = begun(admin)
    page = reverse("sheet-draft", args=[draft.pk])
    few = base.queries(lambda: admin.get(page))
    for number in range(18):
        edit(admin, draft, f"{ROW}.0", act="next")
        edit(admin, draft, f"{ROW}.1", name=f"第{number}行")
    assert base.queries(lambda: admin.get(page)) == few
    listed = base.queries(lambda: admin.get(reverse("sheets-of-catalogue")))
    begun(admin)
    begun(admin, "T-02")
    assert base.queries(lambda: admin.get(reverse("sheets-of-catalogue"))) == listed
