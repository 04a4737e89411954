"""Nobody's work is overwritten unseen: whoever saves or deletes a row says as which version they saw it.

A version is a hash of what a row holds. The page carries it (`seen`), and the stage that writes compares it with the
locked row: where something else stands there by now, nothing is written and `Conflict` is raised. The page then shows
what stands there beside what was typed, and carries the new version, so that sending it once more is done knowingly.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Field, Manager, Model
from django.forms.models import model_to_dict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from sectors.models import User


@dataclass(frozen=True)
class Difference:
    """A field as it stands now and as a person typed it."""

    label: str
    theirs: str
    mine: str


LastChange = tuple[User | None, datetime.datetime | None]  # who changed a row last, and when
UNKNOWN: LastChange = (None, None)


class Conflict(Exception):
    """What was to be written over is not as the person saw it; nothing was written.

    `there` is the locked row, `version` its version, and `by` and `at` who changed it last and when, where that is
    known.
    """

    def __init__(self, there: Model, version: str, last: LastChange = UNKNOWN) -> None:
        self.there, self.version = there, version
        self.by, self.at = last
        super().__init__(_("Somebody else has changed this since you opened it. Nothing was stored."))


def version_of(*rows: Model, fields: Collection[str] | None = None) -> str:
    """A hash of what rows hold: of all that may be edited, or of some fields. Like figures are alike, 1.5 and 1.500."""
    held = [[(name, _plain(value)) for name, value in sorted(model_to_dict(row, fields).items())] for row in rows]
    return salted_hmac("sectors.versions", json.dumps(held)).hexdigest()[:32]


def version_of_all(rows: Iterable[Model]) -> str:
    """That of several rows, whatever order they are in."""
    return version_of(*sorted(rows, key=lambda row: str(row.pk)))


def check(
    there: Model,
    new: Model,
    seen: str | None,
    *,
    fields: Collection[str] | None = None,
    last: LastChange = UNKNOWN,
) -> None:
    """Raises Conflict where a locked row is neither as it was seen nor as it is to be. Without `seen` nobody looked."""
    version = version_of(there, fields=fields)
    if seen is not None and seen != version and version != version_of(new, fields=fields):
        raise Conflict(there, version, last)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list | tuple):  # of a relation to many
        return sorted(str(one.pk if isinstance(one, Model) else one) for one in value)
    return value if isinstance(value, int | None) else str(value)


class VersionedForm(forms.BaseForm):
    """A form over a row. Its template includes `sectors/_version.html`, and its view gives `seen` to the stage."""

    conflict: Conflict | None = None
    version = ""  # of the row as it stands when the form is made

    @property
    def seen(self) -> str:
        """As which version the person saw the row: what they send back, and after a conflict what they see with it."""
        if self.conflict:
            return self.conflict.version
        return str(self.data.get("seen", "")) if self.is_bound else self.version

    @property
    def differences(self) -> list[Difference]:
        """After a conflict: where what stands there differs from what was typed."""
        row = self.conflict.there if self.conflict else None
        if row is None or not isinstance(getattr(self, "instance", row), type(row)):  # it is about another row
            return []
        names = {name: str(field.label or name) for name, field in self.fields.items() if hasattr(row, name)}
        return differences(row, {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}, names)


def differences(row: Any, typed: Mapping[str, Any], labels: Mapping[str, str]) -> list[Difference]:
    """Where a row differs from values that were typed for its fields, in words."""
    pairs = [(name, _words(row, name, getattr(row, name)), _words(row, name, value)) for name, value in typed.items()]
    return [Difference(labels[name], theirs, mine) for name, theirs, mine in pairs if theirs != mine]


def _words(row: Model, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Manager):
        value = value.all()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return _(", ").join(sorted(map(str, value)))
    field: Any = row._meta.get_field(name)
    choices = dict(field.flatchoices) if isinstance(field, Field) else {}
    return "\n".join(str(choices.get(value, value)).splitlines())
