"""Findings as a page shows them: with links to their cells, what was said, and what this person may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from sectors.access import can_edit, fits_explaining, may_explain, may_judge, reads_repairs
from sectors.calculation.cells import Cell, formatted, shown
from sectors.calculation.qualifiers import written
from sectors.catalogue.compiled import catalogue
from sectors.checks.findings import CheckKind
from sectors.checks.messages import says_about, worded
from sectors.checks.severities import key_of
from sectors.entry.grid import field_id
from sectors.models import Figure, FindingNote, Indicator, StoredFinding, User
from sectors.vocabulary import GRAVITY, FindingState, Qualifier, Severity

# Style of a state, by severity; the word always stands beside it.
STYLES: dict[str, dict[str, str]] = {
    Severity.ERROR: {
        FindingState.OPEN: "returned",
        FindingState.EXPLAINED: "submitted",
        FindingState.ACCEPTED: "accepted",
        FindingState.CORRECTED: "draft",
    },
    Severity.WARNING: {
        FindingState.OPEN: "soon",
        FindingState.EXPLAINED: "accepted",
        FindingState.ACCEPTED: "accepted",
        FindingState.CORRECTED: "draft",
    },
    Severity.HINT: {FindingState.NOTED: "draft", FindingState.CORRECTED: "draft"},
}
# Kinds whose expected value is computed from other figures; the rest hold a figure against a limit or another period.
COMPUTED = frozenset(
    {CheckKind.SUM, CheckKind.DECLARED, CheckKind.SHARE, CheckKind.ANNUAL, CheckKind.GROWTH, CheckKind.WHOLE}
)
# How many more decimals a computed value is shown with than was declared, so that the difference can be seen.
MORE_PLACES = 2
# How many findings stand beside a sheet: the page asks for them with every cell that is saved.
BESIDE = 200


@dataclass(frozen=True)
class CellLink:
    code: str
    name: str
    text: str  # what stood there when it was judged
    url: str


@dataclass(frozen=True)
class FindingRow:
    """A finding for one person. `typed` and `problem` are words that could not be stored."""

    finding: StoredFinding
    cells: list[CellLink]
    can_explain: bool
    can_judge: bool
    reads_repairs: bool
    is_stale: bool = False  # the figures are others than those that were judged
    is_regraded: bool = False  # the office gave its check another severity than the catalogue has
    typed: str = ""
    problem: str = ""

    @property
    def severity(self) -> str:
        return self.finding.severity

    @property
    def text(self) -> str:
        return worded(self.finding.statement, repairs=self.reads_repairs)

    @property
    def state_style(self) -> str:
        return STYLES[self.finding.severity][self.finding.state]

    @property
    def state_word(self) -> str:
        """The state as what is to be done next."""
        finding = self.finding
        if finding.is_error and finding.state == FindingState.OPEN:
            return _("to be mended or explained")
        if finding.is_error and finding.state == FindingState.EXPLAINED:
            return _("waits for the office")
        if finding.state == FindingState.OPEN:
            return _("needs a reason")
        return str(finding.get_state_display())

    @property
    def is_asked(self) -> bool:
        """Whether it is this person's turn to say something."""
        waits_for = FindingState.EXPLAINED if self.can_judge else FindingState.OPEN
        return (self.can_judge or self.can_explain) and self.finding.state == waits_for

    @property
    def notes(self) -> list[FindingNote]:
        """What was said about the values at hand."""
        return [note for note in _notes(self.finding) if note.basis == self.finding.basis]

    @property
    def old_notes(self) -> list[FindingNote]:
        """What was said about values that have changed since."""
        return [note for note in _notes(self.finding) if note.basis != self.finding.basis]

    @property
    def is_computed(self) -> bool:
        """Whether the declared value stands against one that is computed from other figures."""
        return bool(self.declared and self.expected) and self.finding.kind in COMPUTED

    @property
    def declared(self) -> str:
        return shown(self.finding.declared_text, self.finding.period.year)

    @property
    def expected(self) -> str:
        """With some more decimals than the declared value where they say something."""
        text = formatted(self.finding.expected, self.finding.places + MORE_PLACES)
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return written(text, Qualifier.ABOUT if says_about(self.finding.statement) else Qualifier.EXACT)

    @property
    def reason_label(self) -> str:
        if self.can_judge:
            return _("Reason of the office")
        return (
            _("Reason for this finding")
            if not self.finding.is_error
            else _("Ask the office to accept it, with a reason")
        )


def rows(findings: Iterable[StoredFinding], user: User, typed: str = "", problem: str = "") -> list[FindingRow]:
    """Rows for a person, with one query for all names and one for all figures. Findings come from `for_listing`
    or from `storage.current`."""
    listed = list(findings)
    if not listed:
        return []  # as after most cells that are saved: there is nothing to put queries together for
    codes = {code for finding in listed for code in finding.indicators}
    known = Indicator.objects.filter(code__in=codes).values_list("code", "name", "sheet")
    named = {code: (name, sheet) for code, name, sheet in known}
    now, compiled = _now(listed, codes), catalogue()
    return [
        replace(
            _row(finding, user, named, typed, problem),
            is_stale=_is_stale(finding, now, named, compiled.frequency),
            is_regraded=key_of(finding.kind, finding.rule) in compiled.severities.get(finding.region_id, {}),
        )
        for finding in listed
    ]


def beside_sheet(findings: list[StoredFinding], user: User) -> dict[str, object]:
    """What stands beside a sheet that is being filled: all findings, or the first of very many, the gravest first; as
    those are settled the next come up."""
    first = findings if len(findings) <= BESIDE else sorted(findings, key=lambda one: GRAVITY[one.severity])[:BESIDE]
    hints = sum(finding.is_hint for finding in findings)
    return {
        "findings": rows(first, user),
        "found": len(findings),
        "discrepancies": len(findings) - hints,
        "hints": hints,
    }


def _now(listed: Iterable[StoredFinding], codes: Iterable[str]) -> dict[tuple[int, int, str], str]:
    """What stands by now in the cells that findings name: by region, period and code."""
    regions, periods = {row.region_id for row in listed}, {row.period_id for row in listed}
    rows = Figure.objects.filter(
        region__in=regions, submission__period__in=periods, indicator__code__in=codes
    ).values_list(
        "region", "submission__period", "indicator__code", "state", "value", "places", "qualifier", "as_of", "words"
    )
    return {(region, period, code): Cell._make(cell).stored for region, period, code, *cell in rows}


def _is_stale(
    finding: StoredFinding,
    now: Mapping[tuple[int, int, str], str],
    named: Mapping[str, tuple[str, int]],
    frequency: Callable[[int, int], str],
) -> bool:
    """Not asked where sheets are reported at different times: what was judged is not what stands in cells then."""
    kinds = {frequency(named[code][1], finding.period.year) for code in finding.values if code in named}
    if finding.state == FindingState.CORRECTED or len(kinds) > 1:
        return False
    place = (finding.region_id, finding.period_id)
    return any(now.get((*place, code), "") != judged for code, judged in finding.values.items())


def _row(finding: StoredFinding, user: User, named: dict[str, tuple[str, int]], typed: str, problem: str) -> FindingRow:
    submission = finding.submission
    stands = finding.state != FindingState.CORRECTED
    explainable = finding.state in (FindingState.OPEN, FindingState.EXPLAINED) and fits_explaining(submission)
    return FindingRow(
        finding,
        list(_cells(finding, user, named)),
        can_explain=explainable and may_explain(user, submission),
        can_judge=stands and finding.is_error and may_judge(user, submission),
        reads_repairs=reads_repairs(user),
        typed=typed,
        problem=problem,
    )


def _cells(finding: StoredFinding, user: User, named: dict[str, tuple[str, int]]) -> Iterator[CellLink]:
    """Links to cells of the submission's own sheet; a cell of another sheet is named without one."""
    submission = finding.submission
    for code in finding.indicators:
        name, sheet = named.get(code, (code, 0))
        anchor = field_id(code)
        url = ""
        if sheet == submission.sheet_id and can_edit(user, submission):
            url = f"{reverse('sheet', args=[submission.pk])}#{anchor}"
        elif sheet == submission.sheet_id:
            url = f"{reverse('submission', args=[submission.pk])}?cell={code}#{anchor}"
        yield CellLink(code, name, finding.values.get(code, ""), url)


def _notes(finding: StoredFinding) -> list[FindingNote]:
    """Nothing was said yet about what is not on record."""
    return list(finding.notes.all()) if finding.pk else []
