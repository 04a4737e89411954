"""The administration: for administrators only; files in and out, history, and what cannot be deleted."""

import re
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from sectors.catalogue.loader import load
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    Department,
    Deputy,
    FormerFrequency,
    Indicator,
    Notice,
    Region,
    Robot,
    Sheet,
    Submission,
    Unit,
    User,
)
from tests import base


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def send(client, model, text, *, name="rows.csv", encoding="utf-8-sig"):
    """Choose a file; the answer shows what it would change or what is wrong in it."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    form = {"import_file": SimpleUploadedFile(name, data), "format": "0", "resource": "0"}
    return client.post(reverse(f"admin:sectors_{model}_import"), form)


def confirm(client, model, answer):
    return client.post(
        reverse(f"admin:sectors_{model}_process_import"), answer.context["confirm_form"].initial, follow=True
    )


def heads(model):
    """The first line of an export in Chinese."""
    from sectors.transfer import resources

    resource = getattr(resources, f"{model.capitalize()}Resource")()
    with translation.override("zh-hans"):
        return ",".join(resource.get_export_headers()) + "\n"


def wrong(answer):
    """Sentences by line, as the page shows them."""
    result = answer.context["result"]
    assert "confirm_form" not in answer.context
    return {row.number + 1: row.non_field_specific_errors for row in result.invalid_rows}


def told(answer):
    return [str(message) for message in answer.context["messages"]]


# Who gets there


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
@pytest.mark.parametrize("page", ["user_import", "user_export", "user_changelist", "region_import", "unit_changelist"])
def test_only_administrators_get_there_whatever_is_ticked(client, cast, who, page):
    person = getattr(cast, who)
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client.force_login(person)
    assert client.get(reverse(f"admin:sectors_{page}")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 302


def test_every_page_of_the_administration_opens(admin, cast):
    from django.contrib import admin as site

    base.report(cast.county, "2023Q1", {"food.done": "10"})
    assert admin.get(reverse("admin:index")).status_code == 200
    for model in site.site._registry:
        if model._meta.app_label in ("sectors", "inspections", "reports"):
            names = f"{model._meta.app_label}_{model._meta.model_name}"
            assert admin.get(reverse(f"admin:{names}_changelist") + "?q=x").status_code in (200, 302), names
            row = model._default_manager.first()
            if row is not None:
                assert admin.get(reverse(f"admin:{names}_change", args=[row.pk])).status_code == 200, names


@pytest.mark.parametrize(
    "name",
    [
        *("submission", "figure", "figurechange", "transition", "storedfinding", "findingnote", "job", "comment"),
        *("attachment", "urge", "extension"),
    ],
)
def test_what_has_its_own_writer_is_looked_at_only(admin, name):
    assert admin.get(reverse(f"admin:sectors_{name}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:sectors_{name}_add")).status_code == 403


# Files in


def test_people_come_in_by_a_file_that_is_shown_first(admin, cast):
    text = heads("user") + "zhao,赵,敏,z@example.cn,990101,market,填报员,是\n"
    answer = send(admin, "user", text)
    assert not User.objects.filter(username="zhao").exists()
    assert "1 新增" in answer.content.decode()
    assert "赵" in answer.content.decode()
    page = confirm(admin, "user", answer)
    person = User.objects.get(username="zhao")
    assert (person.department, person.role, person.email) == (cast.market, "clerk", "z@example.cn")
    assert not person.is_staff
    assert "/account/invitation/" in page.content.decode()
    kept = person.history.get()
    assert (kept.history_user, kept.history_change_reason) == (cast.admin, "由 rows.csv 导入")


def test_what_nobody_can_have_typed_is_left_out(admin, cast):
    confirm(admin, "user", send(admin, "user", heads("user") + "zh\0ao,赵\x0b,敏,,990101,market,填报员,是\n"))
    assert User.objects.get(username="zhao").last_name == "赵"
    assert admin.get(reverse("admin:sectors_user_changelist"), {"q": "zh\0ao"}).status_code == 200


def test_a_file_changes_whom_it_names_and_leaves_passwords_alone(admin, cast):
    before = cast.clerk.password
    answer = send(admin, "user", "用户名,姓氏\nclerk,钱\n")
    confirm(admin, "user", answer)
    cast.clerk.refresh_from_db()
    assert (cast.clerk.last_name, cast.clerk.password, cast.clerk.role) == ("钱", before, "clerk")


def test_what_went_out_comes_back_unchanged(admin, cast):
    User.objects.filter(pk=cast.clerk.pk).update(last_name="=1+1", first_name="@x")
    for model, form in (("user", "1"), ("department", "0"), ("region", "0"), ("assignment", "1")):
        out = admin.post(reverse(f"admin:sectors_{model}_export"), {"format": form, "resource": "0"})
        back = send(admin, model, out.content, name="x")
        totals = back.context["result"].totals
        assert (totals["new"], totals["update"], totals["invalid"], totals["error"]) == (0, 0, 0, 0), model
        assert totals["skip"] > 0


def test_exported_text_is_no_formula_and_passwords_stay(admin, cast):
    User.objects.filter(pk=cast.clerk.pk).update(last_name='=HYPERLINK("http://x")')
    csv = admin.post(reverse("admin:sectors_user_export"), {"format": "1", "resource": "0"}).content
    assert csv.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in csv
    book = admin.post(reverse("admin:sectors_user_export"), {"format": "0", "resource": "0"}).content
    cells = [cell.value for row in openpyxl.load_workbook(BytesIO(book)).active.rows for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    cast.clerk.refresh_from_db()
    for secret in (cast.clerk.password, "md5"):
        assert secret not in csv.decode()
        assert secret not in [str(cell) for cell in cells]


def test_excel_and_its_numbers_and_csv_of_chinese_excel_are_read(admin, cast):
    book = openpyxl.Workbook()
    for row in (["代码", "名称", "级别", "上级区划代码"], [990103, "青原县", "县（市、区）", 990100.0]):
        book.active.append(row)
    kept = BytesIO()
    book.save(kept)
    confirm(admin, "region", send(admin, "region", kept.getvalue(), name="x.xlsx"))
    assert Region.objects.get(code="990103").parent == cast.prefecture
    text = "代码,名称,级别,上级区划代码\n990104,白河县,县（市、区）,990100\n990104001,白河镇,township,990104\n"
    confirm(admin, "region", send(admin, "region", text, encoding="gb18030"))
    assert Region.objects.filter(code="990104001", parent__code="990104").exists()


@pytest.mark.parametrize("value", ["#N/A", "=1/0", date(2023, 3, 1), 110101199003078888])
def test_a_cell_that_excel_made_something_else_of_is_refused_by_its_name(admin, cast, value):
    book = openpyxl.Workbook()
    book.active.append(["代码", "名称", "级别", "上级区划代码"])
    book.active.append(["990101", "云泽县", "县（市、区）", value])
    kept = BytesIO()
    book.save(kept)
    page = send(admin, "region", kept.getvalue(), name="x.xlsx")
    assert "confirm_form" not in page.context
    assert "单元格 D2" in page.content.decode()
    assert Region.objects.get(code="990101").parent == cast.prefecture


REGION_HEADS = ["代码", "名称", "级别", "上级区划代码"]
COUNTY = ["990101", "云泽县", "县（市、区）"]


def sent_book(admin, book):
    kept = BytesIO()
    book.save(kept)
    return send(admin, "region", kept.getvalue(), name="x.xlsx")


def book_of(*rows):
    book = openpyxl.Workbook()
    for row in (REGION_HEADS, *rows):
        book.active.append(row)
    return book


@pytest.mark.parametrize(
    ("value", "code"),
    [(9901, '0!.0,"万"'), (0.95, "0%"), (990100, "0000-00"), (990100, "0.00E+00"), (990100, "[DBNum1]0"), (0, "0;;")],
)
def test_a_number_that_excel_shows_as_something_else_is_refused_by_its_name(admin, cast, value, code):
    book = book_of([*COUNTY, value])
    book.active["D2"].number_format = code
    page = sent_book(admin, book)
    assert "confirm_form" not in page.context or page.context["result"].has_validation_errors()
    assert "D2" in page.content.decode() or "没有代码为" in page.content.decode()
    assert Region.objects.get(code="990101").parent == cast.prefecture


@pytest.mark.parametrize("error", ["#N/A", "#SPILL!", "#REF!"])
def test_an_error_that_was_pasted_as_text_is_refused_in_excel_and_csv(admin, cast, error):
    book = book_of([*COUNTY, "x"])
    book.active["D2"].value, book.active["D2"].data_type = error, "s"
    assert f"单元格 D2：Excel 里这一格显示错误 {error}" in sent_book(admin, book).content.decode()
    page = send(admin, "region", f"代码,名称,级别,上级区划代码\n990101,云泽县,county,{error}\n")
    assert f"第 2 行：Excel 里这一格显示错误 {error}" in page.content.decode()
    assert Region.objects.get(code="990101").parent == cast.prefecture


def test_an_error_in_an_xls_file_is_refused_by_its_name(admin):
    page = send(admin, "region", (base.DATA / "T-01-formats.xls").read_bytes(), name="x.xls")
    assert "单元格 D8：Excel 里这一格显示错误 #N/A" in page.content.decode()


def test_leading_zeros_that_live_in_the_format_are_read(admin, cast):
    book = book_of([12, "零号县", "县（市、区）", 990100])
    book.active["A2"].number_format = "000000"
    confirm(admin, "region", sent_book(admin, book))
    assert Region.objects.get(code="000012").parent == cast.prefecture


def test_merged_cells_and_several_worksheets_are_refused_by_their_names(admin, cast):
    book = book_of([*COUNTY, "990100"], ["990102", "石浦县", "县（市、区）", None])
    book.active.merge_cells("C2:D2")
    assert "合并的单元格（C2）" in sent_book(admin, book).content.decode()
    book = book_of([*COUNTY, "990100"])
    book.create_sheet("其他").append(["990103"])
    page = sent_book(admin, book).content.decode()
    assert "几张工作表（Sheet、其他）" in page


def test_a_hidden_worksheet_before_the_rows_is_no_matter(admin, cast):
    book = book_of([990103, "青原县", "县（市、区）", 990100])
    hidden = book.create_sheet("旧", 0)
    hidden.append(["别的"])
    hidden.sheet_state = "hidden"
    book.active = 1
    confirm(admin, "region", sent_book(admin, book))
    assert Region.objects.get(code="990103").parent == cast.prefecture


@pytest.mark.parametrize("quoted", ['"青原县', '"青原县\n990104,白河县"', '"青原"县'])
def test_a_quote_that_is_not_closed_in_its_line_swallows_no_row(admin, quoted):
    page = send(admin, "region", f"代码,名称,级别\n990103,{quoted},county\n990105,绿原县,county\n")
    assert "confirm_form" not in page.context
    assert "第 2 行" in page.content.decode()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("x,,,,990101,nowhere,填报员,是", "部门代码：区划 990101 里没有代码或名称为 nowhere 的部门。"),
        ("x,,,,999999,market,填报员,是", "部门代码：区划 999999 里没有代码或名称为 market 的部门。"),
        ("x,,,,,,填报员,是", "部门代码：除管理员和审计员外，每个用户都须属于一个部门。"),
        (
            "x,,,,990101,market,大王,是",
            "角色：“大王”不是以下任何一项：填报员、部门负责人、质强办、领导、管理员、审计员。",
        ),
        ("x,,,,990101,market,填报员,也许", "有效：“也许”不是以下任何一项：是、否。"),
        ("x y,,,,990101,market,填报员,是", "用户名："),
        ("x,,,nonsense,990101,market,填报员,是", "电子邮件："),
        (",,,,990101,market,填报员,是", "用户名："),
        ("admin,,,,,,管理员,否", "这是您自己：照此导入，您就进不了系统管理了。"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_stored(admin, cast, row, sentence):
    answer = send(admin, "user", heads("user") + "good,,,,990101,market,填报员,是\n" + row + "\n")
    assert [line for line, _texts in wrong(answer).items()] == [3]
    assert any(text.startswith(sentence) for text in wrong(answer)[3]), wrong(answer)
    assert sentence in answer.content.decode()
    assert row.split(",")[6] in next(row.values for row in answer.context["result"].invalid_rows)
    assert not User.objects.filter(username="good").exists()


def test_a_username_that_stands_twice_is_told(admin):
    row = "x,,,,990101,market,填报员,是\n"
    assert wrong(send(admin, "user", heads("user") + row + row)) == {3: ["x 在第 2 行已经有了。"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "没有数据行"),
        ("用户名\n", "没有数据行"),
        (b"PK\x03\x04 nonsense", "Excel"),
        (b"\xff\xfe\x00\xff", "另存为 .xlsx"),
        ("姓氏\n赵\n", "缺少这些列：用户名"),
        ("用户名,密码\nx,y\n", "不认识这些列：密码"),
        ("用户名,用户名\nx,y\n", "这些列出现了两次：用户名"),
    ],
)
def test_a_wrong_file_is_told(admin, text, sentence):
    page = send(admin, "user", text)
    assert page.status_code == 200
    assert "confirm_form" not in page.context
    assert sentence in page.content.decode()
    assert "Traceback" not in page.content.decode()


def test_what_became_wrong_since_it_was_shown_is_not_stored(admin, cast):
    text = heads("user") + "a,,,,990101,water,填报员,是\nb,,,,990101,market,填报员,是\n"
    answer = send(admin, "user", text)
    Department.objects.filter(pk=cast.water.pk).update(code="waters")
    page = confirm(admin, "user", answer)
    assert "什么也没有导入" in told(page)[0]
    assert not User.objects.filter(username__in=("a", "b")).exists()


@pytest.mark.parametrize("meanwhile", ["another value", "the same value", "a new row", "another row"])
def test_a_file_does_what_was_looked_at_or_nothing(admin, cast, meanwhile):
    """What a colleague wrote since then is not overwritten unseen; what the file leaves alone is nobody's matter."""
    text = heads("department") + "990101,water,水务局,水务,是\n990101,park,园林局,园林,是\n"
    answer = send(admin, "department", text)
    if meanwhile == "a new row":
        Department.objects.create(region=cast.county, code="park", name="公园局", short_name="公园")
    elif meanwhile == "another row":
        Department.objects.filter(pk=cast.market.pk).update(name="市场局")
    else:
        Department.objects.filter(pk=cast.water.pk).update(name="水务局" if meanwhile == "the same value" else "水保局")
    page = confirm(admin, "department", answer)
    cast.water.refresh_from_db()
    if meanwhile == "another row":
        assert cast.water.name == "水务局"
        return
    assert "什么也没有导入" in told(page)[0]
    assert cast.water.short_name == "水利局"
    answer = send(admin, "department", text)
    assert f"<ins>{'水务' if meanwhile == 'the same value' else '水务局'}</ins>" in answer.content.decode()
    confirm(admin, "department", answer)
    cast.water.refresh_from_db()
    assert (cast.water.name, cast.water.short_name) == ("水务局", "水务")


def test_a_confirmation_that_says_nothing_of_what_was_seen_imports_nothing(admin, cast):
    answer = send(admin, "department", heads("department") + "990101,water,水务局,水务,是\n")
    answer.context["confirm_form"].initial["seen"] = ""
    assert "什么也没有导入" in told(confirm(admin, "department", answer))[0]
    cast.water.refresh_from_db()
    assert cast.water.name != "水务局"


def test_a_file_is_confirmed_once(admin):
    answer = send(admin, "user", heads("user") + "x,,,,990101,market,填报员,是\n")
    confirm(admin, "user", answer)
    assert "已经导入过" in told(confirm(admin, "user", answer))[0]


def test_assignments_by_file_hand_open_sheets_over(admin, cast, on):
    sheet = base.submission(cast.county)
    on("2023-01-05")
    text = heads("assignment") + f"990101,{sheet.sheet.number},water\n"
    answer = send(admin, "assignment", text)
    sheet.refresh_from_db()
    assert sheet.department == cast.market
    assert not Notice.objects.exists()
    confirm(admin, "assignment", answer)
    sheet.refresh_from_db()
    assert sheet.department == cast.water


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("990101,云泽县,prefecture,990100", "级别不能再改"),
        ("990100,云州市,prefecture,990101", "就在所编辑的行政区划之内"),
    ],
)
def test_a_file_changes_no_level_under_figures_and_turns_no_regions_around(admin, cast, line, said):
    base.report(cast.county, "2023Q1", {"food.done": "5"})
    page = send(admin, "region", f"代码,名称,级别,上级区划代码\n{line}\n")
    assert said in page.content.decode()
    assert not page.context.get("confirm_form")


def test_a_sheet_is_assigned_within_its_region(admin, cast):
    text = heads("assignment") + "990101,T-01,nowhere\n990102,X-99,office\n"
    found = wrong(send(admin, "assignment", text))
    assert found[3] == ["表号：没有表号或名称为 X-99 的报表。"]
    form = {"sheet": Sheet.objects.get(number="T-01").pk, "region": cast.other_county.pk, "department": cast.market.pk}
    Assignment.objects.filter(region=cast.other_county).delete()
    page = admin.post(reverse("admin:sectors_assignment_add"), form)
    assert "这个部门属于另一个行政区划。" in page.content.decode()


# Finding


def test_an_indicator_is_found_by_name_and_by_code(admin, cast):
    row = Indicator.objects.get(code="food.done")
    for words in (row.code, row.name):
        page = admin.get(reverse("admin:sectors_indicator_changelist"), {"q": words})
        assert row in page.context["cl"].result_list
    assert not admin.get(reverse("admin:sectors_indicator_changelist"), {"q": "没有"}).context["cl"].result_list
    out = admin.post(reverse("admin:sectors_indicator_export") + "?q=food.done", {"format": "1", "resource": "0"})
    lines = out.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + Indicator.objects.filter(code__contains="food.done").count()
    assert lines[1].startswith(f"food.done,{row.name},T-01,")


def test_a_finding_is_read_as_a_sentence_and_found_by_what_it_names(admin, cast):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    reasons.explain(finding=found, text="复检1批次计入合格数", by=cast.clerk)
    address = reverse("admin:sectors_storedfinding_changelist")
    page = admin.get(address, {"q": "合格数不能多于完成数"})
    assert page.context["cl"].result_count == 1
    assert "合格数不能多于完成数（6 &gt; 5批次）" in page.content.decode()
    assert admin.get(address, {"q": "没有"}).context["cl"].result_count == 0
    one = admin.get(reverse("admin:sectors_storedfinding_change", args=[found.pk])).content.decode()
    assert "合格数不能多于完成数（6 &gt; 5批次）" in one
    assert "template" not in one
    notes = admin.get(reverse("admin:sectors_findingnote_changelist"))
    assert "合格数不能多于完成数（6 &gt; 5批次）" in notes.content.decode()


@pytest.mark.parametrize("model", ["indicator", "sheet", "user", "department", "assignment"])
def test_lists_ask_the_same_number_of_questions(admin, cast, django_assert_num_queries, model):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse(f"admin:sectors_{model}_changelist")
    admin.get(address)
    with CaptureQueriesContext(connection) as few:
        admin.get(address)
    base.wide(cast.county, 5, 4)
    for number in range(20):
        base.user("clerk", cast.market, f"more{number}")
        cast.county.departments.create(code=f"more{number}", name="部门", short_name="部门")
    with CaptureQueriesContext(connection) as many:
        admin.get(address)
    assert len(many) <= len(few)


# History


def test_a_change_is_kept_with_who_and_when(admin, cast):
    address = reverse("admin:sectors_department_change", args=[cast.water.pk])
    fields = {"region": cast.county.pk, "code": "water", "name": "水务局", "short_name": "水务", "signs": "on"}
    before = cast.water.name
    assert base.change(admin, address, fields).status_code == 302
    page = admin.get(reverse("admin:sectors_department_history", args=[cast.water.pk])).content.decode()
    assert f"{before} → 水务局" in page
    assert str(cast.admin) in page
    with pytest.raises(NoReverseMatch):
        reverse("admin:sectors_department_simple_history", args=[cast.water.pk, cast.water.history.first().pk])


def other_admin(cast):
    client = Client()
    person = base.user("admin", None, "other_admin")
    client.force_login(person)
    return client, person


def rows_of_the_administration(cast):
    """Each kind of row that is changed here, and a field with its value, a colleague's and mine."""
    today = timezone.localdate()
    rule = base.across_two_sheets()
    deputy = Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today, by=cast.head)
    robot = Robot.objects.create(
        region=cast.county, name="群", kind="wecom", address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
    )
    return {
        "region": (cast.county, "name", "甲县", "乙县"),
        "department": (cast.water, "name", "甲局", "乙局"),
        "user": (cast.clerk, "last_name", "甲", "乙"),
        "assignment": (Assignment.objects.get(region=cast.county, sheet__number="T-02"), "department", None, None),
        "period": (base.period(cast.county, "2023Q1"), "due", "2023-01-16", "2023-01-17"),
        "deputy": (deputy, "last_day", f"{today + timedelta(1)}", f"{today + timedelta(2)}"),
        "robot": (robot, "name", "甲群", "乙群"),
        "rule": (rule, "message", "甲的话", "乙的话"),
    }


@pytest.mark.parametrize("kind", ["region", "department", "user", "assignment", "period", "deputy", "robot", "rule"])
def test_two_administrators_do_not_overwrite_each_other(admin, cast, kind):
    row, field, theirs, mine = rows_of_the_administration(cast)[kind]
    if kind == "assignment":
        theirs, mine = cast.market.pk, cast.county.departments.get(code="office").pk
    page = reverse(f"admin:sectors_{kind}_change", args=[row.pk])
    form = admin.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    typed = {name: value for name, value in values.items() if value not in (None, False)}
    seen = base.seen_on(admin, page)
    other, person = other_admin(cast)
    answer = base.change(other, page, typed | {field: theirs})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    answer = admin.post(page, typed | {field: mine, "seen": seen})
    assert answer.status_code == 200
    row.refresh_from_db()
    stored = row.serializable_value(field)
    assert str(stored) == str(theirs)
    form = answer.context["adminform"].form
    assert str(form.fields[field].label) in {difference.label for difference in form.differences}
    assert str(form[field].value()) == str(mine)
    assert form.conflict.by == (person if hasattr(row, "history") else None)
    assert 'class="notice error conflict"' in answer.content.decode()
    if kind == "rule":  # its new words hold from today on, and so must mine
        typed["valid_from"] = f"{timezone.localdate()}"
    answer = admin.post(page, typed | {field: mine, "seen": form.seen})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert str(row.serializable_value(field)) == str(mine)


def test_a_relation_to_many_is_not_overwritten_either(admin, cast):
    period = base.period(cast.county, "2023Q1")
    one, other = Sheet.objects.order_by("number")[:2]
    page = reverse("admin:sectors_period_change", args=[period.pk])
    typed = {"region": cast.county.pk, "year": 2023, "kind": "quarter", "number": 1, "opens": "2023-01-01"}
    typed |= {"due": "2023-01-11", "seen": base.seen_on(admin, page)}
    period.left_out.set([one])
    answer = admin.post(page, typed | {"left_out": [other.pk]})
    assert answer.status_code == 200
    assert [(d.theirs, d.mine) for d in answer.context["adminform"].form.differences] == [(str(one), str(other))]
    assert set(period.left_out.all()) == {one}


def test_what_does_not_stand_on_the_page_of_a_person_holds_nobody_up(admin, cast):
    """Signing in notes its time on the person."""
    page = reverse("admin:sectors_user_change", args=[cast.clerk.pk])
    form = admin.get(page).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    seen = base.seen_on(admin, page)
    Client().post(reverse("login"), {"username": "clerk", "password": base.PASSWORD})
    cast.clerk.refresh_from_db()
    assert cast.clerk.last_login
    assert admin.post(page, typed | {"last_name": "王", "seen": seen}).status_code == 302


def test_history_keeps_no_password_and_no_sign_in(client, cast):
    names = {field.name for field in User.history.model._meta.get_fields()}
    assert not names & {"password", "last_login"}
    before = cast.clerk.history.count()
    client.post(reverse("login"), {"username": "clerk", "password": base.PASSWORD})
    cast.clerk.refresh_from_db()
    assert cast.clerk.last_login
    assert cast.clerk.history.count() == before


def test_a_load_is_kept_with_its_file(cast, tmp_path):
    kept = Indicator.objects.get(code="food.done").history.get()
    assert kept.history_type == "+"
    assert kept.history_change_reason.startswith("目录文件 ")
    for file in base.SMALL.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    Unit.objects.filter(name="批次").update(base="x")
    row = Indicator.objects.get(code="food.done")
    row.name = "旧名"
    row.save()
    load(tmp_path, by="li")
    newest = Indicator.objects.get(code="food.done").history.first()
    assert (newest.history_type, newest.prev_record.name) == ("~", "旧名")
    assert newest.history_change_reason.endswith("由 li 载入")
    before = Indicator.history.count()
    load(tmp_path)
    assert Indicator.history.count() == before


def test_a_load_writes_history_at_once_and_not_row_by_row(db):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        load(base.SMALL)
    kept = [query for query in asked if 'INSERT INTO "sectors_historicalindicator"' in query["sql"]]
    assert len(kept) == 1 < Indicator.objects.count() == Indicator.history.count()


# What cannot be deleted


@pytest.fixture
def reported(cast):
    base.report(cast.county, "2023Q1", {"food.done": "10"})
    sheet = base.submission(cast.county, "T-01", "2023Q2")
    return base.take_to("submitted", cast, sheet)


@pytest.mark.parametrize(
    ("model", "find", "sentences"),
    [
        ("indicator", lambda s, c: Indicator.objects.get(code="food.done"), ["数据", "valid_to"]),
        ("sheet", lambda s, c: s.sheet, ["报送", "valid_to"]),
        ("unit", lambda s, c: Unit.objects.get(name="家"), ["指标"]),
        ("department", lambda s, c: c.market, ["报送 2", "换给别的部门"]),
        ("region", lambda s, c: c.county, ["报送", "数据"]),
        ("user", lambda s, c: c.clerk, ["流转记录", "“有效”"]),
        ("period", lambda s, c: s.period, ["报送 1", "关闭日期"]),
    ],
)
def test_what_has_figures_stays(admin, cast, reported, model, find, sentences):
    row = find(reported, cast)
    one = reverse(f"admin:sectors_{model}_delete", args=[row.pk])
    many = reverse(f"admin:sectors_{model}_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    for page in (admin.get(one), admin.post(one, {"post": "yes"}), admin.post(many, chosen)):
        assert page.status_code == 200
        text = page.content.decode()
        assert "没有删除任何内容" in text
        assert all(sentence in text for sentence in sentences), page.context["protected"]
    assert type(row).objects.filter(pk=row.pk).exists()


def test_where_a_region_counts_stays_on_its_page_and_in_a_file(admin, cast, reported):
    elsewhere = Region.objects.create(code="990200", name="他州市", level="prefecture", parent=cast.prefecture.parent)
    said = "云泽县已有报送，数据计入云州市。"
    page = reverse("admin:sectors_region_change", args=[cast.county.pk])
    form = {"code": "990101", "name": "云泽新县", "level": "county"}
    for parent in (elsewhere.pk, ""):
        answer = admin.post(page, form | {"parent": parent})
        assert answer.status_code == 200
        assert answer.context["adminform"].form["name"].value() == "云泽新县"
        assert said in answer.context["errors"][0][0]
    for parent in ("990200", ""):
        found = wrong(send(admin, "region", f"{heads('region')}990101,云泽新县,county,{parent}\n"))
        assert said in found[2][0]
    cast.county.refresh_from_db()
    assert (cast.county.name, cast.county.parent) == ("云泽县", cast.prefecture)
    assert base.change(admin, page, form | {"parent": cast.prefecture.pk}).status_code == 302
    other = reverse("admin:sectors_region_change", args=[cast.other_county.pk])  # nothing was reported there
    form = {"code": "990102", "name": "石浦县", "level": "county", "parent": str(elsewhere.pk)}
    assert base.change(admin, other, form).status_code == 302


@pytest.mark.parametrize(
    ("model", "find", "form"),
    [
        ("unit", lambda: Unit.objects.get(name="批次"), {"name": "批次", "base": "批次", "scale": "2"}),
        ("sheet", lambda: Sheet.objects.get(number="T-01"), {"frequency": "month", "valid_from": "2024-01-01"}),
        ("indicator", lambda: Indicator.objects.get(code="food.done"), {"accumulation": "stock", "decimals": "1"}),
    ],
)
def test_the_catalogue_is_written_by_its_files_alone(admin, cast, reported, model, find, form):
    before = vars(find())
    assert admin.post(reverse(f"admin:sectors_{model}_change", args=[find().pk]), form).status_code == 403
    assert admin.post(reverse(f"admin:sectors_{model}_add"), form).status_code == 403
    assert {**vars(find()), "_state": None} == {**before, "_state": None}


def test_a_sheet_shows_how_it_was_reported_before(admin, cast):
    base.report_otherwise("T-01", "month", 2025, "quarter")
    FormerFrequency.objects.create(sheet=Sheet.objects.get(number="T-01"), frequency="year", until=2022)
    said = "2022年及以前为年报、2025年及以前为季报"
    assert said in admin.get(reverse("admin:sectors_sheet_changelist")).content.decode()
    sheet = Sheet.objects.get(number="T-01")
    assert said in admin.get(reverse("admin:sectors_sheet_change", args=[sheet.pk])).content.decode()


def test_one_that_stays_keeps_all_that_were_chosen(admin, cast, reported):
    free = base.user("clerk", cast.market, "free")
    chosen = {"action": "delete_selected", "_selected_action": [free.pk, cast.clerk.pk], "post": "yes"}
    admin.post(reverse("admin:sectors_user_changelist"), chosen)
    assert User.objects.filter(pk=free.pk).exists()
    delete_chosen(admin, free)
    assert not User.objects.filter(pk=free.pk).exists()


def delete_chosen(admin, *people, meanwhile=None):
    """In the list, with what the page that asks once more shows."""
    address = reverse("admin:sectors_user_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [person.pk for person in people]}
    asked = admin.post(address, chosen).content.decode()
    if meanwhile:
        meanwhile()
    seen = re.search(r'name="seen" value="([^"]*)"', asked)
    assert seen
    return admin.post(address, chosen | {"post": "yes", "seen": seen[1]})


@pytest.mark.parametrize("way", ["one", "chosen"])
def test_what_somebody_else_changed_meanwhile_is_not_deleted(admin, cast, way):
    """Neither on its page nor among those that were chosen in the list."""
    one, other = (base.user("clerk", cast.market, name) for name in ("one", "other"))

    def meanwhile():
        User.objects.filter(pk=one.pk).update(last_name="接手的人")

    if way == "one":
        address = reverse("admin:sectors_user_delete", args=[one.pk])
        seen = base.seen_on(admin, address)
        meanwhile()
        answer = admin.post(address, {"post": "yes", "seen": seen})
    else:
        answer = delete_chosen(admin, one, other, meanwhile=meanwhile)
    assert "没有删除任何内容" in answer.content.decode()
    assert "其他人已修改" in answer.content.decode()
    assert User.objects.filter(pk__in=[one.pk, other.pk]).count() == 2
    delete_chosen(admin, one, other)
    assert not User.objects.filter(pk__in=[one.pk, other.pk]).exists()


def test_what_is_new_in_the_catalogue_leaves_it_by_its_file(admin, cast):
    unit = Unit.objects.create(name="新", base="新")
    page = admin.post(reverse("admin:sectors_unit_delete", args=[unit.pk]), {"post": "yes"})
    assert "目录文件" in page.content.decode()
    assert Unit.objects.filter(pk=unit.pk).exists()


def test_why_many_stay_is_asked_with_as_many_questions_as_for_one(cast, reported):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sectors.admin.base import rests_on

    people = list(User.objects.all())
    with CaptureQueriesContext(connection) as one:
        rests_on(User, people[:1])
    with CaptureQueriesContext(connection) as all_of_them:
        found = rests_on(User, people)
    assert len(one) == len(all_of_them)
    assert found[cast.clerk.pk]
    assert Submission.objects.count() == 2


def test_an_export_of_what_is_no_column_is_refused(client, cast):
    client.force_login(cast.admin)
    for parameter in ("nothing=1", "x__y=1", "sheet__nothing__exact=1"):
        assert client.get(f"/admin/sectors/indicator/export/?{parameter}").status_code == 400
    assert client.get("/admin/sectors/indicator/export/?sheet__id__exact=1").status_code == 200


@pytest.mark.parametrize("field", ["", "nothing", "name", "user__password"])
@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_address_that_names_no_field_is_refused(admin, cast, page, field):
    address = reverse(f"admin:sectors_region_{page}", args=[cast.county.pk])
    assert admin.get(address, {"_to_field": field}).status_code == 400


@pytest.mark.parametrize(
    "page", ["sectors_transition", "sectors_figurechange", "sectors_period", "sectors_figure", "reports_reportstep"]
)
def test_heads_of_lists_are_chinese(admin, cast, page):
    base.complete(base.submission(cast.county))
    text = admin.get(reverse(f"admin:{page}_changelist")).content.decode()
    heads = re.findall(r'<div class="text">\s*(?:<a[^>]*>|<span>)([^<]*)<', text)
    assert [head for head in heads if re.search("[A-Za-z]", head)] == []


def test_the_administration_names_the_person_whole(admin, cast):
    User.objects.filter(pk=cast.admin.pk).update(last_name="欧阳", first_name="帆")
    assert "<strong>欧阳帆</strong>" in admin.get(reverse("admin:index")).content.decode()
