"""Text measured and broken into lines without a font: a Chinese character is as wide as it is high in every font, and
the Latin letters of a report are Times New Roman's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from reports.writers.typography import MAY_BREAK, MINUS

# Advance widths of Times New Roman from the space to the tilde, in 1/1000 em.
_TIMES = (
    *(250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278),
    *((500,) * 10),
    *(278, 278, 564, 564, 564, 444, 921),
    *(722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889),
    *(722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611),
    *(333, 278, 333, 469, 500, 333),
    *(444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778),
    *(500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444),
    *(480, 200, 480, 541),
)
_MAY_NOT_BEGIN = frozenset("、。，．：；？！）》〉」』】〕”’…—·％%‰℃°,.:;?!)]}>")
# A dash between numbers joins them: 1—6月 is one figure (GB/T 15835).
_MAY_NOT_END = frozenset("（《〈「『【〔“‘([{<￥$—")
# These stand beyond the edge of a line rather than take the character before them to the next one.
_MAY_HANG = frozenset("、。，．：；？！")


# A little wider in the fonts that stand in for Times New Roman.
_MINUS_WIDTH = 564
_SCRIPT_SPACE = 220
# Raised letters are smaller, by so many per cent of the text's size in LibreOffice and about as many in Word. While
# lines are measured, the marks of footnotes stand as private characters.
RAISED = 58
_RAISED_FIRST = 0xF000
_RAISED_LETTERS = range(_RAISED_FIRST + 32, _RAISED_FIRST + 127)


def raised(text: str) -> str:
    """Raised ASCII letters, to be measured."""
    return "".join(chr(_RAISED_FIRST + ord(character)) for character in text)


@lru_cache(maxsize=8192)
def width_of(character: str) -> int:
    """In 1/1000 em."""
    code = ord(character)
    if code in _RAISED_LETTERS:
        return _TIMES[code - _RAISED_LETTERS.start] * RAISED // 100
    if 32 <= code < 127:
        return _TIMES[code - 32]
    if character == MINUS:
        return _MINUS_WIDTH
    if character == MAY_BREAK:
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WFA" else 500


def text_width(text: str) -> int:
    """The width of a line of text in 1/1000 em."""
    return sum(_widths(text))


def wrapped(text: str, width: int, *, size: int = 1000, tracking: int = 0, indent: int = 0) -> list[str]:
    """The lines of a paragraph in a column of `width`; lengths in the unit of `size`, the height of a character.

    Words and numbers stay whole where they fit into a line, and what may not begin or end one does not.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used, room = "", 0, width - indent
        for piece in _pieces(paragraph):
            widths = [wide * size // 1000 + tracking for wide in _widths(piece, line[-1:])]
            wide = sum(widths)
            hanging = widths[-1] if _hangs(piece) else 0
            if line and used + wide - hanging > room:
                lines.append(line)
                line, used, room = "", 0, width
            line, used = line + piece, used + wide
            while used > room + hanging and len(line) > 1:  # a word longer than a whole line
                fits = _fitting(line, room, size, tracking)
                lines.append(line[:fits])
                line, room = line[fits:], width
                used = sum(wide * size // 1000 + tracking for wide in _widths(line))
        lines.append(line)
    return lines


def _widths(text: str, before: str = "") -> Iterator[int]:
    """The characters' widths; where Chinese and Latin meet, programs put a space of about a fifth of a character."""
    for character in text:
        gap = before and before.isalnum() and character.isalnum() and before.isascii() != character.isascii()
        yield width_of(character) + (_SCRIPT_SPACE if gap else 0)
        before = character


def _pieces(text: str) -> Iterator[str]:
    """What stays together on a line: a word, a number, a character with the punctuation that clings to it."""
    start = 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        together = (
            after in _MAY_NOT_BEGIN
            or after == MAY_BREAK
            or ord(after) in _RAISED_LETTERS
            or before in _MAY_NOT_END
            or (_is_latin(before) and _is_latin(after))
        )
        if not together:
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def _hangs(piece: str) -> bool:
    """Behind a Chinese character: programs do not let it hang behind a number."""
    return len(piece) > 1 and piece[-1] in _MAY_HANG and not piece[-2].isascii()


def _is_latin(character: str) -> bool:
    return (character.isascii() and character != " ") or character == MINUS


def _fitting(line: str, room: int, size: int, tracking: int) -> int:
    used = 0
    for place, wide in enumerate(_widths(line)):
        used += wide * size // 1000 + tracking
        if used > room:
            return max(place, 1)
    return len(line)
