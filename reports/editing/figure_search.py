"""Figures of a draft, found by what they are called, to be put into a sentence. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.document.figures import FigureUsed
from reports.editing import figure_tokens, token_syntax
from sectors.models import Indicator
from sectors.texts import plain

SHOWN = 20


@dataclass(frozen=True)
class Hit:
    """A figure with the token that quotes it, and the sheet that it is reported in, with its sector."""

    figure: FigureUsed
    token: str
    text: str
    sector: str
    sheet: str

    @property
    def is_partial(self) -> bool:
        have, expected = self.figure.coverage
        return have < expected


def find(
    figures: Iterable[FigureUsed], indicators: Mapping[str, Indicator], words: str, nearby: Collection[str]
) -> tuple[list[Hit], int]:
    """The figures that have each of the words in name, code, sheet or sector, at most `SHOWN` of them, and how many
    there are. Names that begin with what is looked for come first, of these and the others those of `nearby` sectors;
    without words those of `nearby` sectors alone, where there are any."""
    wanted = plain(words).lower().split()
    hits = [hit for hit in _hits(figures, indicators) if all(word in _searched(hit) for word in wanted)]
    near = {hit.figure.code for hit in hits if indicators[hit.figure.code].sheet.sector.code in nearby}
    found = hits if wanted or not near else [hit for hit in hits if hit.figure.code in near]
    found.sort(key=lambda hit: (not _begins(hit, wanted), hit.figure.code not in near))
    return found[:SHOWN], len(found)


def _hits(figures: Iterable[FigureUsed], indicators: Mapping[str, Indicator]) -> Iterator[Hit]:
    for figure in figures:
        indicator = indicators.get(figure.code)
        if indicator is not None and figure.text:
            text = figure_tokens.forms(figure)[figure_tokens.WITH_UNIT]
            sheet = indicator.sheet
            yield Hit(figure, token_syntax.token(figure.code, text), text, sheet.sector.name, str(sheet))


def _searched(hit: Hit) -> str:
    return f"{hit.figure.name} {hit.figure.code} {hit.sheet} {hit.sector}".lower()


def _begins(hit: Hit, wanted: Sequence[str]) -> bool:
    return bool(wanted) and hit.figure.name.lower().startswith(wanted[0])
