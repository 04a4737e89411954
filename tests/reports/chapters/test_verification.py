"""The shipped year holds real slips: each that arithmetic can find is found, and nothing that is right."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from reports.aggregation.cube import annual
from reports.chapters import verification
from sectors.calculation.periods import PeriodKey
from sectors.checks.facts import Facts
from sectors.checks.rulebooks import rulebooks
from sectors.models import Breakdown, BreakdownPart, CatalogueVersion, Figure, Indicator, Region, Unit
from tests import base

pytestmark = pytest.mark.django_db

# What is wrong: severity, declared, expected.
SLIPS = {
    "sum:equipment.total:按设备种类": ("error", "271", "265"),
    "sum:orchard.area:按树种": ("error", "3.27", "3.63"),
    "sum:orchard.output:按树种": ("warning", "3.82", "3.8281"),
    "sum:health.tech:按岗位": ("error", "563", "469"),
    "sum:health.tech:按职称": ("error", "563", "570"),
    "sum:construction.projects.building:按建设性质": ("error", "31", "32"),
    "food.kinds_make_produce": ("error", "90", "82"),
    "health.subjects_parts_make_total": ("warning", "567", "551"),
    "health.checks_parts_make_total": ("warning", "4866", "4667"),
    "declared:food.sampling.all.rate": ("warning", "59.5", None),
    "declared:food.kinds.meat.share": ("warning", "25.5", None),
    "declared:food.kinds.fruit.share": ("warning", "15.5", None),
    "declared:health.middle_share": ("warning", "13.67", None),
    "declared:health.junior_share": ("warning", "77.61", None),
    # Shares that make no hundred, because the parts do not make the whole: told with these.
    "share:health.tech:按职称": ("error", "101.18", "100"),
    "share:food.sampling.produce.done:food.kinds_make_produce": ("error", "91.1", "100"),
}
# Whose change alone would mend it, and to what, in the order of the sheet. Figures that another rule confirms are not
# among them: the total of the staff stands also in the shares of titles, those that are completed in another sum.
SUSPECTS: dict[str, dict[str, str]] = {
    "sum:equipment.total:按设备种类": {
        "equipment.boilers": "15",
        "equipment.vessels": "70",
        "equipment.cranes": "21",
        "equipment.lifts": "120",
        "equipment.vehicles": "67",
        "equipment.ropeways": "7",
        "equipment.rides": "7",
        "equipment.total": "265",
    },
    "sum:orchard.area:按树种": {
        "orchard.area.apple": "0.99",
        "orchard.area.apricot": "0.7",
        "orchard.area.plum": "0.1238",
        "orchard.area.other": "0",
        "orchard.area": "3.63",
    },
    "sum:orchard.output:按树种": {"orchard.output": "3.83"},
    "sum:health.tech:按岗位": {
        "health.tech.doctor": "307",
        "health.tech.nurse": "270",
        "health.tech.other": "174",
    },
    "sum:construction.projects.building:按建设性质": {
        "construction.projects.building.new": "6",
        "construction.projects.building.continued": "24",
    },
    "food.kinds_make_produce": {},  # every part has its share: a category is missing
    "declared:food.sampling.all.rate": {"food.sampling.all.rate": "59.6"},
    "declared:food.kinds.meat.share": {"food.kinds.meat.share": "25.6"},
    "declared:food.kinds.fruit.share": {"food.kinds.fruit.share": "15.6"},
    "declared:health.middle_share": {"health.middle_share": "13.68"},
    "declared:health.junior_share": {"health.junior_share": "77.62"},
    "construction.checks_agree": {"construction.checks": "38", "construction.site_checks": "36"},
    "construction.notices_agree": {"construction.notices": "32", "construction.site_notices": "30"},
    "construction.housing_completed_within_completed": {
        "construction.units_area.completed": "7.6",
        "construction.completed": "13.3",
    },
    "wheat.density_of_first_grade": {"wheat.density.low": "790"},
}
# What only two changes together would mend: too many in the titles, each of which has its share.
TOGETHER = {
    "health.tech.senior": ("5", "health.senior_share"),
    "health.tech.associate": ("37", "health.associate_share"),
    "health.tech.middle": ("70", "health.middle_share"),
    "health.tech.junior": ("430", "health.junior_share"),
}
# Medical institutions are counted twice, and with either number the parts do not make their total.
MEDICAL = {
    "health.subjects": ("544", "health.subjects.medical"),
    "health.subjects.public": ("355", "health.subjects.medical"),
    "health.subjects.school": ("141", "health.subjects.medical"),
}
# Stated twice with two values, a part larger than its whole, a limit: to be looked at again.
DOUBTS = {
    "construction.checks_agree": ("36", "38"),
    "construction.notices_agree": ("30", "32"),
    "construction.housing_completed_within_completed": ("13.26", "7.6"),
    "health.medical_counts_agree": ("101", "94"),
    "wheat.density_of_first_grade": ("786", "790"),
}
# What is right and stays silent: sums, rates, parts of a whole, shares, limits and orders.
RIGHT = [
    "sum:food.sampling.all.task:食品抽检合计",
    "sum:food.sampling.all.done:食品抽检合计",
    "sum:livestock.clenbuterol.samples:按环节",
    "sum:livestock.vehicles.filed:按运输范围",
    "sum:health.institutions:按机构类别",
    "sum:health.institutions.county:按医院",
    "sum:construction.projects:按工程类别",
    "sum:tourism.star_hotels:按星级",
    "sum:tourism.farmstays:按星级",
    "sum:tourism.opinions:按来源",
    "sum:catering.licences:按业态",
    "sum:catering.graded:按风险等级",
    "food.canteen_makes_school",
    "declared:food.sampling.produce.rate",
    "declared:food.kinds.vegetable.share",
    "declared:food.kinds.aquatic.share",
    "declared:food.kinds.egg.share",
    "declared:food.canteen.tableware.share",
    "declared:food.canteen.oil.share",
    "declared:food.canteen.dough.share",
    "declared:health.senior_share",
    "declared:health.associate_share",
    "declared:construction.tests.material.rate",
    "declared:construction.tests.entity.rate",
    "declared:livestock.vehicles.signing_rate",
    "declared:hydraulic.coverage",
    "declared:hydraulic.points_rate",
    "declared:hydraulic.fixed_rate",
    "declared:drugs.reports.drug.required",
    "declared:drugs.reports.device.required",
    "declared:drugs.reports.cosmetic.required",
    "declared:drugs.severe_required",
    "share:food.sampling.school.done:food.canteen_makes_school",
    "part:health.subjects.public:health.subjects",
    "part:health.subjects.school.nursery:health.subjects.school",
    "part:construction.units.completed:construction.units",
    "part:construction.units_area.completed:construction.units_area",
    "part:construction.projects.building.completed:construction.projects.building",
    "part:transport.rural_investment.tax:transport.rural_investment",
    "part:tourism.scenic.rated:tourism.scenic",
    "part:tourism.hotels.corps:tourism.hotels",
    "agri.closed_within_cases",
    "agri.officers_per_check",
    "orchard.yield_per_mu",
    "wheat.density_in_order",
    "wheat.imperfect_in_order",
    "wheat.moisture_in_order",
    "wheat.imperfect_within_standard",
    "wheat.moisture_within_standard",
    "elderly.nursing_within_beds",
    "health.tech_within_staff",
    "hydraulic.points_passed_within",
    "tourism.visitors_growth_floor",
    "tourism.income_growth_floor",
    "catering.graded_within",
    "drugs.severe_within_reports",
]


class ShippedYearTest(TestCase):
    """A class for what takes seconds to load; the tests only look."""

    region: Region
    printed: list[dict[str, Any]]

    @classmethod
    def setUpTestData(cls):
        cls.region = base.make_shipped_year()
        out = io.StringIO()
        call_command("check_figures", region="654027", year=2022, format="json", repairs=True, stdout=out)
        cls.printed = json.loads(out.getvalue())

    @property
    def found(self):
        return {finding["rule"]: finding for finding in self.printed}

    @property
    def every(self):
        return {finding["rule"]: finding for entry in self.printed for finding in (entry, *entry["also"])}

    def test_every_slip_is_found(self):
        found = self.every
        assert len(SLIPS) >= 16
        for rule, (severity, declared, expected) in SLIPS.items():
            assert found[rule]["severity"] == severity, rule
            assert declared == found[rule]["declared"], rule
            assert expected in (None, found[rule]["expected"]), rule

    def test_nothing_that_is_right_is_named(self):
        found = self.every
        assert found.keys() == SLIPS.keys() | DOUBTS.keys()
        for rule, (declared, expected) in DOUBTS.items():
            seen = found[rule]
            assert (seen["severity"], seen["declared"], seen["expected"]) == ("warning", declared, expected), rule

    def test_what_is_silent_is_checked(self):
        """Each of them would speak if one of its figures were another."""
        rulebook = rulebooks().rulebook(PeriodKey.whole(2022))
        checks = {check.rule: check for check in rulebook.checks}
        values = {
            code: (value, places)
            for code, value, places in Figure.objects.values_list("indicator__code", "value", "places")
        }
        right = facts(values)
        assert len(RIGHT) > 40
        for rule in RIGHT:
            assert checks[rule].find(right) is None, rule
            codes = [code for code, moment in sorted(checks[rule].names) if code in right.reported and not moment]
            changes = [(code, times) for code in codes for times in (Decimal("0.01"), Decimal(100))]
            assert any(checks[rule].find(facts(values, *change)) for change in changes), rule

    def test_json_has_what_a_reader_needs(self):
        for finding in self.printed:
            assert finding.keys() >= {
                *(
                    "rule",
                    "kind",
                    "severity",
                    "indicators",
                    "declared",
                    "expected",
                    "difference",
                    "suspects",
                    "message",
                ),
            }
        (equipment,) = (finding for finding in self.printed if finding["rule"].startswith("sum:equipment"))
        assert (equipment["kind"], equipment["difference"], equipment["period"]) == ("sum", "6", "2022")
        assert equipment["indicators"][0] == "equipment.total"
        assert {"indicator": "equipment.boilers", "period": "2022", "repair": "15", "together": []} in equipment[
            "suspects"
        ]

    def test_each_slip_is_told_once_with_its_suspects_and_what_would_repair_them(self):
        """Of the checks of premises any part may be meant, so each of them is suspect."""
        told = [finding["rule"] for finding in self.printed]
        assert len(told) == len(set(told)) == len(SUSPECTS) + 3
        for rule, suspects in SUSPECTS.items():
            named = [(s["indicator"], s["repair"], s["together"]) for s in self.found[rule]["suspects"]]
            assert named == [(code, repair, []) for code, repair in suspects.items()], rule
        checks = {
            s["indicator"]: Decimal(s["repair"]) for s in self.found["health.checks_parts_make_total"]["suspects"]
        }
        assert len(checks) == 9
        assert checks["health.checks"] == 4667
        assert checks["health.checks.medical"] == 3600 + 199
        together = {
            s["indicator"]: (s["repair"], *s["together"]) for s in self.found["sum:health.tech:按职称"]["suspects"]
        }
        assert {code: together[code] for code in TOGETHER} == TOGETHER
        counts = self.found["health.medical_counts_agree"]
        assert {s["repair"] for s in counts["suspects"] if s["indicator"] == "health.subjects.medical"} == {"94"}
        others = [s for s in counts["suspects"] if s["indicator"] != "health.subjects.medical"]
        assert {s["indicator"]: (s["repair"], *s["together"]) for s in others} == MEDICAL

    def test_what_shares_confirm_asks_for_a_missing_category_or_two_changes(self):
        kinds = self.found["food.kinds_make_produce"]
        assert [other["kind"] for other in kinds["also"]] == ["share"]
        assert "很可能漏了8批次的一个类别" in kinds["message"]
        assert "分项多 7人" in self.found["sum:health.tech:按职称"]["message"]

    def test_the_words_say_what_is_asked_for_and_suggest_no_figure_that_only_suits_a_limit(self):
        messages = {finding["rule"]: finding["message"] for finding in self.printed}
        assert messages["declared:food.sampling.all.rate"].endswith("为 59.556，四舍五入应为 59.6。")
        assert messages["sum:orchard.output:按树种"].endswith("是截尾，四舍五入应为 3.83。")
        assert "3.63，填报的是 3.27" in messages["sum:orchard.area:按树种"]
        assert "即相符" not in messages["wheat.density_of_first_grade"]
        assert all(len(message) < 200 and message.endswith(("。", "）")) for message in messages.values())

    def test_a_cell_of_a_matrix_is_named_by_row_and_column(self):
        total = rulebooks().indicators["food.sampling.all.done"]
        assert (total.row_name, total.column_name) == ("食品抽检合计", "完成抽检")
        assert rulebooks().indicators["equipment.total"].column_name == ""
        checks = rulebooks().rulebook(PeriodKey.whole(2022)).checks
        (check,) = [one for one in checks if one.rule.startswith("sum:food.sampling.all.done")]
        values = {code: (Decimal(value), 0) for code, value in {"all": 9, "produce": 5, "school": 3}.items()}
        points = {f"food.sampling.{row}.done": {0: value} for row, value in values.items()}
        found = check.find(Facts(rulebooks().indicators, points))
        assert found is not None
        assert str(found.message) == "食品抽检合计行的“完成抽检”：各行（食用农产品、学校餐饮）相加为 8，填报的是 9。"

    def test_in_words_every_finding_is_a_line(self):
        out = io.StringIO()
        call_command("check_figures", region="654027", year=2022, stdout=out)
        lines = out.getvalue().splitlines()
        assert len(lines) == len(self.printed) + 1
        assert any(line.startswith("[error] 2022 特种设备") and "271" in line for line in lines)


def facts(values, code="", times=1):
    """Figures as shipped, one of them so many times as large."""
    points = {
        other: {0: (value * times if other == code else value, places)} for other, (value, places) in values.items()
    }
    return Facts(rulebooks().indicators, points)


def test_rules_hold_over_annual_values(cast):
    base.report(cast.county, "2022", {"food.done": "100", "food.passed": "90", "food.rate": "90.0"})
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "110", "food.rate": "110.0"})
    assert verification.of_year(cast.county, 2022) == []
    (finding,) = verification.of_year(cast.county, 2023)
    assert finding.rule == "food.passed_within_done"
    assert {other.rule for other in finding.also} == {"bound:food.rate"}


def test_a_slip_of_a_quarter_is_told_once_and_with_its_quarter(cast):
    for quarter in range(1, 5):
        done = {"food.done": "30", "food.done.farm": "10", "food.done.school": "25" if quarter == 2 else "20"}
        base.report(cast.county, f"2023Q{quarter}", done)
    (finding,) = verification.of_year(cast.county, 2023)
    assert (finding.kind, finding.period, finding.difference) == ("sum", "2023Q2", -5)


def test_what_no_quarter_shows_is_found_in_the_year(cast):
    base.report(cast.county, "2023", {"food.done": "30", "food.passed": "40"})
    (finding,) = verification.of_year(cast.county, 2023)
    assert finding.rule == "food.passed_within_done"


def test_figures_of_different_quarters_are_not_held_against_each_other(cast):
    base.report(cast.county, "2023Q1", {"food.done": "30"})
    base.report(cast.county, "2023Q2", {"food.passed": "40"})
    assert verification.of_year(cast.county, 2023) == []


def test_three_quarters_are_not_held_against_a_year(cast):
    base.report(cast.county, "2022", {"food.done": "4000"})
    base.report(cast.county, "2023Q1", {"food.done": "1000"})
    assert verification.of_year(cast.county, 2023) == []
    for quarter in (2, 3, 4):
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "2800"})
    (finding,) = verification.of_year(cast.county, 2023)
    assert (finding.rule, finding.declared, finding.expected) == ("change:food.done", 9400, 4000)


def test_the_annual_figure_is_held_against_its_quarters(cast):
    for quarter in range(1, 5):
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "30"})
    base.report(cast.county, "2023", {"food.done": "130"})
    (finding,) = verification.of_year(cast.county, 2023)
    assert (finding.rule, finding.period, finding.expected) == ("annual:food.done", "2023", 120)


@pytest.mark.parametrize(("region", "year", "message"), [("000000", 2022, "000000"), ("990101", 2022, "2022")])
def test_bad_orders_fail_with_a_sentence(cast, region, year, message):
    with pytest.raises(CommandError, match=message):
        call_command("check_figures", region=region, year=year)


def test_four_clean_quarters_make_a_clean_year(cast):
    """Each quarter is 10.1 = 5.0 + 5.0 within its rounding; the year is 40.4 = 20.0 + 20.0 within that of all four."""
    codes = ("food.output", "food.price", "food.rate")
    base.change_catalogue(
        Indicator.objects.filter(code__in=codes),
        decimals=1,
        accumulation="flow",
        formula="",
        unit=Unit.objects.get(name="吨"),
    )
    some = Breakdown.objects.create(
        total=Indicator.objects.get(code="food.output"), name="两部分", position=3, exhaustive=True
    )
    for position, code in enumerate(codes[1:]):
        BreakdownPart.objects.create(breakdown=some, indicator=Indicator.objects.get(code=code), position=position)
    CatalogueVersion.objects.renew()
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", dict(zip(codes, ("10.1", "5.0", "5.0"), strict=True)))
    assert verification.of_year(cast.county, 2023) == []
    assert verification.remarks(cast.county, 2023, annual(cast.county, 2023)) == []
    base.report(cast.county, "2023Q4", {"food.output": "10.6"})
    assert [(finding.rule, finding.period) for finding in verification.of_year(cast.county, 2023)] == [
        ("sum:food.output:两部分", "2023Q4")
    ]
    assert [line.severity for line in verification.remarks(cast.county, 2023, annual(cast.county, 2023))] == ["error"]


def test_a_partial_value_is_not_held_against_one_of_other_periods(cast):
    for quarter, done in (("2023Q1", "100"), ("2023Q2", "100"), ("2023Q3", "")):
        base.report(cast.county, quarter, {"food.done": done, "food.passed": "90"})
    found = verification.of_year(cast.county, 2023)
    assert "food.passed_within_done" not in [finding.rule for finding in found]


def test_a_citys_own_total_that_differs_from_its_counties_is_a_remark(cast):
    base.make_reporting(cast.prefecture)
    for region, done in ((cast.county, "300"), (cast.other_county, "256"), (cast.prefecture, "555")):
        base.report(region, "2023", {"food.done": done})
    found = verification.remarks(cast.prefecture, 2023, annual(cast.prefecture, 2023))
    assert "抽检完成：本级报送555批次，下级各地区合计556批次" in [remark.text for remark in found]
    base.report(cast.other_county, "2023", {"food.done": "255"})
    found = verification.remarks(cast.prefecture, 2023, annual(cast.prefecture, 2023))
    assert not [remark for remark in found if "本级" in remark.text]
