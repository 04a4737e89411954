"""Test items by group, as they are written in one line: “农药残留：毒死蜱、克百威；重金属：铅”. Pure.

One line and no table of its own: so they are typed, carried on, pasted and brought in from Excel like everything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GROUPS, HEAD, ITEMS = re.compile(r"[；;\n]"), re.compile(r"[：:]"), re.compile(r"[、，,]")


@dataclass(frozen=True)
class Group:
    """Items that belong together; without a name where none was written."""

    name: str
    items: tuple[str, ...]


def read(text: str) -> list[Group]:
    """The groups of a line; what is written twice in a group stands once."""
    found = []
    for part in GROUPS.split(text):
        head = HEAD.split(part, maxsplit=1)
        name, listed = (head[0].strip(), head[1]) if len(head) == 2 else ("", part)
        items = tuple(dict.fromkeys(item.strip() for item in ITEMS.split(listed) if item.strip()))
        if name or items:
            found.append(Group(name, items))
    return found


def count(text: str) -> int:
    """How many items there are. A group that names none of its items counts as one."""
    return sum(len(group.items) or 1 for group in read(text))
