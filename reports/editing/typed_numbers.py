"""Numbers with their units in a text, by the units of the catalogue and all that is written for them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sectors.calculation.cells import formatted

# These are no amounts: dates and ordinals.
_DATE = re.compile(r"\d{4}年|\d{1,2}月|\d{1,2}日|第\d+")
_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True)
class TypedNumber:
    """`text` as written, with its unit; `value` in that unit, whose name in the catalogue is `unit`."""

    text: str
    value: Decimal
    places: int
    unit: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def agrees_with(self, value: Decimal) -> bool:
        """Whether a value is this number, as far as it is written."""
        return formatted(value, self.places) == formatted(self.value, self.places)


class TypedNumbers:
    """Finds them. `spellings`: the unit's name by all that is written for it."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self.spellings = {**spellings, "％": "%", "个百分点": "百分点"}
        units = sorted(self.spellings, key=len, reverse=True)
        # Behind a unit in letters no other letter: 5m is one of metres, 5min is not.
        written = "|".join(re.escape(unit) + ("(?![A-Za-z])" if unit[-1].isascii() else "") for unit in units)
        self._pattern = re.compile(rf"(\d+(?:[,，]\d{{3}})*(?:\.(\d+))?)\s*([{''.join(_TIMES)}]*?)({written})")

    def find(self, text: str) -> Iterator[TypedNumber]:
        plain = _DATE.sub(lambda match: "　" * len(match[0]), text)
        for match in self._pattern.finditer(plain):
            digits, places, times, unit = match.groups()
            value = Decimal(digits.replace(",", "").replace("，", ""))
            for character in times:
                value *= _TIMES[character]
            yield TypedNumber(match[0], value, len(places or ""), self.spellings[unit], match.start())
