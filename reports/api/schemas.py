"""The rows of the interface, as its specification describes them. Numbers are texts with all their decimals: a JSON
number passes through floating point in most programs that read it."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar

from ninja import Field, Schema

from sectors.timeliness import Timeliness
from sectors.vocabulary import FigureState, Frequency, Qualifier, SubmissionStatus, ValueKind

Row = TypeVar("Row")
# Codes hold no control characters: a database refuses some of them with an error of its own.
Code = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
Year = Annotated[int, Field(ge=1990, le=2100)]
LARGEST_KEY = 2**63 - 1
LARGEST_PAGE = 1000


class Problem(Schema):
    """What was wrong with a request, in words."""

    detail: str


class Paging(Schema):
    limit: int = Field(200, ge=1, le=LARGEST_PAGE, description="每页行数")
    after: int = Field(0, ge=0, le=LARGEST_KEY, description="从这一行之后取；用上一页的 next 即可")


class Page(Schema, Generic[Row]):
    """One page of rows; `next` is the address of the following one, null on the last."""

    count: int
    next: str | None
    results: list[Row]


class RegionRow(Schema):
    code: str
    name: str
    level: str
    parent: str | None


class PeriodRow(Schema):
    code: str = Field(description="2023、2023H1、2023Q3 或 2023-07")
    region: str
    kind: Frequency
    year: int
    number: int
    opens: datetime.date
    due: datetime.date
    closes: datetime.date | None


class IndicatorRow(Schema):
    code: str
    name: str
    sector: str
    sheet: str
    unit: str
    decimals: int
    kind: ValueKind = Field(description="number 数字，choice 选项，text 短文字，date 日期")
    options: list[tuple[str, str]] = Field(description="选项的代码和文字")
    minimum: Decimal | None = Field(description="填报的最小值；null 为不限，计算指标不限")
    maximum: Decimal | None = Field(description="填报的最大值；null 为不限")
    accumulation: str = Field(description="flow 累加，cumulative 和 stock 取最新，average 平均，ratio 由公式计算")
    formula: str = Field(description="计算指标的公式，填报指标为空")
    valid_from: datetime.date | None
    valid_to: datetime.date | None


class SubmissionRow(Schema):
    id: int
    region: str
    department: str
    sheet: str
    sheet_name: str
    sector: str
    period: str
    status: SubmissionStatus
    due: datetime.date
    timeliness: Timeliness = Field(
        description="pending 未到期，on_time 按时送出，late 逾期送出，overdue 已逾期，"
        "imported 历史资料导入，不评按时与否"
    )
    is_demo: bool = Field(description="是否演示数据")


class FigureRow(Schema):
    id: int
    region: str
    sheet: str
    period: str
    kind: Frequency
    year: int
    number: int
    indicator: str
    name: str
    unit: str
    state: Literal[FigureState.NUMBER, FigureState.TEXT, FigureState.NOT_APPLICABLE] = Field(
        description="number 数字，text 文字（选项、短文字、日期），na 不适用；空白的数据不列出"
    )
    words: str | None = Field(description="state 为 text 时的文字：选项的文字、短文字，或 2023-05-31 形式的日期")
    value: str | None = Field(description="以指标单位计，保留填报时的小数位")
    qualifier: Qualifier = Field(
        description="空为确数，over 余（略多于），at_least 以上，at_most 以下，about 约，nearly 近（略少于）"
    )
    as_of: datetime.date | None = Field(description="数据截至的日期；null 为报告期末")
    is_declared: bool = Field(description="true：部门对计算指标的申报值，年度值以计算为准")
    status: SubmissionStatus


class OpenCell(Schema):
    column: str
    name: str
    unit: str
    state: Literal[FigureState.NUMBER, FigureState.TEXT, FigureState.NOT_APPLICABLE]
    words: str | None
    value: str | None = Field(description="以该列单位计，保留填报时的小数位")


class OpenRowRow(Schema):
    id: int
    region: str
    sheet: str
    table: str
    table_name: str
    period: str
    kind: Frequency
    year: int
    number: int
    key: uuid.UUID = Field(description="行的标识，从上期沿用的行与上期相同")
    cells: list[OpenCell] = Field(description="已填的各列；未填的不列出")
    status: SubmissionStatus


class ComparedRow(Schema):
    value: Decimal = Field(description="本年，只含两年都有的月份和地区")
    last_year: Decimal = Field(description="上年，同口径")
    months: list[int] = Field(description="所比较的月份")
    regions: int = Field(description="所比较的地区数")
    whole: bool = Field(description="是否为两年全年、全部地区")
    about: bool = Field(description="所比较的是否有非确数；升降方向是确定的")


class AnnualRow(Schema):
    region: str
    year: int
    indicator: str
    name: str
    unit: str
    value: Decimal | None = Field(description="未取整的年度值；缺数为 null，不是 0")
    text: str = Field(description="按指标小数位取整后的值，与报告一致")
    qualifier: Qualifier = Field(description="空为确数，其余与 figures 相同；由非确数计算的，按其上下限")
    low: Decimal | None = Field(description="最小可能值；没有下限为 null")
    high: Decimal | None = Field(description="最大可能值；没有上限为 null")
    as_of: datetime.date | None = Field(description="数据截至的日期；null 为年末")
    state: FigureState = Field(
        description="number 数字，text 文字（最近一期所报，在 text 中；多个地区的不汇总），na 不适用，blank 缺数"
    )
    last_year: Decimal | None
    last_text: str = Field(description="上年，与 text 相同")
    last_state: FigureState = Field(description="上年的 state")
    change: Decimal | None = Field(description="按同口径，比率为百分点，其他为百分之几；基数为0或负数时为 null")
    compared: ComparedRow | None = Field(description="增减所比较的数据；不可比时为 null")
    source: str = Field(description="periods 各期汇总，annual 年报，computed 计算，declared 申报，空为没有数值")
    have: int = Field(description="已有期数")
    expected: int = Field(description="应有期数")
    last_have: int = Field(description="上年已有期数；少于应有期数的，last_year 不是上年全年数")
    last_expected: int = Field(description="上年应有期数")


class PeriodFilter(Schema):
    """`year`, `kind` and `number` choose periods; given several times, each of them counts."""

    year: list[Year] = Field([], description="年份，可重复")
    kind: list[Frequency] = Field([], description="month 月，quarter 季，half 半年，year 年")
    number: list[Annotated[int, Field(ge=1, le=12)]] = Field([], description="年内第几期")
    region: list[Code] = Field([], description="行政区划代码")


class SubmissionFilter(PeriodFilter):
    sheet: list[Code] = Field([], description="表号")
    sector: list[Code] = Field([], description="领域代码")
    status: list[SubmissionStatus] = Field([], description="报送状态；缺省为全部")


class FigureFilter(SubmissionFilter):
    indicator: list[Code] = Field([], description="指标代码")


class IndicatorFilter(Schema):
    sheet: list[Code] = Field([], description="表号")
    sector: list[Code] = Field([], description="领域代码")
    indicator: list[Code] = Field([], description="指标代码")


class AnnualFilter(IndicatorFilter):
    year: Year = Field(description="年份")
    region: Code | None = Field(None, description="行政区划代码；缺省为令牌所属的行政区")
