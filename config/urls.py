from django.contrib import admin
from django.urls import include, path

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("sectors.urls")),
    path("", include("inspections.urls")),
    path("", include("assessment.urls")),
    path("", include("intake.urls")),
    path("", include("collection.urls")),
    path("", include("reports.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
