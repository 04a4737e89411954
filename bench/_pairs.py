"""Two ways of one thing in pairs: what each takes by the clock and of the processor, and how the pairs spread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

from django.db import connection

from bench import Result
from bench._scratch import in_turns

CLOCKS = ("by the clock", "of the processor")
Cost = tuple[Decimal, Decimal]  # seconds by the clock and of the processor


def cost(action: Callable[[], object]) -> Cost:
    """Of the processor also what PostgreSQL's process of this connection took."""
    clock, processor = perf_counter(), process_time() + _of_the_server()
    action()
    return Decimal(perf_counter() - clock), Decimal(process_time() + _of_the_server() - processor)


def _of_the_server() -> float:
    """Seconds of the processor so far; none where there is no server, or its machine does not tell."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return 0
    path = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(path.read_text(encoding="ascii").split()[0]) / 1e9 if path.exists() else 0


def compared(
    part: str, rounds: int, ours: Callable[[int], Cost], rival: Callable[[int], Cost], target: Decimal | None
) -> Iterator[Result]:
    """Both by both clocks, after each has had its first time, as one turn more."""
    ours(rounds)
    rival(rounds)
    pairs = in_turns(rounds, ours, rival)
    for place, clock in enumerate(CLOCKS):
        times = [[spent[place] for spent in way] for way in pairs]
        yield Result(f"{part}, {clock}, {spread(times)}", median(times[0]), median(times[1]), target)


def spread(times: Sequence[Sequence[Decimal]]) -> str:
    """Between which ratios the middle half of the pairs lies."""
    ratios = [ours / rival for ours, rival in zip(*times, strict=True) if rival]
    low, _middle, high = quantiles(ratios, n=4) if len(ratios) > 1 else (*ratios, *ratios, *ratios)
    return f"half of {len(times[0])} pairs {low:.2f} to {high:.2f}"
