"""A written report read back: what does not hold in it, and its figures into the history of its year."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sectors.access import can_read_in_report
from sectors.catalogue.compiled import CompiledCatalogue, catalogue
from sectors.findings import storage
from sectors.models import Region, User
from sectors.models.periods import FIRST_YEAR
from sectors.reading import proofreading, reports
from sectors.reading.blocks import Block
from sectors.reading.proofreading import Remark, typed
from sectors.reading.reports import Proposal
from sectors.reading.word import LIMITS, open_report
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile
from sectors.texts import whole_number
from sectors.transfer import report_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.report_figures import ChangedSince, Figure, Preview
from sectors.vocabulary import Role

MAX_REQUEST = LIMITS.size + 64 * 1024  # the file and the form around it
_STORED = re.compile(r"\d+-(report-(\d{1,18})-(\d{4}))-[0-9a-f]{32}")
_CHOSEN = re.compile(r"(\d{1,5}):([\w.]{1,100})")
_LAST_YEAR = 2100


class UploadForm(forms.Form):
    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("Region"))
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=_LAST_YEAR,
        help_text=gettext_lazy("Left empty, it is the one that the top of the report names."),
    )
    only_check = forms.BooleanField(
        label=gettext_lazy("Proofread only: nothing is stored"), required=False, initial=False
    )
    file = forms.FileField(
        label=gettext_lazy("Report"),
        help_text=gettext_lazy(".docx or .txt, at most 20 MB"),
        widget=forms.FileInput({"accept": ".docx, .txt"}),
    )


@dataclass(frozen=True)
class Reading:
    """A report that was read, of a region's year. `stored` is the name of the kept file."""

    stored: str
    region: Region
    year: int
    catalogue: CompiledCatalogue
    blocks: Sequence[Block]
    proposals: Sequence[Proposal]

    @property
    def title(self) -> str:
        return self.blocks[0].text[:80]

    @property
    def sure(self) -> set[int]:
        """Numbers that are confirmed by default, each indicator once; none in a report of another year or region."""
        if proofreading.is_of_another(self.blocks, self.region, self.year):
            return set()
        first = {one.fits[0].entry.code: one.number for one in reversed(self.proposals) if one.is_sure}
        return set(first.values())

    def remarks(self, figures: Sequence[Figure] | None = None) -> list[Remark]:
        """What does not hold in what is proposed clearly, or in figures that were confirmed."""
        clear = proofreading.clear(self.proposals, self.catalogue.by_code, self.year)
        told = clear if figures is None else [figure.told for figure in figures]
        known = proofreading.whole_years(self.region, self.year)
        return proofreading.remarks(self.blocks, self.proposals, told, self.region, self.year, known)


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest) -> HttpResponse:
    """Choose a report; POST keeps the file for the pages that read it. Nothing is stored."""
    # The check of the CSRF token reads the whole request, which has to be refused before that when it is too large.
    if whole_number(request.META.get("CONTENT_LENGTH") or "") > MAX_REQUEST:
        return _choose(request, _form(request), _("The file is larger than 20 MB. Remove pictures from it."), 413)
    return _upload(request)


@csrf_protect
def _upload(request: PersonRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _choose(request, form, "", 422 if form.is_bound else 200)
    file, region = form.cleaned_data["file"], form.cleaned_data["region"]
    try:
        year = form.cleaned_data["year"] or proofreading.year_told(open_report(file, file.size or 0))
    except BadFile as error:
        return _choose(request, form, str(error), 422)
    if year is None:
        form.add_error("year", _("The top of the report names no year: choose it here."))
        return _choose(request, form, "", 422)
    stored = pending.keep(file, request.user, f"report-{region.pk}-{year}")
    address = redirect("reading", stored=stored)
    if form.cleaned_data["only_check"]:
        address["Location"] += "?check=1"
    return address


@login_required
@require_safe
def reading(request: PersonRequest, stored: str) -> HttpResponse:
    """The report with its numbers, what each may be, and what does not hold."""
    try:
        found = _read(request, stored)
    except BadFile as error:
        return _choose(request, _form(request), str(error), 404)
    return _page(request, found)


@login_required
@require_POST
def store(request: PersonRequest, stored: str) -> HttpResponse:
    """Show what the confirmed figures would change; with the mark of what was shown, store it, all or nothing."""
    try:
        found = _read(request, stored)
    except BadFile as error:
        return _choose(request, _form(request), str(error), 404)
    chosen = [
        (whole_number(match[1]), match[2])
        for text in request.POST.getlist("figure")
        if (match := _CHOSEN.fullmatch(text))
    ]
    figures, problems = report_figures.confirmed(found.proposals, chosen, found.catalogue, found.year, found.region)
    region, year, person = found.region, found.year, request.user
    digest = request.POST.get("digest", "")
    if digest and not problems:
        try:
            loaded = report_figures.store(figures, digest, region=region, year=year, by=person, name=found.title)
        except ChangedSince:
            messages.warning(
                request, _("What is stored has changed since the preview. Nothing was stored; look again.")
            )
        except HistoryFileError as error:
            return _preview(request, found, Preview(figures, [], error.problems), 409)
        else:
            storage.refresh_since(region, year)
            done = _("%(figures)d figures of %(year)d are stored as history.")
            messages.success(request, done % {"figures": loaded.figures, "year": year})
            return redirect("reading", stored=stored)
    shown = report_figures.preview(figures, problems, region=region, year=year, by=person)
    return _preview(request, found, shown, 409 if digest else 422 if shown.problems else 200)


def regions_read_in(user: User) -> QuerySet[Region]:
    """Of which a person may read in reports and the past. Raises PermissionDenied where there is none."""
    if user.role == Role.ADMIN:
        return Region.objects.filter(departments__isnull=False).distinct()
    if user.department is None or not can_read_in_report(user, user.department.region):
        raise PermissionDenied
    return Region.objects.filter(pk=user.department.region_id)


def _form(request: PersonRequest) -> UploadForm:
    regions = regions_read_in(request.user)
    is_sent = request.method == "POST" and request.resolver_match and request.resolver_match.url_name == "proofreading"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    field = form.fields["region"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = regions
    field.initial = request.user.department.region_id if request.user.department else None
    return form


def _read(request: PersonRequest, stored: str) -> Reading:
    """The report of a kept file of this person. Raises BadFile, PermissionDenied."""
    regions = regions_read_in(request.user)
    about = _STORED.fullmatch(stored)
    region = regions.filter(pk=whole_number(about[2])).first() if about else None
    if about is None or region is None:
        raise pending.gone()
    kept = pending.own(stored, request.user, about[1])
    kept.path.touch()  # who reads on keeps it
    with kept.path.open("rb") as file:
        blocks = open_report(file, kept.size)
    known, year = catalogue(), whole_number(about[3])
    values = proofreading.other_years(proofreading.whole_years(region, year), known.codes, year)
    return Reading(stored, region, year, known, blocks, reports.read(blocks, known, year, values, region))


def _choose(request: PersonRequest, form: UploadForm, problem: str, status: int) -> HttpResponse:
    return render(request, "sectors/proofreading.html", {"form": form, "problem": problem}, status=status)


def _page(request: PersonRequest, found: Reading) -> HttpResponse:
    sections = list(_sections(found))
    context = {
        "reading": found,
        "sections": sections,
        "remarks": found.remarks(),
        "numbers": len(found.proposals),
        "sure": len(found.sure),
        "only_check": bool(request.GET.get("check")),
        "indicators": found.catalogue.of_region(found.year, found.region.pk),
    }
    return render(request, "sectors/reading.html", context)


def _preview(request: PersonRequest, found: Reading, shown: Preview, status: int) -> HttpResponse:
    context = {
        "reading": found,
        "preview": shown,
        "remarks": [] if shown.problems else found.remarks(shown.figures),
        "chosen": request.POST.getlist("figure"),
    }
    return render(request, "sectors/store_reading.html", context, status=status)


@dataclass(frozen=True)
class Choice:
    """What a number may be confirmed as: the value that goes into the form, and how it reads."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    proposal: Proposal
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Sentence:
    """A sentence with its numbers marked."""

    block: int
    marked: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Section:
    name: str
    anchor: str
    sentences: Sequence[Sentence]
    numbers: int


def _sections(found: Reading) -> Iterator[Section]:
    sure = found.sure
    for place, (code, members) in enumerate(groupby(found.proposals, key=lambda proposal: proposal.sector)):
        proposals = list(members)
        sector = found.catalogue.sectors.get(code)
        sentences = [
            _sentence(block, text, list(rows), sure)
            for (block, text), rows in groupby(proposals, key=lambda one: (one.mention.block, one.sentence))
        ]
        name = sector.name if sector else _("In no sector's section")
        yield Section(name, f"section-{place}", sentences, len(proposals))


def _sentence(block: int, text: str, proposals: Sequence[Proposal], sure: Collection[int]) -> Sentence:
    marked, at = format_html("{}", ""), 0
    for proposal in proposals:
        end = proposal.at + len(proposal.mention.text)
        marked += format_html(
            '{}<mark id="n{}">{}</mark>', text[at : proposal.at], proposal.number, text[proposal.at : end]
        )
        at = end
    return Sentence(block, marked + format_html("{}", text[at:]), [_row(proposal, sure) for proposal in proposals])


def _row(proposal: Proposal, sure: Collection[int]) -> Row:
    """With the best choice chosen where that is sure."""
    choices = []
    for place, fit in enumerate(proposal.fits):
        entry = fit.entry
        text = f"{entry.name}（{typed(proposal.mention, entry)} {entry.unit}）"
        choices.append(Choice(f"{proposal.number}:{entry.code}", text, place == 0 and proposal.number in sure))
    return Row(proposal, choices)
