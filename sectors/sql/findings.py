"""Whether findings are on record, which is asked with every cell that is saved (`make bench NAME=entry`)."""

from __future__ import annotations

from sectors.models import StoredFinding
from sectors.sql.execution import fetch
from sectors.sql.names import Aliased
from sectors.vocabulary import FindingState

_g = Aliased(StoredFinding, "g")


def has_findings(submission: int) -> bool:
    """Whether any finding stands on record for the submission with the key."""
    statement = f"SELECT 1 FROM {_g} WHERE {_g.submission} = %s AND {_g.state} <> '{FindingState.CORRECTED}' LIMIT 1"
    return bool(fetch(statement, [submission]))
