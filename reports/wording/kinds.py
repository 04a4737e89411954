"""What a wording may ask of what is reported in words: to print it, and what it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _
from jinja2 import nodes

from reports.wording.language import FUNCTIONS, Fault, parsed

TAKE_WORDS = ("n", "v", "val", "has", "name")


def refusal(code: str) -> str:
    what = {"code": code, "functions": ", ".join(TAKE_WORDS)}
    return _("%(code)s is reported in words: %(functions)s take it, and what computes or compares does not.") % what


def computing_with(template: str, in_words: Collection[str]) -> Iterator[Fault]:
    """Where a readable template computes with, or compares, one of the indicators."""
    for call in parsed(template).find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        if name in FUNCTIONS and name not in TAKE_WORDS:
            for const in call.find_all(nodes.Const):
                if const.value in in_words:
                    yield Fault(call.lineno, refusal(const.value))
