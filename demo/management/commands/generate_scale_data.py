from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from demo.scale import figures, regions
from demo.scale.reporting import Made, Reporting
from sectors.catalogue import loader
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Figure, Region
from sectors.models.periods import FIRST_YEAR

COUNTY = "654027"  # of the shipped catalogue


class Command(BaseCommand):
    help = (
        "Fill an empty database with the made-up reporting of a whole nation, to measure with. Figures go past their "
        "writers: there is no record of changes, no stored finding and no text."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--counties", type=int, required=True, metavar="N", help="how many counties report")
        parser.add_argument("--years", type=int, required=True, metavar="Y", help="how many years they report")
        parser.add_argument("--last-year", type=int, metavar="YEAR", help="the last of them; without it, last year")

    def handle(self, *args: Any, **options: Any) -> None:
        years = self._years(options["years"], options["last_year"])
        if not 1 <= options["counties"] <= regions.MOST_COUNTIES:
            message = _("Name from 1 to %(most)d counties.")
            raise CommandError(message % {"most": regions.MOST_COUNTIES})
        with transaction.atomic():
            made = self._make(options["counties"], years)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the plans of the first minutes would be those of an empty database
        self.stdout.write(
            _(
                "%(counties)d counties, %(periods)d periods, %(submissions)d submissions, %(figures)d figures, "
                "%(transitions)d steps."
            )
            % vars(made)
        )

    def _years(self, count: int, last: int | None) -> list[int]:
        last = last or timezone.localdate().year - 1
        if count < 1 or not last - count + 1 > FIRST_YEAR or last > timezone.localdate().year:
            raise CommandError(_("Name years between %(first)d and this one.") % {"first": FIRST_YEAR + 1})
        return list(range(last - count + 1, last + 1))

    def _make(self, count: int, years: list[int]) -> Made:
        if Figure.objects.exists():
            raise CommandError(
                _("The database has figures already. Generate into a new one: set DATABASE_URL to an empty database.")
            )
        try:
            loader.load(settings.BASE_DIR / "catalogue", is_shipped=True)
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        first = Region.objects.get(code=COUNTY)
        compiled = catalogue()
        patterns = figures.patterns(compiled, first, years, min(count, figures.PATTERNS))
        made = Reporting(compiled, patterns, years).make(regions.Nation(first).make(count))
        what = {"counties": made.counties, "submissions": made.submissions, "figures": made.figures}
        record.write(EventKind.ADMINISTRATION, name="generate_scale_data", **what)
        return made
