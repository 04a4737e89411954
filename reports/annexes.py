"""What stands behind the report's text: which accepted figures do not add up, and what was said about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils import translation

from reports import verification
from reports.aggregation import AnnualValue
from reports.document import (
    Block,
    Column,
    Heading,
    PageBreak,
    Paragraph,
    Row,
    Table,
    Text,
    printable,
    strip_marks,
)
from reports.verification import Remark, Said
from sectors.models import Region

SEVERITIES = {"error": "不一致", "warning": "须核实"}


def remarks(region: Region, year: int, values: Mapping[str, AnnualValue]) -> Iterator[Block]:
    """The annex: what does not add up in the accepted figures. The report prints figures as reported all the same."""
    with translation.override("zh-hans"):
        found = verification.remarks(region, year, values)
    yield PageBreak()
    yield Heading(1, "", "附件：数据核查说明", key="remarks")
    if not found:
        yield Paragraph((Text("本年度数据核查未发现分项与合计、申报值与计算值不一致的情况。"),), key="remarks/none")
        return
    explained = sum(bool(remark.said) for remark in found)
    yield Paragraph(
        (
            Text(
                f"以下{len(found)}项数据在核查中存在不一致，其中{explained}项已有说明。"
                "正文按部门所报数据列出，比率按计算值列出。"
            ),
        ),
        key="remarks/summary",
    )
    columns = (
        Column("序号", "center", 3),
        Column("级别", "center", 4),
        Column("核查说明", "left", 14),
        Column("申报值", "right", 5),
        Column("计算值", "right", 5),
        Column("部门和质强办说明", "left", 13),
    )
    rows = tuple(_remark_row(number, remark) for number, remark in enumerate(found, start=1))
    yield Table("数据核查结果", columns, rows, key="remarks/table")


def _remark_row(number: int, remark: Remark) -> Row:
    texts = (
        str(number),
        SEVERITIES[remark.severity],
        remark.text,
        remark.declared or "—",
        remark.expected or "—",
        "".join(map(_said_by, remark.said)) or "尚无说明",
    )
    return Row(tuple((Text(printable(text)),) for text in texts))


def _said_by(said: Said) -> str:
    """`2023年第2季度市场监管局说明：……。` One finding may have been explained in several periods."""
    who = {"reason": f"{said.department}说明", "accepted": "质强办准予保留", "refused": "质强办要求更正"}[said.kind]
    text = strip_marks(" ".join(said.text.split()))
    return f"{said.period}{who}：{text}" + ("" if text.endswith(("。", "！", "？", ".")) else "。")
