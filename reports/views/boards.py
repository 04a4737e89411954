"""Boards: who has delivered what, and how quality stands."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.aggregation.verdicts import verdict
from reports.boards import leader as leader_board
from reports.boards import office as office_board
from reports.boards import sector as sector_board
from reports.boards.choice import BoardChoice, chosen
from reports.views.kept import KeptBoard, kept, told_when_busy
from reports.vocabulary import StampKind
from sectors.shell.http import PersonRequest
from sectors.vocabulary import Role

OFFICE = ("reports/boards/_office_top.html", "reports/boards/_office_rest.html")
# Boards that show nothing of what is being filled in, so that they stand while departments type.
OF_ACCEPTED = (StampKind.MOVED,)


@login_required
@require_safe
@told_when_busy
def office(request: PersonRequest) -> HttpResponse:
    """Submissions of a period or a whole year; for the office also what it can do about them."""
    choice = chosen(request)
    is_office = request.user.role == Role.OFFICE
    can_urge = is_office and choice.is_own
    board = kept(choice, OFFICE, lambda: {"board": office_board.office(choice), "can_urge": can_urge}, can_urge)
    waiting = office_board.waiting_for(request.user, choice) if is_office else None
    return _shown(request, "office", choice, board, waiting=waiting)


@login_required
@require_safe
@told_when_busy
def leader(request: PersonRequest) -> HttpResponse:
    """How quality stands in a year: key indicators against targets and last year, and who is late."""
    choice = chosen(request, by_year=True)
    template = ("reports/boards/_leader.html",)
    board = kept(choice, template, lambda: {"board": leader_board.leadership(choice)}, kinds=OF_ACCEPTED)
    return _shown(request, "leader", choice, board)


@login_required
@require_safe
@told_when_busy
def sectors(request: PersonRequest) -> HttpResponse:
    choice = chosen(request, by_year=True, of_own=True)
    template = ("reports/boards/_sectors.html",)
    board = kept(choice, template, lambda: {"chapters": sector_board.index(choice)}, kinds=OF_ACCEPTED)
    return _shown(request, "sectors", choice, board)


@login_required
@require_safe
@told_when_busy
def sector(request: PersonRequest, code: str) -> HttpResponse:
    """A sector's year: its figures by period, and one of them over time, in its parts and by region."""
    choice = chosen(request, by_year=True, of_own=True)
    found = choice.sectors.get(code)
    if found is None:
        raise Http404
    wanted = request.GET.get("indicator", "")

    def gather() -> dict[str, Any]:
        board = sector_board.sector_board(choice, found, wanted)
        judged = verdict(board.shown, timezone.localdate()) if board else None
        return {"sector": found, "board": board, "verdict": judged}

    board = kept(choice, ("reports/boards/_sector.html",), gather, code, wanted)
    return _shown(request, "sector", choice, board, sector=found)


def _shown(request: PersonRequest, page: str, choice: BoardChoice, board: KeptBoard, **more: object) -> HttpResponse:
    context = {"choice": choice, "pieces": board.of(request), "as_of": board.at, **more}
    return render(request, f"reports/boards/{page}.html", context)
