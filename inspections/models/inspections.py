"""Inspections, and what follows from them: notices, cases, complaints."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.deadlines import Deadline, last_on_time
from inspections.personal_data import masked_name, masked_text
from sectors.calendar import workdays
from sectors.vocabulary import WordKind

from .records import PartyRecord, validate_order
from .words import WordField


class Inspection(PartyRecord):
    """One inspection on a day; `places` of them when a team visited several premises in one go."""

    kind = WordField(_("Kind"), kind=WordKind.INSPECTION, default="supervision")
    campaign = models.CharField(_("Campaign"), max_length=60, blank=True)
    held_on = models.DateField(_("Held on"))
    premises = models.CharField(_("Premises"), max_length=100)
    premises_type = WordField(_("Type of premises"), kind=WordKind.PREMISES_TYPE)
    places = models.PositiveIntegerField(_("Premises visited"), default=1, validators=[MinValueValidator(1)])
    people = models.PositiveIntegerField(_("People"), default=2)
    vehicles = models.PositiveIntegerField(_("Vehicles"), default=0)
    problems = models.PositiveIntegerField(_("Problems found"), default=0)
    found = models.CharField(_("What was found"), max_length=200, blank=True)

    parties: ClassVar[tuple[str, ...]] = ("premises",)
    days: ClassVar[dict[str, str]] = {"held": "held_on"}

    class Meta:
        verbose_name = _("Inspection")
        verbose_name_plural = _("Inspections")
        ordering: ClassVar[list[str]] = ["-held_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(places__gte=1), name="inspection_visits_somewhere")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "-held_on", "-id"], name="inspection_of_department"),
            models.Index(fields=["region", "-held_on", "-id"], name="inspection_of_region"),
            models.Index(fields=["firm", "-held_on"], name="inspection_of_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.premises} {self.held_on}"


class RectificationNotice(PartyRecord):
    """What has to be put right until when, and whether it was."""

    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("Inspection"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="notices",
    )
    number = models.CharField(_("Number"), max_length=40, blank=True)
    premises = models.CharField(_("Premises"), max_length=100)
    premises_type = WordField(_("Type of premises"), kind=WordKind.PREMISES_TYPE)
    problems = models.PositiveIntegerField(_("Problems to be put right"), default=1)
    issued_on = models.DateField(_("Issued on"))
    due_on = models.DateField(_("Due on"))
    evidence = models.CharField(_("Evidence"), max_length=200, blank=True)
    rechecked_on = models.DateField(_("Checked again on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    parties: ClassVar[tuple[str, ...]] = ("premises",)
    days: ClassVar[dict[str, str]] = {"issued": "issued_on", "closed": "closed_on"}

    class Meta:
        verbose_name = _("Rectification notice")
        verbose_name_plural = _("Rectification notices")
        ordering: ClassVar[list[str]] = ["-issued_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "number"],
                condition=~Q(number=""),
                name="notice_number_once_a_department",
                violation_error_message=_("A notice of this number is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")),
                name="notice_due_after_issue",
                violation_error_message=_("The due day lies before the day of issue."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("issued_on")),
                name="notice_closed_after_issue",
                violation_error_message=_("It cannot be closed before it was issued."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["department", "-issued_on"])]

    def __str__(self) -> str:
        return f"{self.number} {self.premises}".strip()

    def clean(self) -> None:
        super().clean()
        validate_order(self, "issued_on", "due_on")
        validate_order(self, "issued_on", "rechecked_on", "closed_on")

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        return Q(closed_on=None, due_on__lt=today)

    @property
    def deadline(self) -> Deadline | None:
        return None if self.closed_on else Deadline(gettext("put right"), self.due_on)


class EnforcementCase(PartyRecord):
    """A case from filing to closing, with its penalty."""

    number = models.CharField(_("Number"), max_length=40, blank=True)
    party = models.CharField(_("Party"), max_length=100)
    category = WordField(_("Category"), kind=WordKind.CATEGORY)
    cause = models.CharField(_("Cause"), max_length=200, blank=True)
    filed_on = models.DateField(_("Filed on"))
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)
    penalty = models.DecimalField(_("Penalty (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True)

    parties: ClassVar[tuple[str, ...]] = ("party",)
    days: ClassVar[dict[str, str]] = {"filed": "filed_on", "closed": "closed_on"}

    class Meta:
        verbose_name = _("Case")
        verbose_name_plural = _("Cases")
        ordering: ClassVar[list[str]] = ["-filed_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "number"],
                condition=~Q(number=""),
                name="case_number_once_a_department",
                violation_error_message=_("A case of this number is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("filed_on")),
                name="case_closed_after_filing",
                violation_error_message=_("It cannot be closed before it was filed."),
            ),
            models.CheckConstraint(condition=Q(penalty=None) | Q(penalty__gte=0), name="case_penalty_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["department", "-filed_on"])]

    def __str__(self) -> str:
        return f"{self.number} {masked_name(self.party)}".strip()  # it stands in lists, links and messages

    def clean(self) -> None:
        super().clean()
        validate_order(self, "filed_on", "closed_on")

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        return Q(closed_on=None, filed_on__lt=today - datetime.timedelta(days=settings.CASE_DAYS))

    @property
    def deadline(self) -> Deadline | None:
        due = self.filed_on + datetime.timedelta(days=settings.CASE_DAYS)
        return None if self.closed_on else Deadline(gettext("close the case"), due)


class Complaint(PartyRecord):
    """A complaint from its acceptance to its closing."""

    number = models.CharField(_("Number"), max_length=40, blank=True)
    channel = WordField(_("Channel"), kind=WordKind.CHANNEL)
    kind = WordField(_("Kind"), kind=WordKind.COMPLAINT, default="complaint")
    subject = models.CharField(_("Subject"), max_length=200)
    against = models.CharField(_("Against"), max_length=100, blank=True)
    accepted_on = models.DateField(_("Accepted on"))
    answered_on = models.DateField(_("Answered on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    parties: ClassVar[tuple[str, ...]] = ("against",)
    days: ClassVar[dict[str, str]] = {"accepted": "accepted_on", "closed": "closed_on"}

    class Meta:
        verbose_name = _("Complaint")
        verbose_name_plural = _("Complaints")
        ordering: ClassVar[list[str]] = ["-accepted_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "number"],
                condition=~Q(number=""),
                name="complaint_number_once_a_department",
                violation_error_message=_("A complaint of this number is recorded already."),
            ),
            models.CheckConstraint(
                condition=(Q(answered_on=None) | Q(answered_on__gte=F("accepted_on")))
                & (Q(closed_on=None) | Q(closed_on__gte=F("accepted_on"))),
                name="complaint_days_in_order",
                violation_error_message=_("It cannot be answered or closed before it was accepted."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["department", "-accepted_on"])]

    def __str__(self) -> str:
        return masked_text(self.subject)

    def clean(self) -> None:
        super().clean()
        validate_order(self, "accepted_on", "answered_on", "closed_on")

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        return Q(closed_on=None, accepted_on__lt=last_on_time(today, settings.COMPLAINT_WORKDAYS))

    @property
    def deadline(self) -> Deadline | None:
        due = workdays.after(self.accepted_on, settings.COMPLAINT_WORKDAYS)
        return None if self.closed_on else Deadline(gettext("answer and close"), due)

    @property
    def days_taken(self) -> int | None:
        return (self.closed_on - self.accepted_on).days if self.closed_on else None
