"""What a department asks its stations for, and each station's part of it."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.vocabulary import OPEN_STATUSES, PartStatus
from sectors.models import Indicator, Submission, User

from .stations import READERS, Station

LONGEST_NOTE = 500


class PartRequestQuerySet(models.QuerySet["PartRequest"]):
    def for_user(self, user: User) -> PartRequestQuerySet:
        """Those of submissions that the person reads, as the department that reports them or as its office."""
        if user.role not in READERS:
            return self.none()
        return self.filter(submission__in=Submission.objects.for_user(user))

    def for_reading(self) -> PartRequestQuerySet:
        return self.select_related(
            "submission__sheet", "submission__period", "submission__department", "submission__region", "by"
        )


class PartRequest(models.Model):
    """A department asks some of its stations for some cells of a submission's sheet. Of a submission no cell is asked
    for in two requests."""

    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="part_requests"
    )
    cells = models.ManyToManyField(Indicator, verbose_name=_("Cells"), related_name="+")
    due = models.DateField(_("Due"))
    note = models.TextField(_("Note to the stations"), blank=True, max_length=LONGEST_NOTE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)

    objects = PartRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Request to stations")
        verbose_name_plural = _("Requests to stations")
        ordering: ClassVar[list[str]] = ["submission", "at", "id"]

    def __str__(self) -> str:
        return f"{self.submission} · {self.due}"


class StationPartQuerySet(models.QuerySet["StationPart"]):
    def for_user(self, user: User) -> StationPartQuerySet:
        return self.filter(request__in=PartRequest.objects.for_user(user))

    def of_account(self, user: User) -> StationPartQuerySet:
        """Parts that the person fills for a station."""
        return self.filter(station__account=user)

    def for_reading(self) -> StationPartQuerySet:
        of = "request__submission"
        names = ("sheet", "period", "department", "region")
        return self.select_related("station", *(f"{of}__{name}" for name in names))


class StationPart(models.Model):
    """One station's part of a request."""

    request = models.ForeignKey(PartRequest, on_delete=models.CASCADE, related_name="station_parts")
    station = models.ForeignKey(
        Station, verbose_name=_("Station"), on_delete=models.PROTECT, related_name="station_parts"
    )
    status = models.CharField(_("Status"), max_length=8, choices=PartStatus.choices, default=PartStatus.BLANK)
    remark = models.TextField(_("What the station says to it"), blank=True, max_length=LONGEST_NOTE)
    sent_at = models.DateTimeField(_("Sent in"), null=True, blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Part of a station")
        verbose_name_plural = _("Parts of stations")
        ordering: ClassVar[list[str]] = ["request", "station__position", "station__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "station"], name="station_once_a_request")
        ]

    def __str__(self) -> str:
        return f"{self.station} · {self.request.submission}"

    @property
    def is_open(self) -> bool:
        """The station has it."""
        return self.status in OPEN_STATUSES

    @property
    def days_late(self) -> int:
        """Days after the due day, of a part that is not sent in; else 0."""
        return max((timezone.localdate() - self.request.due).days, 0) if self.is_open else 0


class PartLink(models.Model):
    """A link by which a station fills its part without an account. Only a digest of its secret is kept."""

    part = models.ForeignKey(StationPart, on_delete=models.CASCADE, related_name="part_links")
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateField(_("Holds until"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    ended_at = models.DateTimeField(_("Ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("Link for a station")
        verbose_name_plural = _("Links for stations")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.part} · {self.until}"

    def holds_on(self, day: datetime.date) -> bool:
        return self.ended_at is None and day <= self.until


class PartUrge(models.Model):
    """Append-only: that a station was urged, by which way, and whether that arrived."""

    part = models.ForeignKey(StationPart, on_delete=models.CASCADE, related_name="part_urges")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    way = models.CharField(_("Way"), max_length=8)
    to = models.CharField(_("To"), max_length=254, blank=True)
    problem = models.CharField(_("Problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Urging of a station")
        verbose_name_plural = _("Urging of stations")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.part}: {self.way}"
