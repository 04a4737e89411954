"""A scheme in force for the illustrative year, and a target that waits for the office."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import transaction

from assessment import scheme_versions, targets
from assessment.models import Scheme
from demo.figures import YEAR
from sectors.catalogue import compiled
from sectors.models import Region, User
from sectors.vocabulary import Role, TargetBound

FILE = settings.BASE_DIR / "catalogue" / "schemes" / "county-departments.yaml"
INDICATOR, VALUE = "agri.routine.rate", Decimal("98.5")
SOURCE, REASON = "县年度质量工作要点", "上年已达到98%，按工作要点提高0.5个百分点。"


@transaction.atomic
def make_assessment(region: Region) -> bool:
    """Whether anything was made: nothing where the region has a scheme of the year already, or no office."""
    office = User.objects.filter(department__region=region, role=Role.OFFICE, is_active=True).order_by("pk").first()
    if office is None or Scheme.objects.filter(region=region, year=YEAR).exists():
        return False
    scheme, _is_new = scheme_versions.load(region=region, year=YEAR, path=FILE, by=office)
    scheme_versions.put_in_force(scheme=scheme, reason="", by=office)
    indicator = compiled.catalogue().by_code.get(INDICATOR)
    people = User.objects.filter(role=Role.CLERK, department__region=region, is_active=True).order_by("pk")
    clerk = indicator and people.filter(department__assignments__sheet=indicator.sheet_id).first()
    if indicator and clerk:
        what = targets.Proposed(VALUE, TargetBound.AT_LEAST, SOURCE, str(YEAR), REASON)
        targets.propose(region=region, indicator=indicator, year=YEAR, what=what, by=clerk, seen_as="")
    return True
