"""Writes a `Document` as a PDF with the look of the Word file, by typst, on a server without Word.

Fonts: those of the standard where the server has them (of the system, or in the folders of `FONT_PATHS`); else what a
package brings along, so that Chinese is always there. The same document gives the same bytes on the same server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

from reports.document import footnotes
from reports.document.blocks import (
    DEMO_WORD,
    Block,
    Chart,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    NotedNumber,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
)
from reports.writers import pagination, qr
from reports.writers import svg as drawings
from reports.writers.pagination import Measures
from reports.writers.text_metrics import RAISED
from reports.writers.typography import flowing, printed

_TEMPLATE = Path(__file__).with_name("report.typ")
_LATIN = ("Times New Roman", "Liberation Serif", "Tinos", "Libertinus Serif")
# By preference. The first ones are those of the standard; the last one is always there.
_SERIF, _SANS = "Noto Serif SC", "Noto Sans SC"
_FONTS = {
    "fang": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong", "FandolFang R", "FandolFang", _SERIF),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "STKaiti", "FandolKai", _SERIF),
    "hei": ("SimHei", "STHeiti", "FandolHei", "Noto Sans CJK SC", _SANS),
    "song": ("SimSun", "STSong", "FandolSong", "Noto Serif CJK SC", _SERIF),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "SimSun", "Noto Serif CJK SC", _SERIF),
}


def write_pdf(document: Document, target: str | Path | BinaryIO) -> None:
    """Write the document to a path or a binary stream."""
    content = render(document, _fonts(tuple(settings.FONT_PATHS)))
    if isinstance(target, str | Path):
        Path(target).write_bytes(content)
    else:
        target.write(content)


def render(document: Document, fonts: typst.Fonts) -> bytes:
    """The PDF with these fonts. Text goes in as data: nothing that a person wrote is read as typst."""
    document = footnotes.placed(document)
    made = datetime.combine(document.dated, time(), tzinfo=UTC)
    content: bytes = typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=fonts,
        format="pdf",
        sys_inputs={"document": json.dumps(_data(document, fonts), ensure_ascii=False)},
        timestamp=int(made.timestamp()),
    )
    return content


def font_list(paths: Sequence[Path], *, system: bool = True) -> typst.Fonts:
    """The fonts of the folders, of the system, and of the package that is always there."""
    brought = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    return typst.Fonts(include_system_fonts=system, font_paths=[*map(str, paths), str(brought)])


@cache
def _fonts(paths: tuple[Path, ...]) -> typst.Fonts:
    """Looked up once a process: it reads the head of every font of the server."""
    return font_list(paths)


def families(fonts: typst.Fonts) -> dict[str, list[str]]:
    """The families of each kind of letter that are there, the preferred one first, Latin before Chinese."""
    there = set(fonts.families())
    latin = [name for name in _LATIN if name in there][:1]
    return {kind: [*latin, *(name for name in names if name in there)] for kind, names in _FONTS.items()}


def _data(document: Document, fonts: typst.Fonts) -> dict[str, Any]:
    """Everything that the template prints, and the measures that it prints it in."""
    found = families(fonts)
    latin = [{"name": name, "covers": "latin-in-cjk"} for name in found["fang"][:1] if name in _LATIN]
    chinese = {kind: [name for name in names if name not in _LATIN] for kind, names in found.items()}
    day, measures = document.dated, Measures()
    return {
        "title": printed(document.title),
        "author": printed(document.issuer),
        "keywords": [DEMO_WORD] if document.demo else [],
        "day": [day.year, day.month, day.day],
        "demo": DEMO_WORD if document.demo else "",
        "fonts": {kind: [*latin, *names] for kind, names in chinese.items()},
        "look": {
            "page": [pagination.PAGE_WIDTH, pagination.PAGE_HEIGHT],
            "margins": [pagination.TOP, pagination.RIGHT, pagination.BOTTOM, pagination.LEFT],
            "line": pagination.LINE / 20,
            "tracking": pagination.TRACKING,
            "contents": [pagination.CONTENTS_LEVELS, pagination.contents_line(document.headings)],
            "footnote": [pagination.FOOTNOTE_LINE, pagination.FOOTNOTE_ABOVE],
            "raised": RAISED / 100,
        },
        "front": [_block(block, chinese, measures) for block in document.front],
        "body": [
            _block(block, chinese, measures) | _place(block, before, after)
            for before, block, after in pagination.neighbours(document.body)
        ],
    }


def _place(block: Block, before: Block | None, after: Block | None) -> dict[str, Any]:
    """What a block's neighbours make of it. `left` and `hanging`, in twips, are those of the list of annexes."""
    place: dict[str, Any] = {"held": pagination.is_held(block, after)}
    if isinstance(block, Paragraph) and pagination.is_annex_line(block):
        left, hanging = pagination.annex_indents(block)
        place |= {"left": left, "hanging": hanging, "first": not pagination.is_annex_line(before)}
    return place


def _block(block: Block, fonts: dict[str, list[str]], measures: Measures) -> dict[str, Any]:
    match block:
        case Cover():
            lines = list(map(printed, block.title_lines))
            names = ("issuer", "date_text", "edition_note", "number", "verification")
            texts = {name: printed(getattr(block, name)) for name in names}
            drawing = qr.svg(block.address) if block.address else ""
            return {"kind": "cover", "title_lines": lines, **texts, "qr": drawing}
        case Contents():
            return {"kind": "contents", "title": printed(block.title)}
        case Heading():
            annex = printed(block.annex_number)
            text = printed(block.text if annex else block.printed)
            return {"kind": "heading", "level": block.level, "annex": annex, "text": text}
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "runs": _runs(block.printed_runs)}
        case Table():
            return _table(block, measures)
        case Chart():
            svg = drawings.svg(block, pagination.TEXT_WIDTH // 20, ", ".join(fonts["hei"]))
            return {
                "kind": "chart",
                "title": printed(block.numbered_caption),
                "alt_text": printed(block.alt_text),
                "svg": svg,
            }
        case PageBreak():
            return {"kind": "break"}


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [_run(run) for run in runs]


def _run(run: Run) -> dict[str, Any]:
    """`marks`: of a figure with notes. A footnote has a number; the first of its marks tells it."""
    made: dict[str, Any] = {"text": flowing(run.text), "gap": isinstance(run, Gap)}
    if isinstance(run, NotedNumber):
        made["marks"] = [{"text": m.text, "number": m.number, "note": flowing(m.note)} for m in run.marks]
    return made


def _table(table: Table, measures: Measures) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": printed(table.numbered_caption),
        "columns": [{"title": printed(column.title), "align": column.align} for column in table.columns],
        "widths": measures.column_widths(table),
        "whole": measures.is_kept_whole(table),
        "rows": [_row(row, table) for row in table.rows],
    }


def _row(row: Row, table: Table) -> dict[str, Any]:
    return {
        "group": row.kind == "group",
        "spans": row.spans(len(table.columns)),
        "indent": row.indent,
        "cells": list(map(_runs, row.cells)),
    }
