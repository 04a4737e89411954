"""Urging and reminding: who was told what, by which ways, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.models.validators import BadAddress, check_address
from sectors.vocabulary import DeliveryOutcome, DeliveryWay, RobotKind, UrgeKind

from .encrypted import EncryptedField
from .people import Department, Region
from .periods import Period
from .submissions import Submission


class Robot(models.Model):
    """A robot in a group chat of 企业微信 or 钉钉 that the region's urges are posted to."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.CASCADE, related_name="robots")
    name = models.CharField(_("Name"), max_length=40)
    kind = models.CharField(_("Kind"), max_length=8, choices=RobotKind.choices)
    address = EncryptedField(
        _("Webhook address"),
        max_length=300,
        help_text=_("As the group chat shows it. Whoever has it can post there, so it is shown to nobody else."),
    )
    secret = EncryptedField(
        _("Secret"), max_length=100, blank=True, help_text=_("钉钉 only, where the robot's safety setting is 加签.")
    )
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Group robot")
        verbose_name_plural = _("Group robots")
        ordering: ClassVar[list[str]] = ["region", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "name"], name="robot_name_once_a_region")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        try:
            check_address(self.address)
        except BadAddress as error:
            raise ValidationError({"address": str(error)}) from error


class Urge(models.Model):
    """Append-only: a department was urged by a person, or reminded by the calendar, to deliver."""

    period = models.ForeignKey(Period, verbose_name=_("Period"), on_delete=models.CASCADE, related_name="urges")
    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="urges"
    )
    submissions = models.ManyToManyField(Submission, verbose_name=_("Submissions"), related_name="urges")
    kind = models.CharField(_("Kind"), max_length=6, choices=UrgeKind.choices)
    day = models.DateField(_("Day"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)
    text = models.TextField(_("Text"))

    class Meta:
        verbose_name = _("Urge")
        verbose_name_plural = _("Urges")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["period", "department", "kind", "day"],
                condition=~Q(kind=UrgeKind.URGE),
                name="reminded_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kind=UrgeKind.URGE, by__isnull=False) | (~Q(kind=UrgeKind.URGE) & Q(by__isnull=True)),
                name="urged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department.short_name} · {self.get_kind_display()} · {self.day}"


class Delivery(models.Model):
    """One way that an urge went, and whether it arrived there. Without an outcome it is still to be sent."""

    urge = models.ForeignKey(Urge, on_delete=models.CASCADE, related_name="deliveries")
    way = models.CharField(_("Way"), max_length=6, choices=DeliveryWay.choices)
    robot = models.ForeignKey(Robot, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.CharField(_("To"), max_length=200)
    outcome = models.CharField(
        _("Outcome"), max_length=7, choices=DeliveryOutcome.choices, default=DeliveryOutcome.WAITING
    )
    detail = models.CharField(_("Detail"), max_length=200, blank=True)
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Delivery")
        verbose_name_plural = _("Deliveries")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.get_way_display()} · {self.to} · {self.get_outcome_display()}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def seen_by_now(self) -> NoticeQuerySet:
        """Without those that wait until what they tell of can no longer be undone."""
        return self.filter(at__lte=timezone.now())

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something that a person should know, with the page where it can be dealt with."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    text = models.TextField(_("Text"))
    link = models.CharField(_("Page"), max_length=200)
    at = models.DateTimeField(_("At"), default=timezone.now)
    read_at = models.DateTimeField(_("Read at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to"], condition=Q(read_at__isnull=True), name="notice_unread")
        ]

    def __str__(self) -> str:
        return self.text[:40]
