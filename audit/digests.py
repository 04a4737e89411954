"""Digests that say how they were made, `sha256:...` or `hmac-sm3:...`, so that settings may change later.

With AUDIT_KEYS they are keyed: who has the database alone can then neither make nor change one.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

LENGTH = 80
KEYED = "hmac-"


def digest(data: bytes) -> str:
    """With the setting of today: AUDIT_HASH, and the first key of AUDIT_KEYS where there is one."""
    keys: list[bytes] = settings.AUDIT_KEYS
    return _keyed(settings.AUDIT_HASH, keys[0], data) if keys else _plain(settings.AUDIT_HASH, data)


def is_keyed(told: str) -> bool:
    return told.startswith(KEYED)


def matches(told: str, data: bytes, *, keyed: bool = False) -> bool:
    """Whether a digest is that of the data, by the way that it names; with any of the keys.

    `keyed` refuses one without a key, which anybody can make: where those before it have one, so has it.
    """
    name = told.partition(":")[0]
    algorithm = name.removeprefix(KEYED)
    if not is_known(algorithm):
        return False
    if not is_keyed(told):
        return not keyed and hmac.compare_digest(told, _plain(algorithm, data))
    return any(hmac.compare_digest(told, _keyed(algorithm, key, data)) for key in settings.AUDIT_KEYS)


def is_known(algorithm: str) -> bool:
    """SM3 is not in every OpenSSL."""
    return algorithm in ("sha256", "sm3") and algorithm in hashlib.algorithms_available


def _plain(algorithm: str, data: bytes) -> str:
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def _keyed(algorithm: str, key: bytes, data: bytes) -> str:
    return f"{KEYED}{algorithm}:{hmac.digest(key, data, algorithm).hex()}"
