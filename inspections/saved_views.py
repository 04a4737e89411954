"""The only writer of `SavedView`."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inspections.models import SavedView
from inspections.registers import Register
from sectors.models import User
from sectors.texts import plain

MAX_VIEWS = 20  # a person and list
MAX_NAME, MAX_QUERY = 30, 1000


def save(*, user: User, register: Register, name: str, query: str) -> SavedView:
    """Save filters under a name, which replaces the view of that name. Raises ValidationError."""
    name = " ".join(plain(name).split())
    if not name or len(name) > MAX_NAME:
        raise ValidationError(_("Give the view a name of at most %(most)d characters.") % {"most": MAX_NAME})
    if not query or len(query) > MAX_QUERY:
        raise ValidationError(_("Narrow the list first, so that there is something to save."))
    own = SavedView.objects.filter(user=user, register=register.slug)
    if own.exclude(name=name).count() >= MAX_VIEWS:
        raise ValidationError(_("You have %(most)d views of this list: delete one first.") % {"most": MAX_VIEWS})
    view, _new = SavedView.objects.update_or_create(
        user=user, register=register.slug, name=name, defaults={"query": query}
    )
    return view


def delete(view: SavedView) -> None:
    SavedView.objects.filter(pk=view.pk).delete()
