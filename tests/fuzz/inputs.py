"""Inputs that nobody types, made from a seed: the same number makes the same inputs on every machine."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Sequence
from io import BytesIO
from zlib import crc32

LONGEST = 20_000
PIECES = (
    *(
        "\0",
        "\ud800",
        "\uffff",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\r\n",
        "\t",
        " ",
        "",
        "甲",
        "𠮷",
        "é",
        "١",
        "²",
        "½",
        "Ⅷ",
    ),
    *(
        "%",
        "%252e%252e",
        "%s%(x)s",
        "{0}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "<script>",
        "&amp;",
        "'",
        '"',
        "\\",
        ";--",
        "../",
    ),
    *("-1", "0", "1", "9" * 20, "9" * 400, "9" * 5000, "1e999999", "1E-999999", "0xffff", "1_000", "NaN", "Infinity"),
    *("2023", "2023Q1", "2023-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "23:59:60", "T", "Q9", "H3", "上半年"),
    *(
        "food.done",
        "food",
        "a.b",
        "...",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "- ",
        "? ",
        "&a ",
        "*a",
        "!!python/object:x ",
    ),
    *(
        "+",
        "-",
        "*",
        "/",
        "**",
        "//",
        "<=",
        "==",
        "=",
        "and",
        "not ",
        "if",
        "lambda:",
        "万",
        "%‰",
        "批次",
        "余",
        "约",
        "不足",
    ),
    *("null", "true", "[]", "{}", "true-and-false", "on", "http://[", "//evil.example", "javascript:1", "zhibao:row:"),
)


class Inputs(random.Random):
    """A generator of texts, files and parameters."""

    def text(self, samples: Sequence[str] = ()) -> str:
        """Something new, or one of the samples as somebody would write it who means harm."""
        if not samples or self.random() < 0.15:
            return "".join(self.choices(PIECES, k=self.randint(1, 6)))[:LONGEST]
        text = self.choice(samples)
        for _time in range(self.randint(1, 4)):
            text = self._changed(text)[:LONGEST]
        return text

    def _changed(self, text: str) -> str:
        start, end = sorted(self.randint(0, len(text)) for _end in range(2))
        part = text[start:end] or self.choice(PIECES)
        way = self.randint(0, 5)
        if way == 0:
            return text[:start] + self.choice(PIECES) + text[start:]
        if way == 1:
            return text[:start] + text[end:]
        if way == 2:
            return text[:start] + self.choice(PIECES) + text[end:]
        if way == 3:
            return text[:start] + part * self.choice((2, 3, 30, 400)) + text[end:]
        if way == 4:
            return text[:end] + text[start:]
        return (
            text[:start] + chr(self.choice((self.randint(0, 0x7F), self.randint(0x80, 0xFFFF), 0x1F600))) + text[end:]
        )

    def data(self, samples: Sequence[bytes]) -> bytes:
        """A file with a few bytes of it changed, cut off, or doubled."""
        data = bytearray(self.choice(samples))
        for _time in range(self.randint(1, 8)):
            at = self.randrange(len(data) + 1)
            way = self.randint(0, 3)
            if way == 0:
                data[at:] = data[at:][: self.randint(0, 200)]
            elif way == 1:
                data[at:at] = data[at : at + self.randint(0, 500)]
            else:
                data[at : at + self.choice((1, 2, 4))] = self.randbytes(self.choice((1, 2, 4)))
        return bytes(data)

    def packed(self, samples: Sequence[bytes]) -> bytes:
        """A zip with some of its parts changed as texts, so that it is whole as a zip."""
        with zipfile.ZipFile(BytesIO(self.choice(samples))) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name in self.sample([*parts], k=self.randint(1, 3)):
            parts[name] = self.text([parts[name].decode(errors="replace")]).encode(errors="replace")
        into = BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return into.getvalue()

    def parameters(self, names: Sequence[str], samples: Sequence[str]) -> dict[str, list[str]]:
        """Some parameters of an address, few or many of those that there are, most with one value."""
        chosen = self.sample(names, k=min(len(names), self.choice((1, 2, 4, 40, 100))))
        return {name: [self.text(samples) for _n in range(self.choice((1,) * 20 + (2, 50)))] for name in chosen}


def seeded(name: str, number: int = 0) -> Inputs:
    """The generator of a parser or page, the same in every process."""
    return Inputs(crc32(name.encode()) + number)
