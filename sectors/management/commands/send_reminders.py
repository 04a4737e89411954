from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors import jobs
from sectors.approval import moves
from sectors.models import Period
from sectors.reminders import daily, urging


class Command(BaseCommand):
    help = (
        "Once a day, from cron or a systemd timer: hand out the sheets of periods that have opened, and remind "
        "departments before, on and after the due day; remove long work that is over for two weeks. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        for period in Period.objects.filter(opens__lte=today, due__gte=today).select_related("region"):
            what = {"period": period, "region": period.region}
            new, moved = moves.open_period(period), moves.hand_over(period)
            if new:
                self.stdout.write(_("%(region)s, %(period)s: %(count)d sheets handed out.") % {**what, "count": new})
            if moved:
                self.stdout.write(_("%(region)s, %(period)s: %(count)d sheets handed over.") % {**what, "count": moved})
        late = urging.resend_waiting()
        if late:
            self.stdout.write(_("%(count)d messages of an earlier run sent.") % {"count": late})
        for urge in urging.remind():
            self.stdout.write(f"{urge.period.region}, {urge.period}: {urge}")
        for line in (line for task in daily.tasks for line in task()):
            self.stdout.write(line)
        removed = jobs.sweep()
        if removed:
            self.stdout.write(_("%(count)d old tasks removed.") % {"count": removed})
