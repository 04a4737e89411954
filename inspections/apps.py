from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Sampling and inspections")

    def ready(self) -> None:
        """Sheets let the registry count their cells without knowing it."""
        from inspections import tally
        from sectors import counting

        if tally.refresh not in counting.registries:
            counting.registries.append(tally.refresh)
