"""The steps of a draft on its way to being issued: which of them stand, and what ends them. With `signing`, which takes
them, the only writer of `ReportStep`.

A step stands for the text that its person saw. Whatever changes that text ends all of them, so the draft goes the whole
way again.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.models import AnnualReport, ReportStep
from reports.models.annual import steps_since_sent
from reports.vocabulary import StepKind
from sectors.models import User
from sectors.people import notices


class WrongState(Exception):
    """The step does not fit the report's state, or somebody else was faster; the message says what is so now."""


APPROVALS = frozenset({StepKind.APPROVED, StepKind.OFFLINE})


def of(report: AnnualReport) -> list[ReportStep]:
    """All steps, the first one first; one query."""
    return list(report.steps.select_related("by__department", "scan").order_by("pk"))


def standing(steps: Sequence[ReportStep], digest: str) -> tuple[ReportStep, ...]:
    """Those that stand for the text with this digest."""
    current = steps_since_sent(steps)
    return current if all(step.digest == digest for step in current) else ()


def current(report: AnnualReport) -> Sequence[ReportStep]:
    """Those since the draft was last sent, unless a return or a change ended them."""
    return steps_since_sent(of(report))


def is_approved(of_issued: Sequence[ReportStep]) -> bool:
    """Whether what was issued had been approved, by its steps."""
    return bool(of_issued) and any(step.kind in APPROVALS for step in standing(of_issued, of_issued[-1].digest))


def last(report: AnnualReport) -> int:
    """The key of the last step; 0 before the first one."""
    return report.steps.order_by("-pk").values_list("pk", flat=True).first() or 0


def void(report: AnnualReport, by: User) -> None:
    """The text of a locked draft is being changed: what was sent, reviewed and approved is no longer, and those who
    did it are told."""
    ended = current(report)
    if not ended:
        return
    tell(ReportStep.objects.create(report=report, kind=StepKind.VOIDED, by=by))
    people = {step.by_id: step.by for step in ended if step.by_id != by.pk}
    with translation.override(settings.LANGUAGE_CODE):
        text = _("%(who)s changed the draft of the report of %(year)d: what you did about it is void.")
        text %= {"who": by.full_name, "year": report.year}
    # They see the draft again once it comes to them again.
    notices.notify(people.values(), text, reverse("home"))


def tell(step: ReportStep) -> ReportStep:
    """Has the audit record say that a step was taken; returns it."""
    changes = [("step", None, step.kind)]
    region = step.report.region_id
    record.write(EventKind.REPORT_STEP, step.report, changes=changes, by=step.by, region=region, words=step.words)
    return step


def refuse_unseen(report: AnnualReport, seen: int | None) -> None:
    """Raises WrongState where a change would void steps of a locked draft that the person did not see: `seen` is the
    last one on their page, None where nobody looked."""
    current = steps_since_sent(of(report)) if seen is not None and seen != last(report) else ()
    if current:
        message = _(
            "Nothing was changed: “%(step)s” by %(who)s came meanwhile, and a change voids it. Look at the draft again."
        )
        raise WrongState(message % {"step": current[-1].get_kind_display(), "who": current[-1].by.full_name})
