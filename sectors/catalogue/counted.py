"""How an indicator may be counted from a registry: the words of a catalogue's `counted`, without any registry.

`{of: batch, measure: samples, by: reported, where: {category: produce}}`: of which records, what is measured, by which
day of a record it falls into a period, and which records count. The registry itself lies in another app; its tests
assert that it knows these words and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from sectors.models import Submission

# What counts a submission anew. The app that has records says so when it is ready: this one knows none of them.
registries: list[Callable[[Submission], object]] = []


def refresh(submission: Submission) -> None:
    """Let every registry count a submission (`sheet` and `period` fetched)."""
    for count in registries:
        count(submission)


@dataclass(frozen=True)
class Countable:
    """What can be said about one kind of record; the first of `days` is meant when none is named."""

    measures: frozenset[str]
    filters: frozenset[str]
    days: tuple[str, ...]


COUNTABLE = {
    "task": Countable(frozenset({"batches"}), frozenset({"programme", "category", "setting"}), ("issued",)),
    "batch": Countable(
        frozenset(
            {
                *("batches", "samples", "passed", "failed", "pass_rate", "batches_passed", "batches_failed"),
                *("rounds", "items", "categories", "settings", "places"),
            }
        ),
        frozenset({"programme", "category", "setting"}),
        ("taken", "reported"),
    ),
    "inspection": Countable(
        frozenset({"inspections", "premises", "distinct_premises", "people", "vehicles", "problems", "with_problems"}),
        frozenset({"kind", "premises_type"}),
        ("held",),
    ),
    "notice": Countable(frozenset({"notices", "problems", "days"}), frozenset({"premises_type"}), ("issued", "closed")),
    "case": Countable(frozenset({"cases", "penalty", "days"}), frozenset({"category"}), ("filed", "closed")),
    "complaint": Countable(
        frozenset({"complaints", "days", "mean_days"}), frozenset({"channel", "kind"}), ("accepted", "closed")
    ),
}
KEYS = frozenset({"of", "measure", "by", "where"})


def faults(rule: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a counting rule, as sentences."""
    for key in sorted(rule.keys() - KEYS):
        yield _("Unknown key %(key)s.") % {"key": key}
    known = COUNTABLE.get(str(rule.get("of", "")))
    if known is None:
        yield _unknown("of", rule.get("of", ""), COUNTABLE)
        return
    if rule.get("measure") not in known.measures:
        yield _unknown("measure", rule.get("measure", ""), known.measures)
    if rule.get("by", known.days[0]) not in known.days:
        yield _unknown("by", rule["by"], known.days)
    where = rule.get("where", {})
    for key in sorted(where) if isinstance(where, dict) else ["where"]:
        if key not in known.filters:
            yield _unknown("where", key, known.filters)


def _unknown(key: str, text: object, known: Any) -> str:
    words = {"key": key, "text": text, "known": ", ".join(sorted(known))}
    return _("%(key)s is “%(text)s”; it must be one of: %(known)s.") % words


def completed(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with its day named and every filter as a list of values."""
    where = {
        key: [str(v) for v in value] if isinstance(value, list) else [str(value)]
        for key, value in rule.get("where", {}).items()
    }
    by = rule.get("by", COUNTABLE[rule["of"]].days[0])
    return {"of": rule["of"], "measure": rule["measure"], "by": by, "where": where}
