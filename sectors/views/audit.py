"""The audit record, for administrators and auditors: searched, one event, and out as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import record
from audit.models import Event
from audit.search import Search
from audit.vocabulary import EventKind
from sectors.access import can_read_audit
from sectors.models import Department, Region
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.transfer import audit_files
from sectors.vocabulary import Role

DAY = {"type": "date"}
READ = "audit_read"  # of a session: that its reading is on record
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SearchForm(forms.Form):
    person = forms.CharField(label=gettext_lazy("Done by"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("All")), *EventKind.choices], required=False
    )
    subject = forms.CharField(label=gettext_lazy("Object"), max_length=100, required=False)
    since = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(DAY), required=False)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(DAY), required=False)
    region = forms.ModelChoiceField(
        Region.objects.all(), label=gettext_lazy("Region"), empty_label=gettext_lazy("All"), required=False
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=45, required=False)

    def search(self) -> Search:
        """What can be understood; the rest narrows nothing."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        region = found.pop("region", None)
        return Search(**found, region=region.pk if region else None)


@login_required
@require_safe
def events(request: PersonRequest) -> HttpResponse:
    """The latest first, a page at a time, as the address narrows them."""
    _check(request)
    form = SearchForm(request.GET or None)
    search = form.search() if form.is_bound else Search()
    page, following = search.page(whole_number(request.GET.get("before", "")) or None)
    _record_reading(request, search)
    context = {
        "form": form,
        "events": [(event, _named(event)) for event in _with_places(page)],
        "following": following,
        "is_first": "before" not in request.GET,
        "query": _query(request),
    }
    return render(request, "audit/events.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def event(request: PersonRequest, pk: int) -> HttpResponse:
    _check(request)
    found = get_object_or_404(Event, pk=pk)
    _record_reading(request, Search())
    (found,) = _with_places([found])
    more = {name: _text(value) for name, value in found.detail.items() if name != "changes"}
    context = {"event": found, "role": _named(found), "changes": _changes(found), "more": more}
    return render(request, "audit/event.html", context)


@login_required
@require_safe
def export(request: PersonRequest, to: str) -> HttpResponseBase:
    """What the list shows, as .csv or .xlsx; that it was taken out is on record itself."""
    _check(request)
    if to not in ("csv", "xlsx"):
        raise Http404
    search = SearchForm(request.GET).search()
    rows = search.rows()
    name = f"{_('Audit record')}-{timezone.localtime():%Y%m%d-%H%M}.{to}"
    if to == "xlsx" and rows.count() > audit_files.XLSX_ROWS:
        message = _("This is more than an Excel worksheet holds. Choose fewer days, or .csv.")
        return render(request, "error.html", {"title": name, "text": message}, status=422)
    record.write(EventKind.AUDIT_READ, name=name, search=search.told)
    if to == "csv":
        headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
        lines = audit_files.csv_lines(rows)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        audit_files.write_xlsx(rows, path)
        opened = path.open("rb")  # the response closes it; its name is gone by then
    return FileResponse(opened, as_attachment=True, filename=name, content_type=XLSX)


def _check(request: PersonRequest) -> None:
    if not can_read_audit(request.user):
        raise PermissionDenied


def _record_reading(request: PersonRequest, search: Search) -> None:
    """Once a visit."""
    if not request.session.get(READ):
        record.write(EventKind.AUDIT_READ, search=search.told)
        request.session[READ] = True


def _with_places(events: list[Event]) -> list[Event]:
    """With the names of departments and regions, as they are called now; two queries."""
    departments = Department.objects.in_bulk({event.department_id for event in events if event.department_id})
    regions = Region.objects.in_bulk({event.region_id for event in events if event.region_id})
    for event in events:
        vars(event)["department"] = departments.get(event.department_id or 0)
        vars(event)["region"] = regions.get(event.region_id or 0)
    return events


def _changes(event: Event) -> list[tuple[str, Any, Any]]:
    """With fields as pages call them, where a change is one of a field."""
    try:
        fields = {field.name: field for field in apps.get_model(event.subject)._meta.concrete_fields}
    except (LookupError, ValueError):
        fields = {}
    changes = event.detail.get("changes", [])
    return [(str(fields[what].verbose_name) if what in fields else what, old, new) for what, old, new in changes]


def _named(event: Event) -> str:
    return str(dict(Role.choices).get(event.role, event.role))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _("; ").join(f"{name}: {_text(each)}" for name, each in value.items())
    return "\n".join(map(_text, value)) if isinstance(value, list) else str(value)


def _query(request: PersonRequest) -> str:
    asked = request.GET.copy()
    asked.pop("before", None)
    return asked.urlencode()
