"""What the checks found in a submission, kept with the values that they judged, and what was said about it."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Prefetch, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.calculation.cells import as_stated, places_of
from sectors.models.people import User
from sectors.models.scopes import visible
from sectors.vocabulary import GRAVITY, FindingNoteKind, FindingState, Severity

from .people import Region
from .periods import Period
from .submissions import Submission


class UnescapedJSON(json.JSONEncoder):
    """Chinese as it is written, so that SQLite, which keeps JSON as text, can search in it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


class FindingQuerySet(models.QuerySet["StoredFinding"]):
    def for_user(self, user: User) -> FindingQuerySet:
        """The findings of the submissions that `SubmissionQuerySet.for_user` gives."""
        return self.filter(visible(user, "submission__department"))

    def standing(self) -> FindingQuerySet:
        """Those that are not mended, whatever was said about them."""
        return self.exclude(state=FindingState.CORRECTED)

    def for_listing(self) -> FindingQuerySet:
        """With their place and all that was said, the latest period and the gravest first."""
        gravity = Case(*(When(severity=severity, then=place) for severity, place in GRAVITY.items()))
        return (
            self.select_related(
                "submission__sheet__sector", "submission__department", "submission__period", "period", "region"
            )
            .prefetch_related(Prefetch("notes", FindingNote.objects.select_related("by__department")))
            .order_by("-period__due", gravity, "submission__sheet__number", "pk")
        )

    def counts(self) -> dict[str, int]:
        """What is left to do, by whom. Of hints nothing is."""
        error, warning = Q(severity=Severity.ERROR), Q(severity=Severity.WARNING)
        return self.aggregate(
            errors=Count("pk", filter=error & Q(state=FindingState.OPEN)),
            waiting=Count("pk", filter=error & Q(state=FindingState.EXPLAINED)),
            warnings=Count("pk", filter=warning & Q(state=FindingState.OPEN)),
        )


class StoredFinding(models.Model):
    """A `Finding` of the checks on record. `sectors.findings.storage` writes it, and keeps it up to date.

    `basis` stands for the values that were judged: words are about those values, and count only while they stand.
    A finding that no longer arises is mended and stays on record with its words.
    """

    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="findings"
    )
    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="findings")
    period = models.ForeignKey(Period, verbose_name=_("Period"), on_delete=models.PROTECT, related_name="findings")
    rule = models.TextField(_("Rule"))
    kind = models.CharField(_("Kind"), max_length=30)
    severity = models.CharField(_("Severity"), max_length=8, choices=Severity.choices)
    indicators = models.JSONField(_("Indicators"), default=list)  # codes
    values = models.JSONField(_("Values judged"), default=dict)  # code -> `Cell.stored`
    suspects = models.JSONField(_("Suspects"), default=list)  # [code, value that would repair it]
    declared = models.DecimalField(_("Declared"), max_digits=36, decimal_places=8, null=True)
    expected = models.DecimalField(_("Computed"), max_digits=36, decimal_places=8, null=True)
    # `Statement.data` of the checks, or a text that an earlier version worded.
    statement = models.JSONField(_("Message"), encoder=UnescapedJSON)
    basis = models.CharField(_("Basis"), max_length=32)
    state = models.CharField(_("State"), max_length=9, choices=FindingState.choices, default=FindingState.OPEN)
    found = models.DateTimeField(_("Found"), default=timezone.now)
    since = models.DateTimeField(_("Since"), default=timezone.now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Finding")
        verbose_name_plural = _("Findings")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "rule"], name="finding_once_a_submission")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["region", "state"]),
            models.Index(fields=["region", "period"]),
        ]

    def __str__(self) -> str:
        return self.rule

    @property
    def _first(self) -> str:
        return self.values.get(self.indicators[0], "") if self.indicators else ""

    @property
    def places(self) -> int:
        """The decimals that the declared value was given with."""
        return places_of(self._first)

    @property
    def declared_text(self) -> str:
        """The declared value, as `Cell.stored`."""
        return as_stated(self.declared, self._first)

    @property
    def key(self) -> str:
        """What a page knows it by, whether it is on record yet or not."""
        return hashlib.sha256(f"{self.submission_id} {self.rule}".encode()).hexdigest()[:12]

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def is_hint(self) -> bool:
        return self.severity == Severity.HINT


class FindingNote(models.Model):
    """Append-only: what the department or the office said about a finding, and about which values."""

    finding = models.ForeignKey(
        StoredFinding, verbose_name=_("Finding"), on_delete=models.CASCADE, related_name="notes"
    )
    kind = models.CharField(_("Kind"), max_length=8, choices=FindingNoteKind.choices)
    text = models.TextField(_("Text"))
    basis = models.CharField(_("Basis"), max_length=32)
    values = models.JSONField(_("Values judged"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="finding_notes"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Words on a finding")
        verbose_name_plural = _("Words on findings")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(text=""), name="finding_note_says_something")
        ]

    def __str__(self) -> str:
        return self.text[:40]
