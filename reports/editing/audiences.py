"""From the one document of a draft or snapshot to that of an audience: the internal, the public, the leader's. Pure.

Each block has a usual set of audiences by the section that it stands in; the office may say otherwise of a block, of a
heading for its whole section, and choose how long the annexes are. What the public must not see no mark lets out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reports.document.blocks import Block, Cover, Document, Heading, PageBreak, Paragraph, Text, block_key
from reports.document.figures import FigureUsed, Note
from reports.document.numbering import number_heading, numbered
from reports.editing import leader_pages, public_words
from reports.editing.numbering import numbered_annexes, numbered_headings
from reports.vocabulary import ANNEX_LENGTHS, Annex, AnnexLength, Audience

_BOTH = frozenset({Audience.INTERNAL, Audience.PUBLIC})
_INTERNAL, _PUBLIC = frozenset({Audience.INTERNAL}), frozenset({Audience.PUBLIC})
_LEADER = frozenset({Audience.LEADER})
# By the key of the heading of level 1, and those below it, that a block stands under. A section that is not named is
# printed inside only until the office says more.
_SECTIONS: Mapping[str, frozenset[Audience]] = {
    "": _BOTH,
    "situation": _BOTH,
    "problems": _BOTH,
    "measures": _BOTH,
    Annex.FIGURES: _BOTH,
    Annex.REMARKS: _INTERNAL,
    Annex.SOURCES: _INTERNAL,
    "scope": _PUBLIC,
    "leader": _LEADER,
    "summary": frozenset({Audience.INTERNAL, Audience.LEADER}),
}
_SUMMARY, _OF_PUBLIC, _ADDED = "summary", "/public", "added/"
# Findings, who reported late and what is missing from whom.
_NEVER_PUBLIC = ("problems/macro/data", "measures/data", Annex.REMARKS, Annex.SOURCES)
# What the public edition has another text for, and whose samples failed.
_INSIDE = ("/figures", "/repeated")
_INSIDE_OF = ("problems/micro/", "measures/mend/")
# What departments answered to each problem, whose target may be nobody's.
_ANSWERS = re.compile("problems/micro/[^/]+/cause/.+|measures/mend/(?:measure/.+|list)|measures/before(?:/.+)?")
UNRECONCILED = "该数据与相关数据不完全一致。"
# The lines of the list of annexes by the key of the annex.
ANNEX_LINES = {"annexes/1": "figures", "annexes/2": "remarks", "annexes/scope": "scope", "annexes/3": "sources"}
# What is printed of an annex in summary, and what in a summary only.
_IN_SUMMARY = frozenset(
    {"figures/key", "figures/key/note", "figures/targets", "remarks/summary", "remarks/none", "sources/summary"}
)
_IN_SUMMARY_ONLY = frozenset({"figures/key", "figures/key/note"})


@dataclass(frozen=True)
class Printing:
    """Which audiences print a block. `usual` are those without the office's word on it, `chosen` those with it, and
    `printed` those in which it stands, when annexes are as long as the office wants them and sections not left out."""

    usual: frozenset[Audience] = frozenset()
    chosen: frozenset[Audience] = frozenset()
    printed: frozenset[Audience] = frozenset()
    is_never_public: bool = False

    @property
    def is_marked(self) -> bool:
        return self.chosen != self.usual

    @property
    def editions(self) -> list[Audience]:
        """The audiences that have it, of which it is said."""
        return [audience for audience in Audience if audience in self.printed]

    @property
    def is_plain(self) -> bool:
        """In the internal and the public edition, as most is, and the office has not said otherwise of the leader's."""
        return self.printed >= _BOTH and not self.is_marked


@dataclass
class _Place:
    """A block with the headings that it stands under, the nearest one first."""

    block: Block
    above: Sequence[Heading]
    under: list[str] = field(default_factory=list)  # keys of what stands under it, headings left out

    @property
    def keys(self) -> list[str]:
        return [block_key(self.block), *(heading.key for heading in self.above)]

    @cached_property
    def section(self) -> str:
        """The key of its heading of level 1, without what says which of several it is."""
        first = self.block if isinstance(self.block, Heading) and not self.above else None
        heading = first or (self.above[-1] if self.above else None)
        return heading.key if heading else ""


def printing(body: Sequence[Block], document: Document) -> dict[str, Printing]:
    """By the key of each block of a body; marks and lengths of annexes are those of the document."""
    marks = {(mark.key, mark.audience): mark.is_in for mark in document.readers}
    lengths = chosen_lengths(document)
    places = {block_key(place.block): place for place in _places(body)}
    found = {key: _printing(place, marks, lengths) for key, place in places.items()}
    for key, place in places.items():
        if isinstance(place.block, Heading) and place.under:
            printed = frozenset[Audience]().union(*(found[under].printed for under in place.under))
            found[key] = replace(found[key], printed=printed)
    for line, annex in ANNEX_LINES.items():
        if line in found:
            printed = found[annex].printed if annex in found else frozenset()
            found[line] = Printing(printed, printed, printed)
    return found


def _places(body: Sequence[Block]) -> Iterator[_Place]:
    above: list[_Place] = []
    for block in body:
        if not block_key(block):
            continue
        if isinstance(block, Heading):
            above = [place for place in above if isinstance(place.block, Heading) and place.block.level < block.level]
        headings = [place.block for place in reversed(above) if isinstance(place.block, Heading)]
        place = _Place(block, headings)
        if isinstance(block, Heading):
            above.append(place)
        else:
            for over in above:
                over.under.append(block_key(block))
        yield place


def _printing(place: _Place, marks: Mapping[tuple[str, str], bool], lengths: Mapping[tuple[str, str], str]) -> Printing:
    never = any(_is_at(key, of) for key in place.keys for of in _NEVER_PUBLIC)
    allowed = frozenset(Audience) - _PUBLIC if never else frozenset(Audience)
    usual = frozenset(audience for audience in allowed if _is_usual(place, audience, marks))
    own = block_key(place.block)
    chosen = frozenset(audience for audience in allowed if marks.get((own, audience), audience in usual))
    printed = frozenset(
        audience for audience in chosen if _is_long_enough(place, lengths.get((audience, place.section)))
    )
    return Printing(usual, chosen, printed, never)


def _is_usual(place: _Place, audience: Audience, marks: Mapping[tuple[str, str], bool]) -> bool:
    """By the nearest heading that the office marked, and by what kind of block it is."""
    of_headings = [is_in for key in place.keys[1:] if (is_in := marks.get((key, audience))) is not None]
    if of_headings and not of_headings[0]:
        return False
    kind = _of_kind(block_key(place.block))
    if kind is not None:
        return audience in kind
    return bool(of_headings) or audience in _of_section(place.section)


def _of_kind(key: str) -> frozenset[Audience] | None:
    """Of what differs from its section."""
    if _is_at(key, _SUMMARY):
        return _SECTIONS[_SUMMARY]
    if key.endswith(_OF_PUBLIC):
        return _PUBLIC
    if (key.endswith(_INSIDE) and key.startswith(_INSIDE_OF)) or _ANSWERS.fullmatch(key):
        return _INTERNAL
    if leader_pages.WORDS.fullmatch(key):
        return frozenset(Audience)
    return None


def is_of_others(key: str) -> bool:
    """Whether a block is none of the internal edition as it usually is; in a draft it has no number."""
    return _is_at(key, "leader") or key in _IN_SUMMARY_ONLY


def _of_section(key: str) -> frozenset[Audience]:
    """A chapter that the office added is printed as the chapters are."""
    return _BOTH if key.startswith(_ADDED) else _SECTIONS.get(key.partition("/")[0], _INTERNAL)


def _is_at(key: str, of: str) -> bool:
    return key == of or key.startswith(f"{of}/")


def _is_long_enough(place: _Place, length: str | None) -> bool:
    """Without a length the section is no annex of which one is chosen."""
    if length is None:
        return True
    key = block_key(place.block)
    if length == AnnexLength.SUMMARY:
        return key in _IN_SUMMARY or key.startswith(_ADDED) or isinstance(place.block, Heading)
    return length == AnnexLength.FULL and key not in _IN_SUMMARY_ONLY


def chosen_lengths(document: Document) -> dict[tuple[str, str], str]:
    """By audience and annex, of each annex in each edition."""
    chosen = {(choice.audience, choice.annex): choice.length for choice in document.annexes}
    found = {}
    for audience in Audience:
        for annex in Annex:
            offered = ANNEX_LENGTHS.get((audience, annex), (AnnexLength.NONE,))
            length = chosen.get((audience, annex), offered[0])
            found[str(audience), str(annex)] = length if length in offered else offered[0]
    return found


def marks_for(wanted: Collection[str], found: Printing) -> dict[str, bool]:
    """The marks that a block needs to stand in these editions and in no others."""
    return {str(one): one in wanted for one in Audience if (one in wanted) != (one in found.usual)}


def for_audience(document: Document, audience: str) -> Document:
    """The document as it is printed for one of `Audience`. Of one that is printed for an audience already, the internal
    one is the same once more."""
    found = printing(document.body, document)
    body = _printed_body(document.body, found, Audience(audience))
    front: tuple[Block, ...] = document.front
    if audience == Audience.PUBLIC:
        body = public_words.published(body, document.targets)
    if audience == Audience.LEADER:
        front, body = (), [*_title(document), *leader_pages.arranged(body, found)]
    body = numbered(numbered_headings(numbered_annexes(body, ANNEX_LINES)))
    if audience == Audience.LEADER:
        keep = frozenset(mark.key for mark in document.readers)
        body = leader_pages.fitted(body, keep)
    bare = replace(document, blocks=(*front, *body), targets=(), readers=(), annexes=())
    if audience == Audience.INTERNAL:
        return bare
    notes = tuple(_published(document.notes)) if audience == Audience.PUBLIC else ()
    return replace(bare, notes=notes, figures=tuple(_printed_figures(document.figures, notes)))


def _published(notes: Sequence[Note]) -> Iterator[Note]:
    """One for all: that figures do not agree, not with which, nor what was said about it."""
    codes = dict.fromkeys(code for note in notes for code in note.codes)
    if codes:
        yield Note(tuple(codes), UNRECONCILED)


def _printed_figures(figures: Sequence[FigureUsed], notes: Sequence[Note]) -> Iterator[FigureUsed]:
    """Those that notes are about, with nothing but how they are printed."""
    codes = {code for note in notes for code in note.codes}
    for figure in figures:
        if figure.code in codes:
            yield replace(
                figure,
                value=None,
                last_value=None,
                change=None,
                declared=None,
                coverage=(0, 0),
                source="",
                last_text="",
            )


def _printed_body(body: Sequence[Block], found: Mapping[str, Printing], audience: Audience) -> list[Block]:
    """A page break goes with the block behind it; the leader's pages need none."""
    kept: list[Block] = []
    breaks = False
    for block in body:
        if isinstance(block, PageBreak):
            breaks = audience != Audience.LEADER
            continue
        key = block_key(block)
        if not key or audience in found[key].printed:
            kept += [PageBreak(), block] if breaks else [block]
        breaks = False
    return _with_numbers(kept) if audience == Audience.LEADER else kept


def _with_numbers(body: Sequence[Block]) -> list[Block]:
    """The leader's sections have none in the draft, where they stand behind the annexes."""
    return [
        replace(block, number=number_heading(1, 1))
        if isinstance(block, Heading) and not block.number and block.key.startswith(("leader/", _SUMMARY))
        else block
        for block in body
    ]


def _title(document: Document) -> Iterator[Block]:
    """In place of a cover, which would be a page of its own."""
    yield Paragraph((Text(document.title),), "title")
    for cover in document.front:
        if isinstance(cover, Cover):
            words = "　".join(filter(None, (cover.issuer, cover.date_text, cover.edition_note)))
            yield Paragraph((Text(words),), "byline")
            if cover.code:
                yield Paragraph((Text(f"{cover.number}　{cover.verification}"),), "byline")
