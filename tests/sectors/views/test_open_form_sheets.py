"""A form with rows that the department adds becomes an open table in the browser."""

from django.urls import reverse

from sectors.models import SheetDraft, Table
from tests import base
from tests.counties import linhekou
from tests.sectors.reading.form_files import Sheet as Form
from tests.sectors.views.test_form_sheets import admin, load, page_of, send  # noqa: F401


def test_an_open_table_is_corrected_and_loaded(admin):  # noqa: F811
    address, typed = page_of(admin, linhekou.projects())
    shown = admin.get(address)
    (table,) = shown.context["tables"]
    assert [len(table.open_columns), len(table.columns), len(table.rows)] == [8, 5, 0]
    assert [fields.made_of for fields in table.columns][:2] == ["行数", "某列合计：总投资"]
    typed |= {
        "number": "L-2",
        "t1.o5.name": "建设性质",
        "t1.o5.kind": "choice",
        "t1.o5.options": "新建、续建",
        "t1.o8.name": "备注",
        "t1.o8.use": "left_out",
        "t1.rows_of_year": "all",
    }
    assert load(admin, admin.post(address, typed)).status_code == 200
    stored = Table.objects.get(sheet__number="L-2")
    assert [column["name"] for column in stored.open_columns][4:] == [
        "建设性质",
        "质量监督抽检·抽检点数",
        "质量监督抽检·合格点数",
    ]
    assert stored.open_columns[4]["options"] == [["o1", "新建"], ["o2", "续建"]]
    assert stored.rows_of_year == "all"
    assert stored.indicators.filter(of_rows="sum(c3)", row_name="总投资").exists()


def test_it_goes_on_as_a_draft(admin):  # noqa: F811
    address, typed = page_of(admin, linhekou.projects())
    answer = admin.post(address, typed | {"edit": "1"})
    draft = SheetDraft.objects.get()
    assert answer.url == reverse("sheet-draft", args=[draft.pk])
    page = admin.get(answer.url).context["page"]
    assert page.count == 0
    assert len(page.tables[0].open_columns) == 8


def test_what_is_chosen_from_must_be_written(admin):  # noqa: F811
    address, typed = page_of(admin, linhekou.projects())
    answer = admin.post(address, typed | {"t1.o2.name": "单位", "t1.o2.kind": "choice", "t1.o2.options": ""})
    assert answer.status_code == 422
    assert [bool(fields.errors) for fields in answer.context["tables"][0].open_columns][1]


def test_the_number_of_queries_is_fixed(admin):  # noqa: F811
    heads = ["序号", "项目名称", "投资（万元）"]
    few, many = ([[n] for n in range(1, count)] for count in (4, 60))
    first, second = (send(admin, Form().rows(["表"], heads, *rows).data()).url for rows in (few, many))
    assert base.queries(lambda: admin.get(first)) == base.queries(lambda: admin.get(second))
