"""Numbers of one list in a sentence: parts that are more than their whole, shares over 100 %, shares that are not those
of the parts beside them, and decimals of several lengths. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.editing.typed_numbers import TypedNumber, TypedNumbers
from sectors.calculation.cells import formatted

_SENTENCE = re.compile("[^。；！？\n]+")
_OF_WHICH = re.compile("其中|分别为|分别是")
# What is told of a part beside how many there are of it, and what begins a list in the list.
_NO_PART = re.compile("其中|包括|含|完成|合格|办结|整改|查处|增|降|较|比|占|达到|约|每|平均")
_SHARE = re.compile("占(?:比|总数|总量|全部|合计)?的?(?:为)?$")
_ALL = frozenset({Decimal(0), Decimal(100)})  # printed without decimals as a rule


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the numbers that it is about; `whole` is the total of parts, as written."""

    text: str
    seen: tuple[str, ...]
    whole: str = ""


@dataclass(frozen=True)
class _Part:
    """A number of a list and, in brackets or behind a comma, its share in the whole."""

    number: TypedNumber
    share: TypedNumber | None = None


def faults(text: str, numbers: TypedNumbers) -> Iterator[Fault]:
    """Of every sentence of a paragraph."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        there = list(numbers.find(sentence))
        if len(there) > 1:
            yield from _of_parts(sentence, there)
            yield from _of_shares(sentence, there)
            yield from _of_decimals(sentence, there)


def _of_parts(sentence: str, there: Sequence[TypedNumber]) -> Iterator[Fault]:
    for match in _OF_WHICH.finditer(sentence):
        before = [one for one in there if one.end <= match.start() and not _in_brackets(sentence, one)]
        after = [number for number in there if number.start >= match.end()]
        whole = next((one for one in reversed(before) if after and one.unit == after[0].unit), None)
        if whole is None or whole.unit == "%":
            continue
        parts = list(_parts(sentence, match.end(), after, whole.unit))
        total = sum((part.number.value for part in parts), Decimal(0))
        is_all = match[0] != "其中" and len(parts) > 1
        allowed = _tolerance([whole, *(part.number for part in parts)])
        if total - whole.value > allowed or (is_all and whole.value - total > allowed):
            named = "、".join(part.number.text for part in parts)
            said = _("%(whole)s, of which %(parts)s: the parts make %(sum)s.")
            shown = {"whole": whole.text, "parts": named, "sum": f"{total.normalize():f}"}
            yield Fault(said % shown, (whole.text, named), whole.text)
        for part in parts:
            if part.share is not None and whole.value and not _fits(part, whole):
                computed = formatted(part.number.value / whole.value * 100, part.share.places)
                said = _("%(part)s of %(whole)s are %(computed)s%%; %(share)s stands beside it.")
                shown = {"part": part.number.text, "whole": whole.text, "computed": computed, "share": part.share.text}
                yield Fault(said % shown, (whole.text, part.number.text, part.share.text), whole.text)


def _fits(part: _Part, whole: TypedNumber) -> bool:
    """Whether the share is that of the part, each as far as it is written."""
    assert part.share is not None
    low, high = ((part.number.value + sign * _half(part.number)) for sign in (-1, 1))
    least, most = ((whole.value + sign * _half(whole)) for sign in (1, -1))
    slack = _half(part.share)
    if most <= 0:
        return True
    return low / least * 100 - slack <= part.share.value <= high / most * 100 + slack


def _parts(sentence: str, start: int, after: Sequence[TypedNumber], unit: str) -> Iterator[_Part]:
    """The numbers of a list, each with its share where that stands behind it, up to what is not one of it."""
    end = start
    waiting: _Part | None = None
    for number in after:
        words = sentence[end : number.start]
        end = number.end
        is_share = number.unit == "%" and bool(_SHARE.search(words))
        if waiting is not None:
            yield replace(waiting, share=number if is_share else None)
            waiting = None
        if number.unit == "%" or _in_brackets(sentence, number):
            continue
        if number.unit != unit or _NO_PART.search(words):
            return
        waiting = _Part(number)
    if waiting is not None:
        yield waiting


def _in_brackets(sentence: str, number: TypedNumber) -> bool:
    before = sentence[: number.start]
    return before.count("（") > before.count("）")


def _of_shares(sentence: str, there: Sequence[TypedNumber]) -> Iterator[Fault]:
    """Shares of one whole, one after the other: 甲占60%、乙占50%."""
    run: list[TypedNumber] = []
    for number in (*there, None):
        is_share = number is not None and number.unit == "%" and bool(_SHARE.search(sentence[: number.start]))
        if number is not None and is_share:
            between = sentence[run[-1].end : number.start] if run else ""
            if run and not ("、" in between or "，" in between):
                yield from _over(run)
                run = []
            run.append(number)
        elif number is None or number.unit == "%":
            yield from _over(run)
            run = []


def _over(shares: Sequence[TypedNumber]) -> Iterator[Fault]:
    total = sum((share.value for share in shares), Decimal(0))
    if len(shares) > 1 and total - 100 > _tolerance(shares):
        named = "、".join(share.text for share in shares)
        text = _("The shares %(shares)s add up to %(sum)s%%, which is more than 100%%.")
        yield Fault(text % {"shares": named, "sum": f"{total.normalize():f}"}, (named,))


def _of_decimals(sentence: str, there: Sequence[TypedNumber]) -> Iterator[Fault]:
    """Numbers of one unit with nothing but 、 and the next name between them."""
    run: list[TypedNumber] = []
    for number in there:
        between = sentence[run[-1].end : number.start] if run else ""
        if run and (number.unit != run[-1].unit or "、" not in between or "，" in between):
            yield from _mixed(run)
            run = []
        run.append(number)
    yield from _mixed(run)


def _mixed(run: Sequence[TypedNumber]) -> Iterator[Fault]:
    judged = [number for number in run if number.unit != "%" or number.value not in _ALL]
    if len({number.places for number in judged}) > 1:
        named = "、".join(number.text for number in judged)
        yield Fault(_("The numbers of one list have different decimals: %(numbers)s.") % {"numbers": named}, (named,))


def _tolerance(numbers: Sequence[TypedNumber]) -> Decimal:
    """What rounding may make of a sum of these."""
    return sum((_half(number) for number in numbers if number.places), Decimal(0))


def _half(number: TypedNumber) -> Decimal:
    return Decimal(5).scaleb(-number.places - 1) if number.places else Decimal(0)
