"""Records of the registry: `inspections.records` writes them, and here they are looked at."""

from __future__ import annotations

from django.contrib import admin

from inspections.registers import REGISTERS
from sectors.admin.base import ReadOnly

RELATED = ("department", "sector", "by")


class RecordAdmin(ReadOnly):
    list_display = ("__str__", "department", "sector", "by", "changed")
    list_filter = ("department", "sector")


for register in REGISTERS.values():
    how = {"search_fields": register.search, "list_select_related": (*RELATED, *register.related)}
    admin.site.register(register.model, type(f"{register.model.__name__}Admin", (RecordAdmin,), how))
