"""What the sheet that closes a year asks beside its questions: why figures fall short, what is done about it, who sees
to it and until when. The only writer of `ShortfallAnswer`; each change leaves a `NarrativeChange`.

Which figures fall short the report knows; it says so when it is ready (`sources`), since this app knows no report.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sectors.calculation import days
from sectors.models import Department, NarrativeChange, ShortfallAnswer, Submission, User
from sectors.texts import LONGEST_TEXT, plain, too_long

PREFIX = "shortfall:"
CAUSE, MEASURE, LEAD, UNTIL = "cause", "measure", "lead", "until"
# By the words of the report, as what falls short is told in them too.
PARTS = {CAUSE: "原因", MEASURE: "措施", LEAD: "牵头部门", UNTIL: "完成时限"}


@dataclass(frozen=True)
class Shortfall:
    """Something of the year that falls short: a key that stays, and what is so, in a sentence."""

    key: str
    problem: str


# What tells the shortfalls that a submission's department has to answer.
sources: list[Callable[[Submission], Sequence[Shortfall]]] = []


@dataclass(frozen=True)
class AskedShortfall:
    """A shortfall with what stands under it so far: texts by part. The lead is the own department until another one is
    named."""

    shortfall: Shortfall
    texts: Mapping[str, str]

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Part, the code that it is sent by, and its text."""
        return [(part, f"{PREFIX}{self.shortfall.key}:{part}", self.texts.get(part, "")) for part in PARTS]

    @property
    def is_answered(self) -> bool:
        return bool(self.texts.get(CAUSE) and self.texts.get(MEASURE))


def closes_year(submission: Submission) -> bool:
    last = submission.period.last_day
    return (last.month, last.day) == (12, 31)


def asked(submission: Submission) -> list[AskedShortfall]:
    """What a submission (`period`, `department` fetched) that closes its year is asked, the gravest first, and before
    it closes nothing. What was answered and falls short no longer is asked no more."""
    if not closes_year(submission):
        return []
    answers = _answers(submission)
    return [
        AskedShortfall(one, _texts(answers.get(one.key)) or {LEAD: submission.department.short_name})
        for source in sources
        for one in source(submission)
    ]


def leads(submission: Submission) -> list[str]:
    """Who may be named as the lead: the departments of the region, by their short names."""
    if not closes_year(submission):
        return []
    return list(
        Department.objects.filter(region=submission.region_id).order_by("code").values_list("short_name", flat=True)
    )


def answered(submission: Submission) -> list[ShortfallAnswer]:
    """What was answered, to be read."""
    return list(submission.shortfall_answers.select_related("lead"))


def _answers(submission: Submission) -> dict[str, ShortfallAnswer]:
    return {answer.shortfall: answer for answer in answered(submission)}


def _texts(answer: ShortfallAnswer | None) -> dict[str, str]:
    """As they are typed."""
    if answer is None:
        return {}
    lead, until = answer.lead.short_name if answer.lead else "", answer.until.isoformat() if answer.until else ""
    return {CAUSE: answer.cause, MEASURE: answer.measure, LEAD: lead, UNTIL: until}


@dataclass
class Written:
    """What became of answers, by the code that they were sent by: what stands there now, what is wrong, and what
    others have written meanwhile."""

    changes: list[tuple[str, str, str]] = field(default_factory=list)  # what, old and new: the writer records them
    stored: dict[str, str] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    conflicts: dict[str, tuple[str, str]] = field(default_factory=dict)  # mine and theirs

    @property
    def changed(self) -> int:
        return len(self.changes)


def write(
    submission: Submission, texts: Mapping[str, str], seen: Mapping[str, Sequence[str]], *, by: User | None
) -> Written:
    """Write answers by code (`shortfall:key:part`). The caller has locked the submission and checked the right."""
    written = Written()
    known = {one.shortfall.key: one for one in asked(submission)}
    by_key: dict[str, dict[str, str]] = {}
    for code, text in texts.items():
        key, _colon, part = code.removeprefix(PREFIX).rpartition(":")
        if key in known and part in PARTS:
            by_key.setdefault(key, {})[part] = plain(text)
        else:
            written.refused[code] = (text, _("This shortfall is not there any more: load the page anew."))
    answers = _answers(submission)
    for key, parts in by_key.items():
        given = answers.get(key) or ShortfallAnswer(
            submission=submission, shortfall=key, lead=submission.department if LEAD not in parts else None
        )
        given.problem = known[key].shortfall.problem
        _take(given, parts, seen, written, by)
    return written


def _take(
    given: ShortfallAnswer,
    parts: Mapping[str, str],
    seen: Mapping[str, Sequence[str]],
    written: Written,
    by: User | None,
) -> None:
    before, changes = _texts(given), []
    for part, mine in parts.items():
        code, there = f"{PREFIX}{given.shortfall}:{part}", before[part]
        if given.pk and code in seen and there not in (mine, *map(plain, seen[code])):
            written.conflicts[code] = (mine, there)
            continue
        try:
            _set(given, part, mine)
        except ValueError as error:
            written.refused[code] = (mine, str(error))
            continue
        written.stored[code] = mine
        if there != mine:
            about = f"{given.problem} {PARTS[part]}"
            changes.append(NarrativeChange(submission_id=given.submission_id, about=about, old=there, new=mine, by=by))
    if changes:
        given.save()
        NarrativeChange.objects.bulk_create(changes)
        written.changes += [(change.about, change.old, change.new) for change in changes]


def _set(given: ShortfallAnswer, part: str, text: str) -> None:
    """Raises ValueError with a sentence."""
    if part == LEAD:
        given.lead = _department(given.submission, text)
    elif part == UNTIL:
        given.until = _day(text)
    elif problem := too_long(text, LONGEST_TEXT):
        raise ValueError(problem)
    else:
        setattr(given, part, text)


def _department(submission: Submission, name: str) -> Department | None:
    found = Department.objects.filter(region=submission.region_id, short_name=name).first() if name else None
    if name and found is None:
        raise ValueError(_("There is no department %(name)s here: choose one from the list.") % {"name": name})
    return found


def _day(text: str) -> datetime.date | None:
    return days.of_text(text) if text else None
