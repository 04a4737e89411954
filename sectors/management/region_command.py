from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from sectors.models import Region


class RegionCommand(BaseCommand):
    """A command about one year of one region; `about` gets both."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help="code or name of the region, such as 654027 or 特克斯县")
        parser.add_argument("--year", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        self.about(_region(options["region"]), options["year"], options)

    @abstractmethod
    def about(self, region: Region, year: int, options: dict[str, Any]) -> None: ...


def _region(text: str) -> Region:
    """By its code, or by a name that only one has. Raises CommandError."""
    found = list(Region.objects.filter(Q(code=text) | Q(name=text)).order_by("code")[:10])
    if not found:
        raise CommandError(_("There is no region %(code)s.") % {"code": text})
    if len(found) > 1:
        codes = ", ".join(region.code for region in found)
        raise CommandError(
            _("Several regions are called %(name)s. Give the code: %(codes)s.") % {"name": text, "codes": codes}
        )
    return found[0]
