"""What people and spreadsheets write for numbers and days, and what is asked back."""

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from sectors.calculation import days, numerals
from sectors.calculation.cells import parse
from sectors.calculation.numerals import BadNumber

pytestmark = pytest.mark.usefixtures("english")

# The page's scripts are held against the same in tests/browser/test_page_formulas.py.
EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "numerals.json").read_text(encoding="utf-8"))


def read(example):
    unit, *also = example["units"]
    try:
        cell = parse(example["text"], unit=unit, also=also, decimals=example["decimals"])
    except BadNumber:
        return "bad"
    return cell.stored if cell.value is None else f"{cell.value.normalize():f}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: ascii(example["text"]))
def test_a_number_is_read_as_the_examples_say(example):
    assert read(example) == example["reads"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12\n34", "line break in “12 ⏎ 34”"),
        ("1\t2\t3", "line break in “1 ⏎ 2 ⏎ 3”"),
        ("3 5", "blank in “3 5”: is it one number or two"),
        ("1.2E+05", "“1.2E\\+05” is a power of ten"),
        ("1.2×10^5万", "power of ten"),
        ("#SPILL!", "what Excel shows for an error"),
        ("########", "a narrow column"),
        ("1,5", "“1,5” is not a number"),
    ],
)
def test_what_may_be_two_numbers_or_lost_digits_is_asked_about(text, sentence):
    with pytest.raises(BadNumber, match=sentence):
        parse(text, unit="万元", decimals=2)


@pytest.mark.parametrize("text", ["约12.0", "12.0余", "近12.00", "95.0以上"])
def test_zeros_that_say_how_exact_a_number_is_stay(text):
    with pytest.raises(BadNumber, match="no decimals"):
        parse(text, unit="家", decimals=0)


def test_zeros_beyond_the_decimals_are_left_out_and_others_kept():
    assert [parse(text, unit="吨", decimals=2).stored for text in ("4.80", "4.8000", "4")] == ["4.80", "4.80", "4"]
    assert parse("12.00", unit="家", decimals=0).stored == "12"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (434.9999999999999, "435"),
        (0.1 + 0.2, "0.3"),
        (sum([0.1] * 10), "1"),
        (99.99999999999945, "100"),
        (0.3 - 0.1 - 0.2, "0"),
        (-0.0, "0"),
        (1.1 * 3, "3.3"),
        (123456.780000012, "123456.78"),
        (1 / 3, "0.3333333333"),
        (12345678901.25, "12345678901.25"),
        (99999999999999, "99999999999999"),
        (1e20, "100000000000000000000"),
    ],
)
def test_the_noise_of_binary_numbers_is_cut(value, read):
    assert str(numerals.of_spreadsheet(value)) == read


@pytest.mark.parametrize(
    "text",
    [
        *("2023-10-09", "2023-10-9", "2023/10/9", "2023.10.09", "2023年10月9日", "2023年10月9", "20231009"),
        *("２０２３－１０－０９", " 2023-10-09 ", "2023 年 10 月 9 日", "2023-10-09 00:00:00", "\u200b2023-10-09"),
    ],
)
def test_a_day_is_read_as_people_write_it(text):
    assert days.of_text(text) == datetime.date(2023, 10, 9)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *(
            (text, "Which year is .*four digits")
            for text in ("23-10-9", "3-4-5", "23.10.9", "23年10月9日", "10/9/2023")
        ),
        *((text, "Is the year right") for text in ("9999-12-31", "1999-12-31", "0023-10-09", "2099-01-01", "99991231")),
        *((text, "no day") for text in ("2023-13-01", "2023-02-30", "2023-0-1", "20231301")),
        *(
            (text, "A day such as")
            for text in (
                "",
                "2023-10",
                "2023-10/9",
                "2023-10-0 9",
                "2023-10-09\n2023-10-10",
                "45208",
                "2023-10-09 14:30",
            )
        ),
    ],
)
def test_what_is_no_day_is_asked_back(text, sentence):
    with pytest.raises(days.BadDay, match=sentence):
        days.of_text(text)


def test_days_reach_from_2000_over_next_year():
    this = timezone.localdate().year
    for year in (2000, this, this + 1, this + 2):
        assert days.within(datetime.date(year, 12, 31))
    for year in (1, 1900, 1999, this + 3, 9999):
        with pytest.raises(days.BadDay):
            days.within(datetime.date(year, 1, 1))


def test_a_number_alone_is_read_by_the_same_rules():
    assert numerals.of_text(" 1 548.50 ") == Decimal("1548.5")
    for text in ("", "3 5", "1,5", "1e3", "12吨"):
        with pytest.raises(BadNumber):
            numerals.of_text(text)
