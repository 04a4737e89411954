"""Lists of firms out to Excel and in from it: what is new, changed, the same, doubtful, wrong in which cell."""

import datetime
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from inspections import firms
from inspections.models import Firm, Inspection
from inspections.spreadsheets import firm_columns
from sectors.models import RegistryWord, Sector
from sectors.vocabulary import WordKind
from tests.inspections.firms_made import code, firm

pytestmark = pytest.mark.django_db
HEADS = ["名称", "统一社会信用代码", "单位类型", "风险等级", "乡镇", "地址", "其他名称", "开业日期"]


def book(*rows, heads=HEADS, merge=None):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([heads, *rows]):
            for place, value in enumerate(row):
                if value not in ("", None):
                    sheet.write(number, place, value)
        if merge:
            sheet.merge_range(*merge)
    return SimpleUploadedFile("主体.xlsx", out.getvalue())


def look(client, file):
    return client.post("/firms/import/", {"file": file})


def store(client, answer, **more):
    return client.post("/firms/import/confirm/", {"ticket": answer.context["ticket"], **more}, follow=True)


def faults(answer):
    return [(one.address, one.column) for one in answer.context["reading"].faults]


@pytest.fixture
def keeper(client, cast):
    client.force_login(cast.clerk)
    return client


def test_a_list_is_shown_before_it_is_stored(keeper, cast):
    there = firm(cast, "第一小学", grade="A", others=["一小"])
    firm(cast, "第二小学", code=code("9165"))
    answer = look(
        keeper,
        book(
            ["第三小学", code("9166").lower(), "学校", "B级", "甲乡", "路1号", "三小、三小学", "2020年3月1日"],
            ["第一 小学", "", "学校", "C", "", "", "一小、老一小", ""],
            ["改名的小学", code("9165"), "学校", "", "", "", "", ""],
        ),
    )
    reading = answer.context["reading"]
    assert [len(rows) for rows in (reading.new, reading.changed, reading.doubtful)] == [1, 2, 0]
    assert (reading.unchanged, reading.faults) == (0, [])
    assert Firm.objects.count() == 2
    store(keeper, answer)
    made = Firm.objects.get(code=code("9166"))
    assert (made.name, made.grade, made.township, made.opened_on) == (
        "第三小学",
        "B",
        "甲乡",
        datetime.date(2020, 3, 1),
    )
    assert firms.names_of(made) == ["三小", "三小学"]
    there.refresh_from_db()
    assert (there.name, there.grade, set(firms.names_of(there))) == ("第一 小学", "C", {"一小", "老一小"})
    assert firms.names_of(Firm.objects.get(code=code("9165"))) == ["第二小学"]
    again = look(keeper, book(["第三小学", code("9166"), "学校", "B", "甲乡", "路1号", "三小", "2020-03-01"])).context[
        "reading"
    ]
    assert (again.unchanged, again.new, again.changed) == (1, [], [])


def test_another_name_of_a_firm_does_not_become_its_name(keeper, cast):
    made = firm(cast, "新名字超市", others=["老名字超市"], kind="food")
    with_code = look(keeper, book(["老名字超市", code("9165"), "食品经营单位"]))
    answer = look(keeper, book(["老名字超市", "", "食品经营单位", "B"]))
    changes = [one.changes for page in (with_code, answer) for one in page.context["reading"].changed]
    assert [[head for head, _old, _new in one] for one in changes] == [["统一社会信用代码"], ["风险等级"]]
    store(keeper, answer)
    made.refresh_from_db()
    assert (made.name, made.grade, firms.names_of(made)) == ("新名字超市", "B", ["老名字超市"])


def test_a_type_that_is_out_of_use_stays_and_is_given_to_no_other(keeper, cast):
    made = firm(cast, "第一小学")
    gone = RegistryWord.objects.filter(kind=WordKind.PREMISES_TYPE, code="school")
    gone.update(valid_to=datetime.date(2020, 1, 1))
    answer = look(keeper, book(["第一小学", "", "学校", "B"], ["第二小学", "", "学校", "B"]))
    assert faults(answer) == [("C3", "单位类型")]
    store(keeper, answer)
    made.refresh_from_db()
    assert (made.kind, made.grade, Firm.objects.count()) == ("school", "B", 1)


def test_what_is_likely_there_is_asked_about(keeper, cast):
    firm(cast, "云泽县城北食品有限公司", kind="food")
    firm(cast, "云泽县连锁超市", kind="food", code=code("9165"))
    answer = look(
        keeper,
        book(
            ["云泽县城北食品公司", "", "食品经营单位"],
            ["云泽县连锁超市", code("9166"), "食品经营单位"],
            ["红旗超市", "", "食品经营单位"],
            ["红旗 超市", "", "食品经营单位"],
            ["云泽县第1建材市场有限公司", "", "食品经营单位"],
            ["云泽县第2建材市场有限公司", "", "食品经营单位"],
        ),
    )
    reading = answer.context["reading"]
    assert [one.row for one in reading.doubtful] == [2, 3, 5]
    assert [one.row for one in reading.new] == [4, 6, 7]
    store(keeper, answer)
    assert Firm.objects.count() == 5
    second = look(keeper, book(["云泽县城北食品公司", "", "食品经营单位"]))
    store(keeper, second, doubtful="1")
    assert Firm.objects.count() == 6


def test_each_fault_has_its_cell_and_the_good_rows_are_stored(keeper, cast):
    firm(cast, "便民店", township="甲乡"), firm(cast, "便民店", township="乙乡")
    right = code("9165")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    answer = look(
        keeper,
        book(
            ["甲", wrong, "学校"],
            ["乙", "91", "学校"],
            ["", "", "学校"],
            ["丙", "", "没有的类型"],
            ["丁", "", ""],
            ["戊", "", "学校", "E"],
            ["便民店", "", "学校"],
            ["王*", "", "学校"],
            ["好的", right, "学校"],
            ["重复的", right, "学校"],
            ["日期", "", "学校", "", "", "", "", "不是日子"],
        ),
    )
    assert faults(answer) == [
        ("B2", "统一社会信用代码"), ("B3", "统一社会信用代码"), ("A4", "名称"), ("C5", "单位类型"), ("C6", "单位类型"),
        ("D7", "风险等级"), ("A8", "名称"), ("A9", "名称"), ("B11", "统一社会信用代码"), ("H12", "开业日期"),
    ]  # fmt: skip
    store(keeper, answer)
    assert set(Firm.objects.values_list("name", flat=True)) >= {"好的", "便民店"}
    assert not Firm.objects.filter(name__in=["甲", "丙", "重复的"]).exists()


def test_a_merged_cell_is_refused(keeper, cast):
    answer = look(keeper, book(["甲", "", ""], ["乙", "", ""], merge=(1, 2, 2, 2, "学校")))
    assert faults(answer) == [("C2", "单位类型"), ("C3", "单位类型")]
    assert answer.status_code == 422


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read(keeper, cast, encoding):
    text = f'主体名称,主体类型,统一社会信用代码\r\n"甲,乙店",学校,{code("9165")}\r\n\r\n丙店,学校,\r\n'
    answer = look(keeper, SimpleUploadedFile("主体.csv", text.encode(encoding)))
    assert len(answer.context["reading"].new) == 2
    store(keeper, answer)
    assert Firm.objects.get(code=code("9165")).name == "甲,乙店"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"nothing"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", "名称\n甲".encode()),
        ("a.csv", b""),
        ("a.xlsx", b""),
    ],
)
def test_what_is_no_list_gets_a_sentence(keeper, cast, name, data):
    answer = look(keeper, SimpleUploadedFile(name, data))
    assert answer.status_code == 422
    assert "notice error" in answer.content.decode()


def test_a_list_comes_back_as_it_went_and_persons_stay_masked(keeper, cast):
    firm(cast, "第一小学", others=["一小"], grade="A", township="甲乡", opened_on=datetime.date(2020, 3, 1))
    firm(cast, "王小明", kind="food", address="人民路3号", code=code("9265"))
    data = b"".join(keeper.get("/firms/export/").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == [firm_columns.head("name"), firm_columns.head("others")]
    assert {row[0] for row in rows[1:]} == {"第一小学", "王*"}
    assert "人民路" not in str(rows)
    answer = look(keeper, SimpleUploadedFile("主体.xlsx", data))
    reading = answer.context["reading"]
    assert (reading.unchanged, reading.new, reading.changed, reading.faults) == (2, [], [], [])


def test_nothing_is_stored_when_the_register_has_changed_since(keeper, cast):
    answer = look(keeper, book(["第一小学", "", "学校"]))
    firm(cast, "第一小学", grade="A")
    after = store(keeper, answer)
    assert after.status_code == 409
    assert Firm.objects.count() == 1


def test_the_empty_list_can_be_filled_and_read(keeper, cast):
    data = b"".join(keeper.get("/firms/import/template/").streaming_content)
    heads = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[0]
    row = {"名称": "第一小学", "单位类型": "学校"}
    reading = look(keeper, book([row.get(str(head), "") for head in heads], heads=heads)).context["reading"]
    assert (len(reading.new), reading.unknown) == (1, [])


@pytest.mark.parametrize(("who", "status"), [("head", 403), ("leader", 403), ("office", 200), ("admin", 200)])
def test_who_brings_a_list_in(client, cast, who, status):
    client.force_login(getattr(cast, who))
    for address in ("/firms/import/", "/firms/import/template/"):
        assert client.get(address).status_code == status


def test_a_list_of_records_is_linked_by_its_column_of_codes_else_by_name(keeper, cast):
    one, two = firm(cast, "便民店", code=code("9165")), firm(cast, "便民店", code=code("9166"))
    three = firm(cast, "城北中学")
    heads = ["检查日期", "单位类型", "被检查单位", "领域", "统一社会信用代码"]
    rows = [
        ["2023-03-01", "学校", "便民店", "食品", one.code],
        ["2023-03-02", "学校", "便民店", "食品", f" {two.code.lower()} "],
        ["2023-03-03", "学校", "城北中学", "食品", ""],
        ["2023-03-04", "学校", "便民店", "食品", "123"],
        ["2023-03-05", "学校", "没有登记的店", "食品", ""],
    ]
    sector = Sector.objects.get(code="food").name
    heads[0] = str(Inspection._meta.get_field("held_on").verbose_name)
    answer = keeper.post("/inspections/import/", {"file": book(*([*r[:3], sector, r[4]] for r in rows), heads=heads)})
    assert (answer.context["preview"].good, answer.context["preview"].unknown) == (5, [])
    keeper.post("/inspections/import/confirm/", {"ticket": answer.context["ticket"]})
    found = Inspection.objects.order_by("held_on").values_list("firm", flat=True)
    assert list(found) == [one.pk, two.pk, three.pk, None, None]
