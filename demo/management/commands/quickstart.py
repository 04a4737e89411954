from __future__ import annotations

import datetime
import os
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from demo import accounts, assessment, reporting, reports, stations
from demo.history import load_history
from sectors.catalogue import loader
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Region, User
from sectors.transfer.history import HistoryFileError

REGION = "654027"


class Command(BaseCommand):
    help = (
        "Set up a demonstration: catalogue, figures of 2022, illustrative ones of last year and this year, reports, "
        "accounts. Can be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", type=datetime.date.fromisoformat, help="Make it as on this day (2026-11-30); without it, today."
        )
        parser.add_argument("--records", action="store_true", help="Make sampling and inspection records, too.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                _("quickstart makes accounts whose password everybody knows, so it runs only with DEBUG=1.")
            )
        call_command("migrate", verbosity=0, interactive=False)
        try:
            loader.load(settings.BASE_DIR / "catalogue", is_shipped=True)
            region = Region.objects.get(code=REGION)
            load_history(region)
        except (CatalogueError, HistoryFileError) as error:
            raise CommandError(str(error)) from error
        users, today = accounts.make_accounts(region), options["day"] or timezone.localdate()
        reporting.make_demo_years(region, today)
        reports.make_reports(region, today)
        stations.make_stations(region)
        assessment.make_assessment(region, today)
        if options["records"]:
            call_command("demo_records", day=today, stdout=self.stdout)
        self._print(users)

    def _print(self, users: list[User]) -> None:
        address = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/"
        self.stdout.write(_("Zhibao: %(address)s") % {"address": address})
        self.stdout.write(_("Administration: %(address)s") % {"address": f"{address}admin/"})
        self.stdout.write("")
        head = (_("Username"), _("Password"), _("Role"), _("Name"), _("Department"))
        for line in _aligned([head, *_rows(users)]):
            self.stdout.write(line)


def _rows(users: list[User]) -> list[tuple[str, ...]]:
    # Accounts made together share one hash, and checking one is slow on purpose.
    ours = {hashed for hashed in {user.password for user in users} if check_password(accounts.PASSWORD, hashed)}
    return [
        (
            user.username,
            accounts.PASSWORD if user.password in ours else _("(changed)"),
            user.get_role_display(),
            user.full_name,
            user.department.name if user.department else "",
        )
        for user in users
    ]


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines with columns under one another; a Chinese character is two columns wide in a terminal."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
