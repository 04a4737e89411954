"""What the office answers where the finished text does not agree with itself: the only writer of `Answer`.

An answer is about what was seen; where numbers change it is one to nothing, and the contradiction is open again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_edit
from reports.document.characters import printable
from reports.editing import agreement, drafts, steps
from reports.editing.agreement import Contradiction, Finished
from reports.editing.drafts import Working, WrongState
from reports.models import AnnualReport, Answer
from reports.vocabulary import Audience
from sectors.models import Indicator, Unit, User
from sectors.people import notices


class Overwritten(Exception):
    """Somebody else answered, or took an answer back, since the person saw it."""


@dataclass(frozen=True)
class Answered:
    """A contradiction with the row of its answer, whose text is empty where it was taken back."""

    found: Contradiction
    answer: Answer | None

    @property
    def is_open(self) -> bool:
        return self.answer is None or not self.answer.text

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else 0

    @property
    def key(self) -> tuple[str, int]:
        """Tells one state from the next."""
        return (self.found.mark, self.version)


def of(working: Working) -> list[Answered]:
    """What does not agree in the draft as it would be printed. Three queries."""
    given = {answer.mark: answer for answer in working.report.answers.select_related("by__department")}
    return [Answered(one, given.get(one.mark)) for one in found(working)]


def kept(report: AnnualReport) -> list[Answer]:
    """Those that were given and not taken back, the first one first; one query."""
    return list(report.answers.exclude(text="").select_related("by__department").order_by("at", "pk"))


def found(working: Working) -> list[Contradiction]:
    """Edition by edition, since each has to agree with itself; what an earlier one says too is said once."""
    counted: dict[str, list[str]] = {}
    rows = Indicator.objects.filter(counted__of="notice", counted__measure="notices").in_report_order()
    for sector, code in rows.values_list("sheet__sector__code", "code"):
        counted.setdefault(sector, []).append(code)
    spellings, every = Unit.objects.spellings(), list[Contradiction]()
    for audience in Audience:
        known = {(one.kind, one.seen) for one in every}
        of_edition = Finished(working.generated, working.printed_for(audience), spellings, counted)
        every += [one for one in agreement.found(of_edition) if (one.kind, one.seen) not in known]
    return every


@transaction.atomic
def write(*, report: AnnualReport, mark: str, text: str, seen: int, by: User) -> None:
    """Answer what does not agree, or take the answer back with an empty text. `seen`: the version that was on the page,
    0 without one.

    Raises PermissionDenied, Overwritten, and WrongState where that is not found in the draft any more.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    drafts.lock(report, by)
    current = AnnualReport.objects.select_related("region").get(pk=report.pk)
    one = next((one for one in found(drafts.load(current)) if one.mark == mark), None)
    if one is None:
        raise WrongState(_("This has changed since the page was opened: the numbers are others by now."))
    answer = Answer.objects.filter(report=current, mark=mark).first()
    if (answer.version if answer else 0) != seen:
        raise Overwritten(_("Somebody else answered this meanwhile. Look at it first."))
    said = " ".join(printable(text).split())
    told = {"section": one.section[:200], "about": one.text, "text": said, "at": timezone.now(), "by": by}
    changes = [("answer", answer.text if answer else "", said)]
    region = current.region_id
    record.write(EventKind.REPORT, current, changes=changes, by=by, region=region, about=one.text)
    _tell_approvers(current, by, one.text, said)
    Answer.objects.update_or_create(report=current, mark=mark, defaults={**told, "version": seen + 1})


def _tell_approvers(report: AnnualReport, by: User, about: str, said: str) -> None:
    """The text stays the one that was approved, so the approval stands; but whoever gave it is told what was answered
    since, and can still return the draft."""
    current = steps.current(report)
    approval = next((step for step in current if step.kind in steps.APPROVALS), None)
    if approval is None:
        return
    people = {step.by_id: step.by for step in current if step.by_id != by.pk}
    with translation.override(settings.LANGUAGE_CODE):
        what = {"who": by.full_name, "year": report.year, "about": about, "text": said or "—"}
        text = _("After the approval of the report of %(year)d %(who)s answered “%(about)s”: %(text)s") % what
    notices.notify(people.values(), text, reverse("sign-report", args=[report.year]))


def keep_only(report: AnnualReport, marks: Collection[str]) -> None:
    """Leave the answers to what is printed, before the report is frozen with them."""
    Answer.objects.filter(Q(text="") | ~Q(mark__in=marks), report=report).delete()


def take_over(before: AnnualReport, revised: AnnualReport) -> None:
    """The next edition begins with the answers of the last one: they count where it says the same."""
    rows = [
        Answer(report=revised, mark=row.mark, section=row.section, about=row.about, text=row.text, at=row.at, by=row.by)
        for row in before.answers.select_related("by")
    ]
    Answer.objects.bulk_create(rows)
