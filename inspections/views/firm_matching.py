"""The queue of texts that name nobody of the register yet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from inspections import firm_matching, firms
from inspections.firm_forms import FirmForm
from inspections.models import Firm, NoFirm
from inspections.models.firms import LONGEST_NAME
from inspections.views.firms import around, keeper_region
from sectors.guard import WrongState
from sectors.models import Region
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting
from sectors.texts import plain, whole_number

PAGE = 20
HEADS = (
    Head(gettext_lazy("Text"), "text", key=lambda one: one.key),
    Head(gettext_lazy("Records"), "records", key=lambda one: one.records, is_number=True),
    Head(gettext_lazy("Is the same as")),
    Head(gettext_lazy("Or")),
)


@login_required
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """Texts, the most frequent first, with the firms that they may mean."""
    region = keeper_region(request)
    texts = firm_matching.texts(request.user, region)
    exact = firm_matching.name_exact(texts, region)
    sorting = Sorting(HEADS, request.GET)
    page = Paginator(sorting.sorted(texts), PAGE).get_page(request.GET.get("page"))
    firm_matching.propose(list(page.object_list), region)
    context = {
        "page": page,
        "sorting": sorting,
        "exact": len(exact),
        "records": sum(one.records for one in texts),
        "left_out": NoFirm.objects.filter(region=region).select_related("by"),
    }
    return render(request, "inspections/firms/matching.html", context | around(request, region, "matching"))


@login_required
@require_POST
def act(request: PersonRequest) -> HttpResponse:
    """`same`: the text is another name of a firm; `none`: of no firm; `again`: it is asked about again; `exact`: all
    that name exactly one are linked; `new`: it becomes a firm, or the form for one where more has to be said."""
    region = keeper_region(request)
    text = plain(request.POST.get("text", ""))
    try:
        if "same" in request.POST:
            rows = Firm.objects.for_user(request.user).current().filter(region=region)
            found = get_object_or_404(rows, pk=whole_number(request.POST["same"]))
            _say_linked(request, firms.same(text, found, by=request.user))
        elif "none" in request.POST:
            firms.no_firm(text, region, by=request.user)
            messages.success(request, _("Nobody is asked about “%(text)s” again.") % {"text": text})
        elif "again" in request.POST:
            said = get_object_or_404(NoFirm.objects.filter(region=region), pk=whole_number(request.POST["again"]))
            firms.ask_again(said, by=request.user)
        elif "exact" in request.POST:
            found_texts = firm_matching.name_exact(firm_matching.texts(request.user, region), region)
            written = {way for one in found_texts for way in one.ways}
            _say_linked(request, firms.link_exact(region, written, by=request.user))
        elif "new" in request.POST:
            return _new(request, region, text)
    except WrongState as error:
        messages.error(request, str(error))
    return redirect("firm-matching")


def _new(request: PersonRequest, region: Region, text: str) -> HttpResponse:
    """A firm of this name and kind; the records that have the text name it."""
    form = FirmForm({"name": text[:LONGEST_NAME], "kind": request.POST.get("kind", "")}, region=region)
    if not form.is_valid():
        for error in form.errors.values():
            messages.error(request, " ".join(map(str, error)))
        return redirect("firm-matching")
    firms.save(form.instance, [], by=request.user)
    _say_linked(request, firms.same(text, form.instance, by=request.user))
    return redirect("firm-matching")


def _say_linked(request: PersonRequest, count: int) -> None:
    said = ngettext("%(count)d record is linked.", "%(count)d records are linked.", count)
    messages.success(request, said % {"count": count})
