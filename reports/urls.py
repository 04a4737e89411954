from __future__ import annotations

from django.urls import path

from reports.api.endpoints import api
from reports.views import api_tokens, boards, explorer, exports, reading, wordings

urlpatterns = [
    path("board/", boards.office, name="board"),
    path("board/leader/", boards.leader, name="leader-board"),
    path("sectors/", boards.sectors, name="sectors"),
    path("sectors/<slug:code>/", boards.sector, name="sector"),
    path("explore/", explorer.explore, name="explore"),
    path("reports/", reading.reports, name="reports"),
    path("reports/<int:year>/", reading.report, name="report"),
    path("reports/<int:year>/download/", reading.download, name="report-download"),
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
