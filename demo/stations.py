"""Stations of a department of the demonstration, and what they filled in for the sheet that it has at hand."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from collection import entry, requests, steps
from collection.models import Station, StationPart
from collection.vocabulary import PartSource
from demo.accounts import MAIN_DEPARTMENT
from sectors.catalogue.compiled import sheet_of
from sectors.models import Indicator, Region, Submission, User
from sectors.vocabulary import Role, SubmissionStatus

SHEET = "N-01"
TOWNS = (
    *("特克斯镇", "乔拉克铁热克镇", "喀拉达拉镇", "齐勒乌泽克镇"),
    *("喀拉托海镇", "呼吉尔特蒙古乡", "阔克苏乡", "阔克铁热克柯尔克孜乡"),
)
SENT, BEGUN = 5, 1  # of the towns, in their order; one of those that sent is returned


@transaction.atomic
def make_stations(region: Region) -> int:
    """Eight stations of the main department, asked for its sheet of the year's last period. Returns how many were made:
    none where it has some already, or no such sheet is a draft."""
    department = region.departments.filter(code=MAIN_DEPARTMENT).first()
    drafts = Submission.objects.filter(region=region, sheet__number=SHEET, status=SubmissionStatus.DRAFT, is_demo=True)
    submission = drafts.with_names().order_by("-period__year", "-period__number").first()
    if department is None or submission is None or department.stations.exists():
        return 0
    by = User.objects.filter(department=department, role=Role.CLERK).order_by("pk")[0]
    made = [
        Station.objects.create(department=department, name=f"{town}农业农村服务站", kind="乡镇站所", position=n)
        for n, town in enumerate(TOWNS)
    ]
    cells = [one for one in sheet_of(submission).entered.values() if not one.is_words]
    due = timezone.localdate() + datetime.timedelta(days=3)
    wanted = requests.Wanted([one.code for one in cells], [one.pk for one in made], due, "请按本站台账填报本季度数。")
    asked = requests.ask(submission, wanted, by=by)
    for n, part in enumerate(StationPart.objects.for_reading().filter(request=asked).order_by("station__position")):
        if n < SENT + BEGUN:
            _fill(part, n, cells, by)
        if n == SENT - 1:
            steps.give_back(part, by=by, reason="与上季度相比明显偏少，请核对后重报。")
    return len(made)


def _fill(part: StationPart, n: int, cells: list[Indicator], by: User) -> None:
    """Small numbers alike in each row; a station that has begun stops halfway."""
    some = cells if n < SENT else cells[: len(cells) // 2]
    figures = {one.code: str(90 if one.unit.is_percent else 3 + n) for one in some}
    entry.save(part, entry.Sent(figures), by=by, source=PartSource.EXCEL)
    if n < SENT:
        steps.send(part, by=by, remark="示例数据")
