"""Forms in the manner of those that departments fill: what counties send each other as Excel files."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment

from tests.base import DATA

SIGNATURES = ["单位负责人：", "填表人：", "联系电话：", "填报日期：    年  月  日"]


class Sheet:
    """A worksheet that is written row by row."""

    def __init__(self, title="Sheet1"):
        self.book = Workbook()
        self.page = self.book.active
        self.page.title = title

    def rows(self, *rows):
        for row in rows:
            self.page.append(row)
        return self

    def merge(self, *ranges):
        for one in ranges:
            self.page.merge_cells(one)
        return self

    def indent(self, steps, *cells):
        for cell in cells:
            self.page[cell].alignment = Alignment(indent=steps)
        return self

    def data(self):
        into = BytesIO()
        self.book.save(into)
        return into.getvalue()


def three_heads():
    """Three head rows with merged cells, a total row, shares by formulas."""
    sheet = Sheet("食品抽检").rows(
        ["2023年第一季度食品安全监督抽检情况统计表"],
        ["填报单位（盖章）：云泽县市场监督管理局", None, None, None, None, "表号：特质监01表", None, "单位：批次"],
        ["食品类别", "监督抽检", None, None, None, None, "风险监测", None],
        [None, "计划批次", "完成情况", None, None, "完成率（%）", "监测批次", "问题批次"],
        [None, None, "完成批次", "合格批次", "合格率（%）", None, None, None],
    )
    for n, name in enumerate(("粮食加工品", "食用油、油脂及其制品", "肉制品", "乳制品"), start=6):
        sheet.rows(
            [name, 10 + n, 9 + n, 8 + n, f"=ROUND(D{n}/C{n}*100,1)", f'=IF(B{n}=0,"",C{n}/B{n}*100)', 5, n - 6],
        )
    total = [f"=SUM({c}6:{c}9)" for c in "BCD"] + ["=ROUND(D10/C10*100,1)", '=IF(B10=0,"",C10/B10*100)']
    sheet.rows(["合　　计", *total, "=SUM(G6:G9)", "=SUM(H6:H9)"])
    sheet.rows([], ["注：完成批次以收到检验报告为准。"], SIGNATURES)
    return sheet.merge(
        *("A1:H1", "A2:E2", "F2:G2", "A3:A5", "B3:F3", "G3:H3", "B4:B5", "C4:E4", "F4:F5", "G4:G5", "H4:H5", "A12:H12")
    ).data()


def months():
    """Months as columns of a form that shows a year, a sum over them, 其中 by words and blanks."""
    sheet = Sheet().rows(
        ["特种设备安全监察情况月报表"],
        ["填报单位：", None, None, "2023年"],
        ["序号", "指标名称", "计量单位", *[f"{m}月" for m in range(1, 13)], "全年合计"],
        [1, "在用特种设备数量", "台", *[410 + m for m in range(12)], None],
        [2, "其中：电梯", "台", *[175] * 12, None],
        [3, "      锅炉", "台", *[12] * 12, None],
        [4, "检查使用单位", "家次", *[20] * 12, "=SUM(D7:O7)"],
        [5, "发现隐患", "个", *[3] * 12, "=SUM(D8:O8)"],
        [6, "已整改隐患", "个", *[2] * 12, "=SUM(D9:O9)"],
        [7, "隐患整改率", "%", *[f"={c}9/{c}8*100" for c in "DEFGHIJKLMNO"], "=P9/P8*100"],
        [],
        ["单位负责人：", None, None, "填表人：", None, None, "填报日期："],
    )
    return sheet.merge("A1:P1").data()


def within_words():
    """一 row of signs, a unit column, last year and change, remarks; 其中 by words."""
    sheet = Sheet().rows(
        ["农产品质量安全监管情况季报"],
        ["表    号：农质02表"],
        ["制定机关：云泽县农业农村局"],
        ["报告期：2023年二季度"],
        ["指标名称", "计量单位", "代码", "本期", "本年累计", "上年同期", "同比增减（%）", "备注"],
        ["甲", "乙", "丙", 1, 2, 3, 4, 5],
        ["一、例行监测", "", "", None, None, None, None, None],
        ["1.监测样品数", "批次", "01", 120, 200, 100, "=(D8-F8)/F8*100", ""],
        ["其中：蔬菜", "批次", "02", 60, 110, 50, "=(D9-F9)/F9*100", ""],
        ["      水果", "批次", "03", 30, 50, 25, "=(D10-F10)/F10*100", ""],
        ["2.合格样品数", "批次", "04", 118, 197, 99, "=(D11-F11)/F11*100", ""],
        ["3.合格率", "%", "05", "=D11/D8*100", None, None, None, ""],
        ["二、监督执法", "", "", None, None, None, None, None],
        ["1.检查生产经营主体", "家次", "06", 45, 88, 40, "=(D14-F14)/F14*100", "含乡镇"],
        ["2.立案查处", "件", "07", 2, 3, 1, "=(D15-F15)/F15*100", ""],
        ["说明：", "1.监测样品数含风险监测。"],
    )
    return sheet.merge("A1:H1").data()


def indents():
    """Levels by the indent of Excel and by blanks; a total that has a formula, and one that is typed."""
    sheet = Sheet().rows(
        ["建设工程质量监督情况表（年报）"],
        ["单位：项"],
        ["项目", "数量"],
        ["在监工程项目", "=SUM(B5:B7)"],
        ["房屋建筑工程", 12],
        ["市政工程", 5],
        ["其他工程", 1],
        ["监督检查", 40],
        ["　　日常巡查", 25],
        ["　　专项检查", 15],
        ["质量投诉", 6],
        ["　　其中：已办结", 5],
    )
    return sheet.merge("A1:B1").indent(2, "A5", "A6", "A7").data()


def two_tables():
    """Two tables on one worksheet, each with its name; a column that adds up others."""
    sheet = Sheet().rows(
        ["旅游服务质量情况统计表"],
        ["填报单位：云泽县文化和旅游局", None, None, "2023年1-3月"],
        ["一、接待情况"],
        ["指标", "单位", "数量"],
        ["接待游客", "万人次", 12.35],
        ["旅游收入", "万元", 4300.5],
        [],
        ["二、投诉处理情况"],
        ["投诉类别", "受理（件）", None, None, "办结（件）"],
        [None, "电话", "网络", "小计", None],
        ["景区", 3, 2, "=B11+C11", 5],
        ["酒店民宿", 1, 4, "=B12+C12", 4],
        ["旅行社", 0, 1, "=B13+C13", 1],
        ["合计", "=SUM(B11:B13)", "=SUM(C11:C13)", "=SUM(D11:D13)", "=SUM(E11:E13)"],
        [],
        ["填表人：", None, "审核人："],
    )
    return sheet.merge("A1:E1", "A3:E3", "A8:E8", "A9:A10", "B9:D9", "E9:E10").data()


def hidden():
    """Hidden rows and columns, a blocked cell, the office's notes behind."""
    sheet = Sheet().rows(
        ["医疗服务质量监测表"],
        ["填报单位：云泽县卫生健康委员会", None, None, None, "2023年度"],
        ["指标", "内部编码", "公立医院（所）", "民营医院（所）", "备注"],
        ["机构数", "H01", 3, 2, None],
        ["开展质控检查机构", "H02", 3, 1, None],
        ["旧指标", "H03", 9, 9, None],
        ["委托检查机构", "H04", "—", 1, None],
        ["备注：", "民营医院含门诊部。"],
    )
    sheet.page.row_dimensions[6].hidden = True
    sheet.page.column_dimensions["B"].hidden = True
    return sheet.merge("A1:E1").data()


def numbered():
    """Levels by numbers, one unit for all above the table, no figures in it."""
    sheet = Sheet().rows(
        ["附件2"],
        ["粮食质量安全监测情况表"],
        ["填报单位：云泽县粮食和物资储备局", None, "计量单位：吨"],
        ["指标名称", "行次", "本季"],
        ["一、收购粮食总量", 1, None],
        ["（一）小麦", 2, None],
        ["其中：优质小麦", 3, None],
        ["（二）玉米", 4, None],
        ["二、库存粮食总量", 5, None],
        ["（一）政策性粮食", 6, None],
        ["（二）商品粮", 7, None],
        ["三、库存粮食宜存率（%）", 8, None],
        ["单位负责人：　　　　填表人：　　　　填报日期：2023年4月5日"],
    )
    return sheet.merge("A2:C2", "A13:C13").data()


def groups():
    """A column of merged groups with subtotals, then a total of all."""
    sheet = Sheet().rows(
        ["养老服务质量检查情况表"],
        ["填报单位（盖章）：", None, None, None, "2023年3月"],
        ["机构类别", None, "检查机构（家）", "发现问题（个）", "整改完成（个）"],
        ["城市", "公办", 2, 3, 3],
        [None, "民办", 4, 6, 5],
        [None, "小计", "=SUM(C4:C5)", "=SUM(D4:D5)", "=SUM(E4:E5)"],
        ["农村", "敬老院", 5, 7, 6],
        [None, "互助点", 9, 2, 2],
        [None, "小计", "=SUM(C7:C8)", "=SUM(D7:D8)", "=SUM(E7:E8)"],
        ["合计", None, "=C6+C9", "=D6+D9", "=E6+E9"],
        ["注：检查机构按次数计。"],
        ["审核人：", None, "填表人："],
    )
    return sheet.merge("A1:E1", "A3:B3", "A4:A6", "A7:A9", "A10:B10", "A11:E11").data()


def side_by_side():
    """A form that goes on at its right."""
    sheet = Sheet().rows(
        ["公路养护质量情况统计表"],
        ["填报单位：云泽县交通运输局", None, None, None, "2023年4季度"],
        ["指标名称", "单位", "数量", "指标名称", "单位", "数量"],
        ["公路总里程", "公里", 812.5, "养护投入", "万元", 230.6],
        ["优良路里程", "公里", 640, "投入机械", "台班", 55],
        ["优良路率", "%", "=C5/C4*100", "投诉", "起", 2],
        ["制表人：", None, None, "审核："],
    )
    return sheet.merge("A1:F1").data()


def quarters():
    """An old .xls: quarters under a year, formulas, indents, a hidden row."""
    return (DATA / "forms" / "quarters.xls").read_bytes()


ALL = {
    "three_heads": three_heads,
    "months": months,
    "within_words": within_words,
    "indents": indents,
    "two_tables": two_tables,
    "hidden": hidden,
    "numbered": numbered,
    "groups": groups,
    "side_by_side": side_by_side,
    "quarters": quarters,
}
