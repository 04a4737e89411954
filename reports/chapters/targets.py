"""Whose target it is and since when, as the report says it."""

from __future__ import annotations

import datetime

from reports.aggregation.values import AnnualValue
from reports.document.blocks import format_date
from sectors.models import Indicator


def origin(indicator: Indicator) -> str:
    """`《质量强国建设纲要》2025年目标，2023年2月6日起`, as far as it is known."""
    return "，".join(part for part in (indicator.target_source, _since(indicator.target_since)) if part)


def public_origin(value: AnnualValue) -> str:
    """The same for the public edition. Empty, so that the target is not told, unless both are known and the target
    held in the year."""
    source, since = value.indicator.target_source, value.indicator.target_since
    is_told = source and since and int(since[:4]) <= value.year
    return origin(value.indicator) if is_told else ""


def _since(text: str) -> str:
    """`2021` or `2021-03-11` in words."""
    if not text:
        return ""
    return f"{text}年起" if len(text) == 4 else f"{format_date(datetime.date.fromisoformat(text))}起"
