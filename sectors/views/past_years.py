"""Past years in the browser: what is stored of them, a workbook to fill, and files that are loaded as history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sectors.findings import storage
from sectors.models import Figure, Narrative, OpenRow, Region, Submission, User
from sectors.models.periods import FIRST_YEAR
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile
from sectors.texts import whole_number
from sectors.transfer import past_workbooks, sent_files
from sectors.transfer import past_years as loading
from sectors.transfer.history import HistoryFileError
from sectors.transfer.past_years import MAX_SIZE, ChangedSince, Preview
from sectors.views.proofreading import regions_read_in
from sectors.vocabulary import FigureState, SubmissionStatus

ACCEPTED = SubmissionStatus.ACCEPTED
MAX_REQUEST = MAX_SIZE + 64 * 1024  # the files and the form around them
SHOWN = 500  # lines of a preview
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PastYearForm(forms.Form):
    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("Region"), empty_label=None)
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=2100)

    def __init__(self, data: QueryDict | None, person: User) -> None:
        """Raises PermissionDenied for who may load no region's past."""
        department = person.department
        initial = {"region": department.region_id if department else None, "year": timezone.localdate().year - 1}
        super().__init__(data, initial=initial)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = regions_read_in(person)


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def past_years(request: PersonRequest) -> HttpResponse:
    """What is stored of a region's years; POST shows what files of one would change. Nothing is loaded yet."""
    # The check of the CSRF token reads the whole request, which has to be refused before that when it is too large.
    if whole_number(request.META.get("CONTENT_LENGTH") or "") > MAX_REQUEST:
        problem = _("The files are larger than 10 MB. Load them one after another.")
        return _page(request, PastYearForm(None, request.user), [problem], 413)
    return _past_years(request)


@csrf_protect
def _past_years(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        chosen = request.GET if request.GET.get("region") else None
        return _page(request, PastYearForm(chosen, request.user))
    form = PastYearForm(request.POST, request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        files = loading.sent(request.FILES.getlist("files"))
    except BadFile as error:
        return _page(request, form, error.args, 422)
    region, year = form.cleaned_data["region"], form.cleaned_data["year"]
    stored = pending.keep(sent_files.packed(files), request.user, _about(region, year))
    return _preview(request, form, stored, "、".join(name for name, _content in files))


@login_required
@require_safe
def past_workbook(request: PersonRequest) -> HttpResponse:
    """A year of a region as a workbook, with what is stored of it."""
    form = PastYearForm(request.GET, request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    region, year = form.cleaned_data["region"], form.cleaned_data["year"]
    response = HttpResponse(past_workbooks.write(region, year), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{region.name} {year}.xlsx") or ""
    return response


@login_required
@require_POST
def load_past_year(request: PersonRequest) -> HttpResponse:
    """Load what the preview showed, all or nothing."""
    form = PastYearForm(request.POST, request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    region, year, person = form.cleaned_data["region"], form.cleaned_data["year"], request.user
    try:
        file = pending.find(request.POST.get("ticket", ""), person, _about(region, year))
        with sent_files.unpacked(file.path) as files:
            loaded = loading.store(files, file.digest, region=region, year=year, by=person, name=file.name)
    except BadFile as error:
        return _page(request, form, error.args, 409)
    except (ChangedSince, HistoryFileError):
        messages.warning(request, _("What is stored has changed since the preview. Nothing was stored; look again."))
        return _preview(request, form, file.path.name, file.name, 409)
    file.path.unlink(missing_ok=True)
    storage.refresh_since(region, year)
    done = _("Stored as history of %(year)d: %(what)s.") % {"year": year, "what": loaded.summary()}
    messages.success(request, done)
    return redirect(f"{reverse('past-years')}?{urlencode({'region': region.pk, 'year': year})}")


def _about(region: Region, year: int) -> str:
    """What kept files are for."""
    return f"past-{region.pk}-{year}"


def _page(request: PersonRequest, form: PastYearForm, problems: Sequence[str] = (), status: int = 200) -> HttpResponse:
    chosen = form["region"].value()
    region = regions_read_in(request.user).filter(pk=whole_number(str(chosen or ""))).first()
    context = {"form": form, "problems": problems, "region": region, "years": region and _years(region)}
    return render(request, "sectors/past_years.html", context, status=status)


@dataclass
class StoredYear:
    """How much is accepted of a region's year."""

    year: int
    sheets: int = 0
    figures: int = 0
    answers: int = 0
    rows: int = 0


def _years(region: Region) -> list[StoredYear]:
    """The last one first."""
    of, is_accepted = "submission__period__year", {"submission__region": region, "submission__status": ACCEPTED}
    counted = {
        "figures": Figure.objects.filter(**is_accepted).exclude(state=FigureState.BLANK),
        "answers": Narrative.objects.filter(**is_accepted).exclude(text=""),
        "rows": OpenRow.objects.filter(**is_accepted),
    }
    sheets = Submission.objects.filter(region=region, status=ACCEPTED).order_by().values_list("period__year")
    years = {year: StoredYear(year, count) for year, count in sheets.annotate(Count("sheet", distinct=True))}
    for name, rows in counted.items():
        for year, count in rows.order_by().values_list(of).annotate(Count("pk")):
            setattr(years[year], name, count)
    return sorted(years.values(), key=lambda one: -one.year)


def _preview(request: PersonRequest, form: PastYearForm, stored: str, name: str, status: int = 200) -> HttpResponse:
    region, year = form.cleaned_data["region"], form.cleaned_data["year"]
    path = pending.folder() / stored
    try:
        with sent_files.unpacked(path) as files:
            found = loading.preview(files, region=region, year=year, by=request.user)
    except BadFile as error:
        found = Preview(problems=list(error.args))
    if found.problems:
        path.unlink(missing_ok=True)
        return _page(request, form, found.problems, 422)
    context = {
        "name": name,
        "region": region,
        "year": year,
        "found": found,
        "added": found.added[:SHOWN],
        "replaced": found.replaced[:SHOWN],
        "more": max(0, len(found.added) - SHOWN) + max(0, len(found.replaced) - SHOWN),
        "ticket": pending.ticket(stored, name, found.digest, request.user, _about(region, year)),
    }
    return render(request, "sectors/past_years_preview.html", context, status=status)
