from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import lockout
from accounts.models import Session


class Command(BaseCommand):
    help = "Once a day: remove sessions that have ended, and wrong passwords that lock nobody any more. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        sessions, _rows = Session.objects.ended().delete()
        what = {"sessions": sessions, "attempts": lockout.remove_expired()}
        self.stdout.write(_("%(sessions)d sessions and %(attempts)d wrong sign-ins removed.") % what)
