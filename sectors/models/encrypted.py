from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from config import encryption


class EncryptedField(models.TextField):
    """A line of text that the database keeps encrypted, bound to its column (`config.encryption`).

    One that no key reads any more reads as empty, so that a page can ask for it anew. Nothing can be searched by it.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encryption.encrypted(text.encode(), *self._place) if text else text

    def from_db_value(self, value: str | None, *_place: Any) -> str | None:
        if not value:
            return value
        try:
            return encryption.decrypted(value, *self._place).decode()
        except encryption.Unreadable:
            return ""

    def formfield(self, *kind: Any, **kwargs: Any) -> Any:
        return super().formfield(*kind, **{"widget": forms.TextInput, **kwargs})

    @property
    def _place(self) -> tuple[str, str]:
        return "column", f"{self.model._meta.label_lower}.{self.name}"
