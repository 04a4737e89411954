"""What else is done once a day; apps put in theirs when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# Each does nothing when it is repeated, and says in lines what it did.
tasks: list[Callable[[], Iterable[str]]] = []
