"""Which findings are on record, which is asked with every cell that is saved (`make bench NAME=entry`)."""

from __future__ import annotations

from sectors.models import Period, StoredFinding, Submission
from sectors.sql.execution import fetch, placeholders
from sectors.sql.names import Aliased
from sectors.vocabulary import FindingState

_g, _p, _s = Aliased(StoredFinding, "g"), Aliased(Period, "p"), Aliased(Submission, "s")

STANDING = [state for state in FindingState if state != FindingState.CORRECTED]
# A submission by its key, with its sheet and the year, kind and number of its period.
SheetPeriod = tuple[int, int, int, str, int]


def has_findings(submission: int) -> bool:
    """Whether any finding stands on record for the submission with the key."""
    statement = f"SELECT 1 FROM {_g} WHERE {_g.submission} = %s AND {_g.state} <> '{FindingState.CORRECTED}' LIMIT 1"
    return bool(fetch(statement, [submission]))


def submissions_with_findings(region: int, year: int) -> list[SheetPeriod]:
    """Submissions of a region, of a year and later, that have findings on record which stand."""
    statement = f"""SELECT DISTINCT {_s.id}, {_s.sheet}, {_p.year}, {_p.kind}, {_p.number} FROM {_g}
        JOIN {_s} ON {_s.id} = {_g.submission} JOIN {_p} ON {_p.id} = {_s.period}
        WHERE {_g.region} = %s AND {_g.state} IN ({placeholders(STANDING)}) AND {_p.year} >= %s"""
    rows: list[SheetPeriod] = fetch(statement, [region, *STANDING, year])
    return rows
