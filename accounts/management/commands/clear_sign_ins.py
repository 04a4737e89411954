from __future__ import annotations

import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Session


class Command(BaseCommand):
    help = "Once a day: remove sessions that have ended, and wrong passwords that lock nobody any more. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        sessions, _rows = Session.objects.ended().delete()
        before = timezone.now() - datetime.timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
        attempts, _rows = AccessAttempt.objects.filter(attempt_time__lte=before).delete()
        what = {"sessions": sessions, "attempts": attempts}
        self.stdout.write(_("%(sessions)d sessions and %(attempts)d wrong sign-ins removed.") % what)
