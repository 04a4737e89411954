"""System checks of the audit record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from audit import digests


def register_all() -> None:
    checks.register(hash_is_known)
    checks.register(anchors_are_elsewhere, deploy=True)
    checks.register(kept_long_enough)


def hash_is_known(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if digests.is_known(settings.AUDIT_HASH):
        return []
    return [
        checks.Error(
            f"AUDIT_HASH is {settings.AUDIT_HASH!r}, which the OpenSSL of this machine does not have.",
            hint="Install an OpenSSL with SM3 (1.1.1 or later, built with it), or set AUDIT_HASH=sha256.",
            id="audit.E001",
        )
    ]


def kept_long_enough(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.AUDIT_KEEP_MONTHS >= 6:
        return []
    return [
        checks.Error(
            f"AUDIT_KEEP_MONTHS is {settings.AUDIT_KEEP_MONTHS}, but the record is kept for six months at least.",
            hint="Set it to 6 or more.",
            id="audit.E002",
        )
    ]


def anchors_are_elsewhere(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.AUDIT_KEYS and settings.AUDIT_ANCHOR_DIR.resolve().parent != settings.DATA_DIR.resolve():
        return []
    return [
        checks.Warning(
            "Who has the database and the data folder can make the audit record anew: its anchors lie in the data "
            "folder, or AUDIT_KEYS is not set.",
            hint="Set AUDIT_KEYS, and AUDIT_ANCHOR_DIR to a folder that is copied to another machine.",
            id="audit.W001",
        )
    ]
