"""What a filled file would do to a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from sectors.entry.writer import Conflict
from sectors.spreadsheets.positions import Position, address

# Called with how far a file is: which of the three steps, how many rows or cells are through, and of how many.
OnFileProgress = Callable[[int, int, int], None]
READING, COMPARING, STORING = range(3)


def no_progress(_step: int, _done: int, _count: int) -> None:
    """For a file that is through at once."""


@dataclass(frozen=True)
class ProposedChange:
    """One cell that would be stored. With a conflict, only if the person chooses it."""

    code: str
    place: Position
    table: str
    row: str
    column: str
    old: str
    new: str
    seen: str  # what stands there now, as stored
    typed: str
    asked: str = ""  # what the cell asks for, see `catalogue.asked`
    in_words: bool = False
    held: str = ""  # what the cell of the file holds, where it shows that rounded
    conflict: Conflict | None = None

    @property
    def address(self) -> str:
        return address(self.place)


@dataclass(frozen=True)
class CellProblem:
    place: Position
    name: str
    text: str
    sentence: str

    @property
    def address(self) -> str:
        return address(self.place)


@dataclass
class Preview:
    """What a file would do."""

    worksheet: str
    can_be_marked: bool  # whether a marked copy can be made of it
    changes: list[ProposedChange] = field(default_factory=list)
    conflicts: list[ProposedChange] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.conflicts or self.problems)

    @property
    def digest(self) -> str:
        """Tells whether it still does what a person has looked at."""
        seen = [(c.code, c.seen, c.asked, c.typed) for c in (*self.changes, *self.conflicts)]
        seen += [("!", p.address, "", p.sentence) for p in self.problems]
        return hashlib.sha256(repr(seen).encode()).hexdigest()
