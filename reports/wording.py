"""Sentences with figures: a sector's wording is a Jinja template in a sandbox that knows only the names below.

Figures pass through the text as marks, so that every printed number keeps its indicator's code.
"""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reports.aggregation import AnnualValue
from reports.document import mark_gap, mark_number, parse_marked, strip_marks
from sectors.kinds import rounded, with_unit

# What a sentence needs. No filters, macros or powers: with them a short template can fill the memory or never end.
STATEMENTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign)
EXPRESSIONS = (
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Call, nodes.Getattr, nodes.Getitem, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg),
)
LONGEST_TEXT = 10_000
# Stands around the number of a template's line in a text that is being rendered.
_LINE = "\ue004"
_LINE_MARK = re.compile(f"{_LINE}([0-9]+){_LINE}")


class WordingError(Exception):
    """A template that cannot be rendered; the message names the sector, the line and what is wrong."""


class UnknownIndicator(TemplateError):
    pass


@dataclass(frozen=True)
class Item:
    """A present figure, as `ranked` gives it to a template."""

    code: str
    name: str
    value: Decimal
    n: str
    v: str


class _Sandbox(ImmutableSandboxedEnvironment):
    """Reads the attributes of figures and loops only, and reckons with numbers; texts may be joined, not multiplied."""

    intercepted_binops = frozenset({"+", "*"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, Item | LoopContext) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        texts = operator == "+" and isinstance(left, str) and isinstance(right, str)
        if not (_is_number(left) and _is_number(right)) and not (texts and len(left + right) <= LONGEST_TEXT):
            raise SecurityError(f"{operator} is not allowed here")
        return super().call_binop(context, operator, left, right)

    def checked(self, template: str) -> nodes.Template:
        """The template with its lines marked. Raises TemplateSyntaxError for what no sentence needs."""
        tree = self.parse(strip_marks(template).replace(_LINE, ""))
        for node in tree.find_all(nodes.Node):
            loop = isinstance(node, nodes.For) and (node.recursive or next(node.find_all(nodes.For), None))
            if loop or not isinstance(node, STATEMENTS + EXPRESSIONS):
                what = "a loop in a loop" if loop else type(node).__name__.lower()
                raise TemplateSyntaxError(f"{what} is not allowed in a wording", node.lineno)
        for data in tree.find_all(nodes.TemplateData):
            first, *more = data.data.split("\n")
            lines = [f"\n{_line_mark(line)}{text}" for line, text in enumerate(more, start=data.lineno + 1)]
            data.data = "".join([first, *lines])
        return tree


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal)


def render(template: str, values: Mapping[str, AnnualValue], *, where: str) -> dict[str, str]:
    """Render to marked paragraphs by the line of the template that they come from.

    `2` is the paragraph of the second line, `2.2` the one it makes the second time round in a loop. `where` names the
    sector in errors. Raises WordingError.
    """
    environment = _Sandbox(undefined=StrictUndefined, autoescape=False)
    environment.globals = dict(_Names(values).functions())
    try:
        paragraphs = _paragraphs(environment.from_string(environment.checked(template)).render())
        for text in paragraphs.values():
            parse_marked(text)  # an index into a text may have cut a mark in two
    except TemplateSyntaxError as error:
        raise WordingError(f"{where}, line {error.lineno}: {error.message}") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise WordingError(f"{where}{_line_of(error)}: {error}") from error
    return paragraphs


def _paragraphs(text: str) -> dict[str, str]:
    """The lines with words in them, by the line number that stands before them."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    _before, *pieces = _LINE_MARK.split(f"{_line_mark(1)}{text}")
    for line, piece in zip(pieces[::2], pieces[1::2], strict=True):
        for words in filter(None, map(str.strip, piece.splitlines())):
            times[line] += 1
            found[line if times[line] == 1 else f"{line}.{times[line]}"] = words
    return found


def _line_mark(line: int) -> str:
    return f"{_LINE}{line}{_LINE}"


def _line_of(error: Exception) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return f", line {lines[-1]}" if lines else ""


class _Names:
    """What a template may call; catalogue/README.md describes each."""

    def __init__(self, values: Mapping[str, AnnualValue]) -> None:
        self.values = values

    def functions(self) -> dict[str, Callable[..., object]]:
        names = ("n", "v", "name", "val", "has", "last", "change", "ranked", "listed")
        return {name: getattr(self, name) for name in names}

    def n(self, code: str) -> str:
        annual = self._find(code)
        return self._printed(annual, with_unit(annual.text, annual.indicator.unit.name))

    def v(self, code: str) -> str:
        annual = self._find(code)
        return self._printed(annual, annual.text)

    def name(self, code: str) -> str:
        return self._find(code).indicator.name

    def val(self, code: str) -> Decimal | None:
        return self._find(code).value

    def has(self, *codes: str) -> bool:
        return all(self._find(code).value is not None for code in codes)

    def last(self, code: str) -> Decimal | None:
        return self._find(code).last

    def change(self, code: str) -> str:
        annual = self._find(code)
        if annual.change is None:
            return ""
        amount = rounded(annual.change, 1)
        if not amount:
            return "，与上年持平"
        verb = "下降" if amount < 0 else "提高" if annual.indicator.unit.is_percent else "增长"
        unit = "个百分点" if annual.indicator.unit.is_percent else "%"
        return f"，较上年{verb}{mark_number(code, f'{abs(amount)}{unit}')}"

    def ranked(self, *codes: str) -> list[Item]:
        return sorted(self._items(codes), key=lambda item: -item.value)

    def listed(self, *codes: str) -> str:
        items = [item.name + item.n for item in self._items(codes) if item.value]
        return "和".join(filter(None, ["、".join(items[:-1]), *items[-1:]]))

    def _items(self, codes: tuple[str, ...]) -> list[Item]:
        found = [(code, self._find(code)) for code in codes]
        return [
            Item(code, annual.indicator.row_name, annual.value, self.n(code), self.v(code))
            for code, annual in found
            if annual.value is not None
        ]

    def _printed(self, annual: AnnualValue, text: str) -> str:
        if annual.not_applicable:
            return "不适用"
        code = annual.indicator.code
        return mark_gap(code, annual.indicator.name) if annual.value is None else mark_number(code, text)

    def _find(self, code: str) -> AnnualValue:
        if code not in self.values:
            raise UnknownIndicator(f"unknown indicator {code}")
        return self.values[code]
