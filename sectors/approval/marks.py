"""Marks: what others had done to a submission when a page was made.

A page carries the mark, and a step that judges what the page showed is taken only while it still stands. What the
person did since does not count: they know it. What a registry counted does, whoever made the record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.models import (
    Attachment,
    CatalogueVersion,
    Comment,
    FigureChange,
    FindingNote,
    NarrativeChange,
    OpenRowChange,
    StoredFinding,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import ChangeSource

KEY = re.compile(r"[0-9]{1,18}")


class Outdated(Exception):
    """The submission is not any more what the page showed."""

    def __init__(self) -> None:
        super().__init__(
            _("Nothing was done: this is not any more what you had before you. Look at it again, then decide.")
        )


@dataclass(frozen=True)
class Mark:
    """Keys of the last rows that others made, how many they resolved and removed, what the sheet asks for, and what the
    checks found."""

    figures: int = 0
    texts: int = 0
    steps: int = 0
    notes: int = 0
    comments: int = 0
    resolved: int = 0
    files: int = 0
    removed: int = 0
    rows: int = 0
    asked: str = ""  # see `CompiledSheet.digest`
    findings: str = ""  # empty where nobody asked

    def __str__(self) -> str:
        return "-".join(map(str, astuple(self)))

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """The mark that a page sent; None for anything else."""
        numbers, digests = (words := text.split("-"))[: len(ROWS)], words[len(ROWS) :]
        if len(numbers) != len(ROWS) or len(digests) != 2 or not all(KEY.fullmatch(word) for word in numbers):
            return None
        values: dict[str, Any] = dict(zip(ROWS, map(int, numbers), strict=True))
        return cls(**values, asked=digests[0], findings=digests[1])

    def stands(self, now: Mark) -> bool:
        """Whether it is the one of now, with what the checks find where that is asked for."""
        return (self if now.findings else replace(self, findings="")) == now

    def with_findings(self, findings: Iterable[StoredFinding]) -> Mark:
        """With the findings that stand beside the sheet, and the values that they judge. What is said about them has
        rows of its own."""
        found = sorted(f"{finding.rule} {finding.severity} {finding.basis}" for finding in findings)
        return replace(self, findings=hashlib.sha256("\n".join(found).encode()).hexdigest()[:16])


# What others did, by the field of a mark: the rows, how to their submission, and what is kept of them.
ROWS = {
    "figures": (FigureChange, "submission", Max("pk")),
    "texts": (NarrativeChange, "submission", Max("pk")),
    "steps": (Transition, "submission", Max("pk")),
    "notes": (FindingNote, "finding__submission", Max("pk")),
    "comments": (Comment, "submission", Max("pk")),
    "resolved": (Comment, "submission", Count("pk")),
    "files": (Attachment, "submission", Max("pk")),
    "removed": (Attachment, "submission", Count("pk")),
    "rows": (OpenRowChange, "submission", Max("pk")),
}


def by_others(field: str, user: User) -> QuerySet[Any]:
    """The rows behind a field of a mark."""
    rows = ROWS[field][0]._default_manager.all()
    if field in ("resolved", "removed"):
        return rows.filter(**{f"{field}_at__isnull": False}).exclude(**{f"{field}_by": user})
    own = Q(by=user)
    if field in ("figures", "rows"):  # what is stored in somebody's name without them is news to them too
        own &= ~Q(source__in=[ChangeSource.REGISTRY, ChangeSource.PROGRAM])
    return rows.exclude(own)


def read(user: User, submissions: Collection[int]) -> dict[int, Mark]:
    """The marks of some submissions, named by their keys, for a person; one query, to be made before anything that a
    page shows is read."""
    fields: dict[str, Coalesce] = {}
    for field, (_model, place, kept) in ROWS.items():
        rows = by_others(field, user).filter(**{place: OuterRef("pk")}).order_by()
        fields[f"mark_{field}"] = Coalesce(Subquery(rows.values(place).annotate(kept=kept).values("kept")), 0)
    version = Subquery(CatalogueVersion.objects.values("version")[:1])
    found = Submission.objects.filter(pk__in=submissions).order_by().annotate(**fields, of_catalogue=version)
    of = ("pk", "of_catalogue", "sheet", "period__year", "period__kind", "period__number")
    return {
        key: replace(Mark(*numbers), asked=catalogue(state).sheet(sheet, PeriodKey(year, kind, number).last_day).digest)
        for key, state, sheet, year, kind, number, *numbers in found.values_list(*of, *fields)
    }


def mark(user: User, submission: int) -> Mark:
    return read(user, [submission]).get(submission, Mark())


def check(seen: str, now: Mark) -> None:
    """Raises Outdated where a page sent another mark, or none."""
    sent = Mark.parse(seen)
    if sent is None or not sent.stands(now):
        raise Outdated
