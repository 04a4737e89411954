"""The shipped year holds real slips: each that arithmetic can find is found, and nothing that is right."""

import json

import pytest
from django.core.management import CommandError, call_command

from reports import verification
from sectors.catalogue import load
from sectors.figure_files import import_figures
from sectors.models import Region
from tests import base

pytestmark = pytest.mark.django_db

SLIPS = {
    "sum:equipment.total:按设备种类": ("error", "271", "265"),
    "sum:orchard.area:按树种": ("error", "3.27", "3.63"),
    "sum:orchard.output:按树种": ("warning", "3.82", "3.8281"),
    "sum:health.tech:按岗位": ("error", "563", "469"),
    "sum:health.tech:按职称": ("error", "563", "570"),
    "sum:construction.projects.building:按建设性质": ("error", "31", "32"),
    "declared:food.sampling.all.rate": ("warning", "59.5", None),
    "declared:food.kinds.meat.share": ("warning", "25.5", None),
    "declared:food.kinds.fruit.share": ("warning", "15.5", None),
    "declared:health.middle_share": ("warning", "13.67", None),
    "declared:health.junior_share": ("warning", "77.61", None),
    "food.kinds_make_produce": ("error", None, None),
}


@pytest.fixture
def found(capsys):
    load(base.SHIPPED_CATALOGUE)
    region = Region.objects.get(code="654027")
    import_figures(sorted(base.SHIPPED_DATA.glob("*.csv")), region=region, year=2022)
    capsys.readouterr()
    call_command("check_figures", region="654027", year=2022, format="json")
    return {finding["rule"]: finding for finding in json.loads(capsys.readouterr().out)}


def test_every_slip_of_the_shipped_year_is_found(found):
    for rule, (severity, declared, expected) in SLIPS.items():
        assert found[rule]["severity"] == severity, rule
        assert declared in (None, found[rule]["declared"]), rule
        assert expected in (None, found[rule]["expected"]), rule


def test_nothing_that_is_right_is_named(found):
    """Besides the slips only comparisons of what was stated twice, and a limit, ask to look again."""
    rest = {rule for rule in found if rule not in SLIPS}
    assert all(found[rule]["kind"] == "rule" and found[rule]["severity"] == "warning" for rule in rest)
    assert len(rest) == 5


def test_suspects_are_those_that_no_other_rule_confirms(found):
    by_post = found["sum:health.tech:按岗位"]["suspects"]
    assert "health.tech" not in {suspect["indicator"] for suspect in by_post}  # four shares of it fit
    (difference,) = {finding["difference"] for rule, finding in found.items() if rule.startswith("sum:equipment")}
    assert difference == "6"
    assert found["food.kinds_make_produce"]["suspects"] == []


def test_rules_hold_over_annual_values(cast):
    base.report(cast.county, "2022", {"food.done": "100", "food.passed": "90", "food.rate": "90.0"})
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "110", "food.rate": "110.0"})
    assert verification.of_year(cast.county, 2022) == []
    (finding,) = verification.of_year(cast.county, 2023)
    assert finding.rule == "food.passed_within_done"


@pytest.mark.parametrize(("region", "year", "message"), [("000000", 2022, "000000"), ("990101", 2022, "2022")])
def test_bad_orders_fail_with_a_sentence(cast, region, year, message):
    with pytest.raises(CommandError, match=message):
        call_command("check_figures", region=region, year=year)
