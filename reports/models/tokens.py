"""Tokens by which another system reads the figures of a department."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.models import Department, User
from sectors.vocabulary import Role

# A token opens all figures of the department, so its head makes it, or the office for the region.
MAKERS = (Role.HEAD, Role.OFFICE)


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def for_user(self, user: User) -> TokenQuerySet:
        """Those of the own department for its head and for the office, all for the administrator; nobody else any."""
        if user.role == Role.ADMIN:
            return self.all()
        if user.role in MAKERS:
            return self.filter(department=user.department_id)
        return self.none()

    def in_force(self) -> TokenQuerySet:
        """Neither ended nor expired, and whoever made it is who they were: a token ends with its maker's role."""
        return self.filter(
            ended_at=None,
            expires_on__gte=timezone.localdate(),
            created_by__is_active=True,
            created_by__role=models.F("role"),
            created_by__department=models.F("department"),
        )

    def with_reach(self) -> TokenQuerySet:
        """With what says how far it reads beside its role: the region of the department."""
        return self.select_related("department__region")


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
    role = models.CharField(_("Role"), max_length=8, choices=Role.choices)  # of its maker then; it says what is read
    expires_on = models.DateField(_("Holds until"), help_text=_("The last day on which it reads anything."))
    warned_on = models.DateField(_("Warned on"), null=True, blank=True)  # when its maker was told that it expires
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

    @property
    def is_in_force(self) -> bool:
        """What `TokenQuerySet.in_force` asks (`created_by` fetched)."""
        maker = self.created_by
        is_the_same = maker.is_active and (maker.role, maker.department_id) == (self.role, self.department_id)
        return self.ended_at is None and self.expires_on >= timezone.localdate() and is_the_same
