"""The only writer of `SavedView`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inspections.models import SavedView
from inspections.registers import Register
from sectors.models import User

MOST = 20  # a person and list
LONGEST_NAME, LONGEST_QUERY = 30, 1000


class Unfit(ValueError):
    """What was given cannot be saved; the message says what to do."""


def keep(*, user: User, register: Register, name: str, query: str) -> SavedView:
    """Save filters under a name, which replaces the view of that name. Raises Unfit."""
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise Unfit(_("Give the view a name of at most %(most)d characters.") % {"most": LONGEST_NAME})
    if not query or len(query) > LONGEST_QUERY:
        raise Unfit(_("Narrow the list first, so that there is something to save."))
    own = SavedView.objects.filter(user=user, register=register.slug)
    if own.exclude(name=name).count() >= MOST:
        raise Unfit(_("You have %(most)d views of this list: delete one first.") % {"most": MOST})
    view, _new = SavedView.objects.update_or_create(
        user=user, register=register.slug, name=name, defaults={"query": query}
    )
    return view


def forget(view: SavedView) -> None:
    SavedView.objects.filter(pk=view.pk).delete()
