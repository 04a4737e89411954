from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from reports.api.endpoints import api
from reports.views import (
    api_tokens,
    blocks,
    boards,
    comparing,
    drafts,
    explorer,
    exports,
    figures,
    issuing,
    ledger,
    numbers,
    reading,
    signing,
    verifying,
    wordings,
)


class YearConverter(IntConverter):
    """A year that a report can be about; no other has a page."""

    regex = "[1-9][0-9]{3}"


register_converter(YearConverter, "year")

urlpatterns = [
    path("board/", boards.office, name="board"),
    path("board/leader/", boards.leader, name="leader-board"),
    path("sectors/", boards.sectors, name="sectors"),
    path("sectors/<slug:code>/", boards.sector, name="sector"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("explore/", explorer.explore, name="explore"),
    path("reports/", reading.reports, name="reports"),
    path("reports/compare/", comparing.compare, name="compare"),
    path("reports/own/", reading.own_sentences, name="own-sentences"),
    path("reports/<year:year>/", reading.report, name="report"),
    path("reports/<year:year>/begin/", drafts.begin, name="begin-report"),
    path("reports/<year:year>/numbers/<str:code>/", numbers.number, name="number"),
    path("reports/<year:year>/draft/", drafts.draft, name="draft"),
    path("reports/<year:year>/draft/regenerate/", drafts.regenerate, name="regenerate"),
    path("reports/<year:year>/draft/outdated/", drafts.draft_outdated, name="draft-outdated"),
    path("reports/<year:year>/draft/file/<slug:to>/", drafts.draft_file, name="draft-file"),
    path("reports/<year:year>/draft/cover/", drafts.cover, name="report-cover"),
    path("reports/<year:year>/draft/annexes/", drafts.annexes, name="report-annexes"),
    path("reports/<year:year>/draft/sources/", drafts.sources_page, name="report-sources"),
    path("reports/<year:year>/draft/issue/", issuing.issue, name="issue-report"),
    path("reports/<year:year>/draft/issue/answer/", issuing.answer, name="answer-contradiction"),
    path("reports/<year:year>/draft/sign/", signing.sign, name="sign-report"),
    path("reports/<year:year>/draft/sign/<slug:action>/", signing.act, name="sign-report-act"),
    path("reports/<year:year>/draft/paper/", signing.offline, name="approved-on-paper"),
    path("reports/<year:year>/draft/scans/<int:pk>/", reading.scan, name="report-scan"),
    path("reports/<year:year>/draft/sheet/", signing.sheet, name="approval-sheet"),
    path("reports/<year:year>/draft/sheet/<slug:to>/", signing.sheet_file, name="approval-sheet-file"),
    path("reports/<year:year>/draft/comments/", signing.comments, name="report-comments"),
    path("reports/<year:year>/draft/comments/<path:key>/resolve/", signing.resolve, name="report-resolve"),
    path("reports/<year:year>/draft/comments/<path:key>/", signing.thread, name="report-comment"),
    path("reports/<year:year>/draft/block/<path:key>/", blocks.block, name="block"),
    path("reports/<year:year>/draft/edit/<path:key>/", blocks.edit, name="block-edit"),
    path("reports/<year:year>/draft/readers/<path:key>/", blocks.readers, name="block-readers"),
    path("reports/<year:year>/draft/add/<path:key>/", blocks.add, name="block-add"),
    path("reports/<year:year>/draft/join/<path:key>/", blocks.join, name="block-join"),
    path("reports/<year:year>/draft/figures/", figures.find, name="draft-figures"),
    path("reports/<year:year>/draft/add-figures/<path:key>/", figures.add, name="block-add-figures"),
    path("reports/<year:year>/draft/change-figures/<path:key>/", figures.change, name="block-change-figures"),
    path("reports/<year:year>/draft/<slug:way>-change/", blocks.take_back, name="draft-take-back"),
    path("reports/<year:year>/draft/do/<slug:action>/<path:key>/", blocks.act, name="block-act"),
    path("reports/<year:year>/editions/<int:number>/", reading.edition, name="edition"),
    path("reports/<year:year>/editions/<int:number>/files/<slug:to>/", reading.stored_file, name="edition-file"),
    path("reports/<year:year>/editions/<int:number>/verify/", issuing.verify, name="verify-report"),
    path("reports/<year:year>/editions/<int:number>/revise/", issuing.revise, name="revise-report"),
    path("reports/<year:year>/editions/<int:number>/papers/<int:pk>/", reading.paper, name="edition-paper"),
    path("reports/<year:year>/editions/<int:number>/sealed/", verifying.seal, name="seal-report"),
    path("verify/", verifying.verify_file, name="verify-any-file"),
    path("verify/<str:code>/", verifying.verify_file, name="verify-file"),
    path("reports/wording/", wordings.wordings, name="wordings"),
    path("reports/wording/<slug:code>/", wordings.wording, name="wording"),
    path("reports/wording/<slug:code>/preview/", wordings.preview, name="wording-preview"),
    path("reports/wording/<slug:code>/versions/", wordings.versions, name="wording-versions"),
    path("reports/wording/<slug:code>/restore/", wordings.restore, name="wording-restore"),
    path("api/v1/", api.urls),
    path("account/tokens/", api_tokens.tokens, name="api-tokens"),
    path("account/tokens/<int:pk>/end/", api_tokens.end, name="end-api-token"),
    path("exports/", exports.exports, name="exports"),
    path("help/api/", api_tokens.manual, name="api-manual"),
]
