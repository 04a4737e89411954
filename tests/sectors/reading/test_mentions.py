"""Numbers of a text with the words around them."""

from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter

import pytest

from sectors.reading import chinese_numbers
from sectors.reading.asides import Aside, asides_of
from sectors.reading.blocks import plain
from sectors.reading.mentions import Kind, Reader


@dataclass(frozen=True)
class Unit:
    name: str
    base: str
    scale: Decimal = Decimal(1)
    counts: bool = False


COUNTED = ("次", "批次", "份", "个", "家", "户次", "人", "人次", "件", "台", "起", "类", "项", "所")
UNITS = {name: Unit(name, name, counts=True) for name in COUNTED} | {
    "%": Unit("%", "1", Decimal("0.01")),
    "百分点": Unit("百分点", "1", Decimal("0.01")),
    "吨": Unit("吨", "吨"),
    "万吨": Unit("万吨", "吨", Decimal(10000)),
    "亿元": Unit("亿元", "元", Decimal(100000000)),
    "万人": Unit("万人", "人", Decimal(10000)),
    "平方米": Unit("平方米", "平方米"),
    "克/升": Unit("克/升", "克/升"),
}
SPELLINGS = {name: name for name in UNITS} | {"m²": "平方米", "g/L": "克/升", "个百分点": "百分点"}
READER = Reader(SPELLINGS, UNITS)


def found(text):
    return [(one.typed, one.unit.name) for one in READER.mentions(1, text)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("检测样品150批次，合格率99.5%。", [("150", "批次"), ("99.5", "%")]),
        ("出动执法人员500余人次，近420件，约30份。", [("500余", "人次"), ("近420", "件"), ("约30", "份")]),
        ("检查156多次，办结率95%以上，不足20家。", [("156余", "次"), ("95以上", "%"), ("20以下", "家")]),
        ("出动车辆130于次。", [("130余", "次")]),
        ("产量1,548吨，收入10.78亿元。", [("1548", "吨"), ("10.78", "亿元")]),
        ("同比增长-45.64%。", [("-45.64", "%")]),
        ("面积55万m²。", [("55", "平方米")]),
        ("共三个项目，分五大类、十二项。", [("3", "个"), ("5", "类"), ("12", "项")]),
        ("合格点数30，合格率100%。", [("30", ""), ("100", "%")]),
        ("检测样品159分，合格率99%。", [("159", ""), ("99", "%")]),
        ("截至10月19日，现场检查5次。", [("5（截至10月19日）", "次")]),
    ],
)
def test_a_number_has_its_unit_and_its_qualifier(text, figures):
    assert found(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "2022年10月19日，按照《办法（2018-2020年）》和新市监〔2022〕27号文件。",
        "第34个爱国卫生月和“3·15”消费者权益保护日。",
        "1.农产品。一是加强监管，二是落实责任。",
        "符合国标要求（≤10%），达到98%的目标。",
        "依据GB/T 19001-2016和第12条，拨打12315。",
        "授粉品种为温185、新2。",
        "以“四个最严”为统领，做到双节供应。",
    ],
)
def test_dates_documents_articles_lists_and_limits_are_no_figures(text):
    assert found(plain(text)) == []


def test_the_scale_before_a_unit_counts():
    (one,) = READER.mentions(1, "全年接待游客3.2万人次。")
    assert (one.value * one.unit.scale, one.unit.base) == (32000, "人次")


def test_both_ends_of_a_range_are_known():
    ends = [(one.typed, one.end_of_range) for one in READER.mentions(1, "容重值在830g/L-786g/L之间。")]
    assert ends == [("830", "high"), ("786", "low")]
    ends = [(one.typed, one.end_of_range) for one in READER.mentions(1, "水分值为10.9%至12.5%。")]
    assert ends == [("10.9", "low"), ("12.5", "high")]


@pytest.mark.parametrize("text", ["全年未发生特种设备事故。", "没有出现特种设备事故", "全年无特种设备事故。"])
def test_what_did_not_happen_is_zero(text):
    (one,) = READER.mentions(1, text)
    assert (one.value, one.kind) == (0, Kind.NONE)


def test_two_things_that_did_not_happen_are_two():
    assert len(READER.mentions(1, "没有恶性投诉和重大安全事故投诉。")) == 2


@pytest.mark.parametrize("text", ["无害化处理牲畜", "无法有效开展", "世界无烟日", "不断完善无障碍设施"])
def test_not_every_no_is_a_zero(text):
    assert READER.mentions(1, text) == []


def test_chinese_numerals_are_read():
    assert [chinese_numbers.whole(text) for text in ("三", "十", "二十一", "一百零五", "一千二百", "三百二")] == [
        *(3, 10, 21, 105, 1200, 302),
    ]
    assert chinese_numbers.whole("百") is None
    assert chinese_numbers.whole("") is None


@pytest.mark.parametrize(
    ("text", "asides"),
    [
        ("检测样品150批次。", ()),
        ("2021年检测样品150批次。", (Aside.TIME,)),
        ("其中上半年检测样品150批次。", (Aside.TIME,)),
        ("计划检测样品150批次。", (Aside.PLAN,)),
        ("样品比上年增加150批次。", (Aside.TIME, Aside.CHANGE)),
        ("全省平均检测样品150批次。", (Aside.PLACE,)),
        ("2021年未检测；2022年检测样品150批次。", ()),
        ("按照《2021年计划》，检测样品150批次。", ()),
    ],
)
def test_what_is_said_of_something_else_than_the_year_is_told(text, asides):
    assert asides_of(text, text.index("150"), 2022) == asides


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("截至6月底，检测样品150批次。", Aside.TIME),
        ("截至2022年9月底，共检测样品150批次。", Aside.TIME),
        ("1—11月，检测样品150批次。", Aside.TIME),
        ("6月份检测样品150批次。", Aside.TIME),
        ("“十三五”期间，累计检测样品150批次。", Aside.TIME),
        ("下半年检测样品150批次。", Aside.TIME),
        ("平均每月检测样品150批次。", Aside.TIME),
        ("近年来，检测样品150批次。", Aside.TIME),
        ("确保检测样品150批次。", Aside.PLAN),
        ("应完成检测样品150批次。", Aside.PLAN),
        ("检测样品同比提升150批次。", Aside.CHANGE),
        ("检测样品新增150批次。", Aside.CHANGE),
        ("检测样品增幅为150批次。", Aside.CHANGE),
        ("全市检测样品150批次。", Aside.PLACE),
        ("全区检测样品150批次。", Aside.PLACE),
        ("昭苏县检测样品150批次。", Aside.PLACE),
        ("阿克塔斯镇检测样品150批次。", Aside.PLACE),
        ("城关街道检测样品150批次。", Aside.PLACE),
    ],
)
def test_what_is_said_of_a_part_of_the_year_or_the_county_is_told(text, aside):
    assert asides_of(text, text.index("150"), 2022, "特克斯县") == (aside,)


@pytest.mark.parametrize(
    "text",
    [
        "截至12月底，检测样品150批次。",
        "1-12月，检测样品150批次。",
        "截至2022年10月19日，检测样品150批次。",
        "今年以来检测样品150批次。",
        "全县8个乡镇检测样品150批次。",
        "特克斯县检测样品150批次。",
        "应检尽检，检测样品增至150批次。",
        "农产品质量安全县创建检测样品150批次。",
    ],
)
def test_what_is_said_of_the_whole_year_and_county_is_no_aside(text):
    assert asides_of(text, text.index("150"), 2022, "特克斯县") == ()


def test_in_the_report_of_a_city_the_whole_city_is_no_other_place():
    text = "全市检测样品150批次。"
    assert asides_of(text, text.index("150"), 2022, "霍尔果斯市") == ()


@pytest.mark.parametrize(
    "text", ["1 200批次", "1，200批次", "100-200批次", "150批次至200批次", "150或200批次", "12,34批次", "3/200批次"]
)
def test_a_number_that_may_be_a_part_of_a_longer_one_says_so(text):
    found = READER.mentions(1, f"检测样品{text}，检查企业35家，整改12家。")
    assert all(mention.is_part for mention in found[:-2])
    assert len(found) >= 3
    assert not any(mention.is_part for mention in found[-2:])


@pytest.mark.parametrize(
    "text", ["9" * 60_000, "1,111," * 9000, "一二三四" * 15_000, "《" * 60_000, "“" * 60_000, "(" * 60_000]
)
def test_what_nobody_writes_takes_no_time(text):
    started = perf_counter()
    assert not READER.mentions(1, text)
    assert perf_counter() - started < 15
