"""Drafts of a report: begun from the figures of a year, generated anew from later ones; the only writer of `Draft`,
and of where an `Edit` stands once its generated block is gone or another one's.

What the office wrote is kept: an edit belongs to the key of its block, not to a draft.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_edit, may_write
from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import AnnexChoice, Cover, Document, block_key, format_date
from reports.document.figures import FigureUsed
from reports.editing import assembly, audiences, comparison, moved_lines, steps
from reports.editing.assembly import Placed
from reports.editing.audiences import Printing
from reports.editing.steps import WrongState as WrongState
from reports.models import AnnualReport, BlockComment, Draft, Edit, EditChange
from sectors.models import Region, User


@dataclass(frozen=True)
class Working:
    """A draft report as it stands: the last generated document, and what the office made of it."""

    report: AnnualReport
    draft: Draft
    generated: Document
    edits: list[Edit]

    @cached_property
    def placed(self) -> list[Placed]:
        return assembly.assemble(self.generated, self.edits, self.report.order)

    @cached_property
    def by_key(self) -> dict[str, Placed]:
        return {item.key: item for item in self.placed}

    @cached_property
    def figures(self) -> dict[str, FigureUsed]:
        return {figure.code: figure for figure in self.generated.figures}

    @property
    def stale(self) -> int:
        """How many texts of the office need a look, because of what has changed since they were written."""
        return sum(item.is_stale for item in self.placed if not item.hidden)

    def document(self, note: str | None = None) -> Document:
        """With the blocks of all audiences; a draft says on its cover which one it is."""
        words = draft_note(self.report, self.draft.number) if note is None else note
        front = assembly.Front(self.report.title, self.report.issuer, format_date(self.report.dated), words)
        choices = tuple(AnnexChoice(*choice) for choice in self.report.annexes)
        return replace(assembly.finished(self.generated, self.placed, front), annexes=choices)

    @cached_property
    def printing(self) -> dict[str, Printing]:
        """Which editions print a block, by its key; of what is hidden too, as if it were shown."""
        return audiences.printing([item.block for item in self.placed], self.document())

    @property
    def printed(self) -> list[Placed]:
        """What any edition prints."""
        return [item for item in self.placed if self.printing[item.key].printed]

    def printed_for(self, audience: str) -> list[Placed]:
        return [item for item in self.placed if audience in self.printing[item.key].printed]


def draft_note(report: AnnualReport, number: int) -> str:
    """What stands on the cover; the report is Chinese whatever the language of the interface."""
    return f"（{edition_words(report)}草稿第{number}稿）"


def edition_words(report: AnnualReport) -> str:
    return f"第{report.edition}版" if report.edition > 1 else ""


def load(report: AnnualReport) -> Working:
    """The draft report with everything that it is made of: two queries."""
    draft = report.drafts.order_by("number").last()
    if draft is None:
        raise WrongState(_("This report has no draft."))
    edits = list(report.edits.select_related("by__department").order_by("pk"))
    return Working(report, draft, _generated(draft.generated), edits)


@lru_cache(maxsize=4)
def _generated(text: str) -> Document:
    """Read once for all requests: what is generated does not change, and reading takes most of the time of a page."""
    return snapshots.load(text)


def lock(report: AnnualReport, by: User) -> AnnualReport:
    """`hold` for whoever edits it. Raises PermissionDenied too."""
    if not may_edit(by, report):
        raise PermissionDenied
    return hold(report)


def hold(report: AnnualReport) -> AnnualReport:
    """The row of a draft report, until the transaction ends. Raises WrongState for an issued one."""
    locked = AnnualReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    if not locked.is_draft:
        raise WrongState(_("This report has been issued meanwhile. What is issued is not changed; it can be revised."))
    return locked


def begin(*, region: Region, year: int, by: User, day: datetime.date | None = None) -> AnnualReport:
    """The first edition of the region's year as draft no. 1.

    Raises PermissionDenied, analysis.NoData, WordingError, and WrongState where there is a report already.
    """
    if not may_write(by, region):
        raise PermissionDenied
    document = build.build(region, year, day=day or timezone.localdate())
    if AnnualReport.objects.filter(region=region, year=year).exists():
        raise WrongState(_("There is a report of this year already."))
    return create(document, region=region, edition=1, by=by, day=day)


def create(
    document: Document,
    *,
    region: Region,
    edition: int,
    by: User,
    day: datetime.date | None = None,
    revision_reason: str = "",
) -> AnnualReport:
    """Write an edition with its first draft. Raises WrongState when somebody else was faster."""
    title, issuer = _cover(document)
    try:
        with transaction.atomic():
            report = AnnualReport.objects.create(
                region=region,
                year=document.year,
                edition=edition,
                title=title,
                issuer=issuer,
                dated=day or timezone.localdate(),
                created_by=by,
                revision_reason=revision_reason,
            )
            draft = Draft.objects.create(report=report, number=1, by=by, generated=snapshots.dump(document))
            _tell(draft, revision_reason)
    except IntegrityError as error:
        raise WrongState(_("There is a draft of this year already.")) from error
    return report


def _cover(document: Document) -> tuple[str, str]:
    """Title, a line each, and issuing body as they are generated."""
    cover = next(block for block in document.front if isinstance(block, Cover))
    return "\n".join(cover.title_lines), cover.issuer


def _renew_cover(working: Working, new: Document) -> None:
    """What the office did not write itself is taken from the new draft."""
    report, names = working.report, ("title", "issuer")
    pairs = zip(names, _cover(working.generated), _cover(new), strict=True)
    renewed = {name: after for name, before, after in pairs if getattr(report, name) == before != after}
    if renewed:
        AnnualReport.objects.filter(pk=report.pk).update(**renewed)


def take_over(before: Working, report: AnnualReport) -> None:
    """Give a new edition what the office wrote for the one before."""
    words = ("title", "issuer", "order", "annexes")
    AnnualReport.objects.filter(pk=report.pk).update(**{name: getattr(before.report, name) for name in words})
    fields = (
        "key",
        "text",
        "quotes",
        "basis",
        "hidden",
        "readers",
        "added",
        "level",
        "shows",
        "after",
        "version",
        "at",
        "by_id",
    )
    rows = (Edit(report=report, **{name: getattr(edit, name) for name in fields}) for edit in before.edits)
    Edit.objects.bulk_create(rows)


def regenerate(*, report: AnnualReport, by: User, seen: int, steps_seen: int | None = None) -> Draft:
    """The next draft, from the figures of now; `seen` is the number of the draft that the person looked at, and
    `steps_seen` the last of its steps.

    Raises PermissionDenied, WrongState when somebody generated one or took a step meanwhile, analysis.NoData,
    WordingError.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    document = build.build(report.region, report.year, day=timezone.localdate())
    with transaction.atomic():
        working = load(lock(report, by))
        refuse_older(working, seen)
        steps.refuse_unseen(working.report, steps_seen)
        steps.void(working.report, by)
        Draft.objects.filter(pk=working.draft.pk).update(left=snapshots.dump(working.document()))
        _anchor(_follow(working, document), document)
        _renew_cover(working, document)
        draft = Draft.objects.create(
            report=working.report,
            number=seen + 1,
            by=by,
            changed=len(comparison.figures_of_one_year(working.generated.figures, document.figures)),
            generated=snapshots.dump(document),
        )
        _tell(draft)
        return draft


def _tell(draft: Draft, reason: str = "") -> None:
    changes = [("draft", draft.number - 1 or None, draft.number)]
    region = draft.report.region_id
    record.write(EventKind.REPORT, draft.report, changes=changes, by=draft.by, region=region, reason=reason)


def refuse_older(working: Working, seen: int) -> None:
    """Raises WrongState when another draft than number `seen` was generated meanwhile."""
    if working.draft.number != seen:
        message = _("Draft no. %(number)d was generated meanwhile, by %(who)s. Look at it first.")
        raise WrongState(message % {"number": working.draft.number, "who": working.draft.by.full_name})


def _follow(working: Working, new: Document) -> Working:
    """Give what the office did to a sentence that stands in another line by now to the key of that line."""
    keys = moved_lines.moved_lines(working.generated, new, working.draft.number)
    if not keys:
        return working
    report = working.report
    # In two steps, because one may get the key that another one gives up.
    steps = ({old: f"~{key}" for old, key in keys.items()}, {f"~{key}": key for key in keys.values()})
    for old, key in (pair for step in steps for pair in step.items()):
        Edit.objects.filter(report=report, key=old).update(key=key)
        Edit.objects.filter(report=report, after=old).update(after=key)
        EditChange.objects.filter(report=report, key=old).update(key=key)
        BlockComment.objects.filter(report=report, key=old).update(key=key)
    report.order = [keys.get(key, key) for key in report.order]
    AnnualReport.objects.filter(pk=report.pk).update(order=report.order)
    edits = list(report.edits.select_related("by__department").order_by("pk"))
    return Working(report, working.draft, moved_lines.renamed(working.generated, keys), edits)


def _anchor(working: Working, new: Document) -> None:
    """What the office wrote and what is not generated any more keeps its place: behind what it stood behind."""
    staying = {block_key(block) for block in new.body}
    rows = {edit.key: edit for edit in working.edits if edit.added or edit.text is not None}
    for key, before in _before(working.placed, staying.union(rows)):
        if key in rows and rows[key].after != before:
            Edit.objects.filter(pk=rows[key].pk).update(after=before)


def _before(placed: Iterable[Placed], staying: set[str]) -> Iterable[tuple[str, str]]:
    """Each key with the one that it stands behind, of those that stay."""
    last = ""
    for item in placed:
        yield item.key, last
        last = item.key if item.key in staying else last
