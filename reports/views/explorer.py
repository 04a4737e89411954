"""The explorer: a pivot table of one's own choice, its chart and its files. The address holds the choice."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports import explorer, pivot_files
from reports.choice import Choice, chosen
from sectors.requests import PersonRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def explore(request: PersonRequest) -> HttpResponse:
    choice = chosen(request, by_year=True)
    known = explorer.catalogue(choice.year)
    question = explorer.asked(request.GET, choice, known)
    table = explorer.pivot(question, choice) if question.indicators else None
    if table and request.GET.get("format") in ("csv", "xlsx"):
        return _file(table, choice, request.GET["format"])
    without = [(one, question.query(choice.region, choice.own, one.code)) for one in question.indicators]
    context = {
        "choice": choice,
        "known": known,
        "question": question,
        "table": table,
        "chart": table.chart() if table else None,
        "chosen": without,
        "address": question.query(choice.region, choice.own),
    }
    return render(request, "reports/boards/explore.html", context)


def _file(table: explorer.Pivot, choice: Choice, kind: str) -> HttpResponse:
    rows = explorer.flat(table, choice.region)
    content = pivot_files.as_csv(rows) if kind == "csv" else pivot_files.as_xlsx(rows)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="zhibao-{choice.region.code}.{kind}"'
    return response
