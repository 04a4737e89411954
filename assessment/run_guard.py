"""The lock of a run, and why something cannot be done in it now."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import Run
from assessment.vocabulary import RunState
from sectors.guard import WrongState


class NotPossible(ValueError):
    """What cannot be stored or done; the message says what to do."""


class Stale(Exception):
    """The page is not of what stands there by now; the message says what changed. Nothing was stored."""


def held(run: Run) -> Run:
    """The run as it is now, kept from others until the transaction ends."""
    rows = Run.objects.select_for_update(of=("self",), no_key=True).select_related("region", "scheme")
    return rows.get(pk=run.pk)


def check_time(run: Run, state: RunState, until: str, what: str) -> None:
    """Raises WrongState where the run is in another state, or its day is past. `what` is what is being done."""
    if run.state != state:
        text = _("%(what)s: not now, for the assessment is %(state)s.")
        raise WrongState(text % {"what": what, "state": run.get_state_display()})
    day = getattr(run, until)
    if timezone.localdate() > day:
        text = _("%(what)s: the last day was %(day)s. Ask the office for more time.")
        raise WrongState(text % {"what": what, "day": day})
