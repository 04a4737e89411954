"""The language of wordings: Jinja with what a sentence needs and nothing else.

`faults` finds everything that is wrong with a template without any figures; `Sandbox` renders one that has none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reports.document.blocks import strip_marks

# What a sentence needs. No filters, macros or powers: with them a short template can fill the memory or never end.
STATEMENTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign)
EXPRESSIONS = (
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Call, nodes.Getattr, nodes.Getitem, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg),
)
# What a template may call, by how many arguments each takes (None: one or more); docs/catalogue.md describes them.
FUNCTIONS: dict[str, int | None] = {
    **dict.fromkeys(
        ("n", "v", "cn", "abs_n", "name", "val", "last", "last_n", "change", "compared", "rose", "fell"), 1
    ),
    **dict.fromkeys(("target", "reached"), 1),
    **dict.fromkeys(("has", "ranked", "listed", "by_size"), None),
}
VARIABLES = ("year", "last_year", "region", "span")
LONGEST_TEMPLATE = 20_000
LONGEST_TEXT = 20_000
LONGEST_LOOP = 60
# Stands around the number of a template's line in a text that is being rendered.
LINE = "\ue004"
# Jinja's own sentences, for those slips that people make, and how it calls the ends of things.
SYNTAX = (
    (re.compile(r"unexpected '(?P<got>.+)', expected '(?P<wanted>.+)'"), "expected"),
    (re.compile(r"expected token '(?P<wanted>.+)', got '(?P<got>.+)'"), "expected"),
    (re.compile(r"Expected an expression, got '(?P<got>.+)'"), "unexpected"),
    (re.compile(r"unexpected char (?P<got>.+) at"), "unexpected"),
    (re.compile(r"unexpected '(?P<got>.+)'"), "unexpected"),
    (re.compile(r"Encountered unknown tag '(?P<got>.+?)'"), "tag"),
    (re.compile(r"(?i)unexpected end of template"), "open"),
)
ENDS = {"end of print statement": "}}", "end of statement block": "%}"}


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which line of the template (from 1)."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line %(line)d: %(message)s") % {"line": self.line, "message": self.message}


class MissingValue:
    """A figure that is not there: it compares with nothing, counts as false and computes to a missing one again."""

    def __init__(self, gap: str = "") -> None:
        self.gap = gap

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.gap

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, MissingValue)

    def __ne__(self, other: object) -> bool:
        """Nor is it different from anything: a condition on a missing figure does not hold."""
        return False

    def _never(self, other: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never
    __hash__ = object.__hash__


@dataclass(frozen=True)
class Item:
    """A present figure, as `ranked` gives it to a template."""

    code: str
    name: str
    value: Decimal
    n: str
    v: str


class Sandbox(ImmutableSandboxedEnvironment):
    """Reads the attributes of figures and loops only, and computes with numbers; texts are joined, not multiplied."""

    intercepted_binops = frozenset({"+", "-", "*", "/"})
    intercepted_unops = frozenset({"-"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, Item | LoopContext) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, MissingValue) or isinstance(right, MissingValue):
            return left if isinstance(left, MissingValue) else right
        texts = operator == "+" and isinstance(left, str) and isinstance(right, str)
        if not (_is_number(left) and _is_number(right)) and not (texts and len(left + right) <= LONGEST_TEXT):
            raise SecurityError(_("“%(operator)s” does not go with these values.") % {"operator": operator})
        if operator == "/" and isinstance(right, Decimal) and not right:
            return MissingValue()
        return super().call_binop(context, operator, left, right)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        return arg if isinstance(arg, MissingValue) else super().call_unop(context, operator, arg)

    def marked(self, template: str) -> nodes.Template:
        """The template with its loops bounded, and its lines marked for whoever reads the text."""
        tree = self.parse(plain(template))
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Call(nodes.Name("bounded", "load"), [loop.iter], [], None, None, lineno=loop.lineno)
        for data in tree.find_all(nodes.TemplateData):
            first, *more = data.data.split("\n")
            lines = [f"\n{line_mark(line)}{text}" for line, text in enumerate(more, start=data.lineno + 1)]
            data.data = "".join([first, *lines])
        tree.set_environment(self)
        return tree


def plain(template: str) -> str:
    """The template without the characters that stand for something in a rendered text."""
    return strip_marks(template).replace(LINE, "")


def line_mark(line: int) -> str:
    return f"{LINE}{line}{LINE}"


def bounded(items: object) -> Sequence[object]:
    """What a loop may go over. Raises SecurityError for anything but a short list."""
    if not isinstance(items, list | tuple):
        raise SecurityError(_("A loop goes over a list, such as ranked(...) gives it."))
    if len(items) > LONGEST_LOOP:
        raise SecurityError(_("A loop goes round at most %(most)d times.") % {"most": LONGEST_LOOP})
    return items


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@lru_cache(maxsize=128)
def _tree(template: str) -> nodes.Template:
    """For reading only. The same wordings are tried again and again: on every page of theirs and in every report."""
    return Sandbox().parse(plain(template))


def faults(template: str, codes: Collection[str]) -> list[Fault]:
    """Everything that can be told without figures, by line; `codes` are the indicators there are."""
    if len(template) > LONGEST_TEMPLATE:
        message = _("The wording has %(have)d characters; at most %(most)d are taken.")
        return [Fault(1, message % {"have": len(template), "most": LONGEST_TEMPLATE})]
    try:
        tree = _tree(template)
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, _syntax(error.message or ""))]
    except RecursionError:
        return [Fault(1, _("The brackets are nested too deeply."))]
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    found = [fault for node in tree.find_all(nodes.Node) for fault in _faults_of(node, own, codes)]
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in tree.find_all(nodes.Name):
        if node.name in FUNCTIONS and node.ctx == "load" and id(node) not in called:
            found.append(
                Fault(node.lineno, _("%(name)s is written with a code: %(name)s('...').") % {"name": node.name})
            )
    return sorted(set(found), key=lambda fault: (fault.line, fault.message))


def _faults_of(node: nodes.Node, own: set[str], codes: Collection[str]) -> Iterator[Fault]:
    loop = isinstance(node, nodes.For) and (node.recursive or next(node.find_all(nodes.For), None))
    if loop or not isinstance(node, STATEMENTS + EXPRESSIONS):
        what = _("a loop in a loop") if loop else type(node).__name__.lower()
        yield Fault(node.lineno, _("%(what)s is not allowed in a wording.") % {"what": what})
    elif isinstance(node, nodes.Name):
        yield from _faults_of_name(node, own)
    elif isinstance(node, nodes.Call):
        yield from _faults_of_call(node, codes)


def _faults_of_name(node: nodes.Name, own: set[str]) -> Iterator[Fault]:
    if node.ctx == "store" and node.name in (*FUNCTIONS, *VARIABLES):
        yield Fault(node.lineno, _("%(name)s has a meaning already; choose another name.") % {"name": node.name})
    elif node.ctx == "load" and node.name not in {*FUNCTIONS, *VARIABLES, *own, "loop"}:
        yield Fault(node.lineno, _("The name %(name)s is not known.") % {"name": node.name})


def _faults_of_call(node: nodes.Call, codes: Collection[str]) -> Iterator[Fault]:
    if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield Fault(node.lineno, _("Only the functions of the list are called, each with codes in quotes."))
        return
    function, given = node.node.name, len(node.args)
    wanted = FUNCTIONS.get(function, given)
    if given < 1 or (wanted is not None and given != wanted):
        sentence = _("%(name)s(...) takes one code.") if wanted else _("%(name)s(...) takes one or more codes.")
        yield Fault(node.lineno, sentence % {"name": function})
    for argument in node.args:
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str) and argument.value not in codes:
            yield Fault(argument.lineno, _("There is no indicator %(code)s.") % {"code": argument.value})


def _syntax(message: str) -> str:
    """Jinja's sentence in the language of the person, as far as it is one of those that slips lead to."""
    sentences = {
        "expected": _("Here “%(wanted)s” is expected, not “%(got)s”."),
        "unexpected": _("“%(got)s” does not belong here."),
        "tag": _("“%(got)s” is unknown here, or it closes something that is not open."),
        "open": _("Something is open at the end: braces, or an if or for without its end."),
    }
    for pattern, key in SYNTAX:
        match = pattern.search(message)
        if match:
            return sentences[key] % {name: ENDS.get(word, word) for name, word in match.groupdict().items()}
    return message


def codes_named(template: str) -> set[str]:
    """Every text in quotes; among them are the codes of indicators that the template names. Empty when unreadable."""
    try:
        tree = _tree(template)
    except (TemplateSyntaxError, RecursionError):
        return set()
    return {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
