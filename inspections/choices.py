"""Choices of records by which the program itself decides. What records are filled with besides are the words of the
registry (`sectors.catalogue.words`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SamplingStage(models.TextChoices):
    """How far a sampling batch has come."""

    PLANNED = "planned", _("planned")
    TAKEN = "taken", _("taken")
    RECEIVED = "received", _("received")
    TESTED = "tested", _("tested")
    REPORTED = "reported", _("reported")
    CLOSED = "closed", _("settled")


class Retest(models.TextChoices):
    NONE = "none", _("not asked for")
    ASKED = "asked", _("asked for, no result yet")
    UPHELD = "upheld", _("result upheld")
    REVERSED = "reversed", _("result reversed")
