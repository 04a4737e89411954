"""Months, quarters, half-years and years as values, of no region in particular: code, label, days and order. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import total_ordering

from django.utils.translation import gettext, gettext_noop

from sectors.vocabulary import PERIODS_A_YEAR, Frequency

# By kind, one for all of its periods in a year or one for each.
LABELS: Mapping[str, tuple[str, ...]] = {
    Frequency.MONTH: (gettext_noop("Month %(number)d of %(year)d"),),
    Frequency.QUARTER: (gettext_noop("Quarter %(number)d of %(year)d"),),
    Frequency.HALF: (gettext_noop("First half of %(year)d"), gettext_noop("Second half of %(year)d")),
    Frequency.YEAR: (gettext_noop("Year %(year)d"),),
}
SHORT_LABELS: Mapping[str, tuple[str, ...]] = {
    Frequency.MONTH: (gettext_noop("Month %(number)d"),),
    Frequency.QUARTER: (gettext_noop("Quarter %(number)d"),),
    Frequency.HALF: (gettext_noop("First half"), gettext_noop("Second half")),
    Frequency.YEAR: (gettext_noop("Whole year"),),
}
SUFFIXES: Mapping[str, str] = {
    Frequency.MONTH: "-{:02d}",
    Frequency.QUARTER: "Q{}",
    Frequency.HALF: "H{}",
    Frequency.YEAR: "",
}
CODE = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12]))?")


@total_ordering
@dataclass(frozen=True)
class PeriodKey:
    """A period by its year, its kind (a `Frequency`) and its number in the year.

    Periods are ordered by their last day; of those that end together the shorter comes first, so that a year follows
    its last quarter.
    """

    year: int
    kind: str
    number: int = 1

    @classmethod
    def whole(cls, year: int) -> PeriodKey:
        return cls(year, Frequency.YEAR)

    @classmethod
    def parse(cls, text: str) -> PeriodKey:
        """2023, 2023H1, 2023Q3, 2023-07. Raises ValueError for anything else."""
        found = CODE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no period")
        kind = found.lastgroup or ""
        return cls.whole(int(text)) if kind == "year" else cls(int(found["year"]), kind, int(found[kind]))

    @classmethod
    def at(cls, kind: str, ordinal: int) -> PeriodKey:
        """The period of a kind with this `ordinal`."""
        year, number = divmod(ordinal, PERIODS_A_YEAR[kind])
        return cls(year, kind, number + 1)

    def __str__(self) -> str:
        return self.label

    def __lt__(self, other: PeriodKey) -> bool:
        return self._place < other._place

    @property
    def _place(self) -> tuple[int, int, int]:
        return self.year, self.last_month, self._months

    @property
    def _months(self) -> int:
        return 12 // PERIODS_A_YEAR[self.kind]

    @property
    def ordinal(self) -> int:
        """Numbers the periods of one kind through all years without a gap."""
        return self.year * PERIODS_A_YEAR[self.kind] + self.number - 1

    @property
    def previous(self) -> PeriodKey:
        return self.at(self.kind, self.ordinal - 1)

    @property
    def following(self) -> PeriodKey:
        return self.at(self.kind, self.ordinal + 1)

    def containing(self, kind: str) -> PeriodKey:
        """The period of a kind, no shorter than its own, that it lies in."""
        return PeriodKey(self.year, kind, -(-self.last_month * PERIODS_A_YEAR[kind] // 12))

    @property
    def last_month(self) -> int:
        """In its year, from 1 to 12."""
        return self.number * self._months

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, self.last_month - self._months + 1, 1)

    @property
    def last_day(self) -> datetime.date:
        following = datetime.date(self.year + self.last_month // 12, self.last_month % 12 + 1, 1)
        return following - datetime.timedelta(days=1)

    @property
    def code(self) -> str:
        """As in figure files: 2023, 2023H1, 2023Q3, 2023-07."""
        return f"{self.year}{SUFFIXES[self.kind].format(self.number)}"

    @property
    def label(self) -> str:
        return self._named(LABELS)

    @property
    def short_label(self) -> str:
        """Without its year."""
        return self._named(SHORT_LABELS)

    def _named(self, labels: Mapping[str, tuple[str, ...]]) -> str:
        names = labels[self.kind]
        return gettext(names[(self.number - 1) % len(names)]) % {"year": self.year, "number": self.number}
