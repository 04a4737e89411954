"""How a sentence with figures stands in a text field: `抽检{{food.done|40批次}}`, a figure as code and print. Pure.

Words that look like a figure are no figure: in them braces and what else has a meaning here have a backslash before
them. A lone brace has none and needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.document.blocks import Gap, Number, Run, Text

_SPECIAL = r"[\\{}|]"
_PIECE = re.compile(
    rf"\\(?P<literal>{_SPECIAL})"
    r"|\{\{\s*(?P<code>[A-Za-z_][A-Za-z0-9_./-]*)\s*(?:\|(?P<print>(?:[^{}|\\]|\\.)*))?\}\}"
)
_ESCAPED = re.compile(rf"\\({_SPECIAL})")
# What would be read as something else: two braces, and a backslash before what it would take the meaning of, which may
# also be the figure behind the words.
_MISREAD = re.compile(rf"\{{{{2,}}|\}}{{2,}}|\\(?={_SPECIAL}|\Z)")
_BRACES = re.compile(r"\{\{|\}\}")
_GAP = re.compile(r"〔缺(?:：(.*))?〕", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """A figure in a text; `text` is what it prints, None where only the code is written."""

    code: str
    text: str | None

    @property
    def gap(self) -> str | None:
        """What a gap says is missing; None for a figure that is there."""
        found = is_gap(self.text or "")
        return (found[1] or "") if found else None

    @property
    def written(self) -> str:
        return token(self.code, self.text or "")


def is_gap(text: str) -> re.Match[str] | None:
    return _GAP.fullmatch(text)


def token(code: str, text: str) -> str:
    return f"{{{{{code}|{re.sub(_SPECIAL, _with_backslashes, text)}}}}}"


def escape(words: str) -> str:
    """Words as they stand in the field."""
    return _MISREAD.sub(_with_backslashes, words)


def _with_backslashes(match: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in match[0])


def write(runs: Iterable[Run]) -> str:
    """Runs as text, for the field that a person edits."""
    return "".join(escape(part) if isinstance(part, str) else part.written for part in _parts(runs))


def _parts(runs: Iterable[Run]) -> Iterator[str | Token]:
    """Figures, and the words between them in one piece: two braces may come together out of two runs."""
    words = ""
    for run in runs:
        if isinstance(run, Text):
            words += run.text
            continue
        yield words
        yield Token(run.code, run.text)
        words = ""
    yield words


def pieces(text: str) -> Iterator[str | Token]:
    """Words as printed, and the figures between them."""
    words, end = "", 0
    for match in _PIECE.finditer(text):
        words += text[end : match.start()]
        end = match.end()
        if match["code"] is None:
            words += match["literal"]
            continue
        if words:
            yield words
            words = ""
        shown = match["print"]
        yield Token(match["code"], None if shown is None else _ESCAPED.sub(r"\1", shown))
    if words + text[end:]:
        yield words + text[end:]


def tokens(text: str) -> list[Token]:
    return [piece for piece in pieces(text) if isinstance(piece, Token)]


def runs(text: str) -> tuple[Run, ...]:
    """The runs of a text."""
    return tuple(Text(piece) if isinstance(piece, str) else _run(piece) for piece in pieces(text))


def _run(figure: Token) -> Run:
    gap = figure.gap
    return Number(figure.code, figure.text or "") if gap is None else Gap(figure.code, gap)


def plain(text: str) -> str:
    """The text as printed."""
    return "".join(piece if isinstance(piece, str) else piece.text or "" for piece in pieces(text))


def replaced(text: str, figures: Sequence[Token]) -> str:
    """The text with other figures in the places of its own, every other character as it was."""
    following = iter(figures)
    return _PIECE.sub(lambda match: match[0] if match["code"] is None else next(following).written, text)


def is_broken(text: str) -> bool:
    """Whether two braces stand somewhere that begin or end no figure."""
    return bool(_BRACES.search(_PIECE.sub("\0", text)))
