"""Sampling: plans, batches on their way to a report, and samples that did not conform."""

from __future__ import annotations

import datetime
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections import deadlines
from inspections.choices import Retest, SamplingStage
from inspections.deadlines import Deadline, first_kept, last_on_time
from sectors.catalogue.words import words
from sectors.vocabulary import WordKind

from .inspections import EnforcementCase
from .records import PartyRecord, Record, State, order_condition, order_errors, validate_order
from .words import WordField


class SamplingPlan(Record):
    """A year's task under one programme: how many batches of what, tested by whom, on what legal basis."""

    year = models.PositiveSmallIntegerField(_("Year"))
    name = models.CharField(_("Name"), max_length=100)
    programme = WordField(_("Programme"), kind=WordKind.PROGRAMME)
    issued_on = models.DateField(_("Issued on"))
    body = models.CharField(_("Testing body"), max_length=100, blank=True)
    basis = models.CharField(_("Legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Sampling plan")
        verbose_name_plural = _("Sampling plans")
        ordering: ClassVar[list[str]] = ["-year", "-issued_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "year", "name"],
                name="plan_name_once_a_year",
                violation_error_message=_("There is a plan of this name and year already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"

    @property
    def words_day(self) -> datetime.date | None:
        """The day of issue, or the first of the year for a plan that is issued before it."""
        is_year = self.year and datetime.MINYEAR <= self.year <= datetime.MAXYEAR  # whatever was typed
        if not self.issued_on or not is_year or self.issued_on.year == self.year:
            return self.issued_on
        return datetime.date(self.year, 1, 1)

    @property
    def days_counted(self) -> list[datetime.date]:
        """Its tasks are what is counted of it."""
        return list(self.tasks.order_by("due_on").values_list("due_on", flat=True).distinct()) if self.pk else []


class PlanTask(models.Model):
    """How many batches of a category in a setting a plan asks for, and until when: it is counted in the period in which
    that day lies."""

    plan = models.ForeignKey(
        SamplingPlan, verbose_name=_("Sampling plan"), on_delete=models.CASCADE, related_name="tasks"
    )
    category = WordField(_("Category"), kind=WordKind.CATEGORY)
    setting = WordField(_("Setting"), kind=WordKind.SETTING, blank=True)
    due_on = models.DateField(_("To be taken until"))
    batches = models.PositiveIntegerField(_("Batches"))

    class Meta:
        verbose_name = _("Task of a plan")
        verbose_name_plural = _("Tasks of plans")
        ordering: ClassVar[list[str]] = ["category", "setting", "due_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "category", "setting", "due_on"], name="task_once_a_plan")
        ]

    def __str__(self) -> str:
        known = words()
        names = known.label(WordKind.CATEGORY, self.category), known.label(WordKind.SETTING, self.setting)
        return f"{' '.join(names)} {self.due_on} {self.batches}"


def screening() -> Q:
    """Batches that screen, such as rapid tests: they are read off on the spot."""
    return Q(programme__in=words().screening)


def late_batches(today: datetime.date) -> Q:
    """Not settled, and past a day: not delivered, not reported, or with a backup sample to do away with."""
    deliver = last_on_time(today, settings.SAMPLE_DELIVERY_WORKDAYS)
    report = last_on_time(today, settings.SAMPLE_REPORT_WORKDAYS)
    undelivered = Q(taken_on__lt=deliver, received_on=None, failed=None)
    unreported = Q(taken_on__isnull=False, received_on__lt=report, reported_on=None)
    over = Q(reported_on__lt=first_kept(today, failed=False), failed=0)
    over_failed = Q(reported_on__lt=first_kept(today, failed=True), failed__gt=0)
    return Q(closed_on=None, taken_on__isnull=False) & ~screening() & (undelivered | unreported | over | over_failed)


def batches_at(stage: SamplingStage) -> Q:
    """Batches that have come so far and no further; the same as `SamplingBatch.stage` says of each."""
    if stage == SamplingStage.CLOSED:
        return Q(closed_on__isnull=False)
    steps = [step for step in SamplingStage if step != SamplingStage.CLOSED]
    at = steps.index(stage)
    condition = Q(**({f"{stage}_on__isnull": False} if at else {}), **{f"{s}_on": None for s in steps[at + 1 :]})
    if at < steps.index(SamplingStage.TESTED):
        condition &= Q(failed=None)
    elif stage == SamplingStage.TESTED:
        condition |= Q(failed__isnull=False) & (Q(reported_on=None) | screening())
    else:
        condition &= ~screening()
    return Q(closed_on=None) & condition


class SamplingBatch(PartyRecord):
    """One sampling of one product, or a day's rapid tests as one counted record.

    `failed` says how many of the samples did not conform; it is empty until there is a result.
    """

    plan = models.ForeignKey(
        SamplingPlan,
        verbose_name=_("Sampling plan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sampled",
    )
    programme = WordField(_("Programme"), kind=WordKind.PROGRAMME)
    campaign = models.CharField(_("Round"), max_length=60, blank=True, help_text=_("One concentrated sampling."))
    taken_on = models.DateField(_("Taken on"), null=True, blank=True)
    category = WordField(_("Category"), kind=WordKind.CATEGORY)
    product = models.CharField(_("Product"), max_length=60)
    setting = WordField(_("Setting"), kind=WordKind.SETTING, blank=True)
    place = models.CharField(_("Place"), max_length=100)
    sampled_unit = models.CharField(
        _("Sampled unit"), max_length=100, blank=True, help_text=_("Whose goods were sampled.")
    )
    producer = models.CharField(_("Producer"), max_length=100, blank=True)
    samples = models.PositiveIntegerField(_("Samples"), default=1, validators=[MinValueValidator(1)])
    failed = models.PositiveIntegerField(
        _("Not conforming"), null=True, blank=True, help_text=_("0 when all conform; empty until there is a result.")
    )
    items = models.CharField(
        _("Test items"),
        max_length=400,
        blank=True,
        help_text=_("By group: “pesticides: chlorpyrifos, carbofuran; metals: lead”."),
    )
    item_count = models.PositiveIntegerField(_("Number of test items"), default=0, editable=False)
    report_number = models.CharField(_("Report number"), max_length=40, blank=True)
    received_on = models.DateField(_("Received by the laboratory"), null=True, blank=True)
    tested_on = models.DateField(_("Tested on"), null=True, blank=True)
    reported_on = models.DateField(_("Report received"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    parties: ClassVar[tuple[str, ...]] = ("sampled_unit", "place")
    days: ClassVar[dict[str, str]] = {"taken": "taken_on", "reported": "reported_on"}

    class Meta:
        verbose_name = _("Sampling batch")
        verbose_name_plural = _("Sampling batches")
        ordering: ClassVar[list[str]] = ["-taken_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "report_number"],
                condition=~Q(report_number=""),
                name="report_number_once_a_department",
                violation_error_message=_("This report number is recorded already."),
            ),
            models.CheckConstraint(condition=Q(samples__gte=1), name="batch_has_samples"),
            models.CheckConstraint(
                condition=Q(failed=None) | Q(failed__lte=F("samples")),
                name="batch_failed_within_samples",
                violation_error_message=_("More samples do not conform than were taken."),
            ),
            models.CheckConstraint(
                condition=Q(reported_on=None) | Q(failed__isnull=False),
                name="batch_reported_has_result",
                violation_error_message=_("A report has a result: write how many samples do not conform, 0 for none."),
            ),
            models.CheckConstraint(
                condition=order_condition("taken_on", "received_on", "tested_on", "reported_on", "closed_on"),
                name="batch_days_in_order",
                violation_error_message=_(
                    "The days are out of order: taken, received, tested, reported, closed follow one another."
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "-taken_on", "-id"], name="batch_of_department"),
            models.Index(fields=["region", "-taken_on", "-id"], name="batch_of_region"),
            models.Index(fields=["department", "sector", "reported_on"], name="batch_reported"),
            models.Index(fields=["department", "category", "-taken_on", "-id"], name="batch_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.place} {self.taken_on or ''}".strip()

    @property
    def is_screening(self) -> bool:
        return bool(self.programme) and self.programme in words().screening

    def clean(self) -> None:
        super().clean()
        wrong: dict[str, str] = {}
        if self.is_screening and not self.taken_on:
            wrong["taken_on"] = gettext("Rapid tests are recorded on the day they are made.")
        if self.failed is not None and self.samples is not None and self.failed > self.samples:
            wrong["failed"] = gettext("More samples do not conform than were taken.")
        if self.reported_on and self.failed is None:
            wrong["failed"] = gettext("A report has a result: write how many samples do not conform, 0 for none.")
        wrong |= order_errors(self, "taken_on", "received_on", "tested_on", "reported_on", "closed_on")
        if wrong:
            raise ValidationError(wrong)

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        return late_batches(today)

    @classmethod
    def states(cls, today: datetime.date) -> dict[str, State]:
        stages = {stage.value: State(stage.label, partial(batches_at, stage)) for stage in SamplingStage}
        return cls.deadline_states(today) | stages

    @property
    def missing_samples(self) -> int:
        """How many that did not conform are not recorded one by one; rapid tests are only counted."""
        missing = 0 if self.is_screening else (self.failed or 0) - self.nonconforming.count()
        return max(missing, 0)

    @property
    def stage(self) -> SamplingStage:
        """How far the batch has come: the last of its days that is given. With a result it is tested, also where
        nobody wrote when; rapid tests are read off on the spot and have no report."""
        if self.failed is not None and not self.closed_on and (self.is_screening or not self.reported_on):
            return SamplingStage.TESTED
        passed = [stage for stage in SamplingStage if getattr(self, f"{stage}_on", None)]
        return passed[-1] if passed else SamplingStage.PLANNED

    @property
    def deadline(self) -> Deadline | None:
        if self.is_screening or not self.taken_on:
            return None
        if self.reported_on:
            return self._backup(deadlines.kept_until(self.reported_on, failed=bool(self.failed)))
        if self.closed_on:
            return None
        if self.received_on:
            return Deadline(gettext("report"), deadlines.report_due(self.received_on))
        if self.failed is not None:  # the laboratory had it
            return None
        return Deadline(gettext("deliver to the laboratory"), deadlines.delivery_due(self.taken_on))

    def _backup(self, until: datetime.date) -> Deadline | None:
        """The backup sample is kept also when all else is settled; then it is done away with, and the batch settled."""
        kept = Deadline(gettext("keep the backup sample"), until)
        if not kept.is_late:
            return kept
        return None if self.closed_on else Deadline(gettext("do away with the backup sample and settle"), until)


class NonconformingSample(Record):
    """What did not conform in a batch, and what became of it."""

    batch = models.ForeignKey(
        SamplingBatch, verbose_name=_("Sampling batch"), on_delete=models.CASCADE, related_name="nonconforming"
    )
    item = models.CharField(_("Item"), max_length=60)
    measured = models.DecimalField(_("Measured"), max_digits=16, decimal_places=6, null=True, blank=True)
    limit = models.DecimalField(_("Limit"), max_digits=16, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("Unit"), max_length=20, blank=True)
    judgement = models.CharField(_("Judgement"), max_length=100, blank=True)
    disposal = models.CharField(_("Disposal"), max_length=100, blank=True)
    retest = models.CharField(_("Retest"), max_length=8, choices=Retest.choices, default=Retest.NONE)
    case = models.ForeignKey(
        EnforcementCase,
        verbose_name=_("Handed to the case"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="samples",
    )
    found_on = models.DateField(_("Found on"))
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Nonconforming sample")
        verbose_name_plural = _("Nonconforming samples")
        ordering: ClassVar[list[str]] = ["-found_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=order_condition("found_on", "closed_on"),
                name="nonconforming_days_in_order",
                violation_error_message=_("It cannot be closed before it was found."),
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["department", "-found_on"])]

    def __str__(self) -> str:
        return f"{self.batch.product} {self.item}"

    def clean(self) -> None:
        super().clean()
        validate_order(self, "found_on", "closed_on")

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        return Q(closed_on=None, found_on__lt=today - datetime.timedelta(days=settings.DISPOSAL_DAYS))

    @property
    def deadline(self) -> Deadline | None:
        due = self.found_on + datetime.timedelta(days=settings.DISPOSAL_DAYS)
        return None if self.closed_on else Deadline(gettext("dispose of it and settle"), due)
