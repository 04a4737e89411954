from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """The search finds reports, sheets ask for what falls short, and tokens end, without knowing them."""
        from reports import search as app_search
        from reports.api import tokens
        from reports.chapters import asked
        from sectors.entry import shortfalls
        from sectors.reminders import daily
        from sectors.shell import search

        if app_search.find not in search.finders:
            search.finders.append(app_search.find)
        if asked.of_submission not in shortfalls.sources:
            shortfalls.sources.append(asked.of_submission)
        if tokens.sweep not in daily.tasks:
            daily.tasks.append(tokens.sweep)
