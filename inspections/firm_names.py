"""Names and codes of firms: which names are one, how alike two are, and whether a code can be right. Pure.

The unified social credit code (GB 32100-2015) has 17 places of digits and letters without I, O, S, V, Z, and a check
digit: the sum of their values times 3 to the power of their place, modulo 31, makes 31 with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from sectors.texts import folded, visible

PLACES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_LENGTH = 18
_CODE = re.compile(f"(?<![0-9A-Z])[{PLACES}]{{{CODE_LENGTH}}}(?![0-9A-Z])")
_LEFT_OUT = re.compile(r"[\W_]+")  # blanks, brackets, points: the same in full and half width
LONGEST = 100  # of a key, as of a name
LIKE = 0.5  # of two names, from 0 to 1; below it nothing is proposed
VERY_LIKE = 0.75


def written_code(text: str) -> str:
    """A code as it is stored: capitals, half width, without blanks."""
    return "".join(folded(visible(text)).upper().split())


def check_digit(code: str) -> str:
    """The last place of a code of which the first 17 are given, all of `PLACES`."""
    total = sum(PLACES.index(place) * pow(3, n, 31) for n, place in enumerate(code[: CODE_LENGTH - 1]))
    return PLACES[-total % 31]


def is_code(code: str) -> bool:
    return bool(_CODE.fullmatch(code)) and code[-1] == check_digit(code)


def code_in(text: str) -> str:
    """The code that stands in a text, as one does behind a name in lists of other systems; empty where none does."""
    found = _CODE.search(folded(visible(text)).upper())
    return found[0] if found and is_code(found[0]) else ""


def key(name: str) -> str:
    """The same for names that differ in width, brackets, blanks and points, or in 有限责任公司 for 有限公司."""
    return _LEFT_OUT.sub("", folded(visible(name))).replace("有限责任公司", "有限公司")[:LONGEST]


def likeness(one: str, other: str) -> float:
    """Of two keys, from 0 to 1: twice the pairs of characters they share, by all they have."""
    return _dice(_pairs(one), _pairs(other))


class Likely:
    """Finds keys that are alike among many, by the pairs of characters they share."""

    def __init__(self, keys: Mapping[int, str]) -> None:
        self.pairs = {number: _pairs(text) for number, text in keys.items()}
        self.holding: dict[str, list[int]] = {}
        for number, pairs in self.pairs.items():
            for pair in pairs:
                self.holding.setdefault(pair, []).append(number)

    def of(self, text: str, most: int, least: float = LIKE) -> list[tuple[int, float]]:
        """Numbers of keys that are like a key, with how much; the likest first."""
        wanted = _pairs(text)
        near = {number for pair in wanted for number in self.holding.get(pair, ())}
        found = [(number, _dice(wanted, self.pairs[number])) for number in near]
        return sorted((one for one in found if one[1] >= least), key=lambda one: (-one[1], one[0]))[:most]


def _pairs(text: str) -> Counter[str]:
    return Counter(text[n : n + 2] for n in range(max(len(text) - 1, min(len(text), 1))))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 0.0


def lines(texts: Iterable[str]) -> list[str]:
    """Names that were typed one a line, or in one cell with 、 or ； between them; each once."""
    parts = (part.strip() for text in texts for part in re.split(r"[\n、；;]", text))
    return list(dict.fromkeys(part for part in parts if part))
