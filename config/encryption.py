"""Secrets that the database keeps, encrypted: who has a copy of it, or an open backup, can use none of them.

AES-256-GCM under a key made of SECRET_KEY. Each is bound to what it is and whose: in the row of another, or in another
column, it cannot be read.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12  # bytes


class Unreadable(Exception):
    """It was encrypted under a key that is not among SECRET_KEY and SECRET_KEY_FALLBACKS, or for another place."""


def encrypted(secret: bytes, what: str, owner: int | str) -> str:
    """Letters, digits, `-` and `_`; 64 of them for a secret of 20 bytes. `what` it is, such as `second factor`, and
    whose: the key of a row, or the name of a column."""
    nonce = os.urandom(NONCE)
    sealed = _cipher(settings.SECRET_KEY, what).encrypt(nonce, secret, _bound(what, owner))
    return urlsafe_b64encode(nonce + sealed).decode()


def decrypted(text: str, what: str, owner: int | str) -> bytes:
    """Raises Unreadable."""
    try:
        packed = urlsafe_b64decode(text)
    except ValueError as error:
        raise Unreadable from error
    for key in secret_keys():
        try:
            return _cipher(key, what).decrypt(packed[:NONCE], packed[NONCE:], _bound(what, owner))
        except (InvalidTag, ValueError):  # a nonce that is too short is a ValueError
            continue
    raise Unreadable


def secret_keys() -> list[str]:
    """The one that encrypts, and then those that still decrypt."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _cipher(key: str, what: str) -> AESGCM:
    # The salt is part of what was encrypted before, and so does not change with the place of this module.
    return AESGCM(salted_hmac("accounts.encryption", what, secret=key, algorithm="sha256").digest())


def _bound(what: str, owner: int | str) -> bytes:
    return f"{what} of {owner}".encode()
