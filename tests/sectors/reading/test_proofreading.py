"""What does not hold in a report."""

import pytest

from sectors.catalogue.compiled import catalogue
from sectors.reading import proofreading, reports
from sectors.reading.blocks import of_text
from sectors.vocabulary import Severity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TOP = "特克斯县2021年质量状况分析报告\n"


@pytest.fixture
def region(shipped_catalogue):
    return shipped_catalogue


def remarks(region, text, year=2021):
    blocks = of_text(text)
    found = reports.read(blocks, catalogue(), year, {})
    told = proofreading.clear(found, catalogue().by_code, year)
    return proofreading.remarks(blocks, found, told, region, year, proofreading.whole_years(region, year))


def texts(region, text, **more):
    return [remark.text for remark in remarks(region, text, **more)]


FINE = TOP + "1.林果产品\n林果挂果面积3.27万亩，其中苹果面积1.35万亩、树上干杏面积1.1万亩、其他水果面积0.82万亩。"


def test_parts_that_do_not_add_up_are_told_with_their_numbers(region):
    assert texts(region, FINE) == []
    (remark,) = remarks(region, FINE.replace("1.35", "1.85"))
    assert "林果挂果面积" in remark.text
    assert sorted(remark.numbers) == [0, 1, 2, 3]


def test_a_part_beyond_its_total_is_told(region):
    text = TOP + "1.旅游服务\n酒店宾馆63家，其中兵团酒店宾馆70家。"
    assert any("兵团酒店宾馆" in one for one in texts(region, text))


def test_a_rate_that_its_parts_do_not_make_is_told(region):
    text = TOP + "1.建筑工程\n材料质量检测5920组，其中不合格133组，合格率97.75%。"
    assert texts(region, text) == []
    assert any("97.35" in one for one in texts(region, text.replace("97.75", "97.35")))


def test_figures_that_are_not_exact_may_be_anything_they_say(region):
    text = TOP + "1.畜产品\n“瘦肉精”抽检样品4000余份，其中养殖环节抽检1000余份，屠宰环节抽检3000余份。"
    assert texts(region, text) == []


def test_one_figure_with_two_values_is_told(region):
    text = TOP + "1.特种设备\n全县有电梯114部。\n本章小结：全县有电梯141部。"
    (remark,) = remarks(region, text)
    assert "114部、141部" in remark.text
    assert list(remark.numbers) == [0, 1]
    assert texts(region, text.replace("141", "114")) == []


def test_another_time_is_no_second_value(region):
    assert texts(region, TOP + "1.特种设备\n全县有电梯114部。2020年全县有电梯108部。") == []


def test_a_unit_that_is_none_or_does_not_fit_is_told(region):
    assert any("分" in one for one in texts(region, TOP + "1.农产品\n农药残留快速检测样品159分，合格率99%。"))
    found = texts(region, TOP + "1.林果产品\n林果产量3.82公里，林果产值2.1亿元。")
    assert any("林果产量" in one and "3.82公里" in one for one in found)


def test_another_year_or_county_at_the_top_is_told(region):
    body = "\n1.特种设备\n全县有电梯114部。"
    for top, told in (("特克斯县2020年质量分析报告", "2020"), ("昭苏县2021年质量分析报告", "昭苏县")):
        (remark,) = remarks(region, top + body)
        assert remark.severity == Severity.ERROR
        assert told in remark.text
    assert texts(region, "特克斯县二〇二一年质量分析报告" + body) == []
    assert [one.severity for one in remarks(region, "质量分析报告" + body)] == [Severity.HINT]


def test_what_stands_otherwise_in_the_system_is_told(shipped_year):
    region = shipped_year
    text = "特克斯县2022年质量分析报告\n1.特种设备\n全县有电梯114部、锅炉10台。"
    found = texts(region, text, year=2022)
    assert any("锅炉" in one and "10" in one and "9" in one for one in found)
    assert not any("电梯" in one for one in found)


def test_growth_is_held_against_the_year_before(shipped_year):
    region = shipped_year
    text = "特克斯县2023年质量分析报告\n1.旅游服务\n接待游客483.3万人，同比增长50%。"
    assert any("100" in one for one in texts(region, text, year=2023))
    assert texts(region, text.replace("50%", "100%"), year=2023) == []


def test_what_rests_on_a_doubtful_reading_is_a_hint(region):
    """1批次 is the samples that failed, for which there is no indicator: of those that passed it would be wrong."""
    text = TOP + "1.农产品\n风险监测样品182批次，检出不合格1批次，监测合格率为99.5%。"
    (remark,) = remarks(region, text)
    assert remark.severity == Severity.HINT
    assert remark.text.startswith("If the numbers were taken for the right figures: ")


def test_what_was_confirmed_is_no_hint(region):
    blocks = of_text(TOP + "1.建筑工程\n材料质量检测5920组，其中不合格133组，合格率97.35%。")
    found = reports.read(blocks, catalogue(), 2021, {})
    by_code = catalogue().by_code
    entries = [(one, one.fits[0].entry) for one in found]
    told = [proofreading.told_by(one, of, by_code[of.code], 2021, is_confirmed=True) for one, of in entries]
    said = proofreading.remarks(blocks, found, told, region, 2021, [])
    assert [remark.severity for remark in said if "97.35" in remark.text] == [Severity.ERROR]
