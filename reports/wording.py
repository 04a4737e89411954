"""Sentences with figures: a sector's wording is a Jinja template in a sandbox that knows only the names below.

Figures pass through the text as marks, so that every printed number keeps its indicator's code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reports.aggregation import AnnualValue
from reports.document import mark_gap, mark_number, parse_marked
from sectors.kinds import rounded, with_unit


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


def render(template: str, values: Mapping[str, AnnualValue], *, where: str) -> list[str]:
    """Render to marked paragraphs, one a line. `where` names the sector in errors. Raises WordingError."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals = dict(_Names(values).functions())
    try:
        text = environment.from_string(template).render()
        parse_marked(text)  # a filter such as truncate may have cut a mark in two
    except TemplateSyntaxError as error:
        raise WordingError(f"{where}, line {error.lineno}: {error.message}") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise WordingError(f"{where}: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


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
