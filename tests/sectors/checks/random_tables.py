"""Random tables whose figures agree, any of them printed at any rounding or left out; and what can be told of a slip.

A table has rows of samples, of those that passed, and of an amount, with their totals; the pass rate of each row, its
share of all samples, and the growth of samples and amounts since last year, of which nothing else is known. What can
be told is worked out here once more, in fractions and without the product: a slip shows where some relation no longer
holds for any values that round to what is printed, and is told where no other single figure would mend all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from sectors.checks.suspects import Suspect
from tests.sectors.checks.in_memory import breakdown, judge

PERCENT = ("%", "0.01")
COUNTS, AMOUNT = ("samples", "passed"), "amount"
# A relation over figures: low <= sum of weight x product of figures <= high would hide what it is, so it is a name.
SUM, WITHIN, RATE, GROWTH_RATE, GROWTHS = "sum", "within", "rate", "growth", "growths"
Bounds = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Printed:
    """A number of so many decimals."""

    value: Fraction
    places: int
    is_count: bool = False

    @property
    def text(self) -> str:
        whole = round_half_up(self.value, self.places)
        sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):0{self.places + 1}d}"
        return sign + (f"{digits[: -self.places]}.{digits[-self.places :]}" if self.places else digits)

    @property
    def shown(self) -> Fraction:
        return Fraction(round_half_up(self.value, self.places), 10**self.places)

    @property
    def ends(self) -> Bounds:
        """What it may have been before it was rounded."""
        half = Fraction(0) if self.is_count else Fraction(1, 2 * 10**self.places)
        return self.shown - half, self.shown + half


def round_half_up(value: Fraction, places: int) -> int:
    """In units of the last digit, away from zero on a tie."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    whole: int = floor(scaled)
    return whole if value >= 0 else -whole


@dataclass
class RandomTable:
    """`figures` are what is printed of now, by code; `last` are counts and amounts of last year, of which none is."""

    rows: int
    figures: dict[str, Printed] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> Sequence[str]:
        return [*(f"t.r{number}" for number in range(self.rows)), "t.all"]

    def judged(self, figures: Mapping[str, Printed] | None = None) -> dict[str, Any]:
        """As `in_memory.judge` takes it."""
        shown = self.figures if figures is None else figures
        own = {
            f"{row}.{column}": {
                "table": 1,
                "row": place,
                "column": number,
                "exact": column in COUNTS,
                "change_limit": 0,
            }
            for place, row in enumerate(self.codes)
            for number, column in enumerate((*COUNTS, AMOUNT))
        }
        return {
            "figures": {code: printed.text for code, printed in shown.items()},
            "formulas": self.formulas,
            "units": dict.fromkeys(self.formulas, PERCENT),
            "indicators": own,
            "breakdowns": [
                breakdown(f"t.all.{c}", *(f"{row}.{c}" for row in self.codes[:-1])) for c in (*COUNTS, AMOUNT)
            ],
            "rules": [f"{row}.passed <= {row}.samples" for row in self.codes],
        }


def random_table(random: Random) -> RandomTable:
    """Figures that agree, each printed at its own decimals or not at all."""
    table = RandomTable(random.randint(2, 6))
    now, last = _values(random, table), _values(random, table)
    for row in table.codes:
        table.formulas |= {
            f"{row}.rate": f"{row}.passed / {row}.samples",
            f"{row}.share": f"{row}.samples / t.all.samples",
            f"{row}.growth": f"{row}.samples / last_year({row}.samples) - 1",
            f"{row}.rise": f"{row}.amount / last_year({row}.amount) - 1",
        }
    given, growth_given = random.choice([0.6, 0.9, 1.0]), random.choice([0.0, 0.7, 1.0])
    for code, value in now.items():
        if random.random() < given:
            is_count = not code.endswith(AMOUNT)
            table.figures[code] = Printed(value, 0 if is_count else random.randint(0, 3), is_count)
    for row in table.codes:
        made = {
            "rate": _quotient(now[f"{row}.passed"], now[f"{row}.samples"]),
            "share": _quotient(now[f"{row}.samples"], now["t.all.samples"]),
            "growth": _quotient(now[f"{row}.samples"] - last[f"{row}.samples"], last[f"{row}.samples"]),
            "rise": _quotient(now[f"{row}.amount"] - last[f"{row}.amount"], last[f"{row}.amount"]),
        }
        for name, share in made.items():
            if share is not None and random.random() < (growth_given if name in ("growth", "rise") else given):
                table.figures[f"{row}.{name}"] = Printed(share * 100, random.randint(0, 3))
    return table


def _values(random: Random, table: RandomTable) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    size = random.choice([20, 300, 5000])
    for row in table.codes[:-1]:
        samples = random.randint(0, size)
        passed, amount = samples - random.randint(0, max(samples // 4, 0)), Fraction(random.randint(0, 10**6), 10**3)
        found |= {f"{row}.samples": Fraction(samples), f"{row}.passed": Fraction(passed), f"{row}.amount": amount}
    for column in (*COUNTS, AMOUNT):
        found[f"t.all.{column}"] = sum((found[f"{row}.{column}"] for row in table.codes[:-1]), Fraction(0))
    return found


def _quotient(above: Fraction, below: Fraction) -> Fraction | None:
    return above / below if below else None


# What can be told


def broken(table: RandomTable, figures: Mapping[str, Printed]) -> Iterator[frozenset[str]]:
    """The figures of each relation that no values which round to what is printed satisfy."""
    for column in (*COUNTS, AMOUNT):
        parts, total = [f"{row}.{column}" for row in table.codes[:-1]], f"t.all.{column}"
        known = [figures[code].ends for code in parts if code in figures]
        if total in figures and known:
            low, high = sum(low for low, _high in known), sum(high for _low, high in known)
            is_all = len(known) == len(parts)
            if low > figures[total].ends[1] or (is_all and high < figures[total].ends[0]):
                yield frozenset([total, *(code for code in parts if code in figures)])
    for row in table.codes:
        yield from _broken_in_row(figures, row)
    for level, growth in (("samples", "growth"), ("amount", "rise")):
        yield from _broken_growth(table, figures, level, growth)


def _broken_in_row(figures: Mapping[str, Printed], row: str) -> Iterator[frozenset[str]]:
    samples, passed = f"{row}.samples", f"{row}.passed"
    if samples in figures and passed in figures and figures[passed].shown > figures[samples].shown:
        yield frozenset([samples, passed])
    for rate, above, below in ((f"{row}.rate", passed, samples), (f"{row}.share", samples, "t.all.samples")):
        if {rate, above, below} <= figures.keys() and figures[below].shown:
            value, (low, high) = figures[above].shown / figures[below].shown * 100, figures[rate].ends
            if not low <= value <= high:
                yield frozenset([rate, above, below])


def _broken_growth(
    table: RandomTable, figures: Mapping[str, Printed], level: str, growth: str
) -> Iterator[frozenset[str]]:
    """Last year's values, which nothing else says, made their total too."""
    then: dict[str, Bounds] = {}
    for row in table.codes:
        codes = (f"{row}.{level}", f"{row}.{growth}")
        if not set(codes) <= figures.keys():
            return
        (low, high), (least, most) = figures[codes[0]].ends, figures[codes[1]].ends
        # A growth may be cut off as well: whatever begins with its digits is believed.
        digit = Fraction(1, 10 ** figures[codes[1]].places)
        least, most = least - digit / 2, most + digit / 2
        if least <= -100:
            return
        then[row] = low / (1 + most / 100), high / (1 + least / 100)
    parts = [then[row] for row in table.codes[:-1]]
    low, high = sum((one[0] for one in parts), Fraction(0)), sum((one[1] for one in parts), Fraction(0))
    if low > then["t.all"][1] or high < then["t.all"][0]:
        yield frozenset(f"{row}.{name}" for row in table.codes for name in (level, growth))


def menders(table: RandomTable, figures: Mapping[str, Printed], wrong: Sequence[frozenset[str]]) -> set[str]:
    """The figures of which some other value satisfies all relations while the others stay."""
    suspects = frozenset.intersection(*wrong)
    return {
        code
        for code in suspects
        if any(_holds(table, figures, code, value) for value in _candidates(table, figures, code))
    }


def _holds(table: RandomTable, figures: Mapping[str, Printed], code: str, value: Fraction) -> bool:
    changed = {**figures, code: Printed(value, figures[code].places, figures[code].is_count)}
    may_be = changed[code].shown >= 0 or code.endswith(("growth", "rise"))
    return may_be and not next(broken(table, changed), None)


def _candidates(table: RandomTable, figures: Mapping[str, Printed], code: str) -> Iterator[Fraction]:
    """Values that single relations ask for, and those around them."""
    row, _dot, name = code.rpartition(".")
    wanted = set[Fraction]()
    shown = {other: printed.shown for other, printed in figures.items()}
    if name in (*COUNTS, AMOUNT):
        parts = [f"{one}.{name}" for one in table.codes[:-1]]
        rest = sum((shown.get(part, Fraction(0)) for part in parts if part != code), Fraction(0))
        wanted.add(rest if row == "t.all" else shown.get(f"t.all.{name}", Fraction(0)) - rest)
    pairs = [(f"{one}.rate", f"{one}.passed", f"{one}.samples") for one in table.codes]
    pairs += [(f"{one}.share", f"{one}.samples", "t.all.samples") for one in table.codes]
    for rate, above, below in pairs:
        top, bottom, said = (shown.get(part) for part in (above, below, rate))
        if code == rate and top is not None and bottom:
            wanted.add(top / bottom * 100)
        if code == above and said is not None and bottom is not None:
            wanted |= {bottom * end / 100 for end in (said, *figures[rate].ends)}
        if code == below and said and top is not None:
            wanted |= {top * 100 / end for end in (said, *figures[rate].ends) if end > 0}
    if name == "passed":
        wanted |= {Fraction(0), shown.get(f"{row}.samples", Fraction(0))}
    if name == "samples":
        wanted.add(shown.get(f"{row}.passed", Fraction(0)))
    wanted |= set(_by_growth(table, shown, code))
    size = Fraction(1, 10 ** figures[code].places)
    for value in wanted:
        for more in range(-3, 4):
            yield Fraction(floor(value / size) + more) * size if more else value


def _by_growth(table: RandomTable, shown: Mapping[str, Fraction], code: str) -> Iterator[Fraction]:
    row, _dot, name = code.rpartition(".")
    for level, growth in (("samples", "growth"), ("amount", "rise")):
        needed = {f"{one}.{kind}" for one in table.codes for kind in (level, growth)}
        if name not in (level, growth) or not needed - {code} <= shown.keys():
            continue
        others = {
            one: shown[f"{one}.{level}"] / (1 + shown[f"{one}.{growth}"] / 100)
            for one in table.codes
            if one != row and shown[f"{one}.{growth}"] > -100
        }
        if len(others) < len(table.codes) - 1:
            continue
        rest = sum((value for one, value in others.items() if one != "t.all"), Fraction(0))
        then = rest if row == "t.all" else others["t.all"] - rest
        if name == growth and then > 0:
            yield (shown[f"{row}.{level}"] / then - 1) * 100
        if name == level:
            yield then * (1 + shown[f"{row}.{growth}"] / 100)


def slipped(random: Random, printed: Printed) -> Printed:
    """As people slip: a digit more or less, two of them changed over, another one, a little more."""
    digits = round_half_up(printed.value, printed.places)
    text = str(abs(digits))
    place = random.randrange(len(text))
    found = {
        "more": digits * 10 + random.randint(0, 9),
        "less": digits // 10,
        "over": int(text[:place] + text[place : place + 2][::-1] + text[place + 2 :]),
        "other": int(text[:place] + str(random.randint(0, 9)) + text[place + 1 :]),
        "near": digits + random.choice([-1, 1]) * random.randint(1, 9),
    }[random.choice(["more", "less", "over", "other", "near"])]
    found = found if printed.value < 0 else max(found, 0)
    return Printed(Fraction(found, 10**printed.places), printed.places, printed.is_count)


@dataclass(frozen=True)
class Trial:
    """A slip in one figure of a random table. It is detectable where some relation no longer holds, and told where the
    figure is the only one that mends all of them; found if there is any finding, first if it is the first suspect, and
    exact if its repair is what was there."""

    seed: int
    is_detectable: bool = False
    is_found: bool = False
    is_told: bool = False
    is_first: bool = False
    is_exact: bool = False


def trial(seed: int) -> Trial:
    random = Random(seed)
    table = random_table(random)
    code = random.choice(sorted(table.figures)) if table.figures else ""
    new = slipped(random, table.figures[code]) if code else None
    if new is None or new.shown == table.figures[code].shown:
        return Trial(seed)
    figures = {**table.figures, code: new}
    wrong = list(broken(table, figures))
    if not wrong:
        return Trial(seed)
    found = [finding for finding in judge(**table.judged(figures)) if finding.kind not in ("sibling", "whole")]
    is_told = menders(table, figures, wrong) == {code}
    first = next((suspect for finding in found for suspect in finding.suspects), None)
    is_first = first is not None and first.code == code
    was = round_half_up(table.figures[code].value, new.places)
    is_exact = first is not None and is_first and round_half_up(Fraction(first.repair), new.places) == was
    return Trial(seed, True, bool(found), is_told, is_first, is_exact)


@dataclass(frozen=True)
class DoubleTrial:
    """Slips in two figures of a random table, of which no single figure mends all. `is_wronged` where a right figure is
    named first that is part of no repair of two: with what is said to fit it, no other figure mends the rest."""

    seed: int
    is_detectable: bool = False
    is_found: bool = False
    is_first: bool = False
    is_wronged: bool = False


def double_trial(seed: int) -> DoubleTrial:
    random = Random(seed)
    table = random_table(random)
    if len(table.figures) < 2:
        return DoubleTrial(seed)
    column = random.choice(["", *COUNTS, AMOUNT])  # mostly in one column
    own = [code for code in sorted(table.figures) if code.endswith(f".{column}")] if column else []
    codes = random.sample(own if len(own) > 1 else sorted(table.figures), 2)
    new = {code: slipped(random, table.figures[code]) for code in codes}
    figures = {**table.figures, **new}
    wrong = list(broken(table, figures))
    touched = frozenset().union(*wrong)
    if any(new[code].shown == table.figures[code].shown or code not in touched for code in codes):
        return DoubleTrial(seed)
    if menders(table, figures, wrong):
        return DoubleTrial(seed)
    found = [finding for finding in judge(**table.judged(figures)) if finding.kind not in ("sibling", "whole")]
    named = next((finding.suspects for finding in found if finding.suspects), ())
    is_first = bool(named) and named[0].code in codes
    is_wronged = bool(named) and not is_first and not _is_half(table, figures, named)
    return DoubleTrial(seed, True, bool(found), is_first, is_wronged)


def _is_half(table: RandomTable, figures: Mapping[str, Printed], named: Sequence[Suspect]) -> bool:
    """Whether what is said to fit the first figure mends all together with what is said of another one, or with any
    other value of one."""
    first, *others = named
    repaired = _repaired(figures, first)
    wrong = list(broken(table, repaired))
    own = (other for other in others if (other.code,) == first.together)
    return (
        not wrong
        or any(not next(broken(table, _repaired(repaired, other)), None) for other in own)
        or bool(menders(table, repaired, wrong))
    )


def _repaired(figures: Mapping[str, Printed], suspect: Suspect) -> Mapping[str, Printed]:
    old = figures[suspect.code]
    return {**figures, suspect.code: Printed(Fraction(suspect.repair), old.places, old.is_count)}
