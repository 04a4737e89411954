"""Records of the cast's registers."""

import datetime

from inspections import records
from inspections.models import EnforcementCase, NonconformingSample, SamplingBatch, SamplingPlan
from inspections.registers import REGISTERS
from sectors.models import Sector

DAY = datetime.date(2023, 2, 14)


def batch(cast, **fields):
    """A stored batch of 市场监管局."""
    start = {
        "department": cast.market,
        "region": cast.county,
        "sector": Sector.objects.get(code="food"),
        "programme": "supervision",
        "category": "produce.vegetable",
        "product": "豇豆",
        "place": "东门市场",
        "taken_on": DAY,
    }
    made = SamplingBatch(**{**start, **fields})
    records.save(made, by=cast.clerk)
    return made


def one_of_each(cast):
    """A record in every register of 市场监管局."""
    food = Sector.objects.get(code="food")
    common = {"department": cast.market, "region": cast.county, "sector": food}
    plan = SamplingPlan(
        **common, year=2023, name="年度计划", programme="supervision", issued_on=DAY, body="检测院", basis="依据"
    )
    records.save(plan, by=cast.clerk)
    made = batch(cast, report_number="A-1", samples=2, failed=1, plan=plan, items="农药残留：毒死蜱、克百威")
    case = EnforcementCase(**common, number="C-1", party="某店", category="produce", filed_on=DAY)
    records.save(case, by=cast.clerk)
    sample = NonconformingSample(**common, batch=made, item="毒死蜱", measured="0.12", found_on=DAY, case=case)
    records.save(sample, by=cast.clerk)
    for slug, fields in (
        ("inspections", {"held_on": DAY, "premises": "某店", "premises_type": "food"}),
        (
            "rectifications",
            {"number": "N-1", "premises": "某店", "premises_type": "food", "issued_on": DAY, "due_on": DAY},
        ),
        ("complaints", {"channel": "hotline", "subject": "价格", "accepted_on": DAY, "against": "某店"}),
    ):
        records.save(REGISTERS[slug].model(**common, **fields), by=cast.clerk)
