"""The package of the Word file: parts, settings, properties, headers and footers. python-docx carries it.

The same document gives the same bytes: nothing here asks for the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from reports.document.blocks import DEMO_WORD, Chart, Document, NoteMark
from reports.writers import pagination
from reports.writers.docx import charts
from reports.writers.docx.markup import element, field, footnote, paragraph, run, text_run
from reports.writers.docx.styles import font_table, note_styles, styles
from reports.writers.typography import printed

# Parts of python-docx's template that a report has no use for: a picture of an empty page, for example.
_UNUSED_PARTS = {"thumbnail", "extended-properties", "customXml", "numbering", "stylesWithEffects", "webSettings"}
_HEADER_DISTANCE = 851
# The page number's dash is 7 mm below the type area, so the foot of its 14 pt line is 25.5 mm above the edge.
_FOOTER_DISTANCE = 1446
# What the grid takes from a character of 16 pt to fit 28 of them into 156 mm, in 1/4096 pt.
_CHARACTER_SPACE = -849
# Word's own lists of what may not end or begin a line, with the bracket of a footnote's mark beside them.
_NEVER_LAST = "$(—[{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥"
_NEVER_FIRST = "!%),.:;>?]}¢¨°·ˇˉ―‖’”—…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠["
_BODY_SPACES = nsdecls("w", "r", "wp", "a", "c")
# What parts notes from the text, by the ids that Word keeps for it.
_NOTE_LINES = {-1: "separator", 0: "continuationSeparator"}
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Package:
    """A Word file in the making. Its text comes at the end, when charts and footers have their ids."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.word: WordDocument = docx.Document()
        _drop_unused_parts(self.word)
        _set_settings(self.word)
        _set_properties(self.word, document)
        looks = styles(pagination.contents_line(document.headings))
        _set_styles(self.word, looks if not document.notes else (*looks, *note_styles()))
        self._charts = 0

    def add_chart(self, chart: Chart) -> str:
        """The id of a new part with the chart, which holds its numbers as a workbook to be edited in Word."""
        self._charts += 1
        package = self.word.part.package
        assert package is not None
        uri = PackURI(f"/word/charts/chart{self._charts}.xml")
        part = Part(uri, CONTENT_TYPE.DML_CHART, b"", package)
        book = PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{self._charts}.xlsx")
        workbook = Part(book, _WORKBOOK, charts.workbook(chart, self._made), package)
        part._blob = charts.chart_space(chart, part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE))
        return self.word.part.relate_to(part, RELATIONSHIP_TYPE.CHART)

    def add_picture(self, content: bytes) -> str:
        """The id of a picture in the file."""
        relation, _image = self.word.part.get_or_add_image(BytesIO(content))
        return relation

    def write(self, front: Iterable[str], body: Iterable[str], last_section: str) -> None:
        text = "".join((*front, *body, last_section))
        element = parse_xml(f"<w:document {_BODY_SPACES}><w:body>{text}</w:body></w:document>")
        self.word.part._element = element

    def add_footnotes(self, marks: Sequence[NoteMark]) -> None:
        """A part with the notes of the marks, behind the lines that part notes from the text."""
        package = self.word.part.package
        assert package is not None
        lines = (
            f'<w:footnote w:type="{kind}" w:id="{place}">{paragraph("Footnote Line", run(element(kind)))}</w:footnote>'
            for place, kind in _NOTE_LINES.items()
        )
        content = f"<w:footnotes {nsdecls('w')}>{''.join((*lines, *map(footnote, marks)))}</w:footnotes>"
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, content.encode(), package)
        self.word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        named = "".join(element("footnote", id=place) for place in _NOTE_LINES)
        settings = self.word.settings.element
        settings.find(qn("w:compat")).addprevious(parse_xml(f"<w:footnotePr {nsdecls('w')}>{named}</w:footnotePr>"))

    def section(self, *, numbered: bool = False, first: bool = False) -> str:
        """A section's properties. The first one has the mark of a demonstration for all, the last one page numbers,
        which begin on the front of a sheet."""
        references = self._headers() if first and self.document.demo else ""
        if numbered:
            references += self._footers()
        start = '<w:pgNumType w:start="1"/>' if numbered else ""
        grid = f'w:type="linesAndChars" w:linePitch="{pagination.LINE}" w:charSpace="{_CHARACTER_SPACE}"'
        return (
            f'<w:sectPr>{references}<w:type w:val="{"oddPage" if numbered else "nextPage"}"/>'
            f'<w:pgSz w:w="{pagination.PAGE_WIDTH}" w:h="{pagination.PAGE_HEIGHT}"/>'
            f'<w:pgMar w:top="{pagination.TOP}" w:right="{pagination.RIGHT}" '
            f'w:bottom="{pagination.BOTTOM}" w:left="{pagination.LEFT}" '
            f'w:header="{_HEADER_DISTANCE}" w:footer="{_FOOTER_DISTANCE}" w:gutter="0"/>'
            f'{start}<w:cols w:space="720"/><w:docGrid {grid}/></w:sectPr>'
        )

    def _headers(self) -> str:
        marked = paragraph("header", text_run(DEMO_WORD))
        return "".join(self._reference("header", kind, marked) for kind in ("default", "even"))

    def _footers(self) -> str:
        """Page numbers at the right of odd pages and at the left of even ones, one character in."""
        number = text_run("— ") + field("PAGE", "1") + text_run(" —")
        return "".join(
            self._reference("footer", kind, paragraph("footer", number, inset=side))
            for kind, side in (("default", "right"), ("even", "left"))
        )

    def _reference(self, what: str, kind: str, content: str) -> str:
        part, relation = getattr(self.word.part, f"add_{what}_part")()
        tag = {"header": "hdr", "footer": "ftr"}[what]
        part._element = parse_xml(f"<w:{tag} {nsdecls('w', 'r')}>{content}</w:{tag}>")
        return f'<w:{what}Reference w:type="{kind}" r:id="{relation}"/>'

    @property
    def _made(self) -> datetime:
        return _made(self.document)

    def save(self, target: str | Path | BinaryIO) -> None:
        """Save with constant times in the archive."""
        buffer = BytesIO()
        self.word.save(buffer)
        with ZipFile(buffer) as made, ZipFile(target, "w") as archive:
            for name in made.namelist():
                entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
                archive.writestr(entry, made.read(name))


def _drop_unused_parts(word: WordDocument) -> None:
    for relationships in (word.part.rels, word.part.package.rels):
        for key in [k for k, rel in relationships.items() if rel.reltype.rsplit("/", 1)[-1] in _UNUSED_PARTS]:
            del relationships[key]


def _set_settings(word: WordDocument) -> None:
    """Chinese typesetting, current layout rules, footers that differ on even pages. Punctuation keeps its full width:
    lines then end where the document says, and not where a program squeezes."""
    settings = word.settings.element
    for name, attribute, value in (
        ("zoom", "percent", "100"),
        ("defaultTabStop", "val", "420"),
        ("characterSpacingControl", "val", "doNotCompress"),
        ("themeFontLang", "eastAsia", "zh-CN"),
    ):
        settings.find(qn(f"w:{name}")).set(qn(f"w:{attribute}"), value)
    settings.find(".//w:compatSetting", settings.nsmap).set(qn("w:val"), "15")
    preview = settings.find(qn("w:savePreviewPicture"))
    for name, characters in (("noLineBreaksAfter", _NEVER_LAST), ("noLineBreaksBefore", _NEVER_FIRST)):
        preview.addprevious(parse_xml(element(name, lang="zh-CN", val=characters).replace(" ", f" {nsdecls('w')} ", 1)))
    settings.remove(preview)
    word.settings.odd_and_even_pages_header_footer = True


def _set_properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    properties.title, properties.author = printed(document.title), printed(document.issuer)
    properties.subject, properties.keywords = "", DEMO_WORD if document.demo else ""
    properties.last_modified_by, properties.comments = printed(document.issuer), ""
    properties.language, properties.revision = "zh-CN", 1
    properties.created = properties.modified = _made(document)


def _made(document: Document) -> datetime:
    """Not the clock, which would make two files of one report differ: the report's own date."""
    return datetime.combine(document.dated, time(), tzinfo=UTC)


def _set_styles(word: WordDocument, looks: Iterable[str]) -> None:
    """Replace the template's 164 styles, with their blue headings and theme fonts, by the report's own."""
    element = word.styles.element
    for old in element.findall(qn("w:style")) + element.findall(qn("w:docDefaults")):
        element.remove(old)
    defaults, *others = parse_xml(f"<w:styles {nsdecls('w')}>{''.join(looks)}</w:styles>")
    element.insert(0, defaults)
    element.extend(others)
    for relation in word.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = f"<w:fonts {nsdecls('w')}>{font_table()}</w:fonts>".encode()
