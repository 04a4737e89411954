"""What follows from a record: a sample that did not conform from a batch, a case from a sample, a notice from an
inspection. What follows takes over what is known already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import Inspection, NonconformingSample, Record, SamplingBatch
from inspections.registers import BATCHES, CASES, INSPECTIONS, NOTICES, PLANS, REGISTERS, SAMPLES, Register
from sectors.models import User
from sectors.texts import whole_number


@dataclass(frozen=True)
class Step:
    """From a record of one register to those of another that belong to it."""

    to: Register
    title: str | Promise
    related: str  # on the record: those that follow, or the one that does
    button: str | Promise = ""  # the text of the button that records the next one
    initial: Callable[[Any], dict[str, Any]] | None = None  # what it begins with
    applies: Callable[[Any], object] = lambda record: True


@dataclass(frozen=True)
class FollowUp:
    """A step as a page shows it."""

    step: Step
    records: list[Record]
    may_begin: bool


def _sample_of_batch(batch: SamplingBatch) -> dict[str, Any]:
    found_on = batch.reported_on or batch.tested_on or timezone.localdate()
    return {"batch": batch.pk, "found_on": found_on, "unit": "", "item": "", "measured": None, "limit": None}


def _notice_of_inspection(inspection: Inspection) -> dict[str, Any]:
    return {
        "inspection": inspection.pk,
        "sector": inspection.sector_id,
        "premises": inspection.premises,
        "premises_type": inspection.premises_type,
        "problems": inspection.problems or 1,
    }


def _case_of_sample(sample: NonconformingSample) -> dict[str, Any]:
    batch = sample.batch
    return {
        "sector": sample.sector_id,
        "party": batch.sampled_unit or batch.producer or batch.place,
        "category": batch.category,
        "cause": _("%(product)s: %(item)s does not conform") % {"product": batch.product, "item": sample.item},
    }


STEPS: dict[str, tuple[Step, ...]] = {
    BATCHES.slug: (
        Step(PLANS, gettext_lazy("Sampling plan"), "plan"),
        Step(
            SAMPLES,
            gettext_lazy("Nonconforming samples"),
            "nonconforming",
            gettext_lazy("Record what did not conform"),
            _sample_of_batch,
            lambda batch: batch.missing_samples,
        ),
    ),
    SAMPLES.slug: (
        Step(BATCHES, gettext_lazy("Sampling batch"), "batch"),
        Step(
            CASES,
            gettext_lazy("Handed to the case"),
            "case",
            gettext_lazy("File a case for it"),
            _case_of_sample,
            lambda sample: sample.case_id is None,
        ),
    ),
    INSPECTIONS.slug: (
        Step(
            NOTICES,
            gettext_lazy("Rectification notices"),
            "notices",
            gettext_lazy("Issue a notice"),
            _notice_of_inspection,
            lambda inspection: inspection.problems,
        ),
    ),
    NOTICES.slug: (Step(INSPECTIONS, gettext_lazy("Inspection"), "inspection"),),
    CASES.slug: (Step(SAMPLES, gettext_lazy("Nonconforming samples"), "samples"),),
}


def of_record(register: Register, record: Record, *, may_write: bool) -> list[FollowUp]:
    """What belongs to a record, and what may be begun from it."""
    found = []
    for step in STEPS.get(register.slug, ()):
        records = _records(step, record)
        may_begin = bool(may_write and step.initial and step.applies(record))
        if records or may_begin:
            found.append(FollowUp(step, records, may_begin))
    return found


def _records(step: Step, record: Record) -> list[Record]:
    there = getattr(record, step.related)
    if there is None or isinstance(there, Record):
        return [there] if there else []
    return list(there.select_related(*step.to.related))


def predecessor(text: str, to: Register, user: User) -> Record | None:
    """The record of the person's department that `<register>:<number>` names, if `to` may follow from it."""
    slug, _colon, number = text.partition(":")
    if not any(step.to is to and step.initial for step in STEPS.get(slug, ())):
        return None
    register = REGISTERS[slug]
    rows = register.model.objects.filter(department=user.department_id).select_related("sector", *register.related)
    found: Record | None = rows.filter(pk=whole_number(number)).first()
    return found


def initial_values(record: Record, to: Register) -> dict[str, Any]:
    """What a record of `to` that follows begins with."""
    slug = next(slug for slug, register in REGISTERS.items() if register.model is type(record))
    step = next(step for step in STEPS[slug] if step.to is to and step.initial)
    assert step.initial is not None
    return step.initial(record)
