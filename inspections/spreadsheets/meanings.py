"""What a person is asked about the list of another system: its columns, what holds for all rows, its words."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from inspections.registers import Register
from sectors.models import Department
from sectors.spreadsheets.positions import letters
from sectors.spreadsheets.worksheet import Worksheet

from . import columns, likeness
from .heads import Heads

EXAMPLES = 3
ROWS = 5000  # that are looked through for words
MOST_WORDS = 40  # a field


@dataclass(frozen=True)
class AskedColumn:
    place: int
    letters: str
    text: str
    examples: list[str]
    name: str  # of the field that is chosen or proposed; empty for none


@dataclass(frozen=True)
class AskedConstant:
    """A field without which no record is made. `words` are what it takes, where it takes a few only."""

    name: str
    head: str
    words: list[str]
    text: str


@dataclass(frozen=True)
class AskedWord:
    text: str
    count: int
    meant: str


@dataclass(frozen=True)
class AskedWords:
    """What stands in the column of a field and is not read there; `takes` as of a constant."""

    name: str
    head: str
    takes: list[str]
    words: list[AskedWord]


@dataclass(frozen=True)
class Asked:
    """`fields` are those of the register, each with what it is called."""

    heads: Heads
    fields: list[tuple[str, str]]
    columns: list[AskedColumn]
    constants: list[AskedConstant]
    words: list[AskedWords]


def asked(register: Register, page: Worksheet, heads: Heads, department: Department) -> Asked:
    """As the department said, or as it is proposed where it has said nothing yet."""
    named = {name: columns.head(register, name) for name in columns.names(register)}
    chosen = heads.fields if heads.layout else likeness.proposed(heads.texts, named)
    said = heads.layout.constants if heads.layout else {}
    return Asked(
        heads=heads,
        fields=list(named.items()),
        columns=[
            AskedColumn(place, letters(place), text, _examples(page, heads.row, place), chosen.get(place, ""))
            for place, text in enumerate(heads.texts)
            if text
        ],
        constants=[_constant(register, name, said.get(name, ""), department) for name in columns.needed(register)],
        words=list(_unknown_words(register, page, heads, department)) if heads.layout else [],
    )


def _constant(register: Register, name: str, said: str, department: Department) -> AskedConstant:
    words = columns.words(register.model._meta.get_field(name), department)
    only = words[0] if len(words) == 1 else ""
    return AskedConstant(name, columns.head(register, name), words, said or only)


def with_choices(
    asked: Asked, fields: Mapping[int, str], constants: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> Asked:
    """The page again as the person left it."""
    return replace(
        asked,
        columns=[replace(column, name=fields.get(column.place, "")) for column in asked.columns],
        constants=[replace(one, text=constants.get(one.name, one.text)) for one in asked.constants],
        words=[
            replace(of, words=[replace(one, meant=words.get(of.name, {}).get(one.text, "")) for one in of.words])
            for of in asked.words
        ],
    )


def refused(
    register: Register, department: Department, constants: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Sentences about what is written for a field and cannot be read there."""
    written = [*constants.items(), *((name, text) for name, said in words.items() for text in said.values())]
    problems = []
    for name, text in written:
        try:
            columns.parser(register.model._meta.get_field(name), department)(text)
        except ValidationError as error:
            problems.append(f"{columns.head(register, name)}“{text}”：{' '.join(error.messages)}")
    return list(dict.fromkeys(problems))


def _examples(page: Worksheet, top: int, place: int) -> list[str]:
    texts = (page.text((row, place)).strip() for row in range(top + 1, min(len(page.rows), top + 50)))
    return list(itertools.islice(dict.fromkeys(text for text in texts if text), EXAMPLES))


def _unknown_words(register: Register, page: Worksheet, heads: Heads, department: Department) -> Iterator[AskedWords]:
    """Of columns that take a few words or a number: texts that stand there and are not read, most frequent first."""
    known = heads.layout.words if heads.layout else {}
    for place, name in heads.fields.items():
        of: Any = register.model._meta.get_field(name)
        takes, said = columns.words(of, department), known.get(name, {})
        if not takes and not columns.is_count(of):
            continue
        parse = columns.parser(of, department)
        words = [
            AskedWord(text, count, said.get(text, ""))
            for text, count in _texts(page, heads.row, place).most_common()
            if text in said or not _reads(parse, text)
        ]
        if words:
            yield AskedWords(name, columns.head(register, name), takes, words[:MOST_WORDS])


def _texts(page: Worksheet, top: int, place: int) -> Counter[str]:
    values = (page.value((row, place)) for row in range(top + 1, min(len(page.rows), top + ROWS)))
    return Counter(" ".join(value.split()) for value in values if isinstance(value, str) and value.strip())


def _reads(parse: columns.Parser, text: str) -> bool:
    try:
        parse(text)
    except ValidationError:
        return False
    return True
