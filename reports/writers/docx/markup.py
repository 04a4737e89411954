"""WordprocessingML as text: elements, paragraphs, runs and fields.

A report has some 40,000 elements; as text they are made ten times faster than as objects, and parsed once. Word
refuses children in the wrong order, so whatever is made here has its children in the order of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from reports.document.blocks import Gap, Run
from reports.writers.docx.styles import style_id
from reports.writers.typography import MINUS, printed

_SPACE = ' xml:space="preserve"'
# Of the signs that both scripts have, the minus goes with its number, and quotes and dashes take the East Asian font.
_BELOW_ZERO = re.compile(f"({MINUS}[0-9.]+)")
_EAST_ASIAN = '<w:rFonts w:hint="eastAsia"/>'
_HIGHLIGHT = '<w:highlight w:val="yellow"/>'


def element(tag: str, *children: str, **attributes: str | int) -> str:
    """An element of the w: namespace with attributes of the same."""
    named = "".join(f' w:{name}="{escape(str(value))}"' for name, value in attributes.items())
    content = "".join(children)
    return f"<w:{tag}{named}>{content}</w:{tag}>" if content else f"<w:{tag}{named}/>"


def text_run(text: str, highlight: bool = False) -> str:
    """Text as one w:r, or as several around numbers below zero."""
    parts = enumerate(_BELOW_ZERO.split(printed(text)))  # every second one is such a number
    return "".join(run(_text(part), highlight, "" if place % 2 else _EAST_ASIAN) for place, part in parts)


def run(content: str, highlight: bool = False, hint: str = _EAST_ASIAN) -> str:
    """A w:r of markup."""
    properties = hint + (_HIGHLIGHT if highlight else "")
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{content}</w:r>"


def _text(text: str) -> str:
    lines = escape(text, quote=False).split("\n")
    return "<w:br/>".join(f"<w:t{_SPACE}>{line}</w:t>" for line in lines)


def runs(content: Iterable[Run]) -> str:
    """The runs of a paragraph; a gap is highlighted."""
    return "".join([text_run(run.text, isinstance(run, Gap)) for run in content])


def paragraph(style: str, *content: str, break_before: bool = False, section: str = "", **direct: str | int) -> str:
    """A paragraph of a style, with what it has of its own: see `_properties`. `section` ends a section with it."""
    return f"<w:p>{_properties(style, break_before, section, **direct)}{''.join(content)}</w:p>"


@lru_cache(maxsize=512)
def _properties(
    style: str,
    break_before: bool,
    section: str,
    *,
    keep_next: bool = False,
    keep_lines: bool = False,
    before: int = -1,
    left: int = 0,
    hanging: int = 0,
    align: str = "",
    inset: str = "",
) -> str:
    """`keep_next`: on a page with what follows. `keep_lines`: itself on one page. `before`: space over it. `left`:
    indent, of which the first line goes back by `hanging`. `align`: left, center or right. `inset`: a side to stand at,
    one character in."""
    parts = [element("pStyle", val=style_id(style))]
    if keep_next:
        parts.append(element("keepNext"))
    if keep_lines:
        parts.append(element("keepLines"))
    if break_before:
        parts.append(element("pageBreakBefore"))
    if before >= 0:
        parts.append(element("spacing", before=before))
    if left:
        parts.append(element("ind", left=left, **({"hanging": hanging} if hanging else {})))
    if inset:
        parts.append(element("ind", **{f"{inset}Chars": 100, inset: 280}))
    if align or inset:
        parts.append(element("jc", val=align or inset))
    return element("pPr", *parts, section)


def contents_mark(entry: str, level: int) -> str:
    """A field that nobody sees: what the table of contents lists here, where that is not the heading as it stands."""
    quoted = entry.replace("\\", "\\\\").replace('"', '\\"')
    inner = (
        element("fldChar", fldCharType="begin"),
        _instruction(f'TC "{quoted}" \\l {level}'),
        element("fldChar", fldCharType="end"),
    )
    return "".join(f"<w:r><w:rPr><w:vanish/></w:rPr>{part}</w:r>" for part in inner)


def field(instruction: str, shown: str) -> str:
    """The runs of a field whose result is already there."""
    return field_start(instruction) + text_run(shown) + FIELD_END


def field_start(instruction: str) -> str:
    begin, separate = (element("fldChar", fldCharType=kind) for kind in ("begin", "separate"))
    return run(begin) + run(_instruction(instruction)) + run(separate)


def _instruction(text: str) -> str:
    return f"<w:instrText{_SPACE}> {escape(text, quote=False)} </w:instrText>"


FIELD_END = run(element("fldChar", fldCharType="end"))
