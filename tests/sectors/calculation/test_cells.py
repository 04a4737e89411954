"""What is read from a cell, and how a figure is printed."""

import datetime
from decimal import Decimal

import pytest

from sectors.calculation.cells import formatted, parse, rounded, with_unit
from sectors.calculation.numerals import BadNumber

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1548", "1548"),
        ("0", "0"),
        ("１，５４８", "1548"),
        ("1,548", "1548"),
        ("1,234,567", "1234567"),
        (" 1 548\n", "1548"),
        ("1,548 吨", "1548"),
        ("1548吨", "1548"),
        ("0.38", "0.38"),
        ("３．８", "3.8"),
        ("+3", "3"),
    ],
)
def test_figures_are_read_as_people_type_them(text, value):
    cell = parse(text, unit="吨", decimals=2)
    assert (cell.state, cell.value) == ("number", Decimal(value))


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "blank"),
        ("  　", "blank"),
        ("0", "number"),
        ("不适用", "na"),
        ("N/A", "na"),
        ("n/a", "na"),
        ("ｎａ", "na"),
        ("n / a", "na"),
    ],
)
def test_blank_zero_and_not_applicable_are_three_things(text, state):
    assert parse(text, unit="批次", decimals=0).state == state


@pytest.mark.parametrize(
    ("text", "unit", "decimals", "sentence"),
    [
        ("12公斤", "吨", 0, "unit here is 吨"),
        ("12万吨", "吨", 0, "万吨"),
        ("1e5", "吨", 0, "e5"),
        ("120%", "%", 1, "at most 100%"),
        ("100.1", "%", 1, "at most 100%"),
        ("-3", "吨", 0, "negative"),
        ("−3", "吨", 0, "negative"),
        ("1,54", "吨", 0, "not a number"),
        ("1,5480", "吨", 0, "not a number"),
        ("1..5", "吨", 1, "not a number"),
        ("约三十", "吨", 0, "not a number"),
        ("约30以上", "吨", 0, "“约” and “以上” say two things"),
        ("30公斤余", "吨", 0, "unit here is 吨"),
        ("余30", "吨", 0, "not a number"),
        ("以上", "吨", 0, "not a number"),
        ("约-3", "吨", 0, "negative"),
        ("120%以上", "%", 1, "at most 100%"),
        (
            "不足0",
            "家",
            0,
            "“不足0” cannot be: here a figure is no less than 0, and a share no more than 100%. Type 0.",
        ),
        ("0.00以下", "吨", 2, "Type 0.00."),
        ("近0", "家", 0, "Type 0."),
        ("超过100%", "%", 1, "Type 100."),
        ("100.0多", "%", 1, "Type 100.0."),
        ("约0.5", "家", 0, "no decimals"),
        ("截至目前0", "家", 0, "Write the day like"),
        ("0（截至13月1日）", "家", 0, "Write the day like"),
        ("0（截至2022年2月30日）", "家", 0, "no such day"),
        ("截至10月19日", "家", 0, "Write the day like"),
        ("n/a（截至2022年10月19日）", "家", 0, "not a number"),
        ("三十", "吨", 0, "not a number"),
        ("∞", "吨", 0, "not a number"),
        ("NaN", "吨", 0, "not a number"),
        ("=1+1", "吨", 0, "not a number"),
        ("10³", "吨", 0, "³"),
        ("①", "吨", 0, "not a number"),
        ("1½", "吨", 1, "½"),
        ("1.5", "家", 0, "no decimals"),
        ("1.555", "吨", 2, "At most 2 decimals"),
        ("123456789012345", "吨", 0, "too long"),
        ("9" * 5000, "吨", 0, "too long"),
    ],
)
def test_what_is_no_figure_is_refused_with_a_sentence(text, unit, decimals, sentence):
    with pytest.raises(BadNumber, match=sentence):
        parse(text, unit=unit, decimals=decimals)


@pytest.mark.parametrize(
    ("text", "unit", "stored"),
    [
        ("120余", "家", "120余"),
        ("１２０余家", "家", "120余"),
        ("120家余", "家", "120余"),
        ("120多", "家", "120余"),
        ("1,200余", "家", "1200余"),
        ("95以上", "%", "95以上"),
        ("95%以上", "%", "95以上"),
        ("95％ 及以上", "%", "95以上"),
        ("不低于95", "%", "95以上"),
        ("≥95%", "%", "95以上"),
        (">=95", "%", "95以上"),
        ("＞＝９５", "%", "95以上"),
        ("500家以下", "家", "500以下"),
        ("<5", "家", "5以下"),
        ("不足5", "家", "5以下"),
        ("不超过5家", "家", "5以下"),
        ("约30", "家", "约30"),
        ("约 30 家", "家", "约30"),
        ("30左右", "家", "约30"),
        ("近2000", "人", "近2000"),
        ("近2,000人", "人", "近2000"),
        ("约12.50", "吨", "约12.50"),
        ("12多kg", "公斤", "12余"),
    ],
)
def test_what_is_not_exact_is_read_as_it_is_said_and_kept(text, unit, stored):
    cell = parse(text, unit=unit, also=["kg"], decimals=2)
    assert (cell.stored, cell.state) == (stored, "number")
    assert parse(cell.stored, unit=unit, decimals=2) == cell


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("截至10月19日 0", "0（截至2022年10月19日）"),
        ("0（截至10月19日）", "0（截至2022年10月19日）"),
        ("0(截止到2022-10-19)", "0（截至2022年10月19日）"),
        ("截至2022年10月19日，约30家", "约30（截至2022年10月19日）"),
        ("30家以上（截至10月底）", "30以上（截至2022年10月31日）"),
        ("5（截至9月）", "5（截至2022年9月30日）"),
        ("5（截至12月31日）", "5"),
    ],
)
def test_the_day_that_a_number_is_as_of_is_kept(text, stored):
    cell = parse(text, unit="家", decimals=0, last_day=datetime.date(2022, 12, 31))
    assert cell.stored == stored
    assert parse(stored, unit="家", decimals=0, last_day=datetime.date(2022, 12, 31)) == cell


@pytest.mark.parametrize("text", ["0（截至2023年1月1日）", "0（截至2020年12月31日）", "0（截至10月19日）"])
def test_a_day_outside_of_the_period_is_refused(text):
    with pytest.raises(BadNumber, match="as of a day up to the period's end"):
        parse(text, unit="家", decimals=0, last_day=datetime.date(2022, 9, 30))


@pytest.mark.parametrize("text", ["12kg", "12 千克", "１２ｋｇ", "12公斤", "12"])
def test_what_else_is_written_for_a_unit_is_understood(text):
    assert parse(text, unit="公斤", also=["kg", "千克"], decimals=0).value == 12


@pytest.mark.parametrize(
    ("text", "also"), [("12km²", ["m²", "㎡"]), ("12吨", ["kg"]), ("12³", ["m³"]), ("12g", ["kg"])]
)
def test_what_is_written_for_another_unit_is_not(text, also):
    with pytest.raises(BadNumber, match="The unit here is"):
        parse(text, unit="平方米", also=also, decimals=0)


@pytest.mark.parametrize(("text", "number"), [("0.05%", "0.05"), ("5 ％", "5"), ("-0.5%", "-0.5")])
def test_a_percentage_among_percentage_points_is_asked_about(text, number):
    with pytest.raises(BadNumber, match=f"“{number}%” is a share.*If {number} points are meant, type {number}\\."):
        parse(text, unit="百分点", decimals=2)


def test_a_unit_where_there_is_none_is_said_to_be_one():
    with pytest.raises(BadNumber, match="There is no unit here, but “%” was given"):
        parse("5%", unit="1", decimals=0)


def test_points_are_printed_as_they_are_said():
    assert with_unit("0.5", "百分点") == "0.5个百分点"


def test_a_declared_value_may_be_any_number():
    assert parse("120.25%", unit="%", decimals=0, computed=True).value == Decimal("120.25")
    assert parse("-3", unit="吨", decimals=0, computed=True).value == -3


@pytest.mark.parametrize(
    ("text", "stored"), [("075.0", "75.0"), ("-0", "0"), ("-0.0", "0.0"), ("不适用", "n/a"), ("", "")]
)
def test_the_decimals_that_were_given_are_kept(text, stored):
    assert parse(text, unit="吨", decimals=1, computed=True).stored == stored


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "text"),
    [
        ("0.5", 0, "half_up", "1"),
        ("2.5", 0, "half_up", "3"),
        ("2.5", 0, "half_even", "2"),
        ("3.5", 0, "half_even", "4"),
        ("-2.5", 0, "half_up", "-3"),
        ("99.949", 1, "half_up", "99.9"),
        ("7.6", 2, "half_up", "7.60"),
        ("-0.04", 1, "half_up", "0.0"),
        ("1E+3", 0, "half_up", "1000"),
        ("123456789012345000000000", 5, "half_up", "123456789012345000000000.00000"),
    ],
)
def test_printed_with_its_decimals_and_never_minus_zero(value, decimals, rounding, text):
    assert formatted(Decimal(value), decimals, rounding) == text


def test_missing_prints_as_nothing():
    assert formatted(None, 1) == ""


def test_rounding_happens_once():
    assert rounded(Decimal("2.4449"), 1) == Decimal("2.4")


def test_a_pure_number_has_no_unit():
    assert (with_unit("3", "1"), with_unit("3", "家")) == ("3", "3家")
