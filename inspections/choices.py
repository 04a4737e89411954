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


class FirmSize(models.TextChoices):
    """As statistics divide enterprises."""

    LARGE = "large", _("large")
    MEDIUM = "medium", _("medium-sized")
    SMALL = "small", _("small")
    MICRO = "micro", _("very small")


class RiskGrade(models.TextChoices):
    """From the lowest risk to the highest."""

    A = "A", _("grade A")
    B = "B", _("grade B")
    C = "C", _("grade C")
    D = "D", _("grade D")


# How many inspections a year a grade asks for where a region says nothing else: the least that
# 食品生产经营风险分级管理办法 has for food businesses.
USUAL_FREQUENCY = {RiskGrade.A: 1, RiskGrade.B: 1, RiskGrade.C: 2, RiskGrade.D: 3}
