"""The lists of records: one table that says of each kind where it lies, what is shown, searched and carried over."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections import forms
from inspections.models import (
    Complaint,
    EnforcementCase,
    Firm,
    Inspection,
    NonconformingSample,
    PlanTask,
    Record,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from inspections.models.words import word_fields
from sectors.catalogue.words import words
from sectors.vocabulary import WordKind


@dataclass(frozen=True)
class Column:
    """A column of a list: how a record fills it, and the field it sorts by, where it can be sorted by."""

    head: str | Promise
    text: Callable[[Any], object]
    sort: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Register:
    """A kind of record. `slug` names its addresses; `carried` is what the next record most likely repeats."""

    slug: str
    path: str
    title: str | Promise
    new: str | Promise
    model: type[Record]
    form: type[forms.RecordForm]
    day: str
    columns: tuple[Column, ...]
    search: tuple[str, ...]
    filters: tuple[str, ...]  # fields with choices
    quick: tuple[str, ...]  # what a new row asks for in the list itself
    carried: tuple[str, ...]
    related: tuple[str, ...] = ()
    closes: bool = True  # whether records have a `closed_on`

    @property
    def kind(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def area(self) -> str:
        """The word of the navigation it belongs to."""
        return "batches" if self.path.startswith("sampl") else "inspections"


def _word(kind: WordKind, field: str) -> Callable[[Any], object]:
    """What a code is called; Django's own way makes all choices anew for each record, which a list feels."""
    return lambda record: words().label(kind, getattr(record, field))


def _plain(field: str) -> Callable[[Any], object]:
    return lambda record: getattr(record, field)


def _result(batch: SamplingBatch) -> str:
    if batch.failed is None:
        return "–"
    return f"{batch.samples - batch.failed}/{batch.samples}"


def _measured(sample: NonconformingSample) -> str:
    parts = (sample.measured, sample.limit)
    measured, limit = (f"{value.normalize():f}" if value is not None else "–" for value in parts)
    return f"{measured} / {limit} {sample.unit}".strip()


BATCHES = Register(
    slug="batches",
    path="sampling/",
    title=_("Sampling batches"),
    new=_("New batch"),
    model=SamplingBatch,
    form=forms.BatchForm,
    day="taken_on",
    columns=(
        Column(_("Taken on"), _plain("taken_on"), "taken_on"),
        Column(_("Product"), _plain("product"), "product"),
        Column(_("Category"), _word(WordKind.CATEGORY, "category"), "category"),
        Column(_("Place"), _plain("place"), "place"),
        Column(_("Programme"), _word(WordKind.PROGRAMME, "programme"), "programme"),
        Column(_("Conforming"), _result, "failed", is_number=True),
        Column(_("Report number"), _plain("report_number"), "report_number"),
    ),
    search=("product", "place", "sampled_unit", "producer", "report_number", "campaign", "items"),
    filters=("programme", "category", "setting"),
    quick=("taken_on", "category", "product", "place", "samples", "failed", "report_number"),
    carried=(
        *("programme", "sector", "campaign", "plan", "taken_on", "category", "setting", "place", "sampled_unit"),
        *("producer", "items"),
    ),
)
PLANS = Register(
    slug="plans",
    path="sampling/plans/",
    title=_("Sampling plans"),
    new=_("New plan"),
    model=SamplingPlan,
    form=forms.PlanForm,
    day="issued_on",
    columns=(
        Column(_("Year"), _plain("year"), "year"),
        Column(_("Name"), _plain("name"), "name"),
        Column(_("Programme"), _word(WordKind.PROGRAMME, "programme"), "programme"),
        Column(_("Issued on"), _plain("issued_on"), "issued_on"),
        Column(_("Testing body"), _plain("body")),
    ),
    search=("name", "body", "basis"),
    filters=("programme",),
    quick=(),
    carried=("programme", "sector", "body", "basis"),
    closes=False,
)
SAMPLES = Register(
    slug="samples",
    path="samples/",
    title=_("Nonconforming samples"),
    new=_("New nonconforming sample"),
    model=NonconformingSample,
    form=forms.NonconformingForm,
    day="found_on",
    columns=(
        Column(_("Found on"), _plain("found_on"), "found_on"),
        Column(_("Product"), lambda s: s.batch.product, "batch__product"),
        Column(_("Item"), _plain("item"), "item"),
        Column(_("Measured / limit"), _measured),
        Column(_("Place"), lambda s: s.batch.place, "batch__place"),
        Column(_("Producer"), lambda s: s.batch.producer, "batch__producer"),
        Column(_("Disposal"), _plain("disposal")),
        Column(_("Case"), lambda s: (s.case.number or str(s.case)) if s.case else ""),
    ),
    search=("item", "batch__product", "batch__place", "batch__producer"),
    filters=("batch__category", "retest"),
    quick=(),
    carried=("unit", "judgement", "disposal"),
    related=("batch", "case"),
)
INSPECTIONS = Register(
    slug="inspections",
    path="inspections/",
    title=_("Inspections"),
    new=_("New inspection"),
    model=Inspection,
    form=forms.InspectionForm,
    day="held_on",
    columns=(
        Column(_("Held on"), _plain("held_on"), "held_on"),
        Column(_("Premises"), _plain("premises"), "premises"),
        Column(_("Type of premises"), _word(WordKind.PREMISES_TYPE, "premises_type"), "premises_type"),
        Column(_("Kind"), _word(WordKind.INSPECTION, "kind"), "kind"),
        Column(_("People"), _plain("people"), "people", is_number=True),
        Column(_("Vehicles"), _plain("vehicles"), "vehicles", is_number=True),
        Column(_("Problems found"), _plain("problems"), "problems", is_number=True),
    ),
    search=("premises", "campaign", "found"),
    filters=("kind", "premises_type"),
    quick=("held_on", "premises_type", "premises", "people", "vehicles", "problems"),
    carried=("kind", "sector", "campaign", "held_on", "premises_type", "people", "vehicles"),
    closes=False,
)
NOTICES = Register(
    slug="rectifications",
    path="inspections/notices/",
    title=_("Rectification notices"),
    new=_("New notice"),
    model=RectificationNotice,
    form=forms.NoticeForm,
    day="issued_on",
    columns=(
        Column(_("Issued on"), _plain("issued_on"), "issued_on"),
        Column(_("Number"), _plain("number"), "number"),
        Column(_("Premises"), _plain("premises"), "premises"),
        Column(_("Problems"), _plain("problems"), "problems", is_number=True),
        Column(_("Due on"), _plain("due_on"), "due_on"),
        Column(_("Checked again on"), _plain("rechecked_on"), "rechecked_on"),
    ),
    search=("number", "premises", "evidence"),
    filters=("premises_type",),
    quick=("issued_on", "due_on", "number", "premises", "problems"),
    carried=("sector", "premises_type", "issued_on", "due_on"),
    related=("inspection",),
)
CASES = Register(
    slug="cases",
    path="inspections/cases/",
    title=_("Cases"),
    new=_("New case"),
    model=EnforcementCase,
    form=forms.CaseForm,
    day="filed_on",
    columns=(
        Column(_("Filed on"), _plain("filed_on"), "filed_on"),
        Column(_("Number"), _plain("number"), "number"),
        Column(_("Party"), _plain("party"), "party"),
        Column(_("Category"), _word(WordKind.CATEGORY, "category"), "category"),
        Column(_("Cause"), _plain("cause")),
        Column(_("Closed on"), _plain("closed_on"), "closed_on"),
        Column(_("Penalty (yuan)"), _plain("penalty"), "penalty", is_number=True),
    ),
    search=("number", "party", "cause"),
    filters=("category",),
    quick=("filed_on", "number", "party", "closed_on", "penalty"),
    carried=("sector", "category"),
)
COMPLAINTS = Register(
    slug="complaints",
    path="inspections/complaints/",
    title=_("Complaints"),
    new=_("New complaint"),
    model=Complaint,
    form=forms.ComplaintForm,
    day="accepted_on",
    columns=(
        Column(_("Accepted on"), _plain("accepted_on"), "accepted_on"),
        Column(_("Channel"), _word(WordKind.CHANNEL, "channel"), "channel"),
        Column(_("Kind"), _word(WordKind.COMPLAINT, "kind"), "kind"),
        Column(_("Subject"), _plain("subject"), "subject"),
        Column(_("Against"), _plain("against"), "against"),
        Column(_("Answered on"), _plain("answered_on"), "answered_on"),
        Column(_("Days taken"), lambda c: "–" if c.days_taken is None else c.days_taken, is_number=True),
    ),
    search=("number", "subject", "against"),
    filters=("channel", "kind"),
    quick=("accepted_on", "subject", "against", "closed_on"),
    carried=("sector", "channel", "kind", "accepted_on"),
)
REGISTERS = {r.slug: r for r in (BATCHES, PLANS, SAMPLES, INSPECTIONS, NOTICES, CASES, COMPLAINTS)}
AREAS = {area: [r for r in REGISTERS.values() if r.area == area] for area in ("batches", "inspections")}
# What a counting rule's `of` is called here.
REGISTER_OF = {
    "batch": BATCHES,
    "task": PLANS,
    "inspection": INSPECTIONS,
    "notice": NOTICES,
    "case": CASES,
    "complaint": COMPLAINTS,
}


def used_words(kind: str, codes: Collection[str]) -> set[str]:
    """Which of some words records are filled with, tasks of plans and firms among them."""
    found: set[str] = set()
    models: list[Any] = [*(register.model for register in REGISTERS.values()), PlanTask, Firm]
    for model in models:
        for field in word_fields(model):
            if field.kind == kind:
                rows = model._default_manager.filter(**{f"{field.name}__in": codes})
                found |= set(rows.order_by().values_list(field.name, flat=True).distinct())
    return found
