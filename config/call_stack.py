"""Room for the frames of Python's calls.

CPython keeps them in pieces of 16 KB: it asks the system for a piece when a call finds no room in the last one, and
gives it back when that call returns. A loop that stands at the end of a piece does so with every call of its body, and
takes up to twice as long as the same loop a little higher or lower.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

FRAME = 140_000  # words of 8 bytes, for which a piece of 2 MB is made: nearly half of it is left to the calls within


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


# Calls a function with so much room that no call within it asks for more. What nobody uses of it takes no memory.
with_room: Callable[..., Any] = FunctionType(_call.__code__.replace(co_stacksize=FRAME), globals(), "with_room")
