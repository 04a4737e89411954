from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sectors.models import Region
from sectors.models.naming import region_named


class RegionCommand(BaseCommand):
    """A command about one year of one region; `about` gets both."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help="code or name of the region, such as 654027 or 特克斯县")
        parser.add_argument("--year", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            region = region_named(options["region"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.about(region, options["year"], options)

    @abstractmethod
    def about(self, region: Region, year: int, options: dict[str, Any]) -> None: ...
