"""The notice of a run (通报): an official document of results, ranking and what is to be put right."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from assessment import rectifications
from assessment.models import Run
from assessment.results import Standing, by_rank
from reports.document.blocks import (
    Block,
    Column,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Row,
    Table,
    Text,
    format_date,
)
from reports.document.numbering import number_heading
from sectors.models import Submission

DASH = "—"


def document(run: Run, found: Sequence[Standing], issuer: str, day: datetime.date) -> Document:
    """`found` are the standings with their ranks, `issuer` is the office that issues it."""
    title = f"关于{run.year}年度质量工作考核结果的通报"
    marked = Submission.objects.filter(period__year=run.year, is_demo=True)
    places = [run.region_id, *(one.subject.place_id for one in found if one.subject.place_id)]
    blocks = (Paragraph((Text(title),), "title", key="title"), *_text(run, found, issuer, day), *_annex(run, found))
    return Document(
        title=title,
        region_name=run.region.name,
        year=run.year,
        blocks=blocks,
        demo=marked.filter(region__in=places).exists(),
        day=day,
    )


def _text(run: Run, found: Sequence[Standing], issuer: str, day: datetime.date) -> Iterator[Block]:
    kind = "县（市、区）" if run.is_of_regions else "部门"
    yield _paragraph(f"各有关{kind}：", "to")
    yield _paragraph(
        f"根据《{run.scheme.name}》，对{len(_counted(found))}个{kind}{run.year}年度质量工作进行了考核，"
        "经自评、审核和申诉处理，现将结果通报如下。",
        "begin",
    )
    yield _heading(1, "考核结果")
    yield _paragraph(_grades(found), "grades")
    yield _table(run, found)
    for place, sentence in enumerate(_remarks(run, found)):
        yield _paragraph(sentence, f"remark/{place}")
    yield _heading(2, "整改要求")
    yield _paragraph(_demand(run, found), "demand")
    if rectifications.listed(found):
        yield Paragraph((Text("附件：整改清单"),), "annex", key="annexes")
    yield Paragraph((Text(issuer),), "right", key="issuer")
    yield Paragraph((Text(format_date(day)),), "right", key="day")


def _counted(found: Sequence[Standing]) -> list[Standing]:
    return [one for one in found if not one.subject.left_out]


def _grades(found: Sequence[Standing]) -> str:
    """How many have each grade, and whose total is not decided."""
    counted = _counted(found)
    often = Counter(one.grade for one in counted if one.grade)
    said = [f"{grade}级{often[grade]}个" for grade in sorted(often)]
    total = f"评定等次的{sum(often.values())}个，其中{'、'.join(said)}。" if said else "尚无评定等次的。"
    missing = [one.subject.name for one in counted if not one.total.is_final]
    without = [one.subject.name for one in counted if one.total.is_final and one.score is None]
    return (
        total
        + (f"{'、'.join(missing)}有考核指标尚未评分，不计总分，不参加排名。" if missing else "")
        + (f"{'、'.join(without)}没有可以计分的指标，不计总分，不参加排名。" if without else "")
    )


def _table(run: Run, found: Sequence[Standing]) -> Table:
    columns = (
        Column("名次", "center"),
        Column("考核对象", "left", 3),
        Column("总分", "right"),
        Column("等次", "center"),
    )
    rows = []
    for one in by_rank(_counted(found)):
        rank = DASH if one.rank is None else f"{one.rank}（并列）" if one.is_tied else str(one.rank)
        total = DASH if one.score is None else f"{one.score:f}"
        texts = (rank, one.subject.name, total, one.grade or DASH)
        rows.append(Row(tuple((Text(text),) for text in texts)))
    return Table(f"{run.year}年度质量工作考核结果", columns, tuple(rows), key="results")


def _remarks(run: Run, found: Sequence[Standing]) -> Iterator[str]:
    names = {veto.code: veto.name for veto in run.specification.vetoes}
    for one in found:
        if one.subject.left_out:
            yield f"{one.subject.name}未列入考核结果：{one.subject.left_out}。"
        for code, proof in one.subject.vetoes.items() if not one.subject.left_out else ():
            yield f"{one.subject.name}因“{names.get(code, code)}”定为最低等次（依据：{proof}）。"
    left = [one for one in _counted(found) if one.total.excluded and one.score is not None]
    if left:
        names_left = "、".join(one.subject.name for one in left)
        yield f"{names_left}有不适用或者没有相应记录的指标，其分值不计，其余分值按比例折算为满分。"


def _demand(run: Run, found: Sequence[Standing]) -> str:
    rows = rectifications.listed(found)
    if not rows:
        return _praise(_counted(found))
    lost = sum((one.lost for one in rows), Decimal(0))
    who = len({one.standing.subject.pk for one in rows})
    day = format_date(run.rectify_until) if run.rectify_until else ""
    return (
        f"考核共有{who}个对象的{len(rows)}项失分，合计{lost:f}分。请对照整改清单逐项查明原因、落实措施，"
        f"于{day}前完成整改并报送结果。"
    )


def _praise(counted: Sequence[Standing]) -> str:
    """Where nothing lost points: of what nobody has scored that is not said."""
    if all(one.score is not None for one in counted) and counted:
        return "各考核对象没有失分项，请继续保持。"
    if any(one.total.possible for one in counted):
        return "已评分的指标没有失分项，请继续保持。"
    return "没有已评分的指标，不提出整改要求。"


def _annex(run: Run, found: Sequence[Standing]) -> Iterator[Block]:
    """What lost points, by whom, until when."""
    rows = rectifications.listed(found)
    if not rows:
        return
    yield PageBreak()
    yield Heading(1, "附件", "整改清单", key="annex")
    columns = (
        *(Column("责任单位", "left", 2), Column("考核指标", "left", 3), Column("分值", "right")),
        *(Column("失分", "right"), Column("原因", "left", 4), Column("完成时限", "center")),
    )
    day = run.rectify_until.isoformat() if run.rectify_until else ""
    cells = (
        (
            *(one.standing.subject.name, one.line.criterion.name, f"{one.line.criterion.points:f}"),
            *(f"{one.lost:f}", one.reason or DASH, day),
        )
        for one in rows
    )
    body = tuple(Row(tuple((Text(text),) for text in row)) for row in cells)
    yield Table(f"{run.year}年度质量工作考核整改清单", columns, body, key="rectifications")


def _heading(number: int, text: str) -> Heading:
    return Heading(1, number_heading(1, number), text, key=f"heading/{number}")


def _paragraph(text: str, key: str) -> Paragraph:
    return Paragraph((Text(text),), key=key)
