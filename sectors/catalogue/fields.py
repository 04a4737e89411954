"""The fields that an indicator and a matrix column share, a target and a counting rule among them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import counted
from sectors.catalogue.keys import INHERITED
from sectors.catalogue.nodes import Node
from sectors.texts import folded
from sectors.vocabulary import Accumulation, TargetBound, ValueKind


def indicator_fields(node: Node, inherited: dict[str, Any]) -> dict[str, Any]:
    """As the model has them, `unit` by name; `inherited` is what a part has of its total."""
    own = {key: node[key] for key in ("unit", *INHERITED) if node[key] is not None}
    fields = {**INHERITED, **inherited, **own}
    if node["kind"] != ValueKind.NUMBER:
        fields |= of_words(node, fields["unit"])
    return {
        **fields,
        **limits(node),
        "value_kind": node["kind"],
        "options": options(node),
        "signed": fields["signed"] and not node["formula"],
        "formula": node["formula"],
        "rounding": node["rounding"],
        "required": node["required"],
        "help": node["help"],
        "counted": _counted(node, fields["accumulation"]),
        "of_rows": node.values.get("of_rows", ""),
        "is_key": node["key"],
        "is_pass_rate": node["pass_rate"],
        **days(node),
        **_target(node["target"]),
    }


OF_NUMBERS = (
    *("decimals", "change_limit", "signed", "min", "max", "formula", "rounding", "counted"),
    *("key", "pass_rate", "target"),
)


def of_words(node: Node, unit: str) -> dict[str, Any]:
    """What is reported in words has no unit, and is what was reported last."""
    for key in (key for key in OF_NUMBERS if node.has(key)):
        message = _("%(key)s is said of numbers, and this is reported in words (kind: %(kind)s). Leave it out.")
        node.problem(message % {"key": key, "kind": node["kind"]}, key)
    if unit != "1":
        node.problem(_('What is reported in words has no unit: write unit: "1".'), "unit")
    if node.values.get("accumulation") not in (None, Accumulation.STOCK):
        node.problem(_("Of what is reported in words the latest counts: leave accumulation out."), "accumulation")
    return {"decimals": 0, "accumulation": Accumulation.STOCK, "change_limit": None, "signed": False}


def options(node: Node) -> list[list[str]]:
    found = [[code, words] for code, words in node["options"].items()]
    if (node["kind"] == ValueKind.CHOICE) is not bool(found):
        node.problem(_("options are what a choice (kind: choice) has, at least one, and nothing else."), "options")
    seen: set[str] = set()
    for code, words in found:
        alike = {folded(code), folded(words)}
        if not seen.isdisjoint(alike):
            message = _("options has “%(words)s” or “%(code)s” twice, in whatever width or case.")
            node.problem(message % {"words": words, "code": code}, "options")
        seen |= alike
    return found


def limits(node: Node) -> dict[str, Any]:
    """`min` and `max` in the indicator's unit: of what is entered alone."""
    least, most = node["min"], node["max"]
    for key in ("signed", "min", "max") if node.values.get("formula") else ():
        if node[key] not in (None, False):
            message = _("%(key)s says what may be entered, and what has a formula is computed. Leave it out.")
            node.problem(message % {"key": key}, key)
    if least is not None and most is not None and most <= least:
        node.problem(_("max must be greater than min."), "max")
    elif most is not None and most <= 0 and least is None and not node["signed"]:
        node.problem(_("Nothing below 0 may be entered here: with such a max write min too, or signed: true."), "max")
    return {"minimum": least, "maximum": most}


def days(node: Node) -> dict[str, Any]:
    """`valid_from` and `valid_to`, which may both be left out."""
    first, last = node["valid_from"], node["valid_to"]
    if first and last and last < first:
        node.problem(_("valid_to lies before valid_from."), "valid_to")
    return {"valid_from": first, "valid_to": last}


def _target(target: Node | None) -> dict[str, Any]:
    """`target: {at_least: 98}` or `{at_most: 2}`, in the indicator's unit; with `source`, which plan or law sets it,
    and `since`, from when on."""
    if target is None:
        return {"target": None, "target_is": TargetBound.AT_LEAST, "target_source": "", "target_since": ""}
    way = next(way for way in TargetBound.values if target.has(way))
    if target["since"] and not target["source"]:
        target.problem(_("since says from when on a plan or law sets the target: name it as source."), "since")
    return {
        "target": target[way],
        "target_is": way,
        "target_source": target["source"],
        "target_since": target["since"],
    }


def _counted(node: Node, accumulation: str) -> dict[str, Any]:
    """The counting rule of an indicator, completed; empty without one."""
    found = node["counted"]
    if found is None:
        return {}
    rule = {key: found[key] for key in ("of", "measure", "by", "where") if found.has(key)}
    problems = list(counted.faults(rule, accumulation, node["formula"]))
    for problem in problems:
        node.problem(problem, "counted")
    return {} if problems else counted.completed(rule)
