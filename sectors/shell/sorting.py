"""Lists that are sorted by their columns: what the address asks for, as an order of rows and as heads that are links.

A view says which columns its list has, in `Head`s, and gives the rows in `Sorting.order`; the page shows the heads by
`templates/_heads.html`, or by `templates/_sort_line.html` where the list is no table. A form that narrows the list
keeps the order by `templates/_sort_kept.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, F, Value, When
from django.http import QueryDict
from django.utils.functional import Promise


@dataclass(frozen=True)
class Head:
    """A column of a list. It sorts by the fields and expressions of `by`, or, where rows come from no table of the
    database, by what `key` says of a row; a column with neither does not sort. Where a field `may_be_empty`, empty ones
    stand last either way."""

    label: str | Promise
    name: str = ""
    by: tuple[Any, ...] = ()
    key: Callable[[Any], Any] | None = None
    may_be_empty: bool = False
    is_number: bool = False
    is_hidden: bool = False

    @property
    def sorts(self) -> bool:
        return bool(self.name and (self.by or self.key))


@dataclass(frozen=True)
class ShownHead:
    """A head as a page shows it: where its link leads, and in which direction the list is sorted by it."""

    head: Head
    address: str
    direction: str


class Sorting:
    """How the address wants a list sorted. `usual` is how it is sorted without: the name of a head, or that with `-`.
    What names no head that sorts is passed over."""

    def __init__(self, heads: Sequence[Head], asked: QueryDict, *, usual: str = "", parameter: str = "sort") -> None:
        self._heads = heads
        self._asked = asked
        self.parameter = parameter
        known = {head.name: head for head in heads if head.sorts}
        wanted = asked.get(parameter, "")
        self.is_asked = wanted.removeprefix("-") in known
        self.chosen = wanted if self.is_asked else usual
        self._by = known.get(self.chosen.removeprefix("-"))
        self._is_descending = self.chosen.startswith("-")

    def order(self, *otherwise: Any) -> list[Any]:
        """For `order_by`; `otherwise` where neither the address nor what is usual names a column. Whoever calls adds
        what makes the order of rows that are alike the same each time."""
        if self._by is None:
            return list(otherwise)
        fields = [F(by) if isinstance(by, str) else by for by in self._by.by]
        last = {"nulls_last": True} if self._by.may_be_empty else {}
        return [by.desc(**last) if self._is_descending else by.asc(**last) for by in fields]

    def sorted(self, rows: Iterable[Any]) -> list[Any]:
        """Rows that no database sorts. Those that are alike stay as they were, and those without a value stand last."""
        found = list(rows)
        if self._by is None or self._by.key is None:
            return found
        key = self._by.key
        told = [row for row in found if key(row) is not None]
        return [
            *sorted(told, key=key, reverse=self._is_descending),
            *(row for row in found if key(row) is None),
        ]

    @cached_property
    def heads(self) -> list[ShownHead]:
        return [self._shown(head) for head in self._heads]

    def _shown(self, head: Head) -> ShownHead:
        if not head.sorts:
            return ShownHead(head, "", "")
        direction = {head.name: "ascending", f"-{head.name}": "descending"}.get(self.chosen, "")
        asked = self._asked.copy()
        for name in ("page", self.parameter):
            asked.pop(name, None)
        asked[self.parameter] = f"-{head.name}" if direction == "ascending" else head.name
        return ShownHead(head, f"?{asked.urlencode()}", direction)


def in_order(field: str, choices: Iterable[str]) -> Case:
    """Sorts by the place of a field's value among its choices, where that says more than the letters of the value."""
    return Case(*(When(**{field: choice}, then=Value(place)) for place, choice in enumerate(choices)))
