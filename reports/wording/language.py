"""The language of wordings: Jinja with what a sentence needs and nothing else.

`faults` finds everything that is wrong with a template without any figures; `compiled` renders one that has none.
How large templates and what they compute may get stands in `reports.wording.limits`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from reports.document.characters import printable
from reports.document.marks import strip_marks
from reports.wording import limits
from reports.wording.arithmetic import (
    ARITHMETIC,
    InexactNumber,
    MissingValue,
    computed,
    decided,
    does_not_go,
    fails,
    is_number,
    printed_number,
    undecided,
)
from reports.wording.failures import about, expressions_of, failure, too_deep, written

# What a sentence needs. No filters, macros or powers: with them a short template can fill the memory or never end.
STATEMENTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign)
EXPRESSIONS = (
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Call, nodes.Getattr, nodes.Getitem, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg),
)
# Functions that leave out what is not there.
LISTS = ("ranked", "listed", "by_size")
# What a template may call, by how many arguments each takes (None: one or more); docs/catalogue.md describes them.
FUNCTIONS: dict[str, int | None] = {
    **dict.fromkeys(
        ("n", "v", "cn", "abs_n", "name", "val", "last", "last_n", "change", "compared", "rose", "fell"), 1
    ),
    **dict.fromkeys(("target", "reached", "span_of"), 1),
    "rows": 2,
    **dict.fromkeys(("has", "as_of", *LISTS), None),
}
# Those that give words or an answer, and no figure.
WORDLESS = ("name", "target", "span_of", "as_of", "has", "rose", "fell", "reached")
VARIABLES = ("year", "last_year", "region", "whole", "span")
# What a template can run into while it is rendered.
FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError)
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
BRACKETS = {"(": ")", "[": "]", "{": "}"}
ENDS = {"end of print statement": "}}", "end of statement block": "%}"}


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which line of the template (from 1)."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line %(line)d: %(message)s") % {"line": self.line, "message": self.message}


@dataclass(frozen=True)
class Item:
    """A present figure, as `ranked` gives it to a template."""

    code: str
    name: str
    value: Decimal
    n: str
    v: str


def _stand_ins(number: Decimal | MissingValue, words: str, items: Sequence[Item]) -> dict[str, object]:
    """What a template may name, each of its functions giving the same whatever it is asked for."""
    functions: dict[str, object] = dict.fromkeys(FUNCTIONS, lambda *_codes: words)
    functions |= dict.fromkeys(("val", "last"), lambda _code: number)
    return dict.fromkeys(VARIABLES, "1") | functions | {"ranked": lambda *codes: [*items] * len(codes)}


# A year with all figures, and one without any.
STAND_INS = (_stand_ins(Decimal(2), "1", [Item("", "1", Decimal(2), "1", "1")]), _stand_ins(MissingValue(), "", []))


class Sandbox(ImmutableSandboxedEnvironment):
    """Reads the attributes of figures and loops only, and computes with numbers; texts are joined, not multiplied."""

    intercepted_unops = frozenset({"-"})

    def __init__(self) -> None:
        # What is constant is not worked out beforehand: this takes longer than rendering it once.
        super().__init__(undefined=StrictUndefined, autoescape=False, optimized=False, finalize=printed_number)
        self.globals = {}
        # Where a template calls them, they are attributes of the environment, which no name of its own can hide.
        self.loop_items = limits.loop_items
        self.short_list = limits.short_list
        self.computed = computed
        self.undecided, self.decided, self.fails = undecided, decided, fails

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, Item | LoopContext) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """A text's `format` is no exception from `is_safe_attribute`."""

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        if isinstance(arg, MissingValue):
            return arg
        if not is_number(arg):
            raise limits.Refused(does_not_go(operator))
        if isinstance(arg, InexactNumber):
            return computed(0, arg, operator, "")
        return super().call_unop(context, operator, arg)

    def marked(self, template: str) -> nodes.Template:
        """The template with its loops and lists bounded, and its lines marked for whoever reads the text."""
        tree = self.parse(plain(template))
        _strip_texts(tree)
        _Bounds().visit(tree)
        for data in tree.find_all(nodes.TemplateData):
            first, *more = data.data.split("\n")
            lines = [f"\n{line_mark(line)}{text}" for line, text in enumerate(more, start=data.lineno + 1)]
            data.data = "".join([first, *lines])
        tree.set_environment(self)
        return tree


class _Bounds(NodeTransformer):
    """Puts what bounds a value around where a template makes it."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        text = written(node) if isinstance(node, nodes.BinExpr) else ""
        self.generic_visit(node)
        if isinstance(node, nodes.For):
            node.iter = _checked("loop_items", node.iter)
        elif isinstance(node, nodes.List) or (isinstance(node, nodes.Tuple) and node.ctx == "load"):
            return _checked("short_list", node)
        elif isinstance(node, nodes.BinExpr) and node.operator in ARITHMETIC:
            sides = [node.left, node.right]
            return _checked("computed", *sides, nodes.Const(node.operator), nodes.Const(text))
        elif isinstance(node, nodes.Not):
            return _asked("fails", node.node)
        elif isinstance(node, nodes.Assign):
            node.node = _asked("decided", node.node)
        elif isinstance(node, nodes.CondExpr) and not node.test.find(nodes.CondExpr) and node.expr2:
            node.expr2 = node.expr2 if _tells(node.expr2) else _where(_asked("fails", node.test), node.expr2)
        elif isinstance(node, nodes.If):
            _bound_branches(node)
        return node


def _bound_branches(node: nodes.If) -> None:
    """Behind a condition that cannot be decided only what tells a figure is printed: words alone would say that it does
    not hold."""
    before = node.test
    for branch in node.elif_:
        own = branch.test
        branch.test = own if _tells(*branch.body) else nodes.And(_asked("fails", before), own, lineno=own.lineno)
        before = nodes.Or(before, own, lineno=own.lineno)
    if node.else_ and not _tells(*node.else_):
        node.elif_ = [*node.elif_, nodes.If(_asked("fails", before), node.else_, [], [], lineno=node.lineno)]
        node.else_ = []


def is_else(node: nodes.Node) -> bool:
    """Whether it is made of an `else`."""
    call = node.test if isinstance(node, nodes.If) else None
    return isinstance(call, nodes.Call) and isinstance(call.node, nodes.EnvironmentAttribute)


def _asked(name: str, condition: nodes.Node) -> nodes.Call:
    """What `decided` or `fails` say of a condition."""
    return _checked(name, _checked("undecided", lineno=condition.lineno), condition)


def _where(condition: nodes.Expr, words: nodes.Expr) -> nodes.CondExpr:
    return nodes.CondExpr(condition, words, nodes.Const("", lineno=words.lineno), lineno=words.lineno)


def _tells(*found: nodes.Node) -> bool:
    """Whether parts of a template print a figure, by a function or by what was set."""
    return any(
        node.name not in (*WORDLESS, *VARIABLES)
        for part in found
        for output in ([part] if isinstance(part, nodes.Expr) else [part, *part.find_all(nodes.Output)])
        for node in _printed_names(output)
    )


def _printed_names(node: nodes.Node) -> Iterator[nodes.Name]:
    """The names in what an expression or an output prints, without those that it only decides by."""
    if isinstance(node, nodes.Name):
        yield node
    elif isinstance(node, nodes.Expr | nodes.Output):
        fields = ("test",) if isinstance(node, nodes.CondExpr) else ()
        for child in node.iter_child_nodes(exclude=fields):
            yield from _printed_names(child)


def _checked(name: str, *values: nodes.Node, lineno: int = 0) -> nodes.Call:
    lineno = lineno or values[0].lineno
    function = nodes.EnvironmentAttribute(name, lineno=lineno)
    return nodes.Call(function, [*values], [], None, None, lineno=lineno)


@lru_cache(maxsize=128)
def compiled(template: str) -> Template:
    """A template in which `faults` found nothing, for rendering."""
    sandbox = Sandbox()
    return sandbox.from_string(sandbox.marked(template))


def plain(template: str) -> str:
    """The template without characters that stand for something in a rendered text, or that no file can hold."""
    return printable(strip_marks(template).replace(LINE, ""))


def line_mark(line: int) -> str:
    return f"{LINE}{line}{LINE}"


class Unreadable(Exception):
    """A template that is no template. `fault` says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(line, message)


@lru_cache(maxsize=128)
def parsed(template: str) -> nodes.Template:
    """For reading only. The same wordings are tried again and again: on every page of theirs and in every report.

    Raises Unreadable.
    """
    if len(template) > limits.LONGEST_TEMPLATE:
        message = _("The wording has %(have)d characters; at most %(most)d are taken.")
        raise Unreadable(1, message % {"have": len(template), "most": limits.LONGEST_TEMPLATE})
    parser = None
    try:
        _check_tokens(plain(template))
        parser = Parser(Sandbox(), plain(template))
        tree = parser.parse()
    except TemplateSyntaxError as error:
        raise Unreadable(error.lineno, _syntax(error.message or "")) from error
    except RecursionError as error:
        raise Unreadable(parser.stream.current.lineno if parser else 1, too_deep()) from error
    for node, depth in limits.by_depth(tree):
        if depth > limits.DEEPEST:
            raise Unreadable(node.lineno, too_deep())
    _strip_texts(tree)
    return tree


def _strip_texts(tree: nodes.Template) -> None:
    """A backslash in a text may have written what was taken out of the template."""
    for node in tree.find_all(nodes.Const):
        if isinstance(node.value, str):
            node.value = plain(node.value)


def _check_tokens(text: str) -> None:
    """What has to be known before the text is parsed: brackets, of which a tree tells nothing and which cost a parser
    most, and numbers, which Python may not read. Raises Unreadable and TemplateSyntaxError."""
    open_brackets = 0
    for line, kind, token in Sandbox().lex(text):
        if kind == "operator":
            open_brackets += (token in BRACKETS) - (token in BRACKETS.values())
            if open_brackets > limits.DEEPEST:
                raise Unreadable(line, too_deep())
        if kind in ("integer", "float") and not (token.isascii() and len(token) <= limits.MOST_DIGITS):
            raise Unreadable(line, _("A number is written with at most %(most)d digits 0 to 9.") % _most_digits())


def _most_digits() -> dict[str, int]:
    return {"most": limits.MOST_DIGITS}


def faults(template: str, codes: Collection[str]) -> list[Fault]:
    """Everything that can be told without figures, by line; `codes` are the indicators there are."""
    try:
        tree = parsed(template)
    except Unreadable as error:
        return [error.fault]
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    found = [fault for node in tree.find_all(nodes.Node) for fault in _faults_of(node, own, codes)]
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in tree.find_all(nodes.Name):
        if node.name in FUNCTIONS and node.ctx == "load" and id(node) not in called:
            found.append(
                Fault(node.lineno, _("%(name)s is written with a code: %(name)s('...').") % {"name": node.name})
            )
    return sorted(set(found or _faults_of_whole(template, tree)), key=lambda fault: (fault.line, fault.message))


def _faults_of(node: nodes.Node, own: set[str], codes: Collection[str]) -> Iterator[Fault]:
    loop = isinstance(node, nodes.For) and (node.recursive or next(node.find_all(nodes.For), None))
    if loop or not isinstance(node, STATEMENTS + EXPRESSIONS):
        what = _("a loop in a loop") if loop else type(node).__name__.lower()
        yield Fault(_line_of(node), _("%(what)s is not allowed in a wording.") % {"what": what})
    elif isinstance(node, nodes.Name):
        yield from _faults_of_name(node, own)
    elif isinstance(node, nodes.Call):
        yield from _faults_of_call(node, own, codes)
    elif isinstance(node, nodes.Const) and isinstance(node.value, int | float) and not limits.is_small(node.value):
        yield Fault(node.lineno, _("A number is written with at most %(most)d digits 0 to 9.") % _most_digits())


def _line_of(node: nodes.Node) -> int:
    """What the parser puts around a statement has no line of its own."""
    return node.lineno or next((child.lineno for child in node.iter_child_nodes() if child.lineno), 1)


def _faults_of_whole(template: str, tree: nodes.Template) -> Iterator[Fault]:
    """What only the whole of a template tells, each part of which is right."""
    if limits.steps(tree) > limits.MOST_STEPS:
        longest = max(tree.find_all(nodes.For), key=limits.steps, default=tree)
        yield Fault(longest.lineno, _("The wording computes too much, most of it here. Say it in fewer words."))
        return
    for world in STAND_INS:
        try:
            limits.printed(compiled(template).generate(world))
        except TemplateSyntaxError as error:
            yield Fault(error.lineno, _syntax(error.message or ""))
        except limits.TooMuch as error:
            yield fault_of(error, template)
        except FAILURES:
            continue  # it may come from the figures, which are none


def fault_of(error: Exception, template: str) -> Fault:
    """What went wrong while a template was rendered."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    line = (lines[-1] if lines else 1) or 1
    if isinstance(error, limits.Refused):
        return Fault(line, str(error))
    expressions = [text for text in expressions_of(parsed(template), line) if not text.isidentifier()]
    return Fault(line, about(expressions[0], failure(error)) if len(expressions) == 1 else failure(error))


def _faults_of_name(node: nodes.Name, own: set[str]) -> Iterator[Fault]:
    if node.ctx == "store" and node.name in (*FUNCTIONS, *VARIABLES):
        yield Fault(node.lineno, _("%(name)s has a meaning already; choose another name.") % {"name": node.name})
    elif node.ctx == "load" and node.name not in {*FUNCTIONS, *VARIABLES, *own, "loop"}:
        yield Fault(node.lineno, _("The name %(name)s is not known.") % {"name": node.name})


def _faults_of_call(node: nodes.Call, own: set[str], codes: Collection[str]) -> Iterator[Fault]:
    function, given = node.node.name if isinstance(node.node, nodes.Name) else "", len(node.args)
    if function and function not in {*FUNCTIONS, *VARIABLES, *own, "loop"}:
        return  # a name that is not known, which is said of it
    if function not in FUNCTIONS or node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield Fault(node.lineno, _("Only the functions of the list are called, each with codes in quotes."))
        return
    wanted = FUNCTIONS[function]
    if given < 1 or (wanted is not None and given != wanted):
        sentence = _("%(name)s(...) takes one code.") if wanted else _("%(name)s(...) takes one or more codes.")
        if function == "rows":
            sentence = _("%(name)s(...) takes a code, and how a row is said: %(name)s('...', '{name}{length}').")
        yield Fault(node.lineno, sentence % {"name": function})
    for argument in node.args[:1] if function == "rows" else node.args:
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
