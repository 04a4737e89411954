"""Reports of the demonstration: that of 2022 approved and issued, that of the first illustrative year waiting for the
leader, if anything of it is accepted yet."""

from __future__ import annotations

import datetime

from django.db import transaction

from demo.years import HISTORY, illustrative_years
from reports.editing import answers, block_comments, drafts, issuing, signing
from reports.models import AnnualReport
from sectors.models import Region, Submission, User
from sectors.vocabulary import Role, SubmissionStatus

HISTORY_DAY = datetime.date(2023, 2, 17)
AS_IN_THE_ORIGINAL = "与原报告一致，原报告此处数据即对不上，已请部门核实。"
WHY_ALL_THE_SAME = "2022年数据按原报告录入，原件即有缺项，按时印发存档。"
REVIEWED = "数据已与各部门核对，文字无误。"
APPROVED = "同意印发。请质强办按季跟踪问题整改。"
ASKED = "这一段请对照部门上报的文字再核一遍。"


@transaction.atomic
def make_reports(region: Region, today: datetime.date) -> int:
    """Takes the reports their way, with the accounts that are there; returns how many: none where the region has a
    report already, or lacks somebody whose step it is."""
    people = User.objects.filter(department__region=region, is_active=True).order_by("pk")
    office, leader = list(people.filter(role=Role.OFFICE)), people.filter(role=Role.LEADER).first()
    if AnnualReport.objects.filter(region=region).exists() or len(office) < 2 or leader is None:
        return 0
    drafter, reviewer = office[:2]
    old = drafts.begin(region=region, year=HISTORY, by=drafter, day=HISTORY_DAY)
    _take(old, ("send", drafter, ""), ("review", reviewer, REVIEWED), ("approve", leader, APPROVED))
    for one in answers.of(drafts.load(old)):
        answers.write(report=old, mark=one.found.mark, text=AS_IN_THE_ORIGINAL, seen=one.version, by=drafter)
    seen = issuing.readiness(drafts.load(old)).mark
    issuing.issue(report=old, by=drafter, reason=WHY_ALL_THE_SAME, seen=seen)
    year = next(iter(illustrative_years(today)), HISTORY)
    accepted = Submission.objects.filter(region=region, period__year=year, status=SubmissionStatus.ACCEPTED)
    if year == HISTORY or not accepted.exists():
        return 1
    new = drafts.begin(region=region, year=year, by=drafter, day=today)
    first = next(item for item in drafts.load(new).placed if item.is_editable and not item.level)
    block_comments.comment(report=new, key=first.key, by=reviewer, text=ASKED)
    _take(new, ("send", drafter, "请核稿。"), ("review", reviewer, REVIEWED))
    return 2


def _take(report: AnnualReport, *steps: tuple[str, User, str]) -> None:
    for action, by, words in steps:
        signing.act(report=report, action=action, by=by, seen=None, words=words)
