"""How an indicator may be counted from a registry: the words of a catalogue's `counted`, without any registry.

`{of: batch, measure: samples, by: reported, where: {category: produce}}`: of which records, what is measured, by which
day of a record it falls into a period, and which records count. The registry itself lies in another app; its tests
assert that it knows these words and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from sectors.vocabulary import Accumulation, WordKind

if TYPE_CHECKING:
    from sectors.models import Submission

# What counts a submission anew. The app that has records says so when it is ready, and so do open rows: the catalogue
# knows none of them.
registries: list[Callable[[Submission], object]] = []
# Which of some words of a kind (by their codes) records are filled with; said by it likewise.
word_uses: list[Callable[[str, Collection[str]], set[str]]] = []


def refresh(submission: Submission) -> None:
    """Let every registry count a submission (`sheet` and `period` fetched)."""
    for count in registries:
        count(submission)


@dataclass(frozen=True)
class Countable:
    """What can be said about one kind of record; the first of `days` is meant when none is named.

    `filters` are the kinds of the words that a rule may narrow it by. `amounts` add up. `different` count how many
    different ones there are, each with the name of the measure that counts those the year has not had before, which add
    up again. `shares` are shares and means.
    """

    amounts: frozenset[str]
    filters: Mapping[str, WordKind]
    days: tuple[str, ...]
    different: Mapping[str, str] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()

    @property
    def measures(self) -> frozenset[str]:
        return self.amounts | self.different.keys() | set(self.different.values()) | self.shares

    def plain(self, measure: str) -> str:
        """The measure of which another counts what is new in the year; an empty text for any other."""
        return next((plain for plain, new in self.different.items() if new == measure), "")


SAMPLED = {"programme": WordKind.PROGRAMME, "category": WordKind.CATEGORY, "setting": WordKind.SETTING}
CLOSED = "closed"  # the day of closing; as a measure, how many of those of the first day are closed by now
COUNTABLE = {
    "task": Countable(frozenset({"batches"}), SAMPLED, ("due",)),
    "batch": Countable(
        frozenset({"batches", "samples", "passed", "failed", "batches_passed", "batches_failed", "items"}),
        SAMPLED,
        ("taken", "reported"),
        {"rounds": "new_rounds", "categories": "new_categories", "settings": "new_settings", "places": "new_places"},
        frozenset({"pass_rate"}),
    ),
    "inspection": Countable(
        frozenset({"inspections", "premises", "people", "vehicles", "problems", "with_problems"}),
        {"kind": WordKind.INSPECTION, "premises_type": WordKind.PREMISES_TYPE},
        ("held",),
        {"distinct_premises": "new_premises"},
    ),
    "notice": Countable(
        frozenset({"notices", "problems", "days", CLOSED}),
        {"premises_type": WordKind.PREMISES_TYPE},
        ("issued", CLOSED),
    ),
    "case": Countable(
        frozenset({"cases", "penalty", "days", CLOSED}), {"category": WordKind.CATEGORY}, ("filed", CLOSED)
    ),
    "complaint": Countable(
        frozenset({"complaints", "days", CLOSED}),
        {"channel": WordKind.CHANNEL, "kind": WordKind.COMPLAINT},
        ("accepted", CLOSED),
        shares=frozenset({"mean_days"}),
    ),
}
# What is counted since the start of the year; the rest is counted over its own period.
SINCE_JANUARY = frozenset({Accumulation.CUMULATIVE, Accumulation.STOCK})


def faults(rule: Mapping[str, Any], accumulation: str = Accumulation.FLOW, formula: str = "") -> Iterator[str]:
    """What is wrong with the counting rule of an indicator (its keys are right), as sentences."""
    known = COUNTABLE[rule["of"]]
    if rule["measure"] not in known.measures:
        yield _unknown("measure", rule["measure"], known.measures)
    if rule.get("by", known.days[0]) not in known.days:
        yield _unknown("by", rule["by"], known.days)
    for key in sorted(rule.get("where", {}).keys() - known.filters):
        yield _unknown("where", key, known.filters)
    if formula:
        yield _("It is computed by its formula, so nothing is counted for it: leave one of both out.")
    yield from _misused(known, rule, accumulation)


def _misused(known: Countable, rule: Mapping[str, Any], accumulation: str) -> Iterator[str]:
    """What its periods would not put together rightly."""
    measure = rule["measure"]
    words = {"measure": measure, "new": known.different.get(measure, ""), "plain": known.plain(measure)}
    if measure in known.different and accumulation == Accumulation.FLOW:
        yield (
            _(
                "%(measure)s counts different ones, and periods that are added up would count one that comes again "
                "twice. Write accumulation: cumulative, which counts since January, or measure: %(new)s, which counts "
                "each in the period in which it first comes in the year."
            )
            % words
        )
    if known.plain(measure) and accumulation != Accumulation.FLOW:
        yield (
            _(
                "%(measure)s counts what the year has not had before, for periods that are added up. Write "
                "accumulation: flow, or measure: %(plain)s."
            )
            % words
        )
    if measure in known.shares and accumulation != Accumulation.AVERAGE:
        yield (
            _(
                "%(measure)s is a share or a mean, which cannot be added up or carried on. Write accumulation: average "
                "(a year is then the mean of its periods), or count both of its parts and divide them by a formula, "
                "which is right for a year and for several regions too."
            )
            % words
        )
    if measure == CLOSED and rule.get("by", known.days[0]) == CLOSED:
        yield (
            _(
                "closed says how many of those %(first)s in the period are closed by now: leave by out. What was "
                "closed in the period, whenever it came, is measure: %(all)s with by: closed."
            )
            % {"first": known.days[0], "all": f"{rule['of']}s"}
        )


def mixed_cohorts(rules: Mapping[str, tuple[Mapping[str, Any], str]]) -> str:
    """Why counted indicators (code -> its rule and its accumulation) cannot be put together in one rate; else empty."""
    first: dict[str, tuple[str, str]] = {}
    for code, (rule, _accumulation) in sorted(rules.items()):
        other, day = first.setdefault(rule["of"], (code, rule["by"]))
        if day != rule["by"]:
            words = {"one": other, "day": day, "other": code, "other_day": rule["by"], "of": rule["of"]}
            return (
                _(
                    "%(one)s counts each %(of)s by %(day)s and %(other)s by %(other_day)s: these are not the same, "
                    "and the rate may exceed 100%%. Count both by the same day; how many of them are closed by now is "
                    "measure: closed."
                )
                % words
            )
    spans = {accumulation in SINCE_JANUARY: code for code, (_rule, accumulation) in sorted(rules.items())}
    if len(spans) > 1:
        words = {"year": spans[True], "period": spans[False]}
        return (
            _(
                "%(year)s counts since January and %(period)s its own period, so a rate of both is none of either. "
                "Give both the same accumulation."
            )
            % words
        )
    return ""


def _unknown(key: str, text: object, known: Any) -> str:
    words = {"key": key, "text": text, "known": ", ".join(sorted(known))}
    return _("%(key)s is “%(text)s”; it must be one of: %(known)s.") % words


def words_of(rule: Mapping[str, Any]) -> Iterator[tuple[WordKind, str]]:
    """The words that a completed counting rule names: kind and code."""
    for key, codes in rule["where"].items() if rule else ():
        yield from ((COUNTABLE[rule["of"]].filters[key], code) for code in codes)


def completed(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with its day named and every filter as a list of values."""
    where = {
        key: [str(v) for v in value] if isinstance(value, list) else [str(value)]
        for key, value in rule.get("where", {}).items()
    }
    by = rule.get("by", COUNTABLE[rule["of"]].days[0])
    return {"of": rule["of"], "measure": rule["measure"], "by": by, "where": where}
