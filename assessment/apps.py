from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = _("Targets and assessment")

    def ready(self) -> None:
        """Aggregation asks for the targets of regions without knowing who sets them."""
        from assessment import targets
        from reports.aggregation import aims

        if targets.holding not in aims.sources:
            aims.sources.append(targets.holding)
