"""What went wrong in a wording, in the language of the person and with the expression where it did."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from jinja2 import nodes
from jinja2.exceptions import SecurityError, UndefinedError

from reports.wording.limits import DEEPEST

COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
LONGEST_QUOTE = 60  # characters of an expression that a sentence names


def about(text: str, why: str) -> str:
    """What is said of an expression, which stands before it."""
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return _("“%(text)s”: %(why)s") % {"text": short, "why": why}


def too_deep() -> str:
    return _("This is nested too deeply: at most %(most)d levels, one inside the other.") % {"most": DEEPEST}


def failure(error: Exception) -> str:
    """Python's sentence in the language of the person."""
    if isinstance(error, UndefinedError):
        return _("There is nothing of this name, or at this place of a list. Ask whether it is there before.")
    if isinstance(error, SecurityError):
        return _("Nothing but a figure of ranked(...) and loop has something after a dot.")
    if isinstance(error, ArithmeticError):
        return _("This cannot be computed. Look for a division by 0, and for numbers that become too large.")
    if isinstance(error, RecursionError):
        return too_deep()
    return _("These values do not go together, such as a text and a number. Numbers are given by val('...').")


def expressions_of(tree: nodes.Template, line: int) -> Iterator[str]:
    """What is printed, asked, set and gone over in a line, as the template has it."""
    for node in tree.find_all(nodes.Stmt):
        inner = node.nodes if isinstance(node, nodes.Output) else node.iter_child_nodes(only=("test", "node", "iter"))
        for child in inner:
            if isinstance(child, nodes.Expr) and not isinstance(child, nodes.TemplateData) and child.lineno == line:
                yield written(child)


def written(node: nodes.Node) -> str:
    """An expression as a template has it, without brackets that change nothing."""
    if isinstance(node, nodes.BinExpr):
        sides = (
            f"({written(side)})" if isinstance(side, nodes.BinExpr) else written(side)
            for side in (node.left, node.right)
        )
        return f" {node.operator} ".join(sides)
    if isinstance(node, nodes.UnaryExpr):
        return (
            f"{node.operator} {written(node.node)}"
            if node.operator.isalpha()
            else f"{node.operator}{written(node.node)}"
        )
    if isinstance(node, nodes.Compare):
        return " ".join([written(node.expr), *(f"{COMPARED[one.op]} {written(one.expr)}" for one in node.ops)])
    if isinstance(node, nodes.Const):
        return f"'{node.value}'" if isinstance(node.value, str) else str(node.value)
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{written(node.node)}[{written(node.arg)}]"
    if isinstance(node, nodes.Call):
        return f"{written(node.node)}({', '.join(map(written, node.args))})"
    if isinstance(node, nodes.List | nodes.Tuple):
        return f"[{', '.join(map(written, node.items))}]"
    return "…"
