"""The words that records of a registry are filled with. They come from catalogue files, shared or of one region."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import WordKind

from .catalogue import Validity
from .people import Region

LONGEST_CODE = 30  # of what records keep; a text that is proposed is its own code
MOST_WEIGHT = 1000


class RegistryWord(Validity):
    """A word of one kind under its code. A code with a dot lies below what stands before it: `produce.meat` is a part
    of `produce` and is counted with it. Without a region it is for all of them.

    Records keep the code, so a word that is in use is renamed or retired and never taken away.
    """

    kind = models.CharField(_("Kind"), max_length=16, choices=WordKind.choices)
    code = models.CharField(_("Code"), max_length=60)
    region = models.ForeignKey(
        Region, verbose_name=_("Region"), null=True, blank=True, on_delete=models.PROTECT, related_name="registry_words"
    )
    name = models.CharField(_("Name"), max_length=60)
    english = models.CharField(_("English name"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("Position"))
    # Of a category, where a plan is proposed: how much people are exposed to it, against the others.
    weight = models.PositiveSmallIntegerField(_("Weight"), default=1)
    # Of a programme: its batches screen and are read off on the spot; and whether a plan of ours asks for it.
    is_screening = models.BooleanField(_("Screening"), default=False)
    is_planned = models.BooleanField(_("Planned by us"), default=True)

    class Meta:
        verbose_name = _("Word of the registry")
        verbose_name_plural = _("Words of the registry")
        ordering: ClassVar[list[str]] = ["kind", "position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "code"], name="registry_word_code_once"),
            models.CheckConstraint(condition=Q(weight__lte=MOST_WEIGHT), name="registry_word_weight_within_limit"),
        ]

    def __str__(self) -> str:
        return " ".join(dict.fromkeys((self.get_kind_display(), self.code, self.name)))

    @property
    def label(self) -> str:
        """What the screen calls it in the language of the moment."""
        return self.english if self.english and not (get_language() or "").startswith("zh") else self.name

    @property
    def above(self) -> str:
        """The code that it lies below; empty for none."""
        return self.code.rpartition(".")[0]
