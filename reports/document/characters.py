"""The characters that any file can hold and any reader see."""

from __future__ import annotations

import re

# What XML 1.0 cannot hold (a pasted vertical tab, say, would stop the Word writer), other control characters, what is
# no character at all, and what nobody sees: marks of direction and of byte order, blanks without width. Joiners stay,
# since some scripts need them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
# Characters that only one computer's fonts know, mostly rare ones of old input methods: whoever reads sees that one is
# missing.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
MISSING_CHARACTER = "□"
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def printable(text: str) -> str:
    """Text as any file can hold and any reader show it: without control characters and marks that nobody sees, such as
    those that turn the direction of writing; □ for a private character. New lines stay, a tab becomes a space."""
    if text.isprintable():
        return text
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return _PRIVATE.sub(MISSING_CHARACTER, _UNPRINTABLE.sub("", lines))
