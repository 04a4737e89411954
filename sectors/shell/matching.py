"""How well names fit words: the number first, then the name, the first letters of its characters, some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sectors.calculation.pinyin import has_initials
from sectors.texts import folded

T = TypeVar("T")
LETTERS_LEAST = 2  # one letter is the first of too many names
SOME_LEAST, SOME_MOST = 2, 8  # characters of a name that may stand apart in it: 质监 of 质量监督


def ranked(rows: Iterable[T], words: Sequence[str], names: Callable[[T], Sequence[str]]) -> list[T]:
    """Rows in which each word is found in one of the names, the best first; equal ones keep their order."""
    wanted = [folded(word) for word in words]
    found = []
    for row in rows:
        texts = [folded(name) for name in names(row)]
        places = [_place(word, texts) for word in wanted]
        if all(place is not None for place in places):
            found.append((sum(place for place in places if place is not None), row))
    return [row for _place_of_row, row in sorted(found, key=lambda one: one[0])]


def _place(word: str, texts: Sequence[str]) -> int | None:
    """0 is the best; None where no name fits. Names are folded, as the word is."""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda text: text == word,
        lambda text: text.startswith(word),
        lambda text: word in text,
        lambda text: _are_letters(word) and has_initials(text, word),
        lambda text: _are_some_of(word, text),
    )
    return next((place for place, fits in enumerate(ways) if any(fits(text) for text in texts)), None)


def _are_letters(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) >= LETTERS_LEAST


def _are_some_of(word: str, text: str) -> bool:
    """Whether characters of a short Chinese word stand in the text in their order."""
    if word.isascii() or not SOME_LEAST <= len(word) <= SOME_MOST:
        return False
    rest = iter(text)
    return all(character in rest for character in word)
