"""What a wording names, without printing it: the codes of its figures, by the lines that print or depend on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from jinja2 import nodes

from reports.wording.language import LISTS, Unreadable, parsed

_Found = TypeVar("_Found", bound=Hashable)


def codes_named(template: str) -> set[str]:
    """Every text in quotes; among them are the codes of indicators that the template names. Empty when unreadable."""
    try:
        tree = parsed(template)
    except Unreadable:
        return set()
    return {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}


def codes_by_line(template: str) -> Mapping[int, Collection[str]]:
    """The same by the line of the paragraph that they make, or decide about: what stands in a condition, or was set
    before, belongs to each line that depends on it. A paragraph tells of what it does not print, such as that there was
    none."""
    return _by_line(template, _texts)


def lists_by_line(template: str) -> Mapping[int, Collection[Sequence[str]]]:
    """What the template lists or ranks, likewise: the codes of each list."""
    return _by_line(template, _lists)


def _by_line(
    template: str, read: Callable[[nodes.Node], Iterator[tuple[int, _Found]]]
) -> Mapping[int, Collection[_Found]]:
    found: defaultdict[int, dict[_Found, None]] = defaultdict(dict)
    try:
        tree = parsed(template)
    except Unreadable:
        return found
    for line, one in read(tree):
        found[line][one] = None
    for node, lines in _dependent(tree):
        for line in lines:
            found[line] |= dict.fromkeys(one for _line, one in read(node))
    return found


def _dependent(tree: nodes.Template) -> Iterator[tuple[nodes.Node, Collection[int]]]:
    """Conditions, lists of loops and what is set, each with the lines that depend on it."""
    ranges = [(node.test, range(node.lineno, _last_line(node) + 1)) for node in tree.find_all(nodes.If)]
    ranges += [(node.iter, range(node.lineno, _last_line(node) + 1)) for node in tree.find_all(nodes.For)]
    yield from ranges
    for assigned in tree.find_all(nodes.Assign):
        names = _names(assigned.target)
        for other in tree.find_all(nodes.Assign):  # in their order: what is set from it depends on it too
            names |= _names(other.target) if names & _names(other.node) else set()
        lines = {name.lineno for name in tree.find_all(nodes.Name) if name.name in names}
        yield assigned.node, lines.union(*(lines for node, lines in ranges if names & _names(node)))


def _names(node: nodes.Node) -> set[str]:
    return {name.name for name in (node, *node.find_all(nodes.Name)) if isinstance(name, nodes.Name)}


def _texts(node: nodes.Node) -> Iterator[tuple[int, str]]:
    for const in (node, *node.find_all(nodes.Const)):
        if isinstance(const, nodes.Const) and isinstance(const.value, str):
            yield const.lineno, const.value


def _lists(node: nodes.Node) -> Iterator[tuple[int, Sequence[str]]]:
    for call in (node, *node.find_all(nodes.Call)):
        if isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name) and call.node.name in LISTS:
            yield call.lineno, tuple(code for _line, code in _texts(call))


def codes_computed(template: str) -> set[str]:
    """The codes that the template computes with, of whose values a paragraph prints another number."""
    try:
        tree = parsed(template)
    except Unreadable:
        return set()
    computed = tree.find_all((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div))
    return {one.value for node in computed for one in node.find_all(nodes.Const) if isinstance(one.value, str)}


def _last_line(node: nodes.Node) -> int:
    texts = (data.lineno + data.data.rstrip().count("\n") for data in node.find_all(nodes.TemplateData))
    return max(node.lineno, *texts, 0)
