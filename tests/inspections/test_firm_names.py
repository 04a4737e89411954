"""Codes with their check digit, names that are one, and how alike others are."""

import pytest

from inspections import firm_names
from inspections.models.firms import code_fault
from inspections.personal_data import is_person, masked_person


@pytest.mark.parametrize("code", ["91110000802100433B", "91350100M000100Y43", "91110108551385082Q"])
def test_codes_that_are_published_are_right(code):
    assert firm_names.is_code(code)


@pytest.mark.parametrize("place", range(18))
def test_a_mistyped_place_is_noticed_wherever_it_is(place):
    right = "91350100M000100Y43"
    for other in firm_names.PLACES:
        code = right[:place] + other + right[place + 1 :]
        assert firm_names.is_code(code) == (other == right[place])


@pytest.mark.parametrize("code", ["", "9135010", "91350100M000100Y4I", "91350100m000100y43", "91350100M000100Y433"])
def test_what_is_no_code(code):
    assert not firm_names.is_code(code)


def test_a_code_is_stored_in_capitals_without_blanks_and_width():
    assert firm_names.written_code(" 91350100 m000100y43 ") == "91350100M000100Y43"
    assert firm_names.written_code("９１３５０１００Ｍ０００１００Ｙ４３") == "91350100M000100Y43"


def test_a_code_is_found_behind_a_name(english):
    assert firm_names.code_in("某公司（91350100M000100Y43）") == "91350100M000100Y43"
    assert firm_names.code_in("某公司 91350100M000100Y44") == ""
    assert firm_names.code_in("电话 13900000000") == ""
    assert "17" in code_fault("91350100M000100Y4")
    assert "I" in code_fault("91350100M000100Y4I")
    assert "check digit" in code_fault("91350100M000100Y44")


@pytest.mark.parametrize(
    "other",
    [
        "云泽县（城北）食品有限公司",
        "云泽县(城北)食品有限公司",
        "云泽县城北食品有限责任公司",
        "云泽县 城北　食品有限公司",
        "云泽县·城北食品有限公司",
    ],
)
def test_names_that_are_one(other):
    assert firm_names.key(other) == firm_names.key("云泽县（城北）食品有限公司")


@pytest.mark.parametrize("other", ["云泽县城南食品有限公司", "云泽县城北食品股份有限公司", "云泽县城北食品店"])
def test_names_that_are_not(other):
    assert firm_names.key(other) != firm_names.key("云泽县城北食品有限公司")


def test_full_width_letters_and_capitals_are_the_same():
    assert firm_names.key("ＡＢＣ超市") == firm_names.key("abc 超市")


def test_the_likest_comes_first_and_what_is_unlike_not_at_all():
    names = {1: "云泽县人民医院", 2: "石浦县人民医院", 3: "红旗小学"}
    likely = firm_names.Likely({number: firm_names.key(name) for number, name in names.items()})
    found = likely.of(firm_names.key("云泽人民医院"), 3)
    assert [number for number, _score in found] == [1, 2]
    assert likely.of(firm_names.key("红旗小学"), 3)[0] == (3, 1.0)
    assert likely.of("", 3) == []


def test_names_are_split_where_people_part_them():
    assert firm_names.lines(["老店、新店；分店\n\n老店"]) == ["老店", "新店", "分店"]


def test_the_name_of_a_person_is_known():
    assert [is_person(name) for name in ("王小明", "买买提·艾力", "红旗小学", "张三超市", "特克斯县人民医院")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert masked_person("王小明") == "王*"
    assert masked_person("张三超市") == "张三超市"
