"""What a process that answers many requests tells Python about its memory."""

import gc
from collections.abc import Callable
from types import FunctionType
from typing import Any

FRAME = 140_000  # words of 8 bytes, for which a piece of 2 MB is made: nearly half of it is left to the calls within


def keep_what_is_loaded() -> None:
    """What is loaded now stays, and a page of figures is made of some ten thousand objects that need no collector: with
    Python's own thresholds half of the time of a large table went into looking through all of them again and again.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


# Calls a function with room for the frames of all calls within it. CPython keeps frames in pieces of 16 KB: it asks the
# system for a piece when a call finds no room in the last one, and gives it back when that call returns. A loop that
# stands at the end of a piece does so with every call of its body, and takes up to twice as long as the same loop a
# little higher or lower. What nobody uses of the room takes no memory.
with_room: Callable[..., Any] = FunctionType(_call.__code__.replace(co_stacksize=FRAME), globals(), "with_room")
