"""The explorer: a pivot table of one's own choice, its chart and its files. The address holds the choice."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from audit import record
from audit.vocabulary import EventKind
from reports.boards import explorer
from reports.boards.choice import BoardChoice, chosen
from reports.exports.files import CSV_TYPE, XLSX_TYPE, csv_lines, write_xlsx
from reports.views.kept import kept, told_when_busy
from reports.vocabulary import StampKind
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH


@login_required
@require_safe
@vary_on_headers("HX-Request")
@told_when_busy
def explore(request: PersonRequest) -> HttpResponse:
    choice = chosen(request, by_year=True, of_own=True)
    question = explorer.asked(request.GET, choice)
    if question.indicators and request.GET.get("format") in ("csv", "xlsx"):
        return _file(explorer.pivot(question, choice), choice, request.GET["format"])

    find = request.GET.get("find", "").strip()[:LONGEST_SEARCH]
    if request.htmx:
        offers = {"found": explorer.found(question, choice, find), "find": find}
        return render(request, "reports/boards/_found.html", offers)

    def gather() -> dict[str, Any]:
        table = explorer.pivot(question, choice) if question.indicators else None
        return {
            "question": question,
            "table": table,
            "chart": table.chart() if table else None,
            "chips": explorer.chips(question, choice),
            "suggested": explorer.suggested(question, choice),
            "found": explorer.found(question, choice, find),
            "find": find,
            "query": question.query(choice.region, choice.own),
        }

    board = kept(choice, ("reports/boards/_explore.html",), gather, request.GET.urlencode(), kinds=(StampKind.MOVED,))
    context = {"choice": choice, "pieces": board.of(request), "as_of": board.at}
    return render(request, "reports/boards/explore.html", context)


def _file(table: explorer.Pivot, choice: BoardChoice, kind: str) -> HttpResponse:
    listing = explorer.listing(table, choice.region)
    name, codes = f"zhibao-{choice.region.code}.{kind}", [one.code for one in table.question.indicators]
    record.write(EventKind.EXPORT, name=name, region=choice.region.pk, indicators=codes)
    if kind == "csv":
        response = HttpResponse("".join(csv_lines(listing)), content_type=CSV_TYPE)
    else:
        response = HttpResponse(content_type=XLSX_TYPE)
        file = BytesIO()
        write_xlsx(listing, file)
        response.write(file.getvalue())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
