from __future__ import annotations

from django.urls import path

from reports.api.endpoints import api
from reports.views import api_tokens, exports, reading

urlpatterns = [
    path("reports/", reading.reports, name="reports"),
    path("reports/<int:year>/", reading.report, name="report"),
    path("reports/<int:year>/download/", reading.download, name="report-download"),
    path("api/v1/", api.urls),
    path("account/tokens/", api_tokens.tokens, name="api-tokens"),
    path("account/tokens/<int:pk>/end/", api_tokens.end, name="end-api-token"),
    path("exports/", exports.exports, name="exports"),
    path("help/api/", api_tokens.manual, name="api-manual"),
]
