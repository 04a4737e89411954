"""How a figure changed, in a few characters."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.cells import rounded
from sectors.models import Indicator


def change_text(indicator: Indicator, now: Decimal | None, then: Decimal | None) -> str:
    """Against last year: percentage points for a rate, with its decimals, per cent for a count; empty with nothing to
    compare, and for a count that was zero or negative."""
    if now is None or then is None:
        return ""
    if indicator.unit.is_percent:
        return _("%(points)s pp") % {"points": f"{rounded(now - then, indicator.decimals) + 0:+}"}
    return f"{rounded((now / then - 1) * 100, 1) + 0:+}%" if then > 0 else ""
