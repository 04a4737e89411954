"""What the pages of stations, and pages of sheets about stations, cannot say by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection.access import may_ask
from collection.models import PartRequest, PartUrge, StationPart, TakenCell
from collection.models.stations import READERS
from collection.vocabulary import COUNTED_STATUSES, OPEN_STATUSES, PartStatus
from sectors.calculation.cells import shown
from sectors.entry.grid import GridCell
from sectors.models import Indicator, Submission, User
from sectors.vocabulary import ValueKind

register = template.Library()

STYLES = {
    PartStatus.BLANK: "draft",
    PartStatus.STARTED: "draft",
    PartStatus.SENT: "submitted",
    PartStatus.RETURNED: "returned",
    PartStatus.ACCEPTED: "accepted",
}


@register.simple_tag
def part_style(status: str) -> str:
    return STYLES[PartStatus(status)]


@register.simple_tag
def sent_in(request: PartRequest) -> str:
    """Of how many stations, its parts fetched."""
    parts = request.station_parts.all()
    counted = [part for part in parts if part.status in COUNTED_STATUSES]
    return _("%(count)d of %(all)d") % {"count": len(counted), "all": len(parts)}


@register.simple_tag
def lateness(part: StationPart, request: PartRequest) -> SafeString | str:
    part.request = request
    days = part.days_late
    if not days:
        return ""
    text = ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    return format_html('<span class="status late">{}</span>', text)


@register.simple_tag
def last_urge(urged: Mapping[int, PartUrge], part: StationPart) -> str:
    urge = urged.get(part.pk)
    if urge is None:
        return "–"
    when = f"{localtime(urge.at):%Y-%m-%d %H:%M}"
    return f"{when} {_('did not arrive')}: {urge.problem}" if urge.problem else when


@register.simple_tag
def part_cell(
    cell: GridCell,
    is_open: bool,
    columns: Any,
    typed: Mapping[str, str],
    refused: Mapping[str, str],
    conflicts: Mapping[str, str],
) -> SafeString:
    """The `<td>` of a cell of the page on which a station fills in its part."""
    code, indicator = cell.indicator.code, cell.indicator
    if indicator.is_computed or not is_open:
        kind = "number computed" if indicator.is_computed else "number"
        return mark_safe(f'<td class="{kind}">{escape(cell.text) or "–"}</td>')
    problem = refused.get(code, "")
    if code in conflicts:
        what = {"theirs": shown(conflicts[code]) or _("blank")}
        problem = _("Changed meanwhile to %(theirs)s. Store once more, and yours stands.") % what
    state = ' data-state="invalid"' if code in refused else ' data-state="conflict"' if code in conflicts else ""
    said = f'<span class="cell-problem" id="{cell.field_id}-problem">{escape(problem)}</span>' if problem else ""
    field = _field(cell, typed.get(code, cell.text), bool(columns), has_problem=bool(problem))
    seen = f'<input type="hidden" name="seen:{code}" value="{escape(cell.seen)}">'
    return mark_safe(f'<td class="entry"{state}>{field}{seen}{said}</td>')


def _field(cell: GridCell, text: str, in_columns: bool, *, has_problem: bool) -> str:
    indicator, name = cell.indicator, f"figure:{cell.indicator.code}"
    more = f' aria-label="{escape(indicator.name)}"' if in_columns else ""
    more += f' aria-invalid="true" aria-describedby="{cell.field_id}-problem"' if has_problem else ""
    more += ' aria-required="true"' if indicator.required else ""
    if indicator.value_kind == ValueKind.CHOICE:
        more += f' list="{cell.field_id}-options"'
    mode = ' class="words"' if indicator.is_words else ' inputmode="decimal"'
    field = f'<input type="text" id="{cell.field_id}" name="{name}" value="{escape(text)}"{mode}{more}>'
    if indicator.value_kind != ValueKind.CHOICE:
        return field
    options = "".join(f'<option value="{escape(words)}">' for _code, words in indicator.options)
    return f'{field}<datalist id="{cell.field_id}-options">{options}</datalist>'


@register.inclusion_tag("collection/_parts_waiting.html")
def parts_waiting(user: User) -> dict[str, Any]:
    """What the person's own account fills in for a station."""
    return {"parts": StationPart.objects.of_account(user).filter(status__in=OPEN_STATUSES).for_reading()}


@register.simple_tag
def taken_from(submission: Submission, indicator: Indicator, user: Any) -> SafeString | str:
    """Where a cell of a sheet was taken over from stations: of how many, with the way to what each of them says."""
    if getattr(user, "role", "") not in READERS:
        return ""
    taken = TakenCell.objects.filter(request__submission=submission, indicator=indicator).first()
    if taken is None:
        return ""
    what = {"total": shown(taken.stored), "answered": taken.answered, "asked": taken.asked}
    text = _("%(total)s from %(answered)d of %(asked)d stations") % what
    address = reverse("station-values", args=[taken.request_id, indicator.code])
    return format_html('<a href="{}">{}</a>', address, text)


@register.inclusion_tag("collection/_ways.html")
def station_ways(submission: Submission, user: Any) -> dict[str, Any]:
    """On the page of a sheet: to what its stations were asked for, and to asking them."""
    if getattr(user, "role", "") not in READERS:
        return {}
    requests = list(submission.part_requests.all())
    return {"submission": submission, "requests": requests, "may_ask": may_ask(user, submission)}
