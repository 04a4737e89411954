"""A sheet made of the Excel form that a department fills today: recognised, corrected beside the form, then loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from audit import record
from audit.vocabulary import EventKind
from sectors.catalogue import drafts, yaml_files
from sectors.catalogue.draft_checks import whole_sector
from sectors.catalogue.usual_units import usual_units
from sectors.models import Chapter, Department, Region, Sector, Sheet, Unit
from sectors.models.people import plain_name
from sectors.reading.forms import corrections, picture, recognition, specification
from sectors.reading.forms.corrections import Problem
from sectors.reading.forms.form import Form, Remark, Use
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import Units
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import MAX_SIZE, BadFile, open_file
from sectors.transfer import sent_files
from sectors.views import form_fields, form_targets, setup
from sectors.views.setup import FilesRefused, for_setting_up, load_files
from sectors.vocabulary import Frequency, RowsOfYear, ValueKind

ABOUT = "form"  # what a kept file is for
YAML = "application/yaml; charset=utf-8"
# Chapters of a report that may be chosen before anything was loaded into them: those of the shipped catalogue.
CHAPTERS = (("product", "产品质量"), ("engineering", "工程质量"), ("service", "服务质量"))
SHEET_WORDS = ("统计表", "情况表", "季报表", "月报表", "年报表", "报表", "监测表", "表", "季报", "月报", "年报")


class FactsForm(forms.Form):
    """What the sheet is about; how its codes and texts must look says the loader."""

    name = forms.CharField(label=gettext_lazy("Sheet"), max_length=80)
    number = forms.CharField(label=gettext_lazy("Sheet number"), max_length=20)
    frequency = forms.ChoiceField(label=gettext_lazy("Frequency"), choices=Frequency.choices)
    department = forms.ChoiceField(label=gettext_lazy("Department"))
    into = forms.ChoiceField(
        label=gettext_lazy("Where it goes"),
        required=False,
        help_text=gettext_lazy("The next version of a sheet keeps its number and codes, and what a form does not say."),
    )
    sector_name = forms.CharField(
        label=gettext_lazy("Sector"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A new sector, which is a section of the report."),
    )
    sector = forms.CharField(
        label=gettext_lazy("Code of the sector"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Its indicators are called by it. Lower-case letters, digits and _."),
    )
    chapter = forms.ChoiceField(label=gettext_lazy("Chapter"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments, chapters = _departments(), _chapters()
        unknown = [("", _("Choose the department"))]
        _choose(self, "department", unknown + [(code, f"{name} ({code})") for code, name in departments.items()])
        _choose(self, "chapter", [(code, name) for code, (name, _position) in chapters.items()])
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = form_targets.choices()

    def clean(self) -> dict[str, Any]:
        """A new sector needs a name and a code; of one that is there both are known, and of a sheet its number."""
        found = super().clean() or {}
        there = form_targets.target(str(found.get("into", "")))
        for name in ("sector_name", "sector") if there is None else ():
            if not found.get(name) and name not in self.errors:
                self.add_error(name, _("A new sector needs it."))
        if there is not None:
            found |= {"sector": there.code, "sector_name": there.whole["name"]}
            found |= {"number": there.number} if there.number else {}
            if there.is_taken(str(found.get("number", ""))):
                message = _(
                    "There is a sheet with this number. Take another, or make this the next version of that one."
                )
                self.add_error("number", message)
        return found

    def facts(self) -> specification.Facts:
        name, position = _chapters()[self.cleaned_data["chapter"]]
        last = Sector.objects.filter(chapter__code=self.cleaned_data["chapter"]).order_by("-position").first()
        return specification.Facts(
            **{key: self.cleaned_data[key] for key in ("name", "number", "frequency", "department", "sector")},
            sector_name=self.cleaned_data["sector_name"],
            chapter_code=self.cleaned_data["chapter"],
            chapter_name=name,
            chapter_position=position,
            position=last.position + 1 if last else 1,
        )


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _departments() -> dict[str, str]:
    """Names by code, of the first region that has the code; those of the office are none that report."""
    rows = Department.objects.exclude(code="office").order_by("-region__code", "-code")
    return dict(sorted(rows.values_list("code", "short_name")))


def _chapters() -> dict[str, tuple[str, int]]:
    """Names and positions by code: those that are there, then the usual ones that nobody has made yet."""
    there = {code: (name, position) for code, name, position in Chapter.objects.values_list("code", "name", "position")}
    named = {name for name, _position in there.values()}
    usual = {code: (name, position) for position, (code, name) in enumerate(CHAPTERS, start=1) if name not in named}
    found = usual | there
    return dict(sorted(found.items(), key=lambda one: one[1][1]))


@dataclass(frozen=True)
class Reading:
    """A kept file that was read. `names` are its worksheets."""

    names: list[str]
    page: Page
    form: Form
    units: Units


@dataclass(frozen=True)
class Checked:
    """What loading the corrected form would do; with problems nothing."""

    yaml: str
    problems: list[str]
    lines: list[str]
    remarks: list[Remark]
    ticket: str = ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_setting_up
def choose_form(request: PersonRequest) -> HttpResponse:
    """Choose the file; POST keeps it for the page that reads it. Nothing is stored."""
    file = request.FILES.get("file")
    if request.method != "POST":
        return _choose_again(request)
    try:
        if file is None:
            raise BadFile(_("Choose the Excel form first."))
        book = open_file(file, file.size or 0)
        if not recognition.names(book):
            raise BadFile(_("The file is empty. Choose the form that the department fills."))
    except BadFile as error:
        return _choose_again(request, str(error), 422)
    return redirect("form-sheet", stored=pending.keep(file, request.user, ABOUT))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_setting_up
def form_sheet(request: PersonRequest, stored: str) -> HttpResponse:
    """The recognised form beside its picture; POST takes corrections and shows what loading it would do."""
    try:
        kept = pending.own(stored, request.user, ABOUT)
    except BadFile as error:
        return _choose_again(request, str(error), 404)
    try:
        reading = _read(request, kept)
    except BadFile as error:
        return _choose_again(request, str(error), 422)
    if request.method != "POST":
        initial = _initial(reading.form)
        if target := form_targets.target(initial["into"]):
            target.give_codes(reading.form)
        return _page(request, reading, FactsForm(initial=initial))
    typed = request.POST.dict()
    target = form_targets.target(typed.get("into", ""))
    if target is not None:
        target.give_codes(reading.form)
    problems = corrections.apply(reading.form, typed, reading.units)
    facts = FactsForm(request.POST)
    if not facts.is_valid() or problems:
        return _page(request, reading, facts, problems=problems, status=422)
    draft = specification.draft(reading.form, facts.facts(), Unit.objects.by_name(), usual_units())
    if target is not None:
        draft.content = target.with_sheet(draft.content)
    if "edit" in request.POST:
        begun = drafts.begin_draft(request.user, yaml_files.from_text(yaml_files.as_yaml(draft.content)))
        return redirect("sheet-draft", pk=begun.pk)
    draft.content, _position = whole_sector(draft.content)
    if "download" in request.POST:
        return _download(yaml_files.as_yaml(draft.content), facts.cleaned_data["sector"])
    checked = _check(request, draft, facts.cleaned_data["name"])
    return _page(request, reading, facts, checked=checked, status=422 if checked.problems else 200)


def _choose_again(request: PersonRequest, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "max_size": MAX_SIZE}
    return render(request, "sectors/choose_form.html", context, status=status)


def _read(request: PersonRequest, kept: pending.PendingFile) -> Reading:
    """The form of a kept file, on the worksheet that the address names. Raises BadFile."""
    kept.path.touch()  # who goes on keeps it
    units = _units()
    with kept.path.open("rb") as file:
        book = open_file(file, kept.size)
    names = recognition.names(book)
    asked = request.GET.get("worksheet", "")
    page, form = _first_form(
        names if asked not in names else [asked], lambda name: recognition.page_of(book, name), units
    )
    return Reading(names, page, form, units)


def _units() -> Units:
    """Those of the catalogue before those that come with the program."""
    ways = {way: name for name, unit in usual_units().items() for way in (name, *unit.get("also", ()))}
    return Units(ways | {way: name for name, unit in Unit.objects.by_name().items() for way in (name, *unit.also)})


def _first_form(names: list[str], page_of: Callable[[str], Page], units: Units) -> tuple[Page, Form]:
    """The first worksheet on which a form is recognised. Raises BadFile with what is wrong with the first."""
    first: BadFile | None = None
    for name in names:
        try:
            page = page_of(name)
            return page, recognition.read(page, units)
        except BadFile as error:
            first = first or error
    raise first or BadFile(_("The file is empty. Choose the form that the department fills."))


def _initial(form: Form) -> dict[str, str]:
    title = form.title or form.worksheet
    word = next((word for word in SHEET_WORDS if title.endswith(word) and len(title) > len(word) + 1), "")
    return {
        "name": title,
        "into": form_targets.sheet_of(form.number),
        "number": form.number or _free("B-{:02}", Sheet.objects.values_list("number", flat=True)),
        "frequency": form.frequency or Frequency.QUARTER,
        "department": _department(form.organisation),
        "sector": _free("n{:02}", Sector.objects.values_list("code", flat=True)),
        "sector_name": _without_region(title.removesuffix(word))[:60],
    }


def _without_region(title: str) -> str:
    """The section of a report about a county does not name it: 禾丰县产品质量抽查 is 产品质量抽查."""
    names = sorted(Region.objects.values_list("name", flat=True), key=len, reverse=True)
    found = next((name for name in names if title.startswith(name) and len(title) > len(name) + 1), "")
    return title.removeprefix(found)


def _free(pattern: str, taken: Any) -> str:
    known = set(taken)
    return next(text for number in range(1, len(known) + 2) if (text := pattern.format(number)) not in known)


def _department(organisation: str) -> str:
    """The code of the department that a form names, by its name with or without its region's, or by its short one, also
    where one of both is shortened; empty for nobody's. A form of another county names a department that has the same
    code here."""
    rows = Department.objects.exclude(code="office").order_by("region__code", "code")
    names = [
        (word, code)
        for code, region, name, short in rows.values_list("code", "region__name", "name", "short_name")
        for word in (name, short, plain_name(name, region), plain_name(short, region))
        if word
    ]
    fits = [(len(word), code) for word, code in names if word in organisation]
    shortened = {code for word, code in names if _is_shortened(word, organisation)}
    return max(fits, default=(0, ""))[1] or (shortened.pop() if len(shortened) == 1 else "")


def _is_shortened(name: str, whole: str) -> bool:
    """Whether the signs of a name stand in a longer one in their order: 市场监管局 in 沙岭县市场监督管理局."""
    rest = iter(whole)
    return len(name) > 2 and whole.endswith(name[-1]) and all(sign in rest for sign in name)


def _check(request: PersonRequest, draft: specification.Draft, name: str) -> Checked:
    """The loader's dry run of the draft, which is kept for the load."""
    yaml = yaml_files.as_yaml(draft.content)
    file = f"{name}.yaml"
    stored = pending.keep(sent_files.packed([(file, yaml.encode())]), request.user, setup.ABOUT)
    path = pending.folder() / stored
    try:
        with sent_files.unpacked(path) as files:
            changes = load_files(files, request, dry_run=True)
            lines = [files.without_folder(line) for line in changes.lines]
    except FilesRefused as error:
        path.unlink(missing_ok=True)
        return Checked(yaml, [str(problem) for problem in error.args], [], draft.remarks)
    ticket = pending.ticket(stored, file, changes.digest, request.user, setup.ABOUT)
    return Checked(yaml, [], lines[: setup.SHOWN], draft.remarks, ticket)


def _download(yaml: str, sector: str) -> HttpResponse:
    name = f"{sector}.yaml"
    record.write(EventKind.DOWNLOAD, name=name)
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(yaml, content_type=YAML, headers=headers)


def _page(
    request: PersonRequest,
    reading: Reading,
    facts: FactsForm,
    *,
    problems: list[Problem] | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = request.POST.dict() if problems else {}
    context = {
        "reading": reading,
        "form": reading.form,
        "facts": facts,
        "picture": list(picture.rows_of(reading.page, reading.form)),
        "tables": list(form_fields.fields_of(reading.form, problems or [], typed)),
        "remarks": [*reading.form.remarks, *(checked.remarks if checked else [])],
        "problems": problems,
        "checked": checked,
        "uses": [(Use.ENTERED, _("Entered")), (Use.COMPUTED, _("Computed")), (Use.LEFT_OUT, _("Left out"))],
        "kinds": ValueKind.choices,
        "rows_of_year": RowsOfYear.choices,
        "units": sorted(set(reading.units.known.values())),
        "has_departments": bool(_departments()),
    }
    return render(request, "sectors/form_sheet.html", context, status=status)
