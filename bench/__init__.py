"""Benchmarks: each module bench/<name>.py has `run() -> list[Result]`: its parts, mostly against a rival."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self


@dataclass(frozen=True)
class Result:
    """Durations in seconds, or memory in another `unit`; `target` is the largest ratio ours / rival that is promised,
    without a rival the largest of ours. Without one it only tells.
    """

    part: str
    ours: Decimal
    rival: Decimal | None = None
    target: Decimal | None = None
    unit: str = "s"

    @property
    def ratio(self) -> Decimal | None:
        return self.ours / self.rival if self.rival else None

    @property
    def holds(self) -> bool:
        measured = self.ours if self.rival is None else self.ratio
        return measured is None or self.target is None or measured <= self.target

    def __str__(self) -> str:
        text = f"{self.part}: ours {self.ours:.4f} {self.unit}"
        if self.ratio is not None:
            text += f", rival {self.rival:.4f} {self.unit}, ratio {self.ratio:.2f}"
        if self.target is not None:
            text += f" (target {self.target:.2f}): {'holds' if self.holds else 'MISSED'}"
        return text

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Self:
        """The other way round of `as_json`."""
        numbers = {key: None if row[key] is None else Decimal(str(row[key])) for key in ("rival", "target")}
        return cls(row["part"], Decimal(str(row["ours"])), **numbers, unit=row["unit"])

    def as_json(self, name: str) -> dict[str, Any]:
        """Name, part, unit, ours, rival, ratio, target as numbers or null, holds as a truth value."""
        numbers = {"ours": self.ours, "rival": self.rival, "ratio": self.ratio, "target": self.target}
        found = {key: None if value is None else float(value) for key, value in numbers.items()}
        return {"name": name, "part": self.part, "unit": self.unit, **found, "holds": self.holds}
