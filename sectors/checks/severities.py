"""How grave a finding is in a region whose office gave its check another severity than the catalogue has. Pure.

An office lowers no check so far that an impossible figure would pass unseen: `CHECKS` says how far, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sectors.checks.findings import CheckKind, Finding
from sectors.checks.specs import IndicatorSpec
from sectors.vocabulary import GRAVITY, Severity

ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
CheckKey = tuple[str, str]  # the kind, and the code of a written rule


@dataclass(frozen=True)
class KindOfCheck:
    """The built-in checks of a kind, or written rules: what they ask, their severity, and the lowest that they may
    have, with why it is no lower."""

    name: str | Promise
    asks: str | Promise
    usual: Severity  # written rules have one each
    lowest: Severity
    why: str | Promise = ""
    varies: str | Promise = ""  # where its usual severity is less

    @property
    def choices(self) -> list[Severity]:
        return [severity for severity in Severity if GRAVITY[severity] <= GRAVITY[self.lowest]]


_IMPOSSIBLE = _("No figure can be so, whatever happened: it stays an error.")
_OF_COUNTS = _(
    "Whole counts add up, or one of them is wrong: of these it stays an error. Where figures are measured it may "
    "become a warning."
)
_CUT_OFF = _("cut off: please verify")
_ADDS_UP = _("What is computed of the same figures agrees, or somebody says why not: it stays a warning at least.")
CHECKS: Mapping[str, KindOfCheck] = {
    CheckKind.RULE: KindOfCheck(_("Written rule"), "", ERROR, HINT),
    CheckKind.SUM: KindOfCheck(
        _("Parts and total"), _("Parts add up to their total."), ERROR, WARNING, _OF_COUNTS, varies=_CUT_OFF
    ),
    CheckKind.PART: KindOfCheck(
        _("Part of a total"), _("A part (其中) is at most its total."), ERROR, WARNING, _OF_COUNTS
    ),
    CheckKind.DECLARED: KindOfCheck(
        _("Declared and computed"),
        _("What is declared for a computed indicator is what its figures give."),
        ERROR,
        WARNING,
        _OF_COUNTS,
        varies=_CUT_OFF,
    ),
    CheckKind.SHARE: KindOfCheck(
        _("Shares"), _("The shares of all parts in their whole are 100 %."), ERROR, WARNING, _ADDS_UP, varies=_CUT_OFF
    ),
    CheckKind.BOUND: KindOfCheck(
        _("Bounds"),
        _("No figure is below 0, a count is whole, a share is at most 100 %."),
        ERROR,
        ERROR,
        _IMPOSSIBLE,
    ),
    CheckKind.FALL: KindOfCheck(
        _("Year to date"), _("A year-to-date figure does not fall within a year."), ERROR, WARNING, _ADDS_UP
    ),
    CheckKind.ANNUAL: KindOfCheck(
        _("Year and periods"), _("An annual figure is what the periods of its year make."), ERROR, WARNING, _ADDS_UP
    ),
    CheckKind.GROWTH: KindOfCheck(
        _("Declared growth"),
        _(
            "Where growth is declared, the parts made their total before, too; nothing grows from 0, and what is 0 now "
            "fell by all of it."
        ),
        ERROR,
        WARNING,
        _ADDS_UP,
        varies=_("fallen by 100 % and not 0 now: please verify"),
    ),
    CheckKind.WHOLE: KindOfCheck(
        _("Rate of counts"), _("Some whole number gives a declared rate or growth of counts."), WARNING, HINT
    ),
    CheckKind.CHANGE: KindOfCheck(
        _("Change over time"), _("Against the period before and the same period last year."), WARNING, HINT
    ),
    CheckKind.OUTLIER: KindOfCheck(_("Outlier"), _("Against the last 12 periods."), WARNING, HINT),
    CheckKind.PAST: KindOfCheck(
        _("Usual range"), _("Against the usual range of its own last eight periods."), HINT, HINT
    ),
    CheckKind.SIBLING: KindOfCheck(
        _("Rows of a table"),
        _("What a row has for each of something is less than a hundred times that of other rows and regions."),
        WARNING,
        HINT,
    ),
    CheckKind.BLANK: KindOfCheck(_("Empty cell"), _("A cell that is empty beside filled ones."), WARNING, HINT),
    CheckKind.REQUIRED: KindOfCheck(
        _("Required cell"),
        _("A required cell that is empty."),
        ERROR,
        ERROR,
        _("Without it the report lacks a figure: it stays an error."),
    ),
    CheckKind.REGISTRY: KindOfCheck(_("Registry"), _("A figure is what the registry counts for it."), WARNING, HINT),
}
# Those that stay errors where whole counts are judged.
EXACT = frozenset({CheckKind.SUM, CheckKind.PART, CheckKind.DECLARED})


def key_of(kind: str, rule: str) -> CheckKey:
    """By which an office names the check of a finding."""
    return kind, rule if kind == CheckKind.RULE else ""


def graded(
    found: Iterable[Finding], severities: Mapping[CheckKey, str], indicators: Mapping[str, IndicatorSpec]
) -> list[Finding]:
    """Findings with the severities that their checks have in a region. One that stands for several of the same cause is
    as grave as the gravest of them."""
    return [_graded(finding, severities, indicators) for finding in found]


def _graded(finding: Finding, severities: Mapping[CheckKey, str], indicators: Mapping[str, IndicatorSpec]) -> Finding:
    also = tuple(_graded(one, severities, indicators) for one in finding.also)
    severity = severities.get(key_of(finding.kind, finding.rule), finding.severity)
    if finding.severity == ERROR and finding.kind in EXACT and indicators[finding.indicators[0]].exact:
        severity = ERROR
    gravest = min((severity, *(one.severity for one in also)), key=GRAVITY.__getitem__)
    return replace(finding, severity=gravest, also=also)
