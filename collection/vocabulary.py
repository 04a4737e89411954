"""States of a station's part, and by which way figures come into it. The texts are stored, so they do not change."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartStatus(TextChoices):
    BLANK = "blank", _("not begun")
    STARTED = "started", _("being filled")
    SENT = "sent", _("sent in")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")


# The station enters and corrects figures.
OPEN_STATUSES = frozenset({PartStatus.BLANK, PartStatus.STARTED, PartStatus.RETURNED})
# Its figures count when the stations' are added up.
COUNTED_STATUSES = frozenset({PartStatus.SENT, PartStatus.ACCEPTED})


class PartSource(TextChoices):
    LINK = "link", _("link")
    ACCOUNT = "account", _("account")
    EXCEL = "excel", _("Excel")
