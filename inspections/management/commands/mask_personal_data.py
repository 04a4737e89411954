from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import records
from inspections.deadlines import months_before

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Once a day, from cron or a systemd timer: mask names and numbers of persons in cases and complaints that were "
        "settled PERSONAL_DATA_MONTHS ago; nothing where that is 0. There is no way back but a backup. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PERSONAL_DATA_MONTHS:
            return
        before = months_before(timezone.localdate(), settings.PERSONAL_DATA_MONTHS)
        for kind, count in records.mask_settled(before=before).items():
            if count:
                logger.info("Masked personal data: %s of %s settled before %s", count, kind, before)
                self.stdout.write(
                    _("%(kind)s settled before %(day)s: %(count)d masked.")
                    % {"kind": kind, "day": before, "count": count}
                )
