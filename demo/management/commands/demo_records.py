from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from demo import firms, registry
from sectors.models import Region

REGION = "654027"


class Command(BaseCommand):
    help = "Give the demonstration of quickstart its sampling and inspection records. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", type=datetime.date.fromisoformat, help="Make them as on this day (2026-11-30); without it, today."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("Illustrative records belong into a demonstration, which runs only with DEBUG=1."))
        region = Region.objects.filter(code=REGION).first()
        if region is None:
            raise CommandError(_("There is no demonstration yet: run quickstart first."))
        made = registry.make_records(region, options["day"])
        self.stdout.write(ngettext("%(count)d record made.", "%(count)d records made.", made) % {"count": made})
        named = firms.make_firms(region)
        self.stdout.write(ngettext("%(count)d firm made.", "%(count)d firms made.", named) % {"count": named})
