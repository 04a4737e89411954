"""An illustrative register: most firms that the illustrative records name, and some that nobody inspected."""

from __future__ import annotations

import datetime

from django.db.models import Min

from inspections import firm_names, firms
from inspections.models import Firm, Inspection, RectificationNotice, SamplingBatch
from sectors.models import Region, User
from sectors.vocabulary import Role

TOWNSHIPS = ("特克斯镇", "科克苏镇", "乔拉克铁热克镇", "喀拉达拉镇", "齐勒乌泽克镇", "呼吉尔特蒙古民族乡")
GRADES = ("A", "B", "A", "C", "B", "D", "")
SIZES = ("small", "micro", "micro", "medium", "small")
UNKNOWN = 9  # every so many has a longer name in the register than in the records, so that somebody has to match it
UNVISITED = 4  # for so many inspected ones there is one that was not


def make_firms(region: Region) -> int:
    """Make the firms of a region that has its illustrative records, and link them; returns how many, none when there
    are some."""
    office = User.objects.filter(department__region=region, role=Role.OFFICE).first()
    if office is None or Firm.objects.filter(region=region).exists():
        return 0
    inspected = Inspection.objects.filter(region=region, is_demo=True).order_by("premises_type", "premises")
    rows = inspected.values_list("premises", "premises_type").annotate(department=Min("department"))
    noticed = RectificationNotice.objects.filter(region=region, is_demo=True).order_by("premises_type", "premises")
    notices = noticed.values_list("premises", "premises_type").annotate(department=Min("department"))
    canteens = SamplingBatch.objects.filter(region=region, is_demo=True, setting="canteen").order_by("place")
    places = canteens.values_list("place").annotate(department=Min("department"))
    named = [*rows, *notices, *((place.removesuffix("食堂"), "school", department) for place, department in places)]
    made: dict[str, Firm] = {}
    for n, (text, kind, department) in enumerate(named):
        name = f"特克斯县{text}" if n % UNKNOWN == UNKNOWN - 1 else text
        made.setdefault(firm_names.key(name), _firm(region, n, name, kind, department))
        if n % UNVISITED == UNVISITED - 1:
            other = f"{TOWNSHIPS[n % len(TOWNSHIPS)]}{text}"
            made.setdefault(firm_names.key(other), _firm(region, len(named) + n, other, kind, department))
    firms.bulk_save([(firm, _others(firm)) for firm in made.values()], [], by=office)
    firms.link_exact(region, {text for text, _kind, _department in named} | {place for place, _d in places}, by=office)
    return len(made)


def _firm(region: Region, number: int, name: str, kind: str, department: int) -> Firm:
    opened = datetime.date(2015 + number % 8, number % 12 + 1, number % 28 + 1)
    township = next((one for one in TOWNSHIPS if name.startswith(one)), TOWNSHIPS[number % len(TOWNSHIPS)])
    body = f"92{region.code}MA{number:07d}"
    return Firm(
        region=region,
        name=name,
        code="" if kind in ("school", "site", "road", "bridge") else body + firm_names.check_digit(body),
        kind=kind,
        size=SIZES[number % len(SIZES)],
        grade=GRADES[number % len(GRADES)],
        township=township,
        address=f"{township}阿扎提街{number % 90 + 1}号",
        department_id=department,
        opened_on=opened,
        closed_on=datetime.date(2023, 6, 30) if number % 29 == 28 else None,
        is_demo=True,
    )


def _others(firm: Firm) -> list[str]:
    """A school is called by its canteen where food is sampled."""
    return [f"{firm.name}食堂"] if firm.kind == "school" else []
