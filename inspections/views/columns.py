"""Saying what the columns of another system's list mean; the department's next list of that kind is read alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inspections import layouts, spreadsheets
from inspections.registers import AREAS, REGISTERS, Register
from inspections.spreadsheets import columns, heads, meanings
from inspections.views.records import own_department
from inspections.views.transfer import LARGE, choose, show_preview
from sectors.models import Department
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile

LONGEST = 200  # characters of what is written for a word


@dataclass
class Said:
    """What a person chose on the page, and what is wrong with it."""

    fields: dict[int, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def say_columns(request: PersonRequest, slug: str) -> HttpResponse:
    """The columns of an uploaded list with what stands in them; POST keeps what they mean and shows the preview."""
    register, department = REGISTERS[slug], own_department(request)
    ticket = str((request.POST if request.method == "POST" else request.GET).get("ticket", ""))
    try:
        file = pending.find(ticket, request.user, slug)
        if file.unpacked > LARGE:
            raise BadFile(_("Say it once with a part of this list, of a few hundred rows; then send the whole."))
        with file.path.open("rb") as source:
            page, found = spreadsheets.heads_of(register, source, file.size, department)
    except BadFile as error:
        return choose(request, register, str(error), 409)
    asked = meanings.asked(register, page, found, department)
    if request.method != "POST":
        return _page(request, register, asked, ticket)
    said = _said(request, register, asked, department)
    if said.problems:
        left = meanings.with_choices(asked, said.fields, said.constants, said.words)
        return _page(request, register, left, ticket, said.problems)
    layouts.save(
        slug,
        found.texts,
        fields={str(place): name for place, name in said.fields.items()},
        constants=said.constants,
        words=said.words,
        by=request.user,
    )
    # Before the preview, once: the words of the columns that are not understood.
    now = heads.of(page, register, department)
    if not asked.words and meanings.asked(register, page, now, department).words:
        messages.info(request, _("Kept. Some words in these columns are not known here: say below what they mean."))
        return redirect(f"{reverse(f'import-columns-{register.slug}')}?{urlencode({'ticket': ticket})}")
    return show_preview(request, register, file)


def _said(request: PersonRequest, register: Register, asked: meanings.Asked, department: Department) -> Said:
    said, names = Said(), columns.names(register)
    for column in asked.columns:
        name = request.POST.get(f"column-{column.place}", "")
        if name in names:
            said.fields[column.place] = name
    twice = {name for name in said.fields.values() if [*said.fields.values()].count(name) > 1}
    if twice:
        text = _("Two columns are said to be the same: %(names)s. Choose one for each.")
        said.problems.append(text % {"names": _heads(register, twice)})
    for constant in asked.constants:
        text = " ".join(request.POST.get(f"constant-{constant.name}", "").split())[:LONGEST]
        if text and constant.name not in said.fields.values():
            said.constants[constant.name] = text
    said.words = {name: dict(words) for name, words in asked.heads.layout.words.items()} if asked.heads.layout else {}
    for of in asked.words:
        for number, word in enumerate(of.words):
            if meant := " ".join(request.POST.get(f"word-{of.name}-{number}", "").split())[:LONGEST]:
                said.words.setdefault(of.name, {})[word.text] = meant
            else:
                said.words.get(of.name, {}).pop(word.text, None)
    missing = [n for n in columns.needed(register) if n not in {*said.fields.values(), *said.constants}]
    if missing:
        text = _("Say where these stand, or what holds for all rows: %(names)s.")
        said.problems.append(text % {"names": _heads(register, missing)})
    said.problems += meanings.refused(register, department, said.constants, said.words)
    return said


def _heads(register: Register, names: Any) -> str:
    return "、".join(columns.head(register, name) for name in columns.names(register) if name in names)


def _page(
    request: PersonRequest, register: Register, asked: meanings.Asked, ticket: str, problems: list[str] | None = None
) -> HttpResponse:
    context = {
        "register": register,
        "registers": AREAS[register.area],
        "asked": asked,
        "ticket": ticket,
        "problems": problems,
    }
    return render(request, "inspections/import_columns.html", context, status=422 if problems else 200)
