from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Sampling and inspections")

    def ready(self) -> None:
        """Sheets, first pages and the search let the registry count, remind and find without knowing it."""
        from inspections import due, finding, tally
        from sectors import agenda, counting, search

        if tally.refresh not in counting.registries:
            counting.registries.append(tally.refresh)
        if due.remind not in agenda.reminders:
            agenda.reminders.append(due.remind)
        if finding.find not in search.finders:
            search.finders.append(finding.find)
