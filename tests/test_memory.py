"""However deep a loop stands, its calls ask the system for no memory."""

import resource
import threading

from config.memory import with_room

DEPTH = 300  # of frames of some hundred bytes: several pieces of 16 KB
CALLS = 200


def nothing():
    pass


def call_often_at_every_depth(left):
    for _ in range(CALLS):
        nothing()
    if left:
        call_often_at_every_depth(left - 1)


def faults():
    """How often this thread touched memory that it had just been given."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def measured(run):
    """The same in a thread of its own, which begins with pieces of its own."""
    found = []

    def measure():
        before = faults()
        found.append(run())
        found.append(faults() - before)

    thread = threading.Thread(target=measure)
    thread.start()
    thread.join()
    return found


def test_calls_within_it_ask_for_no_memory():
    _said, asked = measured(lambda: with_room(call_often_at_every_depth, DEPTH))
    assert asked < CALLS


def test_it_gives_on_what_is_called_with_and_answered():
    assert with_room(dict, [("a", 1)], b=2) == {"a": 1, "b": 2}
