"""How much of one text another one has, by single signs and pairs of signs, rare ones weighing more. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

_SIGN = re.compile(r"[\u4e00-\u9fffA-Za-z]")
_SINGLE = 0.35  # what one sign weighs against a pair


@lru_cache(maxsize=20_000)
def grams(text: str) -> frozenset[str]:
    """Signs and pairs of neighbouring signs."""
    signs = [sign if _SIGN.match(sign) else " " for sign in text]
    pairs = {one + other for one, other in pairwise(signs) if " " not in (one, other)}
    return frozenset(pairs | {sign for sign in signs if sign != " "})


class Weights:
    """Of grams by how few of the names have them."""

    def __init__(self, names: Iterable[str]) -> None:
        rows = [grams(name) for name in names]
        counted = Counter(gram for row in rows for gram in row)
        self._most = math.log(1 + len(rows))
        self._weights: Mapping[str, float] = {gram: math.log(1 + len(rows) / times) for gram, times in counted.items()}

    def of(self, found: Collection[str]) -> float:
        return sum(self._weights.get(gram, self._most) * (_SINGLE if len(gram) == 1 else 1.0) for gram in found)

    def known(self, found: Collection[str]) -> float:
        """The same without grams that no name has."""
        return self.of([gram for gram in found if gram in self._weights])

    def shares(self, found: Collection[str]) -> list[tuple[str, float]]:
        """Each gram with its share of the weight of all of them."""
        whole = self.of(found)
        return [(gram, self.of((gram,)) / whole) for gram in found] if whole else []
