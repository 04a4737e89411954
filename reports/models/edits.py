"""What the office changed in the generated blocks of a report, by the key of the block."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.frozen import FreezableQuerySet
from reports.vocabulary import AddedKind, EditKind

from .annual import AnnualReport
from .frozen import Freezable


class EditQuerySet(FreezableQuerySet["Edit"]):
    pass


class Edit(Freezable):
    """The state of one block: its own words (None: as generated), hidden or not, added by the office or not.

    `text` holds figures as tokens, see `reports.editing.token_syntax`; `quotes` says for each token in order how it
    printed its figure when the text was written, and `basis` is what was generated in this place then, in the same
    form. `readers` says of each audience whether its edition prints the block, where that is not as usual. `version`
    grows with every change of the text, so that two people notice each other. An added block, and one whose generated
    block is gone, stands after the block with the key `after`. Of an added table or chart the text is its caption, and
    `shows` which figures it is made of (`reports.editing.added_figures`).
    """

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="edits")
    key = models.CharField(_("Key of the block"), max_length=200)
    text = models.TextField(_("Text"), null=True, blank=True)
    quotes = models.JSONField(_("Quoted figures"), default=list, blank=True)
    basis = models.TextField(_("Generated words it was written over"), blank=True)
    hidden = models.BooleanField(_("Hidden"), default=False)
    readers = models.JSONField(_("Editions that print it"), default=dict, blank=True)
    added = models.CharField(_("Added"), max_length=9, choices=AddedKind.choices, blank=True)
    shows = models.JSONField(_("Figures that it shows"), default=dict, blank=True)
    level = models.PositiveSmallIntegerField(_("Level of the heading"), default=0)
    after = models.CharField(_("Stands after"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("Version"), default=0)
    at = models.DateTimeField(_("At"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = EditQuerySet.as_manager()

    class Meta:
        verbose_name = _("Edit of a report")
        verbose_name_plural = _("Edits of reports")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "key"], name="edit_once_a_block"),
            models.CheckConstraint(
                condition=Q(added=AddedKind.HEADING, level__range=(1, 4)) | (~Q(added=AddedKind.HEADING) & Q(level=0)),
                name="added_heading_has_level",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ChangeQuerySet(FreezableQuerySet["EditChange"]):
    pass


class EditChange(Freezable):
    """Append-only: who changed which block in which way. `before` is the block's state, so that it can be undone."""

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="changes")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=EditKind.choices)
    before = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Change of a report's block")
        verbose_name_plural = _("Changes of reports' blocks")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["report", "key"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.kind}"
