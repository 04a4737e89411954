"""Long work that a person has asked for, how far it is, and what came of it."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.models.people import User
from sectors.vocabulary import JobState

from .people import Department

# A worker says several times a second that it is alive; after so long a silence it is not.
SILENCE = datetime.timedelta(minutes=2)


class JobQuerySet(models.QuerySet["Job"]):
    def for_user(self, user: User) -> JobQuerySet:
        """One's own; what was asked for in another department stays behind there."""
        return self.filter(owner=user, department=user.department_id)


class Job(models.Model):
    """Written by `sectors.jobs` alone. Its arguments, words and result are the owner's: nobody else sees them."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Owner"), on_delete=models.CASCADE, related_name="jobs"
    )
    # What came of it was theirs to see where they worked then.
    department = models.ForeignKey(
        Department, verbose_name=_("Department"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("Kind"), max_length=60)
    title = models.CharField(_("Task"), max_length=200)
    arguments = models.JSONField(_("Arguments"), default=dict)
    language = models.CharField(_("Language"), max_length=10)
    state = models.CharField(_("State"), max_length=9, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("Steps done"), default=0)
    total = models.PositiveIntegerField(_("Steps in all"), default=0)  # 0: nobody knows yet
    words = models.CharField(_("At work on"), max_length=200, blank=True)
    cancel_asked = models.BooleanField(_("To be cancelled"), default=False)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    token = models.CharField(max_length=32, blank=True)  # which of the attempts may write
    message = models.TextField(_("Result"), blank=True)
    link = models.CharField(_("Page"), max_length=500, blank=True)
    file = models.CharField(_("File"), max_length=100, blank=True)  # under MEDIA_ROOT/jobs
    file_name = models.CharField(_("File name"), max_length=200, blank=True)
    created = models.DateTimeField(_("Created"), default=timezone.now)
    started = models.DateTimeField(_("Started"), null=True)
    heartbeat = models.DateTimeField(_("Last heard of"), null=True)
    finished = models.DateTimeField(_("Finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")
        ordering: ClassVar[list[str]] = ["-created", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "heartbeat"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state not in (JobState.WAITING, JobState.RUNNING)

    @property
    def percent(self) -> int:
        """How much of it is done, where that is known."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_silent(self) -> bool:
        """Its worker was killed: nothing has been heard of it for too long."""
        heard = self.heartbeat or self.created
        return self.state == JobState.RUNNING and timezone.now() - heard > SILENCE

    @property
    def can_be_retried(self) -> bool:
        return self.state in (JobState.FAILED, JobState.CANCELLED) or self.is_silent
