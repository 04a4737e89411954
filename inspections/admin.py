"""Records of the registry: `inspections.records` writes them, and here they are looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from inspections.personal_data import fields, hide
from inspections.registers import REGISTERS
from sectors.admin.base import ReadOnly

RELATED = ("department", "sector", "by")


class RecordAdmin(ReadOnly):
    list_display = ("__str__", "department", "sector", "by", "changed")
    list_filter = ("department", "sector")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Administrators are of no department that keeps records."""
        found = super().get_object(request, object_id, from_field)
        return found and hide(found)


for register in REGISTERS.values():
    search = tuple(name for name in register.search if name not in fields(register.kind))
    how = {"search_fields": search, "list_select_related": (*RELATED, *register.related)}
    admin.site.register(register.model, type(f"{register.model.__name__}Admin", (RecordAdmin,), how))
