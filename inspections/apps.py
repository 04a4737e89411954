from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Sampling and inspections")

    def ready(self) -> None:
        """Sheets and first pages let the registry count and remind without knowing it."""
        from inspections import due, tally
        from sectors import agenda, counting

        if tally.refresh not in counting.registries:
            counting.registries.append(tally.refresh)
        if due.remind not in agenda.reminders:
            agenda.reminders.append(due.remind)
