"""Long work about stations."""

from __future__ import annotations

from django.utils.translation import gettext as _

from collection import urging
from collection.access import may_ask
from collection.models import StationPart
from sectors import jobs
from sectors.jobs import Progress, Result
from sectors.models import User


@jobs.register("collection.send_urges", atomic=False)
def send_urges(progress: Progress, by: User, *, parts: list[int]) -> Result:
    """E-mails to stations that still have something to send in."""
    rows = StationPart.objects.for_user(by).filter(pk__in=parts).for_reading().order_by("pk")
    waiting = [part for part in rows if part.is_open and may_ask(by, part.request.submission)]
    sent = 0
    for number, part in enumerate(waiting):
        progress.step(number, len(waiting), part.station.name)
        sent += urging.send(part, by=by)
    return Result(_("%(sent)d of %(all)d e-mails were sent.") % {"sent": sent, "all": len(waiting)})
