"""A scheme in force for last year with its assessment, and a target of this year that waits for the office."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction

from assessment import scheme_versions, targets
from assessment.models import Scheme
from demo.assessment_run import make_run
from demo.years import illustrative_years
from sectors.catalogue import compiled
from sectors.models import Region, User
from sectors.vocabulary import Role, TargetBound

FILE = settings.BASE_DIR / "catalogue" / "schemes" / "county-departments.yaml"
INDICATOR, VALUE = "agri.routine.rate", Decimal("98.5")
SOURCE, REASON = "县年度质量工作要点", "上年已达到98%，按工作要点提高0.5个百分点。"


@transaction.atomic
def make_assessment(region: Region, today: datetime.date) -> bool:
    """Whether anything was made: nothing where the region has a scheme of the year already, or no office."""
    years = illustrative_years(today)
    office = User.objects.filter(department__region=region, role=Role.OFFICE, is_active=True).order_by("pk").first()
    if not years or office is None or Scheme.objects.filter(region=region, year=years[0]).exists():
        return False
    scheme = _load(region, years[0], office)
    scheme_versions.put_in_force(scheme=scheme, reason="", by=office)
    make_run(scheme, office)
    indicator = compiled.catalogue().by_code.get(INDICATOR)
    people = User.objects.filter(role=Role.CLERK, department__region=region, is_active=True).order_by("pk")
    clerk = indicator and people.filter(department__assignments__sheet=indicator.sheet_id).first()
    if indicator and clerk and not targets.statements(region, indicator, years[-1]):
        what = targets.Proposed(VALUE, TargetBound.AT_LEAST, SOURCE, str(years[-1]), REASON)
        targets.propose(region=region, indicator=indicator, year=years[-1], what=what, by=clerk, seen_as="")
    return True


def _load(region: Region, year: int, office: User) -> Scheme:
    """The shipped scheme, as a file of the year."""
    text = re.sub(r"(?m)^year: \d+$", f"year: {year}", FILE.read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        path = Path(folder, FILE.name)
        path.write_text(text, encoding="utf-8")
        return scheme_versions.load(region=region, year=year, path=path, by=office)[0]
