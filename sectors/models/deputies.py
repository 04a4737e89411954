"""Who signs while a head is away."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import Role


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def entitled(self) -> DeputyQuerySet:
        """Those whose people are still what they were: an active head, and an active clerk of that department."""
        return self.filter(
            head__role=Role.HEAD,
            head__is_active=True,
            person__role=Role.CLERK,
            person__is_active=True,
            person__department=F("head__department"),
        )

    def on(self, day: datetime.date) -> DeputyQuerySet:
        """Those in force on the day."""
        return self.entitled().filter(first_day__lte=day, last_day__gte=day, ended_at=None)


class Deputy(models.Model):
    """A clerk of the head's department who takes the head's steps from one day to another."""

    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Head"), on_delete=models.CASCADE, related_name="deputies"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Deputy"), on_delete=models.CASCADE, related_name="deputyships"
    )
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Named by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Deputy")
        verbose_name_plural = _("Deputies")
        ordering: ClassVar[list[str]] = ["-first_day", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="deputy_days_in_order",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(head=F("person")),
                name="deputy_is_somebody_else",
                violation_error_message=_("Nobody can be their own deputy."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head} → {self.person}"

    def clean(self) -> None:
        super().clean()
        if not hasattr(self, "head") or not hasattr(self, "person"):
            return
        if self.head.role != Role.HEAD:
            raise ValidationError({"head": gettext("Only a head has a deputy.")})
        if self.person.role != Role.CLERK or self.person.department_id != self.head.department_id:
            raise ValidationError({"person": gettext("Choose a clerk of the head's own department.")})
        for name in ("head", "person"):
            if not getattr(self, name).is_active:
                raise ValidationError({name: gettext("This account is switched off. Choose somebody who can sign in.")})
