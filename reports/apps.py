from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """The search finds reports without knowing them."""
        from reports import search as app_search
        from sectors.shell import search

        if app_search.find not in search.finders:
            search.finders.append(app_search.find)
