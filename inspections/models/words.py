"""Fields that hold a word of the registry, and whether it holds for a record."""

from __future__ import annotations

import datetime
from functools import partialmethod
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from sectors.catalogue.compiled_words import Words
from sectors.catalogue.words import words
from sectors.models import RegistryWord
from sectors.models.registry import LONGEST_CODE


class WordField(models.CharField):
    """The code of a word of a kind. Which words there are is asked for when it matters: they are rows themselves."""

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        kwargs["max_length"] = LONGEST_CODE
        super().__init__(*args, **kwargs)
        self.kind = str(kind)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs | {"kind": self.kind}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, f"get_{self.name}_display", partialmethod(cls._get_FIELD_display, field=self))

    @property
    def flatchoices(self) -> list[tuple[str, str]]:
        """All words of the kind, as forms and the administration ask fields with choices for them."""
        return words().choices(self.kind)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value and value not in words().of(self.kind):
            raise ValidationError(unknown(value))

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """A choice of none as yet: a form knows of which region and day (`offered`)."""
        more = {"initial": self.get_default()} if self.has_default() else {}
        settings = {"label": self.verbose_name, "help_text": self.help_text, "required": not self.blank, **more}
        return forms.ChoiceField(**(settings | kwargs))


def word_fields(model: type[models.Model]) -> list[WordField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, WordField)]


def offered(field: WordField, known: Words, region: int, day: datetime.date, chosen: str = "") -> list[tuple[str, Any]]:
    """What a select of a form has: words that hold on the day, and in a group of their own those of other days. What is
    `chosen` already stands there too, where it is no word any more: else a browser would choose another one."""
    now: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    for word in known.of_region(field.kind, region):
        (now if word.valid_on(day) else other).append((word.code, word.label))
    if chosen and chosen not in dict([*now, *other]):
        other.append((chosen, chosen))
    blank = [] if not field.blank and field.has_default() else [("", "---------")]
    return [*blank, *now, *([(_("Not in use today"), other)] if other else [])]


def fault(field: WordField, known: Words, code: str, region: int, day: datetime.date) -> str:
    """Why a word does not hold in a region on a day; empty where it does."""
    word = known.of(field.kind).get(code) if code else None
    if word is None or word.region_id not in (None, region):
        return unknown(code) if code else ""
    if word.valid_on(day):
        return ""
    return _("“%(word)s” was not in use on %(day)s: %(when)s. Choose another word, or correct the day.") % {
        "word": word.label,
        "day": day.isoformat(),
        "when": _when(word),
    }


def unknown(code: str) -> str:
    return _("“%(code)s” is none of the words to choose from.") % {"code": code}


def _when(word: RegistryWord) -> str:
    if word.valid_from and word.valid_to:
        return _("it is so from %(first)s to %(last)s") % {"first": word.valid_from, "last": word.valid_to}
    if word.valid_from:
        return _("it is so from %(first)s on") % {"first": word.valid_from}
    return _("it was so until %(last)s") % {"last": word.valid_to}
