"""Numbers below 0 and percentages above 100, where the indicator takes them: typed, loaded, checked, compared."""

import shutil
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from reports.aggregation.cube import annual
from reports.document.marks import parse_marked
from reports.wording.rendering import Figures, render
from sectors.calculation.cells import Limits, parse
from sectors.calculation.numerals import BadNumber
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.checks.findings import CheckKind
from sectors.checks.reported import Inexact
from sectors.entry import grid, writer
from sectors.findings import storage
from sectors.models import Indicator, Sector, Unit
from sectors.vocabulary import Accumulation
from tests import base
from tests.sectors.checks.in_memory import breakdown, judge
from tests.sectors.spreadsheets.workbooks import download, filled, upload

pytestmark = pytest.mark.usefixtures("english")
SIGNED = {"limits": Limits(signed=True)}
CLIMATE = base.DATA / "kinds"


# What may be typed


@pytest.mark.parametrize(
    ("text", "unit", "limits", "stored"),
    [
        ("-3.2", "%", Limits(signed=True), "-3.2"),
        ("－3.2％", "%", Limits(signed=True), "-3.2"),
        ("−12余", "℃", Limits(signed=True), "-12余"),
        ("250", "%", Limits(signed=True), "250"),
        ("120.5", "%", Limits(maximum=Decimal(150)), "120.5"),
        ("-50", "元", Limits(minimum=Decimal(-50)), "-50"),
        ("-0", "元", Limits(), "0"),
    ],
)
def test_what_an_indicator_takes_is_typed(text, unit, limits, stored):
    assert parse(text, unit=unit, decimals=1, limits=limits).stored == stored


@pytest.mark.parametrize(
    ("text", "unit", "limits", "sentence"),
    [
        ("-1", "元", Limits(), "This figure cannot be negative."),
        ("101", "%", Limits(), "A rate here is at most 100%; check numerator and denominator."),
        ("150.1", "%", Limits(maximum=Decimal(150)), "This figure is at most 150."),
        ("-1", "%", Limits(maximum=Decimal(150)), "This figure cannot be negative."),
        ("-50.5", "元", Limits(minimum=Decimal(-50)), "This figure is at least -50."),
        ("49", "1", Limits(minimum=Decimal(50)), "This figure is at least 50."),
        ("-60", "元", Limits(signed=True, minimum=Decimal("-50.0")), "This figure is at least -50."),
        (
            "不足-50",
            "元",
            Limits(minimum=Decimal(-50)),
            "“不足-50” cannot be: no figure here lies beyond -50. Type -50.",
        ),
    ],
)
def test_what_lies_beyond_is_refused_with_the_limit(text, unit, limits, sentence):
    with pytest.raises(BadNumber) as refused:
        parse(text, unit=unit, decimals=1, limits=limits)
    assert str(refused.value) == sentence


# What is found


def of(kind, found):
    return [finding for finding in found if finding.kind == kind]


def test_a_figure_below_0_is_found_only_where_none_may_be():
    assert of(CheckKind.BOUND, judge({"a": "-5"}))
    assert not judge({"a": "-5"}, indicators={"a": SIGNED})
    (finding,) = judge({"a": "60.5"}, indicators={"a": {"limits": Limits(maximum=Decimal(50))}})
    assert str(finding.message) == "a is 60.5, and is at most 50."
    (finding,) = judge({"a": "-60"}, indicators={"a": {"limits": Limits(minimum=Decimal(-50))}})
    assert str(finding.message) == "a is -60, and is at least -50."


def test_a_percentage_above_100_is_found_only_where_none_may_be():
    unit = {"a": ("%", "0.01")}
    assert of(CheckKind.BOUND, judge({"a": "120.0"}, units=unit))
    assert not judge({"a": "120.0"}, units=unit, indicators={"a": {"limits": Limits(maximum=Decimal(150))}})
    assert not judge({"a": "-3.2"}, units=unit, indicators={"a": SIGNED})


PARTS = breakdown("total", "a", "b")
ALL_SIGNED = dict.fromkeys(("total", "a", "b", "part"), SIGNED)


def test_parts_below_0_make_their_total_and_the_repair_may_be_below_0_too():
    assert not judge({"total": "10", "a": "130", "b": "-120"}, breakdowns=[PARTS], indicators=ALL_SIGNED)
    (finding,) = judge({"total": "-50", "a": "30", "b": "-120"}, breakdowns=[PARTS], indicators=ALL_SIGNED)
    assert {one.code: one.repair for one in finding.suspects} == {
        "total": Decimal(-90), "a": Decimal(70), "b": Decimal(-80),
    }  # fmt: skip
    # Of what cannot be below 0, no repair is.
    (finding,) = judge({"total": "50", "a": "130", "b": "20"}, breakdowns=[PARTS])
    assert all(one.repair >= 0 for one in finding.suspects)


def test_a_blank_part_that_may_be_below_0_need_not_add():
    figures, parts = {"x.total": "10", "x.a": "130"}, [breakdown("x.total", "x.a", "x.b")]
    signed = dict.fromkeys(("x.total", "x.a", "x.b"), SIGNED)
    assert judge(figures, breakdowns=parts, indicators={"x.b": {}})
    assert not judge(figures, breakdowns=parts, indicators=signed)
    rule = ["x.a + x.b <= x.total"]
    assert judge(figures, rules=rule, indicators={"x.b": {}})
    assert not judge(figures, rules=rule, indicators=signed)


def test_one_of_several_that_may_be_below_0_may_be_more_than_the_total():
    some = [breakdown("total", "part", exhaustive=False)]
    assert judge({"total": "10", "part": "130"}, breakdowns=some)
    assert not judge({"total": "10", "part": "130"}, breakdowns=some, indicators=ALL_SIGNED)


def test_a_sum_since_january_may_fall_where_what_is_added_may_be_below_0():
    before = {1: {"a": "500"}}
    own = {"accumulation": Accumulation.CUMULATIVE}
    assert of(CheckKind.FALL, judge({"a": "400"}, before=before, indicators={"a": own}))
    assert not of(CheckKind.FALL, judge({"a": "400"}, before=before, indicators={"a": {**own, **SIGNED}}))


def test_a_change_through_0_is_no_matter_of_per_cent():
    own = {"accumulation": Accumulation.AVERAGE}
    before = {1: {"a": "-8.5"}, 4: {"a": "-9.0"}}
    assert of(CheckKind.CHANGE, judge({"a": "28.5"}, before={4: {"a": "8.5"}}, indicators={"a": own}))
    assert not judge({"a": "28.5"}, before=before, indicators={"a": {**own, **SIGNED}})
    limited = {"a": {**own, **SIGNED, "change_limit": 50}}
    assert of(CheckKind.CHANGE, judge({"a": "28.5"}, before={4: {"a": "8.5"}}, indicators=limited))
    assert not judge({"a": "28.5"}, before=before, indicators=limited)


def test_what_is_far_from_its_course_is_found_below_0_too():
    before = {back: {"a": f"{-5 - back % 3}.5"} for back in range(1, 12)}
    own = {"a": {"accumulation": Accumulation.AVERAGE, **SIGNED}}
    assert of(CheckKind.OUTLIER, judge({"a": "-58.5"}, before=before, indicators=own))
    assert not judge({"a": "-6.5"}, before=before, indicators=own)


def test_a_declared_share_of_a_loss_accuses_nobody_wrongly():
    formulas, signed = {"x.rate": "x.a / x.total"}, dict.fromkeys(("x.total", "x.a"), SIGNED)
    figures, unit = {"x.a": "-30", "x.total": "-120", "x.rate": "25.0"}, {"x.rate": ("%", "0.01")}
    assert not judge(figures, formulas=formulas, units=unit, indicators=signed)
    (finding,) = judge({**figures, "x.rate": "52.0"}, formulas=formulas, units=unit, indicators=signed)
    assert {one.code: one.repair for one in finding.suspects} == {"x.rate": Decimal("25.0")}


@pytest.mark.parametrize(("rate", "suspects"), [("25.0", {"x.b": -90}), ("16.7", {"x.total": -180})])
def test_a_share_of_a_loss_tells_which_figure_is_wrong(rate, suspects):
    """What it is divided by is below 0: more of it makes less."""
    signed = dict.fromkeys(("x.total", "x.a", "x.b"), SIGNED)
    figures = {"x.a": "-30", "x.b": "-150", "x.total": "-120", "x.rate": rate}
    more: dict[str, Any] = {
        "formulas": {"x.rate": "x.a / x.total"},
        "units": {"x.rate": ("%", "0.01")},
        "indicators": signed,
    }
    (finding,) = judge(figures, breakdowns=[breakdown("x.total", "x.a", "x.b")], **more)
    assert {one.code: one.repair for one in finding.suspects} == suspects


def test_about_minus_12_lies_on_both_sides_of_it():
    cell = parse("约-12", unit="℃", decimals=0, limits=Limits(signed=True))
    kind = Indicator(unit=Unit(name="℃"), signed=True).kind
    found = Inexact.of_cell(cell, kind)
    assert (found.low, found.high) == (Decimal("-12.5"), Decimal("-11.5"))


# With a database


@pytest.fixture
def climate(cast):
    load(CLIMATE)
    return base.submission(cast.county, "T-09")


TYPED = {
    "climate.temperature": "-12.5",
    "climate.growth": "-3.2%",
    "climate.capacity": "120.5",
    "climate.index": "98.6",
    "climate.profit": "-120",
    "climate.profit.dairy": "30",
    "climate.profit.feed": "-150",
    "climate.profit.state": "20",
}


@pytest.mark.django_db
def test_signed_figures_are_saved_and_nothing_is_found(cast, climate):
    saved = writer.save(climate, writer.Typed(TYPED), by=cast.clerk)
    assert saved.is_complete
    assert saved.stored["climate.growth"] == "-3.2"
    assert [one.kind for one in storage.current(climate) if one.severity == "error"] == []
    saved = writer.save(climate, writer.Typed({"climate.index": "49.9", "climate.capacity": "151"}), by=cast.clerk)
    assert {code: sentence for code, (_text, sentence) in saved.refused.items()} == {
        "climate.index": "This figure is at least 50.",
        "climate.capacity": "This figure is at most 150.",
    }


@pytest.mark.django_db
def test_they_come_back_from_an_excel_file(cast, climate):
    book = filled(download(climate), **{code.replace(".", "_"): float(text.strip("%")) for code, text in TYPED.items()})
    preview = upload(book, climate, cast.clerk)
    assert not preview.problems
    assert {change.code: change.new for change in preview.changes}["climate.growth"] == "-3.2"
    rules = openpyxl.load_workbook(BytesIO(download(climate))).worksheets[0].data_validations.dataValidation
    formulas = " ".join(rule.formula1 for rule in rules)
    assert "<=150" in formulas
    assert ">=50" in formulas


@pytest.mark.django_db
def test_years_and_changes_of_them(cast, climate):
    """From what was below 0 there is no per cent; which is more is known all the same."""
    for quarter in range(1, 5):
        base.report(cast.county, f"2022Q{quarter}", {"climate.profit": "-10", "climate.temperature": "-2.0"})
        base.report(cast.county, f"2023Q{quarter}", {"climate.profit": "-30", "climate.temperature": f"-{quarter}.0"})
    values = annual(cast.county, 2023)
    profit, temperature = values["climate.profit"], values["climate.temperature"]
    assert (profit.value, profit.change, profit.direction, profit.change_text) == (Decimal(-120), None, -1, "")
    assert (temperature.value, temperature.change, temperature.direction) == (Decimal("-2.5"), None, -1)
    wording = Sector.objects.get(code="climate").wording
    said = render(wording, Figures(values, 2023, cast.county.name), where="climate")
    texts = ["".join(run.text for run in parse_marked(marked)) for marked in said.values()]
    assert texts[-2:] == ["平均气温零下2.5℃。", "利润-120元。"]


@pytest.mark.django_db
def test_part_of_a_year_that_may_fall_again_is_not_taken_for_the_least_of_it(cast, climate):
    base.report(cast.county, "2023Q1", {"climate.profit": "100"})
    assert not annual(cast.county, 2023)["climate.profit"].grows
    assert annual(cast.county, 2023)["food.done"].grows


@pytest.mark.django_db
def test_against_last_year_on_the_sheet(cast, climate):
    base.report(
        cast.county, "2022Q1", {"climate.profit": "-100", "climate.growth": "2.0", "climate.profit.dairy": "-50"}
    )
    writer.save(climate, writer.Typed(TYPED | {"climate.profit.dairy": "-30"}), by=cast.clerk)
    rows = [row for table in grid.read(climate).tables for row in table.rows]
    cells = {cell.indicator.code: cell for row in rows for cell in row.cells if cell}
    changes = {code: cells[f"climate.{code}"].change for code in ("profit", "growth", "profit.dairy")}
    assert changes == {"profit": "", "growth": "-5.2 pp", "profit.dairy": ""}


# The catalogue


@pytest.fixture
def files(tmp_path):
    return shutil.copytree(CLIMATE, tmp_path / "kinds")


def refused(files, old, new):
    path = files / "climate.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return [problem.message for problem in caught.value.problems]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("min: 50, max: 200", "min: 200, max: 50", "max must be greater than min."),
        ("max: 150", "max: 0", "Nothing below 0 may be entered here: with such a max write min too, or signed: true."),
        (
            "formula: climate.profit.dairy",
            "max: 5, formula: climate.profit.dairy",
            "max says what may be entered, and what has a formula is computed. Leave it out.",
        ),
        ("signed: true}", "signed: perhaps}", "signed must be true or false."),
    ],
)
def test_limits_that_cannot_be_are_refused(cast, files, old, new, sentence):
    assert sentence in refused(files, old, new)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "accumulation: average, signed: true",
            "accumulation: average",
            "climate.temperature has a figure of -12.5, so it takes figures of -12.5 or less: see min, signed.",
        ),
        (
            "max: 150",
            "max: 120",
            "climate.capacity has a figure of 120.5, so it takes figures of 120.5 or more: see max.",
        ),
        (
            "min: 50",
            "min: 99",
            "climate.index has a figure of 98.6, so it takes figures of 98.6 or less: see min, signed.",
        ),
    ],
)
def test_limits_do_not_close_around_reported_figures(cast, climate, files, old, new, sentence):
    base.report(cast.county, "2023Q1", TYPED)
    assert refused(files, old, new) == [sentence]


@pytest.mark.django_db
def test_limits_that_all_figures_keep_may_change(cast, climate, files):
    base.report(cast.county, "2023Q1", TYPED)
    path = files / "climate.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("max: 150", "max: 125.5").replace("min: 50", "min: 90"), encoding="utf-8")
    load(path)
    assert Indicator.objects.get(code="climate.capacity").maximum == Decimal("125.5")
    assert Indicator.objects.get(code="climate.profit.dairy").signed  # as its total
