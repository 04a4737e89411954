"""Which statements write, and into which table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# Also behind WITH; a row that is only locked (FOR UPDATE) is none that is written.
WRITES = re.compile(
    r"\s*(?:WITH\b.*?\b)?"
    r'(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|(?<!FOR\s)(?<!KEY\s)UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?)\s+"?(\w+)',
    re.IGNORECASE | re.DOTALL,
)
# What a visit leaves of itself: the session, when a program last asked, and who took what out or read the audit record.
OF_THE_VISIT = re.compile(r'\S+ (?:INTO |FROM )?"(?:accounts_session"|audit_event"|reports_apitoken" SET "last_used")')


@contextmanager
def noted(found: list[str], *, refused: bool = False) -> Iterator[None]:
    """Notes statements that write more than a visit does; `refused` ones raise AssertionError instead."""

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not OF_THE_VISIT.match(sql):
            found.append(sql[:120])
            assert not refused, sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
