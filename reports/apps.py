from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """The search finds reports without knowing them."""
        from reports import finding
        from sectors import search

        if finding.find not in search.finders:
            search.finders.append(finding.find)
