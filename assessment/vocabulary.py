"""Words of assessments. Imports no model."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TargetState(TextChoices):
    PROPOSED = "proposed", _("to be confirmed by the office")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    REPLACED = "replaced", _("replaced by another proposal")


class Lack(TextChoices):
    """Why a criterion has no points that follow from facts."""

    FIGURE = "figure", _("no figure of the year")
    WHOLE = "whole", _("the year is not full")
    APPLICABLE = "applicable", _("not applicable")
    EXACT = "exact", _("not exact enough to tell the points")
    TARGET = "target", _("no target")
    COMPARABLE = "comparable", _("nothing to compare with last year")
    SUBMISSION = "submission", _("no sheet of the year")
    RECORD = "record", _("nothing on record in the year")


class SchemeState(TextChoices):
    LOADED = "loaded", _("loaded, not in force")
    IN_FORCE = "in_force", _("in force")
    REPLACED = "replaced", _("replaced")


class RunState(TextChoices):
    """The steps of a run, in their order; there is no way back."""

    OPENED = "opened", _("being prepared")
    SELF = "self", _("self-scores")
    REVIEW = "review", _("under review")
    SHOWN = "shown", _("results shown, appeals possible")
    APPEALS = "appeals", _("appeals being answered")
    CLOSED = "closed", _("closed, notice issued")
