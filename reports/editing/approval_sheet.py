"""The approval sheet (发文稿纸) of a report as a document: its number, and who drafted, reviewed, approved and issued
it, with dates and words. Chinese whatever the language of the interface. Pure but for the rows it is given.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from django.utils import timezone

from reports.document.blocks import Block, Column, Document, Paragraph, Row, Table, Text, format_date
from reports.document.characters import printable
from reports.editing import steps
from reports.models import AnnualReport, Answer, ReportStep
from reports.vocabulary import StepKind
from sectors.models import User

TITLE = "发文稿纸"
# What an approval sheet calls each step.
WORDS = {
    StepKind.SENT: "拟稿",
    StepKind.REVIEWED: "核稿",
    StepKind.APPROVED: "签批",
    StepKind.OFFLINE: "签批",
    StepKind.RETURNED: "退回",
    StepKind.VOIDED: "因修改作废",
    StepKind.ISSUED: "印发",
}
NOBODY = "（未办理）"
ROOM = "\n\n"  # to sign by hand on the sheet of a draft
ON_PAPER = "（线下签批）"

_Line = tuple[str, str, str, str]  # step, who, when, words


def document(
    report: AnnualReport,
    every: Sequence[ReportStep],
    standing: Sequence[ReportStep],
    number: str,
    answers: Sequence[Answer] = (),
) -> Document:
    """Of all steps, of those that stand, and of the office's answers to what does not agree in the text. Without a step
    of issue it is the sheet of a draft."""
    issue = next((step for step in every if step.kind == StepKind.ISSUED), None)
    lines = _lines(standing, issue)
    blocks: list[Block] = [
        Paragraph((Text(f"{report.issuer}\n{TITLE}"),), "title"),
        _table("文件", (Column("事项"), Column("内容", width_share=5)), _facts(report, number)),
        _table("办理", _step_columns(), lines),
    ]
    gone = [step for step in every if step not in standing and step is not issue]
    if gone:
        blocks.append(_table("此前的办理", _step_columns(), [_line(step) for step in gone]))
    blocks += [Paragraph((Text(note),), "note") for note in (*_unseen(standing, answers), *_notes(standing, issue))]
    day = timezone.localtime(every[-1].at).date() if every else report.dated
    title = f"{''.join(report.title.splitlines())}{TITLE}"
    return Document(title, report.region.name, report.year, tuple(blocks), day=day)


def _table(caption: str, columns: tuple[Column, ...], rows: Sequence[Sequence[str]]) -> Table:
    return Table(caption, columns, tuple(Row(tuple((Text(cell),) for cell in cells)) for cells in rows))


def _step_columns() -> tuple[Column, ...]:
    return (
        Column("环节", "center"),
        Column("姓名", width_share=2),
        Column("时间", "center"),
        Column("意见", width_share=3),
    )


def _facts(report: AnnualReport, number: str) -> list[tuple[str, str]]:
    edition = f"第{report.edition}版" + (f"（修订原因：{report.revision_reason}）" if report.revision_reason else "")
    return [
        ("标题", "".join(report.title.splitlines())),
        ("发文字号", number or "（印发时编号）"),
        ("成文日期", format_date(report.dated)),
        ("版次", edition),
    ]


def _lines(standing: Sequence[ReportStep], issue: ReportStep | None) -> list[_Line]:
    """One line for each of the three, whether it was done or not, and one for the issue."""
    by_kind = {StepKind(step.kind): step for step in standing}
    offline = by_kind.get(StepKind.OFFLINE)
    review, approval = by_kind.get(StepKind.REVIEWED), by_kind.get(StepKind.APPROVED)
    sent = by_kind.get(StepKind.SENT)
    empty = ("", "", ROOM) if issue is None else (NOBODY, "", "")
    return [
        _line(sent) if sent else ("拟稿", *empty),
        _line(review) if review else _on_paper("核稿", offline) if offline else ("核稿", *empty),
        _line(approval) if approval else _on_paper("签批", offline) if offline else ("签批", *empty),
        _line(issue) if issue else ("印发", *empty),
    ]


def _line(step: ReportStep) -> _Line:
    if step.kind == StepKind.OFFLINE:
        return _on_paper("签批", step)
    return (WORDS[StepKind(step.kind)], _person(step.by), _moment(step.at), step.words)


def _on_paper(word: str, step: ReportStep) -> _Line:
    name, words = (step.reviewer, "") if word == "核稿" else (step.approver, step.words)
    day = format_date(step.signed_on) if step.signed_on else ""
    return (word, name + ON_PAPER, day, words)


def _person(person: User) -> str:
    return person.full_name + (f"（{person.department.short_name}）" if person.department else "")


def _moment(at: datetime.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _unseen(standing: Sequence[ReportStep], answers: Sequence[Answer]) -> Iterator[str]:
    """What the office answered after the approval: the text is the one that was approved, but whoever approved it did
    not see why a contradiction stays in it."""
    approval = next((step for step in standing if step.kind in steps.APPROVALS), None)
    later = [answer for answer in answers if answer.text and approval is not None and _is_behind(answer, approval)]
    if later:
        yield f"签批后，质强办对文稿中{len(later)}处互不相符的数据作了答复，签批时未见："
    for number, answer in enumerate(later, start=1):
        about = printable(answer.about).rstrip("。.")
        yield f"（{number}）{about}。答复：{answer.text}（{_person(answer.by)}，{_moment(answer.at)}）"


def _is_behind(answer: Answer, approval: ReportStep) -> bool:
    """On paper it is the day of the signature that counts, not that on which it was recorded."""
    if approval.signed_on is not None:
        return timezone.localdate(answer.at) > approval.signed_on
    return answer.at > approval.at


def _notes(standing: Sequence[ReportStep], issue: ReportStep | None) -> list[str]:
    notes = []
    for step in standing:
        if step.kind == StepKind.OFFLINE and step.scan is not None:
            notes.append(f"线下签批由{_person(step.by)}于{_moment(step.at)}登记，扫描件“{step.scan.name}”。")
            notes.append(f"扫描件 SHA-256：{step.scan.sha256}")
    if issue is not None and not any(step.kind in steps.APPROVALS for step in standing):
        notes.append("本件未经签批印发，理由见“印发”一栏。")
    digest = standing[-1].digest if standing else issue.digest if issue else ""
    if digest:
        notes += ["各环节办理的是同一份文稿；文稿改动后，此前的办理即行作废。", f"文稿 SHA-256：{digest}"]
    return notes
