from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SectorsConfig(AppConfig):
    name = "sectors"
    verbose_name = _("Sectors and submissions")

    def ready(self) -> None:
        """Whoever runs jobs has to know those of every app, and a load of the catalogue what it makes of rows."""
        from sectors.catalogue import counted
        from sectors.entry import writer

        autodiscover_modules("background")
        if writer.remake_totals not in counted.registries:
            counted.registries.append(writer.remake_totals)
