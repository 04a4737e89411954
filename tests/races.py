"""Calls that are made at the same moment, in threads with connections of their own."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.utils import translation

# Seconds between looking and writing, so that the others look meanwhile.
PAUSE = 0.15


def slow_locks(call: Callable[[], Any], pause: float = PAUSE) -> Callable[[], Any]:
    """The call with a pause after every statement that locks rows, so that others take theirs meanwhile."""

    def wait(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if " FOR NO KEY UPDATE" in sql or " FOR UPDATE" in sql:
            time.sleep(pause)
        return result

    def slowed() -> Any:
        with connection.execute_wrapper(wait):
            return call()

    return slowed


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs all in threads that start together; returns what each gave back or raised."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        with translation.override("en"):
            start.wait()
            try:
                results[number] = call()
            except Exception as error:
                results[number] = error
            finally:
                connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def while_looking(table: str, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[list[Any], list[str]]:
    """Runs the second call when the first has read rows of a table, and stands still; what each gave back or raised,
    and which ended when (`first`, `second`)."""
    has_looked, ends = threading.Event(), []

    def wait(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and f'FROM "{table}"' in sql and not has_looked.is_set():
            has_looked.set()
            time.sleep(10 * PAUSE)
        return result

    def look() -> Any:
        with connection.execute_wrapper(wait):
            result = first()
        ends.append("first")
        return result

    def then() -> Any:
        assert has_looked.wait(20)
        result = second()
        ends.append("second")
        return result

    return at_once(look, then), ends
