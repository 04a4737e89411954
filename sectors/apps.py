from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SectorsConfig(AppConfig):
    name = "sectors"
    verbose_name = _("Sectors and submissions")

    def ready(self) -> None:
        """Whoever runs jobs has to know those of every app."""
        autodiscover_modules("background")
