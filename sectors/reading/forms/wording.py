"""The first wording of a section that is made of a form: each figure after its name, for the office to write better.

Without one the section of the report would have a heading and nothing below it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sectors.reading.forms import words

Node = Mapping[str, Any]
MOST = 40  # figures of a paragraph: what is left out stands in the annex


def wording_of(tables: Sequence[Node]) -> str:
    """A paragraph for each table of a sheet, as catalogue files have tables."""
    paragraphs = (_matrix(table) if "matrix" in table else _list(table) for table in tables)
    return "".join(f"{'；'.join(clauses[:MOST])}。\n" for clauses in map(list, paragraphs) if clauses)


def _list(table: Node) -> Iterator[str]:
    """特种设备在用数1286台（电梯412台、压力容器655台）."""
    for indicator in table["indicators"]:
        parts = "、".join(_said(part["name"], part["code"]) for part in _below(indicator))
        yield _said(indicator["name"], indicator["code"]) + (f"（{parts}）" if parts else "")


def _below(indicator: Node) -> Iterator[Node]:
    for breakdown in indicator.get("parts", ()):
        for part in breakdown["indicators"]:
            yield part
            yield from _below(part)


def _matrix(table: Node) -> Iterator[str]:
    """What the total row says, or of a matrix without one the first column of each row."""
    columns, total = table["columns"], table.get("total_row")
    if total:
        for column in columns:
            if column.get("total", True):
                yield _said(column["name"], f"{table['matrix']}.{total['code']}.{column['code']}")
        return
    for row in table["rows"]:
        yield _said(row["name"], f"{table['matrix']}.{row['code']}.{columns[0]['code']}")


def _said(name: str, code: str) -> str:
    """The last words of a head of several rows, those before it where it says a total: 受理·合计 is 受理."""
    heads = [head for head in name.replace("：", "·").split("·") if head and not words.TOTAL.match(head)] or [name]
    return f"{heads[-1]}{{{{ n('{code}') }}}}"
