"""How well slips are found and told: 10,000 random tables that agree, one slip in each of 10,000 others, two in 5,000.

What can be found, and what can be told, is worked out by tests/sectors/checks/random_tables.py without the product: a
slip is detectable where some relation of the table cannot hold for any values that round to what is printed, and told
where the figure is the only one whose change mends all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from bench import Result
from tests.sectors.checks.in_memory import judge
from tests.sectors.checks.random_tables import double_trial, random_table, trial

TABLES, DOUBLE = 10_000, 5_000
TOLD = Decimal("0.8")  # of the slips that can be told, the share that is named first at least
WRONGED = Decimal("0.01")  # of two slips, the share in which a right figure may be wronged at most


def run() -> list[Result]:
    trials = [trial(seed) for seed in range(TABLES, 2 * TABLES)]
    detectable, told = [one for one in trials if one.is_detectable], [one for one in trials if one.is_told]
    missed = sum(not one.is_found for one in detectable)
    doubles = [one for seed in range(2 * TABLES, 2 * TABLES + DOUBLE) if (one := double_trial(seed)).is_detectable]
    wronged, other = sum(one.is_wronged for one in doubles), sum(not one.is_first for one in doubles)
    second, inexact = sum(not one.is_first for one in told), sum(not one.is_exact for one in told)
    return [
        Result(f"{TABLES} tables that agree: errors", Decimal(_errors()), target=Decimal(0), unit="tables"),
        Result(f"{len(detectable)} slips that can be found: missed", Decimal(missed), target=Decimal(0), unit="slips"),
        Result(f"{len(told)} slips that can be told: not named first", *_of(second, told), (1 - TOLD), unit="slips"),
        Result("the same: named first with what was there: not", *_of(inexact, told), unit="slips"),
        Result(f"{len(doubles)} pairs of slips: a right figure wronged", *_of(wronged, doubles), WRONGED, unit="pairs"),
        Result("the same: neither of both named first", *_of(other, doubles), unit="pairs"),
    ]


def _errors() -> int:
    """Tables with a finding that is more than a question."""
    return sum(
        any(finding.kind != "sibling" for finding in judge(**random_table(Random(seed)).judged()))
        for seed in range(TABLES)
    )


def _of(count: int, trials: Sequence[object]) -> tuple[Decimal, Decimal]:
    return Decimal(count), Decimal(len(trials))
