"""Units of measure as expressions know them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol


class MeasureUnit(Protocol):
    """`scale` of it in its base unit; `counts` says that its base unit is of things that are counted."""

    @property
    def name(self) -> str: ...

    @property
    def base(self) -> str: ...

    @property
    def scale(self) -> Decimal: ...

    @property
    def counts(self) -> bool: ...


Units = Mapping[str, MeasureUnit]  # all of a catalogue, by name
