"""What the office answered where the text of a report does not agree with itself."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.frozen import FreezableQuerySet

from .annual import AnnualReport
from .frozen import Freezable


class AnswerQuerySet(FreezableQuerySet["Answer"]):
    pass


class Answer(Freezable):
    """`mark` stands for what was answered, with its numbers: where they change, the answer is about nothing any more.
    `about` are the words that it was shown in; an answer that was taken back has no `text`. `version` grows with every
    change, so that two people notice each other."""

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="answers")
    mark = models.CharField(_("Mark"), max_length=32)
    section = models.CharField(_("Section"), max_length=200, blank=True)
    about = models.TextField(_("About"))
    text = models.TextField(_("Answer"), blank=True)
    version = models.PositiveIntegerField(_("Version"), default=1)
    at = models.DateTimeField(_("At"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Answer to a contradiction")
        verbose_name_plural = _("Answers to contradictions")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "mark"], name="answer_once_a_contradiction")
        ]

    def __str__(self) -> str:
        return self.about
