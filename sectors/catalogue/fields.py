"""The keys that an indicator and a matrix column share, a target and a counting rule among them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import counted
from sectors.catalogue.nodes import Node
from sectors.texts import readable
from sectors.vocabulary import Accumulation, Rounding, TargetBound

LONGEST_SOURCE = 80


def indicator_fields(node: Node, inherited: dict[str, Any]) -> dict[str, Any]:
    """The keys an indicator and a matrix column share."""
    accumulation = node.text(
        "accumulation", inherited.get("accumulation", Accumulation.FLOW), choices=Accumulation.values
    )
    formula = node.text("formula", "")
    return {
        "unit": node.text("unit", inherited.get("unit")),
        "decimals": node.number("decimals", inherited.get("decimals", 0)),
        "accumulation": accumulation,
        "formula": formula,
        "rounding": node.text("rounding", Rounding.HALF_UP, choices=Rounding.values),
        "required": node.flag("required", False),
        "change_limit": node.limit("change_limit", inherited.get("change_limit")),
        "help": node.text("help", ""),
        "counted": _counted(node, accumulation, formula),
        "is_key": node.flag("key", False),
        "is_pass_rate": node.flag("pass_rate", False),
        **node.validity(),
        **_target(node),
    }


def _target(node: Node) -> dict[str, Any]:
    """`target: {at_least: 98}` or `{at_most: 2}`, in the indicator's unit; with `source`, which plan or law sets it."""
    if not node.has("target"):
        return {"target": None, "target_is": TargetBound.AT_LEAST, "target_source": ""}
    child = node.child("target")
    named = [key for key in TargetBound.values if child.has(key)]
    if len(named) != 1:
        node.problem(_("target needs either at_least or at_most, with a number."), "target")
    source = child.text("source", "")
    if len(source) > LONGEST_SOURCE:
        child.problem(_("source has more than %(most)d characters.") % {"most": LONGEST_SOURCE}, "source")
    child.finish()
    way = named[0] if named else TargetBound.AT_LEAST
    return {"target": child.decimal(way, "0"), "target_is": way, "target_source": source}


def _counted(node: Node, accumulation: str, formula: str) -> dict[str, Any]:
    """The counting rule of an indicator, completed; empty without one."""
    if not node.has("counted"):
        return {}
    rule = _plain(node.data["counted"])
    is_rule = isinstance(rule, dict)
    problems = list(counted.faults(rule, accumulation, formula)) if is_rule else [_("counted must be a mapping.")]
    for problem in problems:
        node.problem(problem, "counted")
    return {} if problems else counted.completed(rule)


def _plain(data: Any) -> Any:
    """Without the lines that the parser remembers, so that it can be stored."""
    if isinstance(data, dict):
        return {readable(str(key)): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return readable(data) if isinstance(data, str) else data
