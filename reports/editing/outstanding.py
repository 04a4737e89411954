"""What is open in a draft, source by source (`SOURCES`): steps that nobody took, submissions of its year that are not
accepted yet, broken chains, gaps, numbers without a source, text out of date, comments that wait for an answer.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.chapters import sources
from reports.chapters.evidence import Evidence
from reports.editing import block_comments, open_chain, source_check
from reports.editing.assembly import printed_text
from reports.editing.drafts import Working
from reports.editing.signing import Progress
from reports.vocabulary import StepKind
from sectors import timeliness
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Region, Submission, Unit
from sectors.sql.regions import regions_within
from sectors.vocabulary import Frequency, SubmissionStatus


@dataclass(frozen=True)
class MissingSubmission:
    """A sheet of a `region` (its key) that is wanted and not accepted. Without a `submission` it was never handed out,
    `periods` times."""

    sheet: str
    department: str
    region: int
    submission: Submission | None = None
    periods: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Tells one from another whatever the language."""
        of = self.submission
        return (of.pk, str(of.status)) if of else (self.sheet, self.department, self.periods)

    @property
    def sentence(self) -> str:
        if self.submission is not None:
            what = {"sheet": self.sheet, "department": self.department, "period": self.submission.period.label}
            status = self.submission.get_status_display()
            return _("%(sheet)s, %(period)s, %(department)s: %(status)s") % {**what, "status": status}
        message = _("%(sheet)s, %(department)s: %(periods)d of the year's periods were never opened")
        return message % {"sheet": self.sheet, "department": self.department, "periods": self.periods}


@dataclass(frozen=True)
class Outstanding:
    """How many submissions the year wants, and which of them are not accepted."""

    expected: int
    missing: tuple[MissingSubmission, ...]

    @property
    def accepted(self) -> int:
        return self.expected - sum(item.periods or 1 for item in self.missing)


def of_year(region: Region, year: int) -> Outstanding:
    """Every sheet that the report is made of and that is valid at the end of the year, in each of its periods in which
    it is; one annual submission stands for all of them, as history has it. Three queries."""
    catalogue, last_day = compiled.catalogue(), datetime.date(year, 12, 31)
    by_sheet: dict[tuple[int, int], list[Submission]] = defaultdict(list)
    rows = Submission.objects.filter(region__in=regions_within(region), period__year=year)
    for row in rows.select_related("sheet", "period", "department").order_by("period__kind", "period__number"):
        by_sheet[row.region_id, row.sheet_id].append(row)
    expected = 0
    missing: list[MissingSubmission] = []
    for assignment in sources.wanted(region, year):
        if not assignment.sheet.valid_on(last_day):
            continue
        of_sheet = by_sheet.get((assignment.region_id, assignment.sheet_id), [])
        wanted = _wanted(of_sheet, catalogue.own_periods(assignment.sheet_id, year), year)
        expected += len(wanted)
        counted = [row for row in of_sheet if row.period.key in wanted]
        waiting = [row for row in counted if row.status != SubmissionStatus.ACCEPTED]
        missing += [
            MissingSubmission(str(row.sheet), sources.called(row.department, region), row.region_id, row)
            for row in waiting
        ]
        if never := len(wanted) - len(counted):
            name = sources.called(assignment.department, region)
            missing.append(MissingSubmission(str(assignment.sheet), name, assignment.region_id, periods=never))
    return Outstanding(expected, tuple(missing))


def _wanted(rows: list[Submission], own: Sequence[PeriodKey], year: int) -> Sequence[PeriodKey]:
    is_history = bool(rows) and all(row.period.kind == Frequency.YEAR for row in rows)
    return [PeriodKey.whole(year)] if is_history else own


@dataclass(frozen=True)
class Point:
    """Something that is open: what, as which it is known whatever the language, and where it is dealt with: the
    `block`, a `submission` of the report's own region, or, of a sheet that `was_never_opened` there, the periods."""

    sentence: str
    key: object
    block: str = ""
    submission: Submission | None = None
    was_never_opened: bool = False

    @property
    def is_with_department(self) -> bool:
        """Whether it can be urged; otherwise it waits for the office."""
        of = self.submission
        return of is not None and timeliness.is_with_department(of.status, of.department.signs)


@dataclass(frozen=True)
class State:
    """What the sources look at."""

    working: Working
    progress: Progress
    year: Outstanding
    evidence: Evidence


@dataclass(frozen=True)
class Source:
    """A kind of open point. `page` is where its points are dealt with, the name of an address with the year."""

    name: Promise
    points: Callable[[State], list[Point]]
    page: str


@dataclass(frozen=True)
class Group:
    source: Source
    points: list[Point]


def groups(state: State) -> list[Group]:
    """What is open, by source; those of which nothing is open are left out. A fixed number of queries."""
    found = [Group(source, source.points(state)) for source in SOURCES]
    return [group for group in found if group.points]


def _steps(state: State) -> list[Point]:
    if state.progress.is_approved:
        return []
    missing = {
        StepKind.SENT: _("The draft as it stands was not sent for review."),
        StepKind.REVIEWED: _("Nobody has reviewed the draft as it stands."),
        StepKind.APPROVED: _("No leader has approved the draft as it stands."),
    }
    return [Point(text, str(kind)) for kind, text in missing.items() if state.progress.of(kind) is None]


def _submissions(state: State) -> list[Point]:
    own = state.working.report.region_id
    return [
        Point(
            item.sentence,
            item.key,
            submission=item.submission if item.region == own else None,
            was_never_opened=item.submission is None and item.region == own,
        )
        for item in state.year.missing
    ]


def _chains(state: State) -> list[Point]:
    """Where the report tells of the sector's problems."""
    known = state.working.by_key
    found = ((one, f"problems/micro/{one.sector}") for one in open_chain.of(state.evidence))
    return [Point(one.sentence, one.key, block if block in known else "") for one, block in found]


def _gaps(state: State) -> list[Point]:
    return [
        _sentence(_("%(section)s, “%(text)s”: %(what)s missing"), one)
        for one in source_check.lacking(state.working.printed)
    ]


def _numbers(state: State) -> list[Point]:
    return [
        _sentence(_("%(section)s, “%(text)s”: %(what)s without a source"), one)
        for one in source_check.typed(state.working.printed, Unit.objects.spellings())
    ]


def _sentence(words: str, one: source_check.Sentence) -> Point:
    what = {"section": one.section, "text": _short(one.text), "what": "、".join(one.wanting)}
    return Point(words % what, (one.key, *one.wanting), one.key)


def _stale(state: State) -> list[Point]:
    return [
        Point(
            _("“%(text)s”: what it was written over has changed") % {"text": _short(printed_text(item.block))},
            item.key,
            item.key,
        )
        for item in state.working.placed
        if item.is_stale and not item.hidden
    ]


def _comments(state: State) -> list[Point]:
    return [
        Point(
            _("%(who)s on “%(text)s”: %(said)s")
            % {"who": one.last.by.full_name, "text": _short(one.quoted), "said": _short(one.last.text, 60)},
            (one.key, one.last.pk),
            one.key,
        )
        for one in block_comments.threads(state.working.report)
    ]


def _short(text: str, length: int = 30) -> str:
    return Truncator(text).chars(length)


# In the order of the page. Another kind of what may be open is one more line.
SOURCES = (
    Source(gettext_lazy("Steps that nobody has taken"), _steps, "sign-report"),
    Source(gettext_lazy("Submissions that are not accepted"), _submissions, ""),
    Source(gettext_lazy("Problems, causes and measures that do not go together"), _chains, "draft"),
    Source(gettext_lazy("Sentences that lack figures"), _gaps, "report-sources"),
    Source(gettext_lazy("Numbers without a source"), _numbers, "report-sources"),
    Source(gettext_lazy("Text out of date"), _stale, "draft"),
    Source(gettext_lazy("Comments without an answer"), _comments, "report-comments"),
)
