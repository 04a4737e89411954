"""Whether findings are on record."""

from __future__ import annotations

from sectors.sql.execution import fetch


def has_findings(submission: int) -> bool:
    """Whether any finding stands on record."""
    return bool(
        fetch(
            "SELECT 1 FROM sectors_storedfinding WHERE submission_id = %s AND state <> 'mended' LIMIT 1", [submission]
        )
    )
