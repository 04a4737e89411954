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
        """Neither ended nor expired; and whoever made it, and for whom it writes, are who they were: a token ends with
        their roles."""
        writer = {"is_active": True, "role": Role.CLERK, "department": models.F("department")}
        return self.filter(
            models.Q(writes_as=None) | models.Q(**{f"writes_as__{name}": value for name, value in writer.items()}),
            ended_at=None,
            expires_on__gte=timezone.localdate(),
            created_by__is_active=True,
            created_by__role=models.F("role"),
            created_by__department=models.F("department"),
        )

    def with_reach(self) -> TokenQuerySet:
        """With what says how far it reads and for whom it writes: the region of the department, and the clerk."""
        return self.select_related("department__region", "writes_as__department__region")


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
    writes_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Writes for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The clerk in whose name it also stores figures of drafts and records; none: it only reads."),
    )
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
        """What `TokenQuerySet.in_force` asks (`created_by` and `writes_as` fetched)."""
        people = {self.created_by: self.role} | ({self.writes_as: Role.CLERK} if self.writes_as else {})
        are_the_same = all(
            person.is_active and (person.role, person.department_id) == (role, self.department_id)
            for person, role in people.items()
        )
        return self.ended_at is None and self.expires_on >= timezone.localdate() and are_the_same
