"""How large a wording may be and how much it may compute, so that none can fill the memory or hold up a worker.

What a template says is bounded before it is rendered: its nesting, its numbers, and how many steps it can take at most.
What it computes is bounded by `Sandbox` of `reports.wording.language`, value by value, so that each step is short.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from jinja2 import nodes
from jinja2.exceptions import SecurityError

LONGEST_TEMPLATE = 20_000  # characters
LONGEST_TEXT = 20_000  # characters of what is printed
LONGEST_VALUE = 2_000  # characters of a text that is computed
LONGEST_LIST = 200  # elements, with those of the lists in it
LONGEST_LOOP = 60
DEEPEST = 40
MOST_DIGITS = 30
LARGEST = 10**MOST_DIGITS
# A step is a node of the template: a figure, a sign of arithmetic, a text. In a loop it counts for every time round.
MOST_STEPS = 20_000


class Refused(SecurityError):
    """What a template may not do with the figures that it has; the message is for whoever wrote it."""


class TooMuch(Refused):
    """Something that a template computes is larger than it may be."""


def by_depth(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """All nodes with how deep they lie. Without recursion, so that no depth is too deep to be told."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in node.iter_child_nodes(exclude=("elif_",))]
        if isinstance(node, nodes.If):  # each stands in what is left of the one before
            waiting += [(child, depth + place) for place, child in enumerate(node.elif_, start=1)]


def steps(node: nodes.Node) -> int:
    """How many steps the rendering of a part of a template takes at most. Loops stand in no other loop."""
    return sum(1 for _node in by_depth(node)) + sum(
        (_times(loop) - 1) * sum(1 for _node in by_depth(loop))
        for loop, _depth in by_depth(node)
        if isinstance(loop, nodes.For)
    )


def _times(loop: nodes.For) -> int:
    """How often it goes round at most, as far as the template tells."""
    if isinstance(loop.iter, nodes.List | nodes.Tuple):
        return max(len(loop.iter.items), 1)
    return max(len(loop.iter.args), 1) if isinstance(loop.iter, nodes.Call) else LONGEST_LOOP


def is_small(number: int | float | Decimal) -> bool:
    """Whether it is a number that a sentence may compute with."""
    if isinstance(number, float) and not math.isfinite(number):
        return False
    return not number or 1 / Decimal(LARGEST) < abs(Decimal(number)) < LARGEST


def small(number: int | float | Decimal) -> int | float | Decimal:
    """The same number. Raises TooMuch for one with too many digits."""
    if not is_small(number):
        raise TooMuch(_("The number is too large or too small to compute with."))
    return number


def short(text: str) -> str:
    """The same text. Raises TooMuch for a long one."""
    if len(text) > LONGEST_VALUE:
        raise TooMuch(_("A text that is put together has at most %(most)d characters.") % {"most": LONGEST_VALUE})
    return text


def short_list(items: Sequence[object]) -> Sequence[object]:
    """The same list. Raises TooMuch for one with too many elements, those of lists in it included."""
    waiting, count = [items], 0
    while waiting:
        inner = waiting.pop()
        count += len(inner)
        if count > LONGEST_LIST:
            raise TooMuch(_("A list has at most %(most)d elements.") % {"most": LONGEST_LIST})
        waiting += [item for item in inner if isinstance(item, list | tuple)]
    return items


def loop_items(items: object) -> Sequence[object]:
    """What a loop may go over. Raises Refused for what is no list, TooMuch for a long one."""
    if not isinstance(items, list | tuple):
        raise Refused(_("A loop goes over a list, such as ranked(...) gives it."))
    if len(items) > LONGEST_LOOP:
        raise TooMuch(_("A loop goes round at most %(most)d times.") % {"most": LONGEST_LOOP})
    return items


def printed(pieces: Iterable[str]) -> str:
    """The pieces as one text. Raises TooMuch for a long one."""
    taken: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST_TEXT:
            raise TooMuch(_("The text grows beyond %(most)d characters.") % {"most": LONGEST_TEXT})
        taken.append(piece)
    return "".join(taken)
