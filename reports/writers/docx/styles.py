"""The styles of the Word file and its font table. Font sizes are in half-points, lengths in twips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from reports.writers import pagination

LATIN = "Times New Roman"
FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
TITLE_FONT = "方正小标宋简体"
BODY_SIZE, TITLE_SIZE, CONTENTS_SIZE, TABLE_SIZE = 32, pagination.TITLE_SIZE // 10, pagination.CONTENTS_SIZE // 10, 21
CAPTION_SIZE = pagination.CAPTION_SIZE // 10
TITLE_LINE = pagination.TITLE_LINE
NOTE_MARK = "footnote reference"

# What a computer without a font of the standard may take for it; the second is the font's name in English.
_INSTEAD = {
    FANGSONG: ("仿宋", "roman"),
    KAITI: ("楷体", "roman"),
    HEITI: ("SimHei", "swiss"),
    SONGTI: ("SimSun", "auto"),
    TITLE_FONT: ("宋体", "auto"),
    LATIN: ("", "roman"),
}


@dataclass(frozen=True)
class Style:
    """A paragraph style. `line` is an exact spacing, or 0 for as high as what stands in it."""

    name: str
    east_asia: str = FANGSONG
    size: int = BODY_SIZE
    latin: str = LATIN
    bold: bool = False
    line: int = pagination.LINE
    before: int = 0
    after: int = 0
    align: str = "both"
    indent: str = ""
    keep_next: bool = False
    outline: int | None = None
    page_tab: bool = False
    custom: bool = False


_FIRST_LINE = f'<w:ind w:firstLineChars="200" w:firstLine="{pagination.INDENT}"/>'
STYLES = (
    Style("Normal"),
    Style("Body Text", indent=_FIRST_LINE),
    Style("heading 1", HEITI, indent=_FIRST_LINE, keep_next=True, outline=0),
    Style("heading 2", KAITI, indent=_FIRST_LINE, keep_next=True, outline=1),
    Style("heading 3", bold=True, indent=_FIRST_LINE, keep_next=True, outline=2),
    Style("heading 4", indent=_FIRST_LINE, keep_next=True, outline=3),
    # An annex: its number at the edge of the first line of its page, its title in the third one, four lines in all.
    Style("Annex Number", HEITI, align="left", keep_next=True, custom=True),
    Style(
        "Annex Title",
        TITLE_FONT,
        TITLE_SIZE,
        line=TITLE_LINE,
        before=pagination.LINE,
        after=2 * pagination.LINE - TITLE_LINE,
        align="center",
        keep_next=True,
        outline=0,
        custom=True,
    ),
    Style("Annex List", custom=True),
    Style("Title", TITLE_FONT, TITLE_SIZE, line=TITLE_LINE, align="center"),
    Style("Subtitle", KAITI, align="center"),
    Style("Cover Text", align="center", custom=True),
    Style("Signature", align="right", indent='<w:ind w:rightChars="200" w:right="632"/>'),
    Style("Note", size=TABLE_SIZE, line=pagination.NOTE_LINE, after=pagination.NOTE_AFTER, custom=True),
    Style("caption", HEITI, CAPTION_SIZE, line=pagination.CAPTION_LINE, align="center", keep_next=True),
    # A line of its own under the picture, so that a table's caption above and a chart's below never look the same.
    Style(
        "Chart Title", HEITI, CAPTION_SIZE, line=pagination.CAPTION_LINE, align="center", keep_next=True, custom=True
    ),
    Style("Chart", size=2, line=0, before=pagination.CHART_BEFORE, align="center", keep_next=True, custom=True),
    Style("Table Text", size=TABLE_SIZE, line=pagination.TABLE_LINE, align="left", custom=True),
    Style("Table Head", HEITI, TABLE_SIZE, line=pagination.TABLE_LINE, align="center", keep_next=True, custom=True),
    Style("Spacer", size=2, line=pagination.SPACER, custom=True),
    Style("header", HEITI, CAPTION_SIZE, line=0, align="center"),
    Style("footer", SONGTI, CONTENTS_SIZE, SONGTI, line=0),
    Style("TOC Heading", TITLE_FONT, TITLE_SIZE, line=TITLE_LINE, after=pagination.LINE // 2, align="center"),
    Style("toc 1", HEITI, CONTENTS_SIZE, align="left", page_tab=True),
    Style("toc 2", KAITI, CONTENTS_SIZE, align="left", indent='<w:ind w:left="280"/>', page_tab=True),
    Style("toc 3", size=CONTENTS_SIZE, align="left", indent='<w:ind w:left="560"/>', page_tab=True),
)
# Only in a report that has footnotes.
_NOTE_STYLES = (
    Style("footnote text", size=TABLE_SIZE, line=pagination.FOOTNOTE_LINE),
    Style("Footnote Line", size=TABLE_SIZE, line=pagination.FOOTNOTE_ABOVE, align="left", custom=True),
)


@cache
def style_id(name: str) -> str:
    """A style's id, made from its name as Word does."""
    return name.title().replace("Toc", "TOC").replace(" ", "")


def styles(contents_line: int) -> Iterator[str]:
    """The children of w:styles: defaults, the report's styles, and those that Word expects to find."""
    paragraphs = "<w:pPrDefault><w:pPr/></w:pPrDefault>"
    yield f"<w:docDefaults><w:rPrDefault>{_defaults()}</w:rPrDefault>{paragraphs}</w:docDefaults>"
    for style in STYLES:
        yield _paragraph_style(replace(style, line=contents_line) if style.page_tab else style)
    yield _hidden("character", "Default Paragraph Font")
    yield _hidden("numbering", "No List")
    yield _table_styles()


def note_styles() -> Iterator[str]:
    """Those that footnotes have beside them."""
    yield from map(_paragraph_style, _NOTE_STYLES)
    yield _note_mark()


def font_table() -> str:
    """The fonts in use, with what to take for one that is not there."""
    return "".join(
        f'<w:font w:name="{name}">{f"""<w:altName w:val="{other}"/>""" if other else ""}'
        f'<w:charset w:val="{"00" if name == LATIN else "86"}"/><w:family w:val="{family}"/>'
        f'<w:pitch w:val="{"variable" if name == LATIN else "default"}"/></w:font>'
        for name, (other, family) in _INSTEAD.items()
    )


def _defaults() -> str:
    language = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    return _run_properties(STYLES[0]).replace("</w:rPr>", language + "</w:rPr>")


def _paragraph_style(style: Style) -> str:
    normal = style.name == "Normal"
    kind = ' w:customStyle="1"' if style.custom else ' w:default="1"' if normal else ""
    head = f'<w:style w:type="paragraph" w:styleId="{style_id(style.name)}"{kind}><w:name w:val="{style.name}"/>'
    base = "" if normal else '<w:basedOn w:val="Normal"/>'
    after = "" if style.outline is None else '<w:next w:val="BodyText"/>'
    return f"{head}{base}{after}<w:qFormat/>{_paragraph_properties(style)}{_run_properties(style)}</w:style>"


def _paragraph_properties(style: Style) -> str:
    """Everything that decides where lines and pages end is said, and nothing of it is left to a font.

    LibreOffice gives a character that is wider than its place on the grid two places. So the styles stay off the
    grid and reach its 28 characters by tracking and its 22 lines by exact spacing instead.
    """
    rule = f'w:line="{style.line}" w:lineRule="exact"' if style.line else 'w:line="240" w:lineRule="auto"'
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{pagination.TEXT_WIDTH}"/></w:tabs>'
    return "".join(
        (
            "<w:pPr>",
            "<w:keepNext/>" if style.keep_next else "",
            '<w:widowControl w:val="0"/>',
            tab if style.page_tab else "",
            '<w:snapToGrid w:val="0"/>',
            f'<w:spacing w:before="{style.before}" w:after="{style.after}" {rule}/>',
            style.indent,
            f'<w:jc w:val="{style.align}"/>',
            "" if style.outline is None else f'<w:outlineLvl w:val="{style.outline}"/>',
            "</w:pPr>",
        )
    )


def _run_properties(style: Style) -> str:
    """A w:rPr that says everything itself, so that no theme's font or colour comes through."""
    bold = int(style.bold)
    tracking = pagination.TRACKING if style.size == BODY_SIZE else 0
    latin = style.latin
    return (
        f'<w:rPr><w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{style.east_asia}" w:cs="{latin}"/>'
        f'<w:b w:val="{bold}"/><w:bCs w:val="{bold}"/><w:snapToGrid w:val="0"/><w:color w:val="000000"/>'
        f'<w:spacing w:val="{tracking}"/><w:sz w:val="{style.size}"/><w:szCs w:val="{style.size}"/></w:rPr>'
    )


def _note_mark() -> str:
    return (
        f'<w:style w:type="character" w:styleId="{style_id(NOTE_MARK)}"><w:name w:val="{NOTE_MARK}"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )


def _hidden(kind: str, name: str) -> str:
    return (
        f'<w:style w:type="{kind}" w:default="1" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style>'
    )


def _table_styles() -> str:
    sides = {
        "top": pagination.CELL_TOP,
        "left": pagination.CELL_SIDE,
        "bottom": pagination.CELL_TOP,
        "right": pagination.CELL_SIDE,
    }
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in sides.items())
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        f'<w:uiPriority w:val="59"/><w:tblPr><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f'<w:uiPriority w:val="59"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr></w:style>'
    )
