"""Tokens by which another system reads the figures of a department."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.models import Department, User
from sectors.vocabulary import Role


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def for_user(self, user: User) -> TokenQuerySet:
        """Those of the own department for its head and for the office, all for the administrator; nobody else any."""
        if user.role == Role.ADMIN:
            return self.all()
        if user.role in (Role.HEAD, Role.OFFICE):
            return self.filter(department=user.department_id)
        return self.none()

    def in_force(self) -> TokenQuerySet:
        return self.filter(ended_at=None)

    def with_reach(self) -> TokenQuerySet:
        """Adds `is_office`: the department is the leadership office of its region, whose token reads the region."""
        office = User.objects.filter(department=models.OuterRef("department"), role=Role.OFFICE)
        return self.select_related("department__region").annotate(is_office=models.Exists(office))


class ApiToken(models.Model):
    """Only the hash of the secret is kept: who loses the secret makes a new token. `hint` is how it begins."""

    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="api_tokens"
    )
    name = models.CharField(_("Used by"), max_length=60, help_text=_("The system or the person that will use it."))
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("Begins with"), max_length=8)
    created_at = models.DateTimeField(_("Made at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Made by"), on_delete=models.PROTECT, related_name="+"
    )
    last_used = models.DateField(_("Last used"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Ended by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
