"""Boards: who has delivered what, and how quality stands."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.boards import leader as leader_board
from reports.boards import office as office_board
from reports.boards import sector as sector_board
from reports.boards.choice import chosen
from sectors.shell.http import PersonRequest
from sectors.vocabulary import Role


@login_required
@require_safe
def office(request: PersonRequest) -> HttpResponse:
    """Submissions of a period or a whole year; for the office also what it can do about them."""
    choice = chosen(request)
    is_office = request.user.role == Role.OFFICE
    context = {
        "choice": choice,
        "board": office_board.office(choice),
        "can_urge": is_office and choice.is_own,
        "waiting": office_board.waiting_for(request.user) if is_office else None,
    }
    return render(request, "reports/boards/office.html", context)


@login_required
@require_safe
def leader(request: PersonRequest) -> HttpResponse:
    """How quality stands in a year: key indicators against targets and last year, and who is late."""
    choice = chosen(request, by_year=True)
    context = {"choice": choice, "board": leader_board.leadership(choice)}
    return render(request, "reports/boards/leader.html", context)


@login_required
@require_safe
def sectors(request: PersonRequest) -> HttpResponse:
    choice = chosen(request, by_year=True)
    return render(request, "reports/boards/sectors.html", {"choice": choice, "chapters": sector_board.index(choice)})


@login_required
@require_safe
def sector(request: PersonRequest, code: str) -> HttpResponse:
    """A sector's year: its figures by period, and one of them over time, in its parts and by region."""
    choice = chosen(request, by_year=True)
    found = choice.catalogue.sectors_of(choice.region.pk).get(code)
    if found is None:
        raise Http404
    board = sector_board.sector_board(choice, found, request.GET.get("indicator", ""))
    reaches = board.shown.reaches_target if board else None
    context = {"choice": choice, "sector": found, "board": board, "reaches": reaches}
    return render(request, "reports/boards/sector.html", context)
