"""The notes to figures that do not agree with others: what the checks found, and what the department said about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reports.chapters.verification import Remark, Said
from reports.document.characters import printable
from reports.document.figures import Note
from sectors.vocabulary import FindingNoteKind

UNEXPLAINED = "部门未说明"


def of(remarks: Iterable[Remark]) -> Iterator[Note]:
    """Those of remarks that are about printed figures."""
    for remark in remarks:
        if remark.codes:
            yield Note(remark.codes, printable(_text(remark)), explained=bool(remark.said))


def _text(remark: Remark) -> str:
    if not remark.said:
        return f"{remark.words}，{UNEXPLAINED}。"
    return f"{remark.words}。{''.join(map(said_by, remark.said))}"


def said_by(said: Said) -> str:
    """`2023年第2季度市场监管局说明：……。` One finding may have been explained in several periods."""
    who: Mapping[str, str] = {
        FindingNoteKind.REASON: f"{said.department}说明",
        FindingNoteKind.ACCEPTED: "质强办准予保留",
        FindingNoteKind.REFUSED: "质强办要求更正",
    }
    text = " ".join(said.text.split())
    return f"{said.period}{who[said.kind]}：{text}" + ("" if text.endswith(("。", "！", "？", ".")) else "。")
