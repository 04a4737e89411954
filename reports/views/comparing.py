"""Two reports side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.document import snapshots
from reports.document.blocks import Document
from reports.editing import comparison
from reports.editing import drafts as report_drafts
from reports.editing.comparison import Pair
from reports.models import AnnualReport, Draft
from reports.models.annual import ReportQuerySet
from reports.views import scope
from sectors.access import can_build_report
from sectors.shell.http import PersonRequest


@dataclass(frozen=True)
class Comparable:
    """A report that can be compared: an issued edition `2023-1`, or a draft `2023-2-d3`."""

    name: str
    report: AnnualReport
    draft: Draft | None = None


@dataclass(frozen=True)
class Same:
    """Pairs in a row that do not differ."""

    pairs: tuple[Pair, ...]

    @property
    def headings(self) -> list[str]:
        return ["".join(piece.text for piece in pair.right) for pair in self.pairs if pair.level]


@login_required
@require_safe
def compare(request: PersonRequest) -> HttpResponse:
    """Figures and texts of two reports; without a choice the two latest."""
    scope.own_region(request.user)
    rows = AnnualReport.objects.for_user(request.user)
    choices = _choices(rows if can_build_report(request.user) else rows.issued())
    by_name = {choice.name: choice for choice in choices}
    names = [request.GET.get("left") or "", request.GET.get("right") or ""]
    if not any(names) and len(choices) > 1:
        names = [choices[1].name, choices[0].name]
    if any(name and name not in by_name for name in names):
        raise Http404
    context: dict[str, Any] = {"choices": choices, "left": by_name.get(names[0]), "right": by_name.get(names[1])}
    if all(names):
        left, right = (_document(by_name[name]) for name in names)
        pairs = comparison.texts(left, right)
        compared = comparison.figures_of_one_year if left.year == right.year else comparison.figures
        context |= {
            "figures": compared(left.figures, right.figures),
            "texts": list(_folded(pairs)),
            "differing": sum(pair.differs for pair in pairs),
            "all": bool(request.GET.get("all")),
        }
    return render(request, "reports/compare.html", context)


def _choices(reports: ReportQuerySet) -> list[Comparable]:
    """Latest first; a draft's drafts too, as far as they are kept."""
    drafts = Prefetch("drafts", Draft.objects.without_texts())
    rows = reports.without_texts().prefetch_related(drafts).order_by("-year", "-edition")
    found = []
    for report in rows:
        if report.is_draft:
            of_report = sorted(report.drafts.all(), key=lambda draft: -draft.number)
            found += [
                Comparable(f"{report.year}-{report.edition}-d{draft.number}", report, draft) for draft in of_report
            ]
        else:
            found.append(Comparable(f"{report.year}-{report.edition}", report))
    return found


def _document(choice: Comparable) -> Document:
    """As issued; of a draft as the office left it, and of the current one as it stands."""
    report = AnnualReport.objects.select_related("region").get(pk=choice.report.pk)
    if choice.draft is None:
        return snapshots.load(report.snapshot)
    draft = Draft.objects.get(pk=choice.draft.pk)
    return snapshots.load(draft.left) if draft.left else report_drafts.load(report).document()


def _folded(pairs: Sequence[Pair]) -> Iterator[Pair | Same]:
    """Every pair, what is the same in one piece but for the heading right over what differs."""
    for differs, run in groupby(pairs, key=lambda pair: pair.differs):
        members = list(run)
        if differs:
            yield from members
            continue
        is_last = members[-1] is pairs[-1]
        last = max((place for place, pair in enumerate(members) if pair.level), default=None)
        if is_last or last is None:
            yield Same(tuple(members))
            continue
        if last:
            yield Same(tuple(members[:last]))
        yield members[last]
        if members[last + 1 :]:
            yield Same(tuple(members[last + 1 :]))
