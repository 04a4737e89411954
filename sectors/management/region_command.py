from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sectors.models import Region


class RegionCommand(BaseCommand):
    """A command about one year of one region; `about` gets both."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help="code of the region, such as 654027")
        parser.add_argument("--year", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": options["region"]})
        self.about(region, options["year"], options)

    @abstractmethod
    def about(self, region: Region, year: int, options: dict[str, Any]) -> None: ...
