"""Benchmarks: each module bench/<name>.py has `run() -> Result`, which measures ours and a rival."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Result:
    """Two durations in seconds; `target` is the largest ratio ours / rival that is promised."""

    ours: Decimal
    rival: Decimal
    target: Decimal

    @property
    def ratio(self) -> Decimal:
        return self.ours / self.rival

    @property
    def holds(self) -> bool:
        return self.ratio <= self.target

    def as_json(self, name: str) -> dict[str, Any]:
        """Name, ours, rival, ratio, target as numbers, holds as a truth value."""
        numbers = {key: float(value) for key, value in (asdict(self) | {"ratio": self.ratio}).items()}
        return {"name": name, **numbers, "holds": self.holds}
