"""What departments report in a period, and how it moved."""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors import timeliness
from sectors.calculation.cells import Cell
from sectors.calculation.words import LONGEST_WORDS
from sectors.models.people import User
from sectors.models.scopes import counted, to_enter, valid_between, visible
from sectors.vocabulary import (
    OPEN_STATUSES,
    ChangeSource,
    FigureState,
    Qualifier,
    SubmissionStatus,
)

from .catalogue import Question, Sheet
from .indicators import Indicator
from .people import Department, Region
from .periods import Period, last_day_expression


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def for_user(self, user: User) -> SubmissionQuerySet:
        """Own department for clerk and head, own region for office and leader, all for the administrator."""
        return self.filter(visible(user))

    def for_period(self, period: Period) -> SubmissionQuerySet:
        return self.filter(period=period)

    def with_names(self) -> SubmissionQuerySet:
        return self.select_related("sheet__sector__chapter", "period", "department", "region")

    def for_listing(self) -> SubmissionQuerySet:
        """Submissions with their names and progress, soonest due first."""
        return (
            self.select_related("sheet__sector", "period", "department", "region")
            .with_progress()
            .order_by(
                timeliness.due_day_expression(),
                "period_id",
                "sheet__sector__chapter__position",
                "sheet__sector__position",
                "sheet__position",
                "pk",
            )
        )

    def for_worklist(self) -> SubmissionQuerySet:
        """Those that are not accepted yet, with their moves and the cells that a return named."""
        moves = Transition.objects.select_related("by__department").prefetch_related("cells")
        return (
            self.exclude(status=SubmissionStatus.ACCEPTED)
            .for_listing()
            .prefetch_related(Prefetch("transitions", moves))
        )

    def reported(self) -> SubmissionQuerySet:
        """Those that were handed in and not taken back, or accepted once; no drafts that nobody else has seen."""
        accepted = Transition.objects.filter(submission=OuterRef("pk"), new=SubmissionStatus.ACCEPTED)
        return self.filter(~Q(status=SubmissionStatus.DRAFT) | Exists(accepted))

    def with_department(self) -> SubmissionQuerySet:
        """Those that the department has still to deliver: nothing submitted, or its head has not signed."""
        return self.filter(timeliness.with_department())

    def with_delivery(self) -> SubmissionQuerySet:
        """Adds `delivered_at` and `is_imported`, see `sectors.timeliness`."""
        found: SubmissionQuerySet = timeliness.annotate_delivery(self)
        return found

    def worked_on_by(self, user: User | OuterRef) -> SubmissionQuerySet:
        """Those whose figures or words the person changed, or that they submitted, since they were last accepted."""
        inner = OuterRef(user) if isinstance(user, OuterRef) else user
        steps = Transition.objects.filter(submission=OuterRef("pk"))
        accepted = steps.filter(new=SubmissionStatus.ACCEPTED).order_by("-pk").values("at")[:1]
        since = Coalesce(Subquery(accepted), Value(datetime.datetime.min.replace(tzinfo=datetime.UTC)))
        own = {"submission": OuterRef("pk"), "by": inner, "at__gte": OuterRef("since")}
        rows = apps.get_model("sectors", "OpenRowChange")._default_manager  # that module imports this one
        return self.alias(since=since).filter(
            Q(submitted_by=user)
            | Exists(FigureChange.objects.filter(**own))
            | Exists(NarrativeChange.objects.filter(**own))
            | Exists(rows.filter(**own))
            | Exists(Transition.objects.filter(**own, old__in=OPEN_STATUSES, new=SubmissionStatus.SUBMITTED))
        )

    def with_progress(self) -> SubmissionQuerySet:
        """Adds `cells` (to be entered, see `scopes.to_enter`) and `filled`, which counts some of these."""
        cells = Indicator.objects.filter(to_enter(OuterRef("last_day")), sheet=OuterRef("sheet"))
        filled = Figure.objects.filled().filter(submission=OuterRef("pk"))
        dated = self.alias(last_day=last_day_expression("period__"))
        return dated.annotate(cells=counted(cells, "sheet"), filled=counted(filled, "submission"))

    def with_locks(self) -> SubmissionQuerySet:
        """Adds `had_locks`: whether a return ever locked some of its cells."""
        locks = Transition.objects.filter(submission=OuterRef("pk"), only_cells=True)
        return self.annotate(had_locks=Exists(locks))

    def held(self) -> SubmissionQuerySet:
        """Kept from others until the transaction ends, with what saving a cell asks of it and nothing more."""
        own, period = ("status", "region", "department", "extended_until"), ("year", "kind", "number", "closes")
        names = ["sheet", *own, *(f"period__{name}" for name in period)]
        rows = self.select_for_update(of=("self",), no_key=True).select_related("period").only(*names)
        return rows.with_locks()

    def to_judge(self) -> SubmissionQuerySet:
        """With what checking asks of it and nothing more."""
        period = ("year", "kind", "number")
        return self.select_related("period").only(
            "sheet", "region", "department", *(f"period__{name}" for name in period)
        )

    def for_reading(self) -> SubmissionQuerySet:
        """One submission with its timeline, ready for a page."""
        named = self.with_names().with_progress().with_locks()
        steps = Transition.objects.select_related("by__department", "on_behalf_of")
        return named.prefetch_related(Prefetch("transitions", steps))


class Submission(models.Model):
    """One sheet, one department, one period, one status."""

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.PROTECT, related_name="submissions")
    period = models.ForeignKey(Period, verbose_name=_("Period"), on_delete=models.PROTECT, related_name="submissions")
    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="submissions")
    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="submissions"
    )
    former_departments = models.ManyToManyField(
        Department, verbose_name=_("Former departments"), related_name="+", blank=True, editable=False
    )
    status = models.CharField(
        _("Status"), max_length=9, choices=SubmissionStatus.choices, default=SubmissionStatus.DRAFT
    )
    is_demo = models.BooleanField(_("Demonstration data"), default=False)
    is_reopened = models.BooleanField(_("Reopened"), default=False, db_default=False, editable=False)
    extended_until = models.DateField(_("Extended until"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Submitted by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    changed = models.DateTimeField(_("Changed"), auto_now=True)

    # The state of the catalogue that this object is read with, see `sectors.catalogue.compiled.sheet_of`.
    catalogue_version: uuid.UUID | None = None

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Submission")
        verbose_name_plural = _("Submissions")
        ordering: ClassVar[list[str]] = ["period", "sheet"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "period"], name="sheet_once_a_period")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["region", "status"])]

    def __str__(self) -> str:
        return f"{self.sheet} · {self.period}"

    @property
    def due(self) -> datetime.date:
        """The period's due day, or the later one that was granted."""
        return timeliness.due_day(self.period.due, self.extended_until)

    @property
    def closes(self) -> datetime.date | None:
        closes = self.period.closes
        return max(closes, self.extended_until or closes) if closes else None

    @property
    def is_closed(self) -> bool:
        """Nothing is entered or submitted any more; what was submitted may still be signed, accepted or returned."""
        return self.closes is not None and self.closes < timezone.localdate()

    @property
    def is_with_department(self) -> bool:
        """The department has still to act, its head included."""
        return timeliness.is_with_department(self.status, self.department.signs)

    def days_left(self, today: datetime.date | None = None) -> int:
        """Days until due, with what was granted; negative when late."""
        return (self.due - (today or timezone.localdate())).days

    @property
    def days_late(self) -> int:
        return -self.days_left()

    @property
    def is_late(self) -> bool:
        today, is_reopened = timezone.localdate(), self.is_reopened
        return timeliness.is_overdue(self.status, self.department.signs, self.due, today, is_reopened=is_reopened)

    def timeliness_on(self, day: datetime.date) -> timeliness.Timeliness:
        """Of a row that `with_delivery` fetched, with `period` and `department`."""
        delivered_at: datetime.datetime | None = getattr(self, "delivered_at")  # noqa: B009
        return timeliness.judged(
            status=self.status,
            signs=self.department.signs,
            due=self.due,
            delivered_on=timezone.localdate(delivered_at) if delivered_at else None,
            is_imported=getattr(self, "is_imported"),  # noqa: B009
            today=day,
            is_reopened=self.is_reopened,
        )

    def missing_cells(self) -> models.QuerySet[Indicator]:
        """Required ones without a figure, in the order of the sheet. "Not applicable" is an answer.

        What is reopened is not asked for cells that were never reported, such as those of history.
        """
        answered = self.figures.exclude(state=FigureState.BLANK).values("indicator")
        required = Indicator.objects.filter(to_enter(self.period.last_day), sheet=self.sheet_id, required=True)
        if self.is_reopened:
            required = required.filter(pk__in=self.changes.values("indicator"))
        return required.exclude(pk__in=answered)

    def questions(self) -> models.QuerySet[Question]:
        """What its sheet asks in words at the end of its period."""
        return Question.objects.filter(valid_between(self.period.last_day), sheet=self.sheet_id)

    def last_return(self) -> Transition | None:
        """The last time it came back, with the cells that were named. Being handed over while returned is none."""
        returns = self.transitions.filter(new=SubmissionStatus.RETURNED).exclude(old=SubmissionStatus.RETURNED)
        return returns.select_related("by").prefetch_related("cells").order_by("pk").last()


class FigureQuerySet(models.QuerySet["Figure"]):
    def filled(self, last_day: Combinable | None = None) -> FigureQuerySet:
        """Those that fill a cell of their submission's sheet in its period; "not applicable" is an answer. `last_day`
        is the period's, where the statement has it already."""
        day = last_day or last_day_expression("submission__period__")
        cells = self.filter(to_enter(day, "indicator__"), indicator__sheet=F("submission__sheet"))
        return cells.exclude(state=FigureState.BLANK)


class Figure(models.Model):
    """One value of one indicator in one submission.

    For a computed indicator it is what the department *declared*; the computed value is never stored.
    `places` is how many decimals were given, which `59.5` and `75.0` tell and a Decimal column forgets. With a
    `qualifier` the value is one of an interval (`sectors.calculation.qualifiers.interval`). `as_of` is the day that the
    number was true of, where that is not the last of the period.
    """

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="figures")
    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="figures"
    )
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("Indicator"), on_delete=models.PROTECT, related_name="figures"
    )
    state = models.CharField(_("State"), max_length=6, choices=FigureState.choices)
    value = models.DecimalField(_("Value"), max_digits=20, decimal_places=6, null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("Decimals given"), default=0)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    qualifier = models.CharField(_("Qualifier"), max_length=8, choices=Qualifier.choices, blank=True)
    as_of = models.DateField(_("As of"), null=True, blank=True)
    words = models.CharField(_("Words"), max_length=LONGEST_WORDS, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("Figure")
        verbose_name_plural = _("Figures")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "indicator"], name="figure_once_a_submission"),
            models.CheckConstraint(
                condition=Q(state=FigureState.NUMBER, value__isnull=False)
                | (~Q(state=FigureState.NUMBER) & Q(value__isnull=True)),
                name="figure_number_has_value",
            ),
            models.CheckConstraint(
                condition=Q(state=FigureState.NUMBER) | Q(qualifier=Qualifier.EXACT, as_of__isnull=True),
                name="figure_qualified_is_number",
            ),
            models.CheckConstraint(
                condition=(Q(state=FigureState.TEXT) & ~Q(words="")) | (~Q(state=FigureState.TEXT) & Q(words="")),
                name="figure_text_has_words",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["region", "indicator"]),
            # The few that are asked for with every value: `sectors/sql/annual.py` has the same condition.
            models.Index(
                fields=["region"],
                condition=Q(qualifier__gt=Qualifier.EXACT) | Q(as_of__isnull=False),
                name="figure_not_exact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} = {self.cell.stored or self.state}"

    @property
    def cell(self) -> Cell:
        return Cell(self.state, self.value, self.places, self.qualifier, self.as_of, self.words)


class FigureChange(models.Model):
    """Append-only: who changed a figure from what to what, when, and by which way in."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="changes")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="changes")
    old = models.CharField(_("Before"), max_length=LONGEST_WORDS)
    new = models.CharField(_("After"), max_length=LONGEST_WORDS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="figure_changes")
    at = models.DateTimeField(_("At"), default=timezone.now)
    source = models.CharField(_("Way in"), max_length=8, choices=ChangeSource.choices)

    class Meta:
        verbose_name = _("Figure change")
        verbose_name_plural = _("Figure changes")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["submission", "indicator"])]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.old} → {self.new}"


class Narrative(models.Model):
    """A department's words to one question in one submission."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="narratives")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="narratives")
    text = models.TextField(_("Text"), blank=True)

    class Meta:
        verbose_name = _("Narrative")
        verbose_name_plural = _("Narratives")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "question"], name="narrative_once_a_submission")
        ]

    def __str__(self) -> str:
        return self.text[:40]


class NarrativeChange(models.Model):
    """Append-only: who changed a department's words from what to what, and when. Words that answer no question are
    `about` a shortfall."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="text_changes")
    question = models.ForeignKey(Question, null=True, on_delete=models.PROTECT, related_name="changes")
    about = models.TextField(_("About"), blank=True)
    old = models.TextField(_("Before"), blank=True)
    new = models.TextField(_("After"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="text_changes")
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Change of a narrative")
        verbose_name_plural = _("Changes of narratives")
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.question or self.about}: {self.new[:40]}"


class Transition(models.Model):
    """Append-only: who moved a submission from which status to which, when and why."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="transitions")
    old = models.CharField(_("From"), max_length=9, choices=SubmissionStatus.choices)
    new = models.CharField(_("To"), max_length=9, choices=SubmissionStatus.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="transitions")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("On behalf of"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)
    reason = models.TextField(_("Reason"), blank=True)
    cells = models.ManyToManyField(Indicator, verbose_name=_("Cells to mend"), related_name="+", blank=True)
    only_cells = models.BooleanField(_("Lock the other cells"), default=False)
    # As it was when it was taken: people change their roles.
    is_of_head = models.BooleanField(_("Step of the department's head"), default=False)

    class Meta:
        verbose_name = _("Transition")
        verbose_name_plural = _("Transitions")
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
