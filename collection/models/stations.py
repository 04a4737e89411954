"""Who is below a department: stations, clinics, townships."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sectors.models import Department, User
from sectors.models.history import History
from sectors.models.scopes import visible
from sectors.vocabulary import DEPARTMENT_ROLES, Role

# Who reads what stations sent: their department, and the office of the region.
READERS = DEPARTMENT_ROLES | {Role.OFFICE}
# What a department says of a station.
FIELDS = ("name", "kind", "code", "contact", "email", "account", "valid_from", "valid_to", "position")


class StationQuerySet(models.QuerySet["Station"]):
    def for_user(self, user: User) -> StationQuerySet:
        """Of the own department for clerk and head, of the own region for the office."""
        if user.role not in READERS:
            return self.none()
        if user.role == Role.OFFICE:
            return self.filter(department__region=user.department.region_id if user.department else None)
        return self.filter(visible(user))

    def active_between(self, first: datetime.date, last: datetime.date) -> StationQuerySet:
        """Those that were there on some day of a period."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=last)
        return self.filter(begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=first)))


class Station(models.Model):
    """A station, clinic or township that a department asks for its part of a sheet."""

    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="stations"
    )
    name = models.CharField(_("Name"), max_length=80)
    code = models.CharField(_("Code"), max_length=30, blank=True)
    kind = models.CharField(_("Kind"), max_length=30, blank=True)
    contact = models.CharField(_("Contact"), max_length=80, blank=True, help_text=_("Who fills it in, with telephone."))
    email = models.EmailField(_("E-mail"), blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stations",
        help_text=_("Whoever is signed in with it fills the parts of this station without a link."),
    )
    valid_from = models.DateField(_("Active from"), null=True, blank=True)
    valid_to = models.DateField(_("Active until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("Order"), default=0)

    objects = StationQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("Station")
        verbose_name_plural = _("Stations")
        ordering: ClassVar[list[str]] = ["department", "position", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "name"], name="station_name_once_a_department"),
            models.UniqueConstraint(
                fields=["department", "code"], condition=~Q(code=""), name="station_code_once_a_department"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="station_validity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This day lies before the first one.")})
