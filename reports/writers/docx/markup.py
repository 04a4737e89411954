"""WordprocessingML as text: elements, paragraphs, runs and fields.

A report has some 40,000 elements; as text they are made ten times faster than as objects, and parsed once. Word
refuses children in the wrong order, so whatever is made here has its children in the order of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape

from reports.document.blocks import Gap, NotedNumber, NoteMark, Run
from reports.writers.docx.styles import NOTE_MARK, style_id
from reports.writers.typography import MINUS, flowing

_SPACE = ' xml:space="preserve"'
# Of the signs that both scripts have, the minus goes with its number, and quotes and dashes take the East Asian font.
_BELOW_ZERO = re.compile(f"({MINUS}[0-9.]+)")
_EAST_ASIAN = '<w:rFonts w:hint="eastAsia"/>'
# The ids of their bookmarks, behind those of the headings.
_NOTE_BOOKMARKS = 100_000
_HIGHLIGHT = '<w:highlight w:val="yellow"/>'


def element(tag: str, *children: str, **attributes: str | int) -> str:
    """An element of the w: namespace with attributes of the same."""
    named = "".join(f' w:{name}="{escape(str(value))}"' for name, value in attributes.items())
    content = "".join(children)
    return f"<w:{tag}{named}>{content}</w:{tag}>" if content else f"<w:{tag}{named}/>"


def text_run(text: str, highlight: bool = False) -> str:
    """Text as one w:r, or as several around numbers below zero."""
    parts = enumerate(_BELOW_ZERO.split(flowing(text)))  # every second one is such a number
    return "".join(run(_text(part), highlight, "" if place % 2 else _EAST_ASIAN) for place, part in parts)


def run(content: str, highlight: bool = False, hint: str = _EAST_ASIAN) -> str:
    """A w:r of markup."""
    properties = hint + (_HIGHLIGHT if highlight else "")
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{content}</w:r>"


def _text(text: str) -> str:
    lines = escape(text, quote=False).split("\n")
    return "<w:br/>".join(f"<w:t{_SPACE}>{line}</w:t>" for line in lines)


def runs(content: Iterable[Run]) -> str:
    """The runs of a paragraph; a gap is highlighted, and the marks of a figure's notes stand behind it."""
    return "".join([text_run(run.text, isinstance(run, Gap)) + marks(run) for run in content])


def marks(run: Run) -> str:
    """Those of a figure's notes, which stand behind it."""
    return "".join(map(_mark, run.marks)) if isinstance(run, NotedNumber) else ""


def _mark(mark: NoteMark) -> str:
    if not mark.number:
        return _note_run(_text(mark.text))
    name = f"_RefNote{mark.number}"
    if not mark.note:
        return _note_run(_text("[")) + field(f"NOTEREF {name} \\h", str(mark.number), _note_run) + _note_run(_text("]"))
    start = element("bookmarkStart", id=_NOTE_BOOKMARKS + mark.number, name=name)
    reference = _note_run(element("footnoteReference", id=mark.number))
    end = element("bookmarkEnd", id=_NOTE_BOOKMARKS + mark.number)
    return _note_run(_text("[")) + start + reference + end + _note_run(_text("]"))


def _note_run(content: str) -> str:
    """A w:r of the number of a footnote."""
    return f"<w:r><w:rPr>{element('rStyle', val=style_id(NOTE_MARK))}{_EAST_ASIAN}</w:rPr>{content}</w:r>"


def footnote(mark: NoteMark) -> str:
    """The footnote that the mark leads to. Its number comes first, which LibreOffice counts on."""
    number = _note_run(element("footnoteRef"))
    return element("footnote", paragraph("footnote text", number, text_run(f" {mark.note}")), id=mark.number)


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


def field(instruction: str, shown: str, made: Callable[[str], str] = run) -> str:
    """The runs, `made` of their content, of a field whose result is already there."""
    return field_start(instruction, made) + made(_text(shown)) + made(element("fldChar", fldCharType="end"))


def field_start(instruction: str, made: Callable[[str], str] = run) -> str:
    begin, separate = (element("fldChar", fldCharType=kind) for kind in ("begin", "separate"))
    return made(begin) + made(_instruction(instruction)) + made(separate)


def _instruction(text: str) -> str:
    return f"<w:instrText{_SPACE}> {escape(text, quote=False)} </w:instrText>"


FIELD_END = run(element("fldChar", fldCharType="end"))
