from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = _("Targets and assessment")

    def ready(self) -> None:
        """Aggregation asks for the targets of regions without knowing who sets them, and boards show them."""
        from assessment import targets
        from reports import triggers
        from reports.aggregation import aims

        triggers.TABLES["assessment_target"] = triggers.Watched("c.region_id")

        if targets.holding not in aims.sources:
            aims.sources.append(targets.holding)
