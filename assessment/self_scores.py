"""What whoever is assessed says of its criteria: points and a remark, all of a form or a file at once or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import telling
from assessment.access import may_self_score
from assessment.models import Run, RunSubject, Score
from assessment.run_guard import check_time, held
from assessment.scoring import CENT, State
from assessment.vocabulary import RunState
from sectors.models import User
from sectors.texts import plain
from sectors.versions import version_of

FIELDS = ("self_score", "remark")
LONGEST = 1000  # characters of a remark


@dataclass(frozen=True)
class SelfScore:
    """What was typed for a criterion; `seen` is the mark of what stood there."""

    points: Decimal | None
    remark: str
    seen: str


class Refused(ValueError):
    """Sentences by the code of the criterion; nothing was stored. `is_stale`: somebody else has written meanwhile."""

    def __init__(self, problems: Mapping[str, str], *, is_stale: bool = False) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems, self.is_stale = problems, is_stale


def mark(score: Score) -> str:
    """What a page or file carries of what it showed."""
    return version_of(score, fields=FIELDS)


def check_open(run: Run) -> None:
    """Raises WrongState."""
    check_time(run, RunState.SELF, "self_until", _("Self-scores"))


@transaction.atomic
def store(*, subject: RunSubject, typed: Mapping[str, SelfScore], by: User) -> int:
    """Returns how many criteria changed. Raises PermissionDenied, WrongState or Refused."""
    run = held(subject.run)
    if not may_self_score(by, subject):
        raise PermissionDenied
    check_open(run)
    limits = {one.code: one.points for one in run.specification.scored(subject.code)}
    rows = {row.criterion: row for row in Score.objects.filter(subject=subject).select_related("self_by")}
    problems, stale, changed = dict[str, str](), dict[str, str](), list[tuple[Score, tuple[str, str, str]]]()
    for code, one in typed.items():
        row = rows.get(code)
        if row is None:
            problems[code] = _("The scheme has no criterion %(code)s.") % {"code": code}
            continue
        remark = plain(one.remark).strip()
        if (row.self_score, row.remark) == (one.points, remark):
            continue
        if one.seen != mark(row):
            stale[code] = _stands(row)
        elif problem := _problem(row, one.points, remark, limits[code]):
            problems[code] = problem
        else:
            told = (code, _said(row.self_score, row.remark), _said(one.points, remark))
            row.self_score, row.remark, row.self_by, row.self_at = one.points, remark, by, timezone.now()
            changed.append((row, told))
    if problems or stale:
        raise Refused({**stale, **problems}, is_stale=bool(stale))
    _write([row for row, _told in changed])
    if changed:
        telling.tell(run, by, [told for _row, told in changed], subject=subject)
    return len(changed)


def _write(rows: Sequence[Score]) -> None:
    Score.objects.bulk_update(rows, ["self_score", "remark", "self_by", "self_at"], batch_size=500)


def _problem(row: Score, points: Decimal | None, remark: str, most: Decimal) -> str:
    if len(remark) > LONGEST:
        return _("A remark has at most %(most)d characters; this one has %(have)d.") % {
            "most": LONGEST,
            "have": len(remark),
        }
    if points is None:
        return ""
    if row.system["state"] == State.EXCLUDED.value:
        return _("This criterion is left out for you, so it takes no score. Empty the field.")
    if not 0 <= points <= most or points != points.quantize(CENT):
        return _("Points are from 0 to %(most)s with at most two decimals.") % {"most": f"{most:f}"}
    return ""


def _stands(row: Score) -> str:
    text = _("%(who)s has stored this meanwhile: %(what)s. Look at it, then send again.")
    return text % {"who": row.self_by or "–", "what": _said(row.self_score, row.remark) or "–"}


def _said(points: Decimal | None, remark: str) -> str:
    return " ".join(part for part in ("" if points is None else f"{points.normalize():f}", remark) if part)
