"""Lists of other systems: where their heads stand, what their columns and words mean, said once for a department."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import Workbook

from audit.models import Event
from inspections import layouts
from inspections.models import Complaint, ListLayout, SamplingBatch
from inspections.registers import REGISTERS
from inspections.spreadsheets import columns, likeness
from sectors.models import Department

pytestmark = pytest.mark.django_db
HEADS = ["序号", "样品名称", "受检单位", "采样地点", "抽样时间", "检验结论", "报告编号", "食品大类"]
ROWS = [
    [1, "豇豆", "东门菜店", "东门市场", datetime.date(2023, 2, 14), "合格", "R-1", "蔬菜"],
    [2, "黄瓜", "西门菜店", "西门市场", datetime.date(2023, 2, 15), "不合格", "R-2", "蔬菜"],
    [3, "韭菜", "西门菜店", "西门市场", datetime.date(2023, 2, 15), "合格", "R-3", "叶菜"],
]
MEANS = {1: "product", 2: "sampled_unit", 3: "place", 4: "taken_on", 5: "failed", 6: "report_number", 7: "category"}


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def book(rows=ROWS, heads=HEADS, title="2023年抽检结果导出"):
    made = Workbook()
    made.active.append([title])
    made.active.merge_cells("A1:H1")
    made.active.append([])
    for row in (heads, *rows):
        made.active.append(row)
    return made


def send(client, made, slug="batches"):
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    out.name = "export.xlsx"
    return client.post(reverse(f"import-{slug}"), {"file": out}, follow=True)


def ticket_of(answer):
    return answer.context["ticket"]


def market():
    return Department.objects.get(code="market", region__code="990101")


def choices(name):
    return columns.words(SamplingBatch._meta.get_field(name), market())


def say(client, answer, means=MEANS, **more):
    sent = {f"column-{place}": name for place, name in means.items()}
    constants = {"constant-sector": "食品", "constant-programme": choices("programme")[0]}
    return client.post(
        reverse("import-columns-batches"), {"ticket": ticket_of(answer), **sent, **constants, **more}, follow=True
    )


def words_of(answer):
    return {
        of.name: {word.text: number for number, word in enumerate(of.words)} for of in answer.context["asked"].words
    }


def say_words(client, answer):
    found = words_of(answer)
    vegetable = choices("category")[0]
    failed = {"合格": "0", "不合格": "1"}
    more = {
        **{f"word-failed-{number}": failed[text] for text, number in found["failed"].items()},
        **{f"word-category-{number}": vegetable for number in found.get("category", {}).values()},
    }
    return say(client, answer, **more)


def test_a_list_of_another_system_is_asked_about_once_and_then_read(clerk, cast):
    asked = send(clerk, book())
    assert asked.redirect_chain
    assert asked.context["asked"].heads.row == 2
    proposed = {column.place: column.name for column in asked.context["asked"].columns}
    assert {place: proposed[place] for place in MEANS} == MEANS
    words = say(clerk, asked)
    assert set(words_of(words)["failed"]) == {"合格", "不合格"}
    preview = say_words(clerk, words).context["preview"]
    assert (preview.good, preview.faults) == (3, [])
    clerk.post(reverse("import-confirm-batches"), {"ticket": ticket_of(say_words(clerk, words))})
    stored = {(one.product, one.failed, one.report_number) for one in SamplingBatch.objects.all()}
    assert stored == {("豇豆", 0, "R-1"), ("黄瓜", 1, "R-2"), ("韭菜", 0, "R-3")}
    assert {one.sector.code for one in SamplingBatch.objects.all()} == {"food"}


def test_the_next_list_is_read_alike_by_every_clerk_of_the_department(clerk, cast):
    say_words(clerk, say(clerk, send(clerk, book())))
    later = [[9, "茄子", "南门", "南门市场", datetime.date(2023, 3, 1), "不合格", "R-9", "蔬菜"]]
    preview = send(clerk, book(later, title="四月")).context["preview"]
    assert preview.good == 1
    assert cast.clerk.full_name in preview.layout
    assert Event.objects.filter(kind="record", subject="inspections.listlayout").exists()


def test_another_department_is_asked_for_itself(client, cast, clerk):
    say_words(clerk, say(clerk, send(clerk, book())))
    client.force_login(cast.outsider_clerk)
    assert send(client, book()).context["asked"].heads.layout is None


@pytest.mark.parametrize(
    ("means", "constants", "said"),
    [
        ({1: "product"}, {}, "抽样地点"),
        ({**MEANS, 2: "product"}, {}, "样品名称"),
        (MEANS, {"constant-sector": ""}, "领域"),
        (MEANS, {"constant-sector": "没有的领域"}, "没有的领域"),
    ],
)
def test_what_is_not_said_is_asked_again_with_what_was_chosen(clerk, means, constants, said):
    answer = say(clerk, send(clerk, book()), means, **constants)
    assert answer.status_code == 422
    assert said in " ".join(answer.context["problems"])
    assert ListLayout.objects.count() == 0
    chosen = {column.place: column.name for column in answer.context["asked"].columns}
    assert chosen[1] == "product"


def test_a_word_that_is_not_said_is_a_fault_of_its_cell(clerk):
    words = say(clerk, send(clerk, book()))
    preview = say(clerk, words).context["preview"]
    assert preview.good == 0
    assert {address for address, *_rest in preview.faults} >= {"F4", "F5", "F6"}


def test_what_was_said_can_be_changed_and_taken_back(clerk):
    preview = say_words(clerk, say(clerk, send(clerk, book())))
    page = clerk.get(reverse("import-columns-batches"), {"ticket": ticket_of(preview)})
    assert {column.place: column.name for column in page.context["asked"].columns if column.name} == MEANS
    again = say(clerk, page, {**MEANS, 2: "producer"}).context["preview"]
    assert again.good == 0  # the words were left empty, and so mean nothing any more
    layout = ListLayout.objects.get()
    assert layout.fields["2"] == "producer"
    assert layout.words == {}


def test_our_own_list_under_a_title_is_read_without_a_question(clerk):
    register = REGISTERS["complaints"]
    made = Workbook()
    made.active.append(["2023年投诉登记表"])
    made.active.append([columns.head(register, name) for name in ("accepted_on", "channel", "subject", "sector")])
    channel = columns.words(Complaint._meta.get_field("channel"), market())[0]
    made.active.append([datetime.date(2023, 2, 14), channel, "价格", "食品"])
    assert send(clerk, made, "complaints").context["preview"].good == 1


def test_a_word_of_all_rows_that_is_gone_is_said(clerk, cast):
    say_words(clerk, say(clerk, send(clerk, book())))
    ListLayout.objects.update(constants={"sector": "没有", "programme": choices("programme")[0]})
    answer = send(clerk, book())
    assert "没有" in answer.content.decode()
    assert answer.context["asked"]


@pytest.mark.parametrize("made", [Workbook(), book([], ["甲"])])
def test_a_file_without_a_list_asks_or_refuses(clerk, made):
    assert send(clerk, made).status_code in (200, 422)
    assert SamplingBatch.objects.count() == 0


def test_others_tickets_open_nothing(client, cast, clerk):
    ticket = ticket_of(send(clerk, book()))
    for other in (cast.outsider_clerk, cast.head):
        client.force_login(other)
        assert client.get(reverse("import-columns-batches"), {"ticket": ticket}).status_code in (403, 409)
    assert client.post(reverse("import-columns-batches"), {"ticket": "x"}).status_code == 403


def test_proposals_name_each_field_once_and_nothing_for_what_is_unlike():
    named = {name: columns.head(REGISTERS["batches"], name) for name in columns.names(REGISTERS["batches"])}
    found = likeness.proposed(["序号", "甲乙丙", "样品名称", "产品名称", "检测日期", "检验日期"], named)
    assert found[2] == "product"
    assert 0 not in found
    assert 1 not in found
    assert len(set(found.values())) == len(found)


def test_heads_in_another_order_are_another_list():
    assert layouts.digest(["a", "b"]) != layouts.digest(["b", "a"])
    assert layouts.digest(["a", "b"]) != layouts.digest(["ab"])


def test_records_of_different_numbers_are_no_doubles(clerk):
    alike = [
        [n, "豇豆", "东门菜店", "东门市场", datetime.date(2023, 2, 14), "合格", f"R-{n}", "蔬菜"] for n in range(5)
    ]
    preview = say_words(clerk, say(clerk, send(clerk, book(alike)))).context["preview"]
    assert (preview.good, preview.double_rows) == (5, 0)
    nameless = [[*row[:6], "", "蔬菜"] for row in alike[:2]]
    preview = send(clerk, book([*alike, *nameless])).context["preview"]
    assert (preview.good, preview.double_rows) == (5, 2)


def test_one_without_a_number_that_is_recorded_asks_about_one_with_a_number(clerk):
    row = [1, "豇豆", "东门菜店", "东门市场", datetime.date(2023, 2, 14), "合格", "", "蔬菜"]
    stored = say_words(clerk, say(clerk, send(clerk, book([row]))))
    clerk.post(reverse("import-confirm-batches"), {"ticket": ticket_of(stored)})
    assert SamplingBatch.objects.count() == 1
    preview = send(clerk, book([[*row[:6], "R-1", "蔬菜"]])).context["preview"]
    assert (preview.good, preview.double_rows) == (0, 1)


def test_of_two_columns_of_one_head_one_is_left_out(clerk):
    heads = [*HEADS, "采样地点"]
    rows = [[*row, "另一处"] for row in ROWS]
    preview = say_words(clerk, say(clerk, send(clerk, book(rows, heads)))).context["preview"]
    assert (preview.good, preview.faults) == (3, [])
    assert {record[3] for record in preview.records} <= {"东门市场", "西门市场"}


def test_words_that_were_chosen_stay_where_something_else_is_wrong(clerk):
    words = say(clerk, send(clerk, book()))
    number = words_of(words)["failed"]["不合格"]
    answer = say(clerk, words, **{f"word-failed-{number}": "1", "constant-sector": ""})
    assert answer.status_code == 422
    meant = {word.text: word.meant for of in answer.context["asked"].words for word in of.words}
    assert meant["不合格"] == "1"
