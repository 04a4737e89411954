"""Units without a database."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Unit:
    name: str
    of: str = ""
    times: str = "1"
    counts: bool = False

    @property
    def base(self):
        return self.of or self.name

    @property
    def scale(self):
        return Decimal(self.times)
