"""Units in forms: in a head's brackets, in a column of their own, above the table. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sectors.reading.forms.words import COUNTED, squeezed

BRACKETED = re.compile(r"\s*[（(\[【]\s*(?:计量)?(?:单位\s*[：:])?\s*([^（）()\[\]【】]{1,10}?)\s*[)）\]】]\s*$")
# What can be a unit that the catalogue does not know yet: 公顷, 头, 千瓦时, 元/吨.
POSSIBLE = re.compile(
    r"(?:[十百千万亿]{0,2}(?:.次|[个家户人件台只部辆条所项组点处套座起类名张份头匹栋间眼口株羽例篇册期场队宗批艘架枚块盏把支根棵幢]|公顷|公里|米|吨|克|升|毫升|"
    r"千克|公斤|元|亩|平方米|立方米|平方公里|千瓦时?|度|天|日|小时|分|分钟|分值|床位|学时|课时|车次|人天)|%|‰)(?:/.{1,6})?"
)
# What is measured, not counted.
MEASURED = re.compile(
    r"[十百千万亿]{0,2}(?:元|米|公里|千米|平方米|立方米|平方公里|吨|克|千克|公斤|升|毫升|公顷|亩|千瓦时|度)"
)
PURE = "1"


@dataclass(frozen=True)
class Units:
    """`known` has the units of the catalogue by each way in which they are written."""

    known: Mapping[str, str]

    def unit(self, text: str) -> str:
        """The unit that a text is, as the catalogue calls it; empty for what is none."""
        plain = squeezed(text).replace("％", "%")
        if plain in ("无", "-", "—", "/", ""):
            return ""
        return self.known.get(plain) or (plain if POSSIBLE.fullmatch(plain) else "")

    def apart(self, text: str) -> tuple[str, str]:
        """A name and the unit in its brackets: `产量（万吨）`. Brackets with anything else in them stay."""
        found = BRACKETED.search(text)
        unit = self.unit(found[1]) if found else ""
        return (text[: found.start()].strip(), unit) if found and unit else (text.strip(), "")

    def in_name(self, name: str) -> str:
        """The unit that a name ends with: 检查户次, 投诉件数. Empty where it ends with none."""
        for length in (3, 2):
            if name[-length:] in self.known and len(name) > length - 1:
                return self.known[name[-length:]]
        return self.known.get(name[-2:-1], "") if name.endswith("数") else ""

    def is_measured(self, unit: str) -> bool:
        """Whether figures in it have decimals where nothing says how many."""
        return bool(MEASURED.fullmatch(unit))

    def is_known(self, unit: str) -> bool:
        return unit in self.known.values()


def specification(unit: str) -> dict[str, object]:
    """What a catalogue file says of a unit that it does not know yet: things are counted in it, or it is a base."""
    base = unit.lstrip("十百千万亿")
    if unit != base and base:
        powers = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
        scale = 1
        for sign in unit[: len(unit) - len(base)]:
            scale *= powers[sign]
        return {"name": unit, "base": base, "scale": scale}
    counts = (base[:1] in COUNTED and len(base) == 1) or (len(base) == 2 and base.endswith("次"))
    return {"name": unit, "counts": True} if counts else {"name": unit}
