"""Fifty people who save cells at once, and what is left of what they were told is saved."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from drills.installation import Installation
from drills.visitors import BROKEN, Answer, Visitor

PEOPLE = 50
# What the database says: the last value of each cell, and all that it ever was.
RECORDED = """
import json
from sectors.models import Figure, FigureChange
now = {row.indicator.code: str(int(row.value)) for row in Figure.objects.select_related("indicator") if row.value}
was = {}
for row in FigureChange.objects.select_related("indicator").order_by("pk"):
    was.setdefault(row.indicator.code, []).append(row.new)
print(json.dumps([now, was]))
"""


@dataclass
class Load:
    """What was asked for and what came back; each person has a cell, and counts up in it."""

    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)  # of answers that refuse
    last_refused: float = 0
    first_after: float = 0

    @property
    def count(self) -> int:
        return sum(map(len, self.acknowledged.values()))


@contextmanager
def saving(site: Installation, sheet: int, column: int = 1) -> Iterator[Load]:
    """People save as long as the block lasts, into cells of a column that is empty."""
    load, is_over = Load(), threading.Event()
    signed_in = site.visitor("clerk")
    threads = [
        threading.Thread(target=_save, args=(load, _same(signed_in), sheet, f"wide.{number}.{column}", is_over))
        for number in range(1, PEOPLE + 1)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        is_over.set()
        for thread in threads:
            thread.join(120)


def lost(site: Installation, load: Load) -> tuple[int, list[str]]:
    """How many acknowledged values are not on record, and cells whose value is not the last one on record."""
    now, was = json.loads(site.run("manage.py", "shell", "--no-imports", "-c", RECORDED).splitlines()[-1])
    missing = sum(value not in was.get(code, []) for code, values in load.acknowledged.items() for value in values)
    torn = [code for code, values in was.items() if now.get(code) != values[-1]]
    return missing, torn


def _same(signed_in: Visitor) -> Visitor:
    """Another window of the same person."""
    found = Visitor(signed_in.address, timeout=60)
    for cookie in signed_in.cookies:
        found.cookies.set_cookie(cookie)
    return found


def _save(load: Load, visitor: Visitor, sheet: int, code: str, is_over: threading.Event) -> None:
    may_stand, number = [""], 0  # whatever may stand in the cell, where an answer did not come
    while not is_over.is_set():
        number += 1
        try:
            answer = visitor.send(
                f"/sheets/{sheet}/cells/", {"figures": {code: str(number)}, "seen": {code: may_stand[-20:]}}
            )
        except BROKEN as error:
            load.answers[type(error).__name__] += 1
            may_stand.append(str(number))
            time.sleep(0.05)
            continue
        load.answers[str(answer.status)] += 1
        if _is_saved(answer, code, number):
            load.acknowledged.setdefault(code, []).append(str(number))
            may_stand = [str(number)]
            load.first_after = load.first_after or (load.last_refused and time.monotonic())
        else:
            load.sentences[answer.text[:300]] += 1
            load.last_refused, load.first_after = time.monotonic(), 0
            may_stand.append(str(number))
            time.sleep(0.1)


def _is_saved(answer: Answer, code: str, number: int) -> bool:
    return answer.status == 200 and answer.json()["stored"].get(code) == str(number)
