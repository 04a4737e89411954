"""What programs send and are answered, as the specification describes it. Values are texts, written as in a cell."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated

from ninja import Field, Schema

from reports.api.schemas import Code
from sectors.vocabulary import SubmissionStatus

MOST_CELLS = 1000
MOST_RECORDS = 1000
Text = Annotated[str, Field(max_length=32_767)]


class DraftRow(Schema):
    sheet: str
    sheet_name: str
    period: str
    status: SubmissionStatus
    due: datetime.date


class CellRow(Schema):
    code: str
    name: str
    unit: str
    decimals: int
    text: str = Field(description="现有内容；空为未填")
    locked: bool = Field(description="true：退回时未要求改动，不能写入")


class Draft(DraftRow):
    cells: list[CellRow]
    open_tables: list[str] = Field(description="可增行的表的代码，各行用rows/{表代码}读写")


class ColumnRow(Schema):
    code: str
    name: str
    unit: str
    decimals: int
    required: bool
    words: list[str] = Field(description="只能取这些词；空为不限")


class TableRow(Schema):
    key: uuid.UUID = Field(description="行的标识，由发送系统生成并保持不变")
    cells: dict[Code, Text] = Field(max_length=100, description="按列代码；未列出的列为空，一个也没有的为删除该行")


class TableRows(Schema):
    name: str
    most_rows: int
    locked: bool = Field(description="true：退回时未要求改动，不能写入")
    columns: list[ColumnRow]
    rows: list[TableRow]


class TableChange(Schema):
    """Rows that are left out stay as they are, unless these are all."""

    rows: list[TableRow] = Field(max_length=MOST_RECORDS)
    whole: bool = Field(False, description="true：这些就是全部的行，其他的行删除")
    replace: bool = Field(False, description="true：也改写人工填写或导入的内容")


class DraftChange(Schema):
    """A code that is left out stays as it is; an empty text empties a cell."""

    figures: dict[Code, Text] = Field(max_length=MOST_CELLS, description="按指标代码；内容与单元格中手工填写的相同")
    replace: bool = Field(False, description="true：也改写人工填写、导入或台账统计的内容")


class FindingRow(Schema):
    severity: str
    text: str
    cells: list[str] = Field(description="有关指标代码")


class DraftAnswer(Schema):
    changed: int = Field(description="有变化的单元格数；重复发送为0")
    missing: int = Field(description="尚未填写的必填项数")
    findings: list[FindingRow] = Field(description="校验发现的问题；不妨碍保存，报送前须处理")


class Refusal(Schema):
    what: str = Field(description="指标或字段代码；整条记录时为空")
    row: int | None = Field(description="第几条记录，从1起")
    sent: str
    why: str


class Problems(Schema):
    """Why nothing was stored."""

    detail: str
    refused: list[Refusal] = []


class RecordList(Schema):
    records: list[dict[Code, Text]] = Field(
        min_length=1, max_length=MOST_RECORDS, description="每条记录：字段代码到内容；可选词用其中文或代码"
    )
    doubles: bool = Field(False, description="true：与已有记录同日、同地、同产品的也作为新记录保存")


class RecordsAnswer(Schema):
    stored: int
    unchanged: int = Field(description="已有内容相同的记录数；重复发送时为全部")
    other: list[int] = Field(description="第几条（从1起）的编号已有记录而内容不同；已有的保持不变，须由人修改")
    cells: int = Field(description="随之变化的报表单元格数")


class FieldRow(Schema):
    code: str
    name: str
    required: bool
    words: list[str] = Field(description="只能取这些词；空为不限")
