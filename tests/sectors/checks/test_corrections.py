"""A growth that was right when it was accepted, until what it is held against was corrected."""

import pytest

from sectors.access import MOVES
from sectors.approval import moves
from sectors.checks import gathering
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.findings import storage
from sectors.models import CatalogueVersion, Indicator, StoredFinding, Submission, Transition, Unit
from sectors.vocabulary import ChangeSource
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def growth(formula="food.done / last_year(food.done) - 1"):
    done = Indicator.objects.get(code="food.done")
    unit = Unit.objects.get(name="%")
    more = {"name": "抽检增速", "row_name": "抽检增速", "row": 30, "unit": unit, "decimals": 1, "accumulation": "ratio"}
    Indicator.objects.create(sheet=done.sheet, table=done.table, code="food.growth", formula=formula, **more)
    CatalogueVersion.objects.renew()


def correct(cast, period, figures):
    """What stands in an accepted sheet is corrected, as after a return."""
    of = base.submission(cast.county, "T-01", period, "accepted")
    rows = Indicator.objects.filter(code__in=figures).select_related("unit")
    cells = {row: read_cell(row, figures[row.code]) for row in rows}
    writer.store(of, cells, by=cast.clerk, way=ChangeSource.FORM)


@pytest.fixture
def accepted(cast):
    """100 and then 120, with a growth of 20 %, all accepted."""
    growth()
    base.report(cast.county, "2022Q1", {"food.done": "100"})
    base.report(cast.county, "2023Q1", {"food.done": "120", "food.growth": "20.0"}, "draft")
    return base.take_to("accepted", cast, base.submission(cast.county))


def found(cast):
    sheet = Submission.objects.get(sheet__number="T-01", period__year=2023)
    return [one for one in gathering.of_submission(sheet) if one.kind in ("declared", "growth")]


def test_what_was_corrected_later_is_named_and_asks_for_an_explanation(cast, accepted):
    assert found(cast) == []
    correct(cast, "2022Q1", {"food.done": "110"})
    [one] = found(cast)
    assert (one.rule, one.severity) == ("declared:food.growth", "warning")
    assert "抽检完成 (2022Q1) was corrected from 100 to 110 on 20" in str(one.statement)
    [same] = [one for one in gathering.of_year(cast.county, 2023) if one.kind == "declared"]
    assert (same.severity, str(same.statement)) == ("warning", str(one.statement))


@pytest.mark.parametrize(
    ("corrected", "is_found"), [("100余", False), ("110余", True), ("约110", True), ("110以上", True)]
)
def test_what_was_corrected_to_something_not_exact_is_named_as_it_was_typed(cast, accepted, corrected, is_found):
    correct(cast, "2022Q1", {"food.done": corrected})
    findings = found(cast)
    assert bool(findings) is is_found
    for one in findings:
        assert one.severity == "warning"
        assert f"was corrected from 100 to {corrected} on 20" in str(one.statement)


def test_what_was_wrong_when_it_was_accepted_stays_an_error(cast, accepted):
    correct(cast, "2023Q1", {"food.growth": "25.0"})
    [one] = found(cast)
    assert (one.severity, "was corrected" in str(one.statement)) == ("error", False)


def test_a_correction_before_it_was_accepted_excuses_nothing(cast):
    growth()
    base.report(cast.county, "2022Q1", {"food.done": "100"})
    correct(cast, "2022Q1", {"food.done": "110"})
    base.report(cast.county, "2023Q1", {"food.done": "120", "food.growth": "20.0"}, "draft")
    sheet = base.submission(cast.county)
    Transition.objects.create(submission=sheet, old="signed", new="accepted", by=cast.office)
    assert [one.severity for one in found(cast)] == ["error"]


def test_what_is_declared_anew_after_the_correction_is_judged_as_ever(cast, accepted):
    correct(cast, "2022Q1", {"food.done": "110"})
    correct(cast, "2023Q1", {"food.growth": "21.0"})
    assert [one.severity for one in found(cast)] == ["error"]
    correct(cast, "2023Q1", {"food.growth": "9.1"})
    assert found(cast) == []


def test_a_correction_that_was_taken_back_is_none(cast, accepted):
    correct(cast, "2022Q1", {"food.done": "110"})
    correct(cast, "2022Q1", {"food.done": "100"})
    assert found(cast) == []


def test_what_was_blank_when_it_was_accepted_is_no_correction(cast):
    growth()
    base.report(cast.county, "2023Q1", {"food.done": "120", "food.growth": "20.0"}, "draft")
    base.take_to("accepted", cast, base.submission(cast.county))
    base.report(cast.county, "2022Q1", {"food.done": "110"})
    assert [one.severity for one in found(cast)] == ["error"]


def test_growth_since_the_period_before_and_growth_from_nothing_likewise(cast):
    growth("food.done / previous(food.done) - 1")
    base.report(cast.county, "2022Q4", {"food.done": "100"})
    base.report(cast.county, "2023Q1", {"food.done": "120", "food.growth": "20.0"}, "draft")
    base.take_to("accepted", cast, base.submission(cast.county))
    correct(cast, "2022Q4", {"food.done": "0"})
    [one] = found(cast)
    assert (one.rule, one.severity) == ("growth:food.growth", "warning")
    assert "(2022Q4) was corrected from 100 to 0" in str(one.statement)


def test_the_sheet_goes_out_again_with_an_explanation(cast, accepted):
    correct(cast, "2022Q1", {"food.done": "110"})
    storage.refresh(accepted)
    assert StoredFinding.objects.get(rule="declared:food.growth").severity == "warning"
    moves.move(submission=accepted, action="reopen", by=cast.office, reason="核对")
    assert MOVES["reopen"].new == accepted.status
    assert [one.severity for one in found(cast)] == ["warning"]


def test_however_many_figures_were_corrected_it_costs_two_queries(cast, accepted):
    sheet = Submission.objects.get(pk=accepted.pk)
    few = base.queries(lambda: gathering.of_submission(sheet))
    correct(cast, "2022Q1", {"food.done": "110", "food.passed": "90", "food.firms": "3"})
    correct(cast, "2022Q1", {"food.done": "111"})
    assert base.queries(lambda: gathering.of_submission(sheet)) <= few + 2
