"""The text of a file that people write: what it is encoded in, where its comments are, and why it is no YAML."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.tokens import ScalarToken

from sectors.texts import visible

BLOCK = ("|", ">")
DEEPEST = 100  # brackets in each other, or lists in one line: the time of the parser grows with their square
OPENING, CLOSING = "[{", "]}"
DEEPER = re.compile(rf"[\[\]{{}}]|^ *(?:[-?] +){{{DEEPEST}}}", re.MULTILINE)
TOO_DEEP: Promise = gettext_lazy("The file cannot be read: its brackets or indents lie too deep in each other.")


class UnreadableFile(Exception):
    """A sentence about a file that is no text, and the line in which that shows."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Comment:
    line: int
    column: int
    text: str
    after: int  # where what stands before it ends, in characters of the file
    is_alone: bool  # in its line


@dataclass(frozen=True)
class Quoted:
    """The lines in which a text in quotes begins and ends."""

    first: int
    last: int


def text_of_file(path: Path) -> str:
    """The text of a file in UTF-8, line ends as \\n. Raises UnreadableFile with what to do."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(_("The file cannot be read: %(why)s") % {"why": error}) from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(_other_encoding(content), content[: error.start].count(b"\n") + 1) from None
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"))


def _other_encoding(content: bytes) -> str:
    save = _("Save it in UTF-8: in Excel as “CSV UTF-8”, in an editor with the encoding UTF-8.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _("The file is in UTF-16 (Unicode text).") + " " + save
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return _("The file is not in UTF-8.") + " " + save
    return _("The file is in GBK, as Excel saves it on Chinese Windows.") + " " + save


def check_depth(text: str) -> None:
    """Raises UnreadableFile where more lies in each other than in any catalogue."""
    depth = 0
    for found in DEEPER.finditer(text):
        sign = found[0]
        depth = max(0, depth + (sign in OPENING) - (sign in CLOSING))
        if depth > DEEPEST or len(sign) > 1:
            raise UnreadableFile(str(TOO_DEEP), text.count("\n", 0, found.start()) + 1)


def scanned(text: str) -> tuple[list[Comment], list[Quoted]]:
    """Comments and texts in quotes, as far as the file can be read as YAML."""
    comments: list[Comment] = []
    quoted: list[Quoted] = []
    lines, end = [0, *(found.end() for found in re.finditer("\n", text))], 0
    try:
        for token in YAML(typ="safe", pure=True).scan(text):
            comments += _comments(text, lines, end, token.start_mark.index)
            end = max(end, token.end_mark.index)
            if isinstance(token, ScalarToken) and token.style in BLOCK:
                head = text.find("\n", token.start_mark.index)
                comments += _comments(text, lines, token.start_mark.index + 1, head if head >= 0 else len(text))
            elif isinstance(token, ScalarToken) and token.style:
                quoted.append(Quoted(token.start_mark.line + 1, token.end_mark.line + 1))
    except MarkedYAMLError:
        pass  # said when the file is composed
    return comments, quoted


def _comments(text: str, lines: Sequence[int], start: int, end: int) -> list[Comment]:
    """Those between two tokens; `lines` has where each line begins."""
    found = []
    for match in re.finditer("#.*", text[start:end]):
        line = bisect_right(lines, start + match.start())
        before = text[lines[line - 1] : start + match.start()]
        found.append(Comment(line, len(before), match.group(), start, not before.strip()))
    return found


def place_of_error(error: MarkedYAMLError, quoted: list[Quoted]) -> int:
    """The line to look at: where a quote or bracket begins that the parser missed the end of."""
    at = error.problem_mark.line + 1 if error.problem_mark else 1
    if error.context_mark and re.search("quoted|flow", error.context or ""):
        return int(error.context_mark.line) + 1
    return next((text.first for text in quoted if text.first < text.last == at), at)


QUOTE: Promise = gettext_lazy(
    "A text with one of : # % @ & * ! | > ' \" ` [ ] { } , in it or at its beginning stands in quotes."
)
# What the parser says, and how it is said here.
WHY: list[tuple[str, Callable[[], str]]] = [
    (r"mapping values are not allowed", lambda: _("A colon with a blank behind it stands where no key can begin.")),
    (r"found character '\\t'|found character '\t'", lambda: _("Lines are indented with blanks, not with tabs.")),
    (r"found character", lambda: _("A text cannot begin with this character.")),
    (r"unexpected end of stream", lambda: _("A quote that begins here or before is never closed.")),
    (
        r"expected ',' or",
        lambda: _("A bracket [ or { that begins here or before is not closed, or a comma is missing."),
    ),
    (r"<block end>, but found '<scalar>'", lambda: _("Something stands behind the closing quote.")),
    (r"<block end>", lambda: _("The line is indented otherwise than those before it.")),
    (r"expected the node content", lambda: _("A value is missing here, or a # cuts off the end of the line.")),
    (r"could not find expected ':'", lambda: _("A key without a colon and a blank behind it.")),
    (r"undefined alias", lambda: _("A * at the beginning of a text refers to something that is not there.")),
    (r"another document", lambda: _("A file has one document: --- stands only at its beginning.")),
    (r"escape character", lambda: _("In double quotes a backslash must be written twice.")),
]


def why(error: MarkedYAMLError) -> str:
    """What the YAML parser stumbled over, in the language of the site."""
    said = next((sentence() for pattern, sentence in WHY if re.search(pattern, error.problem or "")), "")
    return " ".join(filter(None, [_("The file is no YAML here."), said, str(QUOTE)]))


# Signs that a Chinese keyboard makes where YAML has its own.
WIDE_SIGNS = {"：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "－": "-"}
WIDE_SIGN = re.compile(
    r"^ *(?:- )?\w+ ?(：)|[{,，｛] *\w+ ?(：)|(，) *\w+ ?[:：]|([｛［])|([｝］]) *$|^ *(－) ?\w", re.ASCII
)


def wide_sign(text: str, line: int, error: MarkedYAMLError) -> tuple[int, str] | None:
    """A line with a full-width sign where YAML has a narrow one, and what to write instead.

    It is looked for from the line before `line`, which may have gone on in it, to where the parser stopped.
    """
    last = error.problem_mark.line + 1 if error.problem_mark else line
    lines = text.split("\n")
    for number in range(max(line - 1, 1), min(max(line, last), len(lines)) + 1):
        if found := WIDE_SIGN.search(lines[number - 1]):
            sign = next(filter(None, found.groups()))
            message = _("The sign “%(sign)s” is a full-width one: write “%(narrow)s”, of a keyboard set to English.")
            return number, message % {"sign": sign, "narrow": WIDE_SIGNS[sign]}
    return None


def cut_off(comments: list[Comment], key: Node, node: Node) -> str:
    """The comment that ends a plain text and stands where the text would go on. Empty without one."""
    if not isinstance(node, ScalarNode) or node.style:
        return ""
    if not node.value:
        return next((c.text for c in comments if c.line == key.end_mark.line + 1 and not c.is_alone), "")
    behind = [comment for comment in comments if comment.after == node.end_mark.index]
    return next((c.text for c in behind if not c.is_alone or c.column > key.start_mark.column), "")
