"""What the database keeps of a second factor, encrypted: who has a copy of it, or an open backup, can make no codes.

AES-256-GCM under a key made of SECRET_KEY. It is bound to whose secret it is: in the row of another it cannot be read.
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
    """It was encrypted under a key that is not among SECRET_KEY and SECRET_KEY_FALLBACKS, or for somebody else."""


def encrypted(secret: bytes, owner: int) -> str:
    """Letters, digits, `-` and `_`; 64 of them for a secret of 20 bytes."""
    nonce = os.urandom(NONCE)
    return urlsafe_b64encode(nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, secret, _whose(owner))).decode()


def decrypted(text: str, owner: int) -> bytes:
    """Raises Unreadable."""
    try:
        packed = urlsafe_b64decode(text)
    except ValueError as error:
        raise Unreadable from error
    for key in secret_keys():
        try:
            return _cipher(key).decrypt(packed[:NONCE], packed[NONCE:], _whose(owner))
        except (InvalidTag, ValueError):  # a nonce that is too short is a ValueError
            continue
    raise Unreadable


def secret_keys() -> list[str]:
    """The one that encrypts, and then those that still decrypt."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _cipher(key: str) -> AESGCM:
    return AESGCM(salted_hmac("accounts.encryption", "second factor", secret=key, algorithm="sha256").digest())


def _whose(owner: int) -> bytes:
    return f"second factor of {owner}".encode()
