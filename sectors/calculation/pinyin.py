"""Names as they are typed without an input method: by the first letters of their characters, 农产品 as ncp. Pure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from sectors.texts import folded

KEPT = 20_000  # names whose readings are kept


def has_initials(text: str, letters: str) -> bool:
    """Whether successive characters of a text can begin with the letters; letters and digits in it stand for
    themselves. A character of several readings (行) is found by each of them."""
    read = _initials(text)
    ends = range(len(read) - len(letters) + 1)
    return any(all(letter in read[start + n] for n, letter in enumerate(letters)) for start in ends)


@lru_cache(KEPT)
def _initials(text: str) -> Sequence[str]:
    """For each character of a text, without blanks and signs, the letters that it can begin with."""
    # Readings of whole phrases would take 40 MB more in each process, and each reading is found without them.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, pinyin

    found: list[str] = []
    for one in folded(text):
        if one.isascii():
            found += one if one.isalnum() else ()
        else:
            readings = pinyin(one, style=Style.NORMAL, heteronym=True, errors="ignore")
            found += ["".join({reading[:1] for reading in readings[0]})] if readings else []
    return tuple(found)
