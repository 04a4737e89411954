"""Periods as values: what their codes say, how they follow one another, when they end and what they are called."""

import datetime
import random

import pytest
from django.utils import translation

from sectors.calculation.periods import PeriodKey

CODES = {
    "2023": PeriodKey(2023, "year", 1),
    "2023H1": PeriodKey(2023, "half", 1),
    "2023H2": PeriodKey(2023, "half", 2),
    "2023Q3": PeriodKey(2023, "quarter", 3),
    "2023-07": PeriodKey(2023, "month", 7),
    "2023-12": PeriodKey(2023, "month", 12),
}


@pytest.mark.parametrize(("code", "key"), CODES.items())
def test_a_code_is_read_as_it_is_written(code, key):
    assert PeriodKey.parse(code) == key
    assert key.code == code
    assert {PeriodKey.parse(code), key} == {key}


@pytest.mark.parametrize(
    "text",
    [
        *("", "23", "20231", "2023 ", " 2023", "2023\n", "２０２３", "1823", "2123"),
        *("2023Q0", "2023Q5", "2023q1", "2023Q", "2023H0", "2023H3", "2023-00", "2023-13", "2023-7", "2023-007"),
        *("2023Q1H1", "2023Q1-01", "2023M07", "Q12023"),
    ],
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError, match="is no period"):
        PeriodKey.parse(text)


def test_periods_follow_by_their_last_day_and_the_shorter_first():
    wanted = [
        *("2022", "2023-01", "2023-02", "2023-03", "2023Q1", "2023-06", "2023Q2", "2023H1"),
        *("2023-09", "2023Q3", "2023-12", "2023Q4", "2023H2", "2023", "2024-01"),
    ]
    keys = [PeriodKey.parse(code) for code in wanted]
    assert sorted(random.Random(1).sample(keys, len(keys))) == keys
    assert keys[0] < keys[1] <= keys[1]
    assert keys[1] > keys[0]


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023H1", "2023-01-01", "2023-06-30"),
        ("2023H2", "2023-07-01", "2023-12-31"),
        ("2023Q1", "2023-01-01", "2023-03-31"),
        ("2023Q4", "2023-10-01", "2023-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2023-12", "2023-12-01", "2023-12-31"),
    ],
)
def test_first_and_last_days(code, first, last):
    key = PeriodKey.parse(code)
    assert (key.first_day, key.last_day) == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("code", "following"),
    [("2023", "2024"), ("2023H2", "2024H1"), ("2023Q3", "2023Q4"), ("2023Q4", "2024Q1"), ("2023-12", "2024-01")],
)
def test_neighbours(code, following):
    key = PeriodKey.parse(code)
    assert key.following.code == following
    assert key.following.previous == key
    assert key.following.ordinal == key.ordinal + 1
    assert PeriodKey.at(key.kind, key.ordinal) == key


@pytest.mark.parametrize(
    ("code", "english", "chinese", "short", "short_chinese"),
    [
        ("2023", "Year 2023", "2023年度", "Whole year", "全年"),
        ("2023H1", "First half of 2023", "2023年上半年", "First half", "上半年"),
        ("2023H2", "Second half of 2023", "2023年下半年", "Second half", "下半年"),
        ("2023Q3", "Quarter 3 of 2023", "2023年第3季度", "Quarter 3", "第3季度"),
        ("2023-07", "Month 7 of 2023", "2023年7月", "Month 7", "7月"),
    ],
)
def test_labels_in_both_languages(code, english, chinese, short, short_chinese):
    key = PeriodKey.parse(code)
    with translation.override("en"):
        assert (key.label, str(key), key.short_label) == (english, english, short)
    with translation.override("zh-hans"):
        assert (key.label, str(key), key.short_label) == (chinese, chinese, short_chinese)
