"""A draft report of the cast's county to try things on."""

import datetime

from reports.document import snapshots
from reports.editing import drafts, issuing, signing
from reports.editing.assembly import printed_text
from reports.models import AnnualReport
from sectors.approval import moves
from sectors.entry import writer
from sectors.models import Submission
from tests import base

DAY = datetime.date(2024, 1, 5)
YEAR = 2023


def figures(cast):
    base.report(cast.county, "2022Q1", {"food.done": "30", "food.passed": "30"})
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"})
    if cast.county.departments.filter(code="water").exists():
        base.report(cast.county, "2023Q2", {"water.tests": "12"})


def begin(cast):
    figures(cast)
    return drafts.begin(region=cast.county, year=YEAR, by=cast.office, day=DAY)


def make():
    """A draft in a database that has nothing yet."""
    base.make_cast()
    return begin(base.cast())


def make_issued():
    report = make()
    issuing.issue(report=report, by=base.cast().office, reason="先行印发", seen=issuing.readiness(working(report)).mark)


def begun():
    """What these have made."""
    return AnnualReport.objects.select_related("region").get()


def correct(cast, **figures):
    """The department corrects accepted figures of the first quarter's food sheet the ordinary way."""
    submission = Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, "2023Q1"))
    submission = moves.move(submission=submission, action="reopen", by=cast.office, reason="请核对")
    typed = {"food.task": "50"} | {f"food.{name}": text for name, text in figures.items()}
    writer.save(submission, writer.Typed(typed), by=cast.clerk)
    for action, by in (("submit", cast.clerk), ("sign", cast.head), ("accept", cast.office)):
        submission = moves.move(submission=submission, action=action, by=by)


def approve(report, cast):
    """The draft goes its way to the leader's approval; a colleague of the drafter reviews it."""
    office = cast.county.departments.get(code="office")
    reviewer = office.users.filter(username="reviewer").first() or base.user("office", office, "reviewer")
    for action, by in (("send", cast.office), ("review", reviewer), ("approve", cast.leader)):
        signing.act(report=report, action=action, by=by, seen=None)


def working(report):
    return drafts.load(AnnualReport.objects.select_related("region").get(pk=report.pk))


def printed(report, key):
    return printed_text(working(report).by_key[key].block)


def cover(document):
    return document.blocks[0]


def issued_cover(report):
    return cover(snapshots.load(report.snapshot))
