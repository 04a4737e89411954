"""What a sentence says that a change or a figure rests on."""

import pytest
import yaml

from reports.aggregation.cube import annual
from reports.document.blocks import runs_text
from reports.wording import paragraphs
from reports.wording.rendering import Figures
from sectors.models import Indicator, Sector
from tests import base

pytestmark = pytest.mark.django_db


def printed(region, wording):
    figures = Figures(annual(region, 2023), 2023, region.name)
    food = Sector.objects.get(code="food")
    return [runs_text(paragraph.runs) for paragraph in paragraphs.of_sector(food, wording, figures)]


def quarters(region, year, **figures):
    for number, texts in enumerate(zip(*figures.values(), strict=True), start=1):
        named = {code.replace("_", "."): text for code, text in zip(figures, texts, strict=True)}
        base.report(region, f"{year}Q{number}", named)


def test_a_whole_year_against_a_whole_year_needs_no_more_words(cast):
    base.report(cast.county, "2022", {"food.done": "100"})
    base.report(cast.county, "2023", {"food.done": "110"})
    assert printed(cast.county, "抽检{{ n('food.done') }}{{ change('food.done') }}。") == [
        "抽检110批次，较上年增长10.0%。"
    ]


def test_half_a_year_names_its_months_and_says_that_the_year_is_not_whole(cast):
    quarters(cast.county, 2022, food_done=("50", "50", "300", "300"), food_firms=("9", "10", "20", "20"))
    quarters(cast.county, 2023, food_done=("60", "60"), food_firms=("9", "8"))
    (text,) = printed(cast.county, "抽检{{ n('food.done') }}{{ change('food.done') }}{{ change('food.firms') }}。")
    assert text == (
        "抽检120批次，1—6月较上年同期增长20.0%，6月末较上年同期下降20.0%。（以上为1—6月数据，全年数据尚不完整。）"
    )


AS_OF = "{{ as_of('food.firms') }}有企业{{ n('food.firms') }}。"


@pytest.mark.parametrize(
    ("firms", "says"),
    [
        (("9", "10", "20", "21"), "截至2023年底有企业21家。"),
        (("9", "8"), "截至2023年6月底有企业8家。"),
        (("9", "", "8"), "截至2023年9月底有企业8家。"),
        (("", "", "", "8"), "截至2023年底有企业8家。"),
    ],
)
def test_a_level_is_told_as_of_the_end_of_its_last_period(cast, firms, says):
    quarters(cast.county, 2023, food_firms=firms)
    assert printed(cast.county, AS_OF)[0].startswith(says)


def test_levels_of_several_days_name_none(cast):
    quarters(cast.county, 2023, food_firms=("9", "8"))
    quarters(cast.other_county, 2023, food_firms=("9", "8", "7"))
    assert printed(cast.prefecture, AS_OF)[0].startswith("最近一期末有企业15家。")


def test_a_level_that_is_missing_is_so_at_the_end_of_the_year(cast):
    quarters(cast.county, 2023, food_done=("1",))
    assert printed(cast.county, f"抽检{{{{ n('food.done') }}}}，{AS_OF}")[0].startswith(
        "抽检1批次，截至2023年底有企业〔缺："
    )


def test_quarters_that_are_apart_are_both_named(cast):
    quarters(cast.county, 2022, food_done=("50", "50", "50", "50"))
    quarters(cast.county, 2023, food_done=("50", "", "50", ""))
    (text,) = printed(cast.county, "抽检{{ n('food.done') }}{{ change('food.done') }}。")
    assert text.startswith("抽检100批次，1—3月和7—9月与上年同期持平。")


def test_a_region_that_newly_reports_is_left_out_of_the_change_and_it_says_so(cast):
    base.report(cast.county, "2022", {"food.done": "100"})
    for region in (cast.county, cast.other_county):
        base.report(region, "2023", {"food.done": "90"})
    assert printed(cast.prefecture, "抽检{{ n('food.done') }}{{ change('food.done') }}。") == [
        "抽检180批次，按可比的1个地区计算，较上年下降10.0%。"
    ]


def test_words_of_their_own_only_where_the_whole_of_both_years_is_compared(cast):
    wording = (
        "{% if fell('food.done') %}有所减少{% else %}没有说{% endif %}{% if last('food.done') %}，有上年{% endif %}。"
    )
    quarters(cast.county, 2022, food_done=("90", "90"))
    quarters(cast.county, 2023, food_done=("10", "10"))
    assert printed(cast.county, wording) == ["没有说。"]
    quarters(cast.county, 2022, food_done=("90", "90", "90", "90"))
    quarters(cast.county, 2023, food_done=("10", "10", "10", "10"))
    assert printed(cast.county, wording) == ["有所减少，有上年。"]


def test_points_have_the_decimals_of_their_rate(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), decimals=2)
    for year, passed in (("2022", "9714"), ("2023", "9730")):
        base.report(cast.county, year, {"food.done": "10000", "food.passed": passed})
    assert printed(cast.county, "合格率{{ n('food.rate') }}{{ change('food.rate') }}。") == [
        "合格率97.30%，较上年提高0.16个百分点。"
    ]
    assert annual(cast.county, 2023)["food.rate"].change_text == "+0.16个百分点"


def test_a_note_names_what_is_partial_where_not_all_is(cast):
    quarters(cast.county, 2023, food_done=("5", "5", "5", "5"), food_passed=("5", "5", "5", ""))
    (text,) = printed(cast.county, "抽检{{ n('food.done') }}，合格{{ n('food.passed') }}。")
    assert text == "抽检20批次，合格15批次。（其中抽检合格为1—9月数据，全年数据尚不完整。）"


NOTE = "（以上为1—9月数据，全年数据尚不完整。）"


@pytest.mark.parametrize(
    ("wording", "done", "expected"),
    [
        ("{% if val('food.done') == 0 %}没有抽检。{% endif %}", "0", "没有抽检。"),
        ("{% if val('food.done') == 0 %}\n没有\n抽检。\n{% endif %}", "0", "没有"),
        ("{% if val('food.done') > 0 %}\n有。\n{% elif val('food.done') == 0 %}\n没有。{% endif %}", "0", "没有。"),
        ("{{ '没有' if val('food.done') == 0 else n('food.done') }}抽检。", "0", "没有抽检。"),
    ],
)
def test_a_zero_told_in_words_is_no_more_of_the_year_than_a_printed_one(cast, wording, done, expected):
    quarters(cast.county, 2023, food_done=(done,) * 3)
    assert printed(cast.county, wording)[0] == expected + NOTE
    quarters(cast.county, 2023, food_done=(done,) * 4)
    assert printed(cast.county, wording)[0] == expected


def test_what_does_not_apply_is_no_more_of_the_year_either(cast):
    quarters(cast.county, 2023, food_done=("n/a",) * 3)
    assert printed(cast.county, "抽检{{ n('food.done') }}。") == [
        "抽检不适用。（以上为部分时期或者地区的数据，全年数据尚不完整。）"
    ]
    quarters(cast.county, 2023, food_done=("n/a",) * 4)
    assert printed(cast.county, "抽检{{ n('food.done') }}。") == ["抽检不适用。"]


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("抽检{{ n('food.done') }}，合格{{ n('food.passed') }}。", "抽检完成、抽检合格不适用。"),
        (
            "抽检{{ n('food.done') }}、{{ n('food.passed') }}。企业{{ n('food.firms') }}。",
            "抽检完成、抽检合格不适用。企业5家。",
        ),
        (
            "抽检{{ n('food.done') }}，合格{{ n('food.passed') }}，企业{{ n('food.firms') }}。",
            "抽检不适用，合格不适用，企业5家。",
        ),
    ],
)
def test_a_sentence_of_which_several_figures_do_not_apply_names_them_once(cast, wording, text):
    figures = {"food_done": ("n/a",) * 4, "food_passed": ("n/a",) * 4}
    quarters(cast.county, 2023, **figures, food_firms=("5",) * 4)
    (said,) = printed(cast.county, wording)
    assert said == text


@pytest.mark.parametrize(
    ("wording", "note"),
    [
        ("不合格{{ val('food.done') - val('food.passed') }}批次。", NOTE),
        ("占{{ val('food.done') / val('water.tests') * 100 }}%。", "（其中抽检完成为1—9月数据，全年数据尚不完整。）"),
        ("共{{ val('water.tests') + 1 }}批次。", ""),
        ("抽检{{ n('water.tests') }}{% if val('food.done') > 9 %}，较多{% endif %}。", ""),
    ],
)
def test_what_a_wording_computes_is_of_no_more_than_what_it_reads(cast, wording, note):
    quarters(cast.county, 2023, food_done=("5", "5", "5", ""), food_passed=("5", "5", "4", ""))
    quarters(cast.county, 2023, water_tests=("4", "4", "4", "4"))
    (text,) = printed(cast.county, wording)
    assert text.partition("。")[2] == note


def test_a_note_leaves_out_what_a_paragraph_does_not_tell(cast):
    quarters(cast.county, 2023, food_done=("5", "5", "5", "5"), food_passed=("0", "0", "0", ""))
    wording = (
        "抽检{{ n('food.done') }}。\n{% if val('food.passed') == 0 %}没有合格的。{% endif %}\n"
        "{% if val('food.done') %}有抽检。{% endif %}"
    )
    assert printed(cast.county, wording) == ["抽检20批次。", f"没有合格的。{NOTE}", "有抽检。"]


def test_last_years_part_is_printed_with_how_much_of_it_is_there(cast):
    quarters(cast.county, 2022, food_done=("90", "90"))
    base.report(cast.county, "2023", {"food.done": "100"})
    assert printed(cast.county, "上年{{ last_n('food.done') }}。") == ["上年180批次（1—6月）。"]


@pytest.mark.parametrize(
    ("last_year", "text"),
    [
        (("n/a", "n/a", "n/a", "n/a"), "上年不适用"),
        (("n/a", "n/a"), "上年不适用（2/4期）"),
        (("n/a", "5"), "上年5批次（4—6月）"),
        ((), "〔缺：上年抽检完成〕"),
    ],
)
def test_last_year_that_does_not_apply_is_not_called_missing(cast, last_year, text):
    quarters(cast.county, 2022, food_done=last_year)
    quarters(cast.county, 2023, food_done=("5", "5", "5", "5"))
    assert printed(cast.county, "上年{{ last_n('food.done') }}。") == [f"{text}。"]


@pytest.mark.parametrize(
    ("other", "note"),
    [
        ((1, 2, 3), NOTE),
        ((1,), "（以上为部分时期或者地区的数据，全年数据尚不完整。）"),
        ((), "（以上为部分时期或者地区的数据，全年数据尚不完整。）"),
    ],
)
@pytest.mark.parametrize("code", ["food.done", "food.rate", "food.firms"])
def test_a_note_names_months_only_where_every_region_has_them(cast, other, note, code):
    figures = {"food.done": "10", "food.passed": "10", "food.firms": "2"}
    for quarter in (1, 2, 3):
        base.report(cast.county, f"2023Q{quarter}", figures)
    for quarter in range(1, 5):
        base.report(cast.other_county, f"2023Q{quarter}", figures if quarter in other else {"food.task": "1"})
    (text,) = printed(cast.prefecture, f"{{{{ n('{code}') }}}}。")
    assert text.partition("。")[2] == note


FARM_MISSING = "（种植环节缺数，没有列入。）"


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("抽检{{ listed('food.done.farm', 'food.done.school') }}。", f"抽检学校食堂5批次。{FARM_MISSING}"),
        ("抽检{{ by_size('food.done.farm', 'food.done.school') }}。", f"抽检学校食堂5批次。{FARM_MISSING}"),
        (
            "{% set all = ranked('food.done.farm', 'food.done.school') %}\n{{ all[0].name }}最多，{{ all[0].n }}。",
            f"学校食堂最多，5批次。{FARM_MISSING}",
        ),
        (
            "{% for one in ranked('food.done.farm', 'food.done.school') %}\n{{ one.name }}{{ one.n }}。\n{% endfor %}",
            f"学校食堂5批次。{FARM_MISSING}",
        ),
        ("抽检{{ n('food.done.school') }}{% if listed('food.done.farm') %}种植{% endif %}。", "抽检5批次。"),
        ("{% if 0 %}{{ listed('food.done.farm', 'food.task') }}{% endif %}抽检{{ n('food.done') }}。", "抽检5批次。"),
        ("{{ listed('food.done.school', 'food.price') }}。", "学校食堂5批次。"),  # what does not apply is not missing
    ],
)
def test_a_list_says_what_is_missing_from_it(cast, wording, expected):
    base.report(cast.county, "2023", {"food.done": "5", "food.done.school": "5", "food.price": "n/a"})
    assert printed(cast.county, wording) == [expected]


@pytest.mark.parametrize(
    "wording",
    [
        "{% set failed = val('food.done') - val('food.passed') %}\n{% if failed == 1 %}\n不合格1批次。\n{% endif %}",
        "{% set a = val('food.done') - val('food.passed') %}{% set b = a + 1 %}\n不合格{{ b - 1 }}批次。",
        "{% set a = val('food.done') %}\n{% for b in [a] %}\n不合格{{ b - val('food.passed') }}批次。\n{% endfor %}",
    ],
)
def test_what_was_set_before_belongs_to_the_paragraph_that_uses_it(cast, wording):
    quarters(cast.county, 2023, food_done=("5", "5", "5"), food_passed=("5", "5", "4"))
    assert printed(cast.county, wording) == [f"不合格1批次。{NOTE}"]


def test_a_prefecture_is_not_called_a_county(cast):
    base.report(cast.county, "2023", {"food.firms": "5"})
    assert printed(cast.prefecture, "{{ whole }}{{ n('food.firms') }}。") == ["全市5家。"]


def test_no_shipped_wording_says_county_of_whatever_region():
    for file in sorted((base.SHIPPED_CATALOGUE / "sectors").glob("*.yaml")):
        assert "全县" not in yaml.safe_load(file.read_text(encoding="utf-8"))["wording"], file.name


@pytest.mark.parametrize(
    ("done", "firms", "text"),
    [
        ("0", "0", "抽检0批次；商户0家。"),
        ("7", "0", "抽检7批次，每家〔缺：抽检合格率〕；商户0家。"),
        ("0", "7", "抽检0批次，每家0.0%；商户7家。"),
        ("n/a", "0", "抽检不适用，每家不适用；商户0家。"),
        ("0余", "0", "抽检0余批次，每家〔缺：抽检合格率〕；商户0家。"),
    ],
)
def test_a_rate_of_0_of_0_does_not_apply_and_is_left_out_beside_the_zero(cast, done, firms, text):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / food.firms")
    base.report(cast.county, "2023", {"food.done": done, "food.firms": firms})
    wording = "抽检{{ n('food.done') }}，每家{{ n('food.rate') }}；商户{{ n('food.firms') }}。"
    assert printed(cast.county, wording) == [text]


def test_a_sentence_of_nothing_but_a_rate_of_0_of_0_keeps_its_words(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / food.firms")
    base.report(cast.county, "2023", {"food.done": "0", "food.firms": "0"})
    assert printed(
        cast.county, "合格率{{ n('food.rate') }}。抽检{{ n('food.done') }}，合格率{{ n('food.rate') }}。"
    ) == ["合格率不适用。抽检0批次。"]


def test_what_does_not_apply_is_said_without_a_copula(cast):
    base.report(cast.county, "2023", {"food.done": "n/a", "food.firms": "5"})
    wording = "抽检数为{{ n('food.done') }}，企业为{{ n('food.firms') }}。"
    assert printed(cast.county, wording) == ["抽检数不适用，企业为5家。"]


RATE = "合格率{{ n('food.rate') }}{{ change('food.rate') }}。"


@pytest.mark.parametrize(
    ("wording", "done", "passed", "expected"),
    [
        (RATE, "44", "42", "合格率95.5%，较上年下降4.5个百分点（按44批次中42批次计算）。"),
        (RATE, "44", "44", "合格率100%，与上年持平。"),
        (RATE, "100", "95", "合格率95.0%，较上年下降5.0个百分点。"),
        (RATE, "44", "42以上", "合格率95.4%以上。"),
        (
            f"抽检{{{{ n('food.done') }}}}，{RATE}",
            "44",
            "42",
            "抽检44批次，合格率95.5%，较上年下降4.5个百分点（按44批次中42批次计算）。",
        ),
        (
            f"抽检{{{{ n('food.done') }}}}，合格{{{{ n('food.passed') }}}}，{RATE}",
            "44",
            "42",
            "抽检44批次，合格42批次，合格率95.5%，较上年下降4.5个百分点。",
        ),
    ],
)
def test_the_change_of_a_rate_of_few_says_what_the_rate_is_made_of(cast, wording, done, passed, expected):
    base.report(cast.county, "2022", {"food.done": "44", "food.passed": "44"})
    base.report(cast.county, "2023", {"food.done": done, "food.passed": passed})
    assert printed(cast.county, wording) == [expected]
