"""沙岭县: months as columns with sums of quarters, in an old .xls; months as rows; a report with tables."""

from tests.base import DATA
from tests.counties import writing
from tests.sectors.reading.form_files import Sheet

REGION = {"code": "620991", "name": "沙岭县"}
OFFICE = "县质量工作领导小组办公室"
MARKET, AFFAIRS = "县市场监管局", "县信访和政务热线中心"


def _letter(number):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number - 1]


def devices_as_xlsx():
    """特种设备: 1月 … 12月 with 一季度小计 between them and 全年合计 behind; levels and flows in one table."""
    heads = ["序号", "项　　目", "单位"]
    for quarter, name in enumerate("一二三四"):
        heads += [f"{month}月" for month in range(quarter * 3 + 1, quarter * 3 + 4)] + [f"{name}季度小计"]
    sheet = Sheet("2026").rows(
        ["沙岭县特种设备安全监察工作月报表（2026年）"],
        ["填报单位：沙岭县市场监督管理局"],
        [*heads, "全年合计"],
    )
    items = [
        ("特种设备在用数", "台"),
        ("其中：电梯", "台"),
        ("　　　压力容器", "台"),
        ("检查使用单位", "家次"),
        ("发现隐患", "处"),
        ("整改隐患", "处"),
        ("立案", "件"),
    ]
    for row, (name, unit) in enumerate(items, start=4):
        cells: list[str | None] = []
        for quarter in range(4):
            first = 4 + quarter * 4
            is_level = unit == "台"
            cells += [None] * 3
            cells.append(None if is_level else f"=SUM({_letter(first)}{row}:{_letter(first + 2)}{row})")
        whole = None if unit == "台" else "=" + "+".join(f"{_letter(7 + 4 * n)}{row}" for n in range(4))
        sheet.rows([row - 3, name, unit, *cells, whole])
    sheet.rows(["审核：", None, None, None, "制表："])
    return sheet.merge("A1:T1", "A2:E2").data()


def devices():
    return (DATA / "forms" / "months.xls").read_bytes()


def complaints():
    """12345热线: months are rows, with sums of quarters among them; shares by formulas."""
    sheet = Sheet("热线").rows(
        ["沙岭县质量类投诉举报办理情况表"],
        ["填报单位：县信访和政务热线中心", None, None, None, None, None, "2026年"],
        ["月份", "受理（件）", None, None, "办结（件）", "办结率（%）", "挽回经济损失（万元）"],
        [None, "合计", "投诉", "举报", None, None, None],
    )
    row = 5
    for quarter, name in enumerate("一二三四"):
        for month in range(1, 4):
            sums = [f"=C{row}+D{row}", None, None, None, f"=ROUND(E{row}/B{row}*100,1)", None]
            sheet.rows([f"{quarter * 3 + month}月", *sums])
            row += 1
        total = [f"=SUM({c}{row - 3}:{c}{row - 1})" for c in "BCDE"]
        sheet.rows([f"{name}季度小计", *total, f"=ROUND(E{row}/B{row}*100,1)", f"=SUM(G{row - 3}:G{row - 1})"])
        row += 1
    total = [f"={c}8+{c}12+{c}16+{c}20" for c in "BCDE"]
    sheet.rows(["全年合计", *total, "=ROUND(E21/B21*100,1)", "=G8+G12+G16+G20"], ["说明：挽回经济损失保留两位小数。"])
    return sheet.merge("A1:G1", "A3:A4", "B3:D3", "E3:E4", "F3:F4", "G3:G4").data()


FORMS = {"特种设备月报.xls": devices, "质量类投诉举报办理情况表.xlsx": complaints}

PEOPLE = [
    ["姓名", "工作单位", "科室", "职务", "手机号码"],
    ["冯立群", OFFICE, "综合股", "副主任", "139 0002 0001"],
    ["薛 敏", MARKET, "特设股", "科员", "139 0002 0002"],
    ["崔大海", MARKET, None, "党组成员、副局长", "139 0002 0003"],
    ["买买提·艾力", AFFAIRS, "热线科", "科长", "139 0002 0004"],
    ["蒋文", AFFAIRS, None, "中心主任", "139 0002 0005"],
]


def people():
    return Sheet("通讯录").rows(*PEOPLE).data()


REPORT = """
# 沙岭县2025年度质量分析报告
# （2026年1月）
## 第一部分　特种设备安全
### 一、基本情况
截至2025年12月底，全县特种设备在用数1286台，其中电梯412台，压力容器655台。全年未发生特种设备安全事故。
### 二、监管情况
县市场监管局以燃气、电梯为重点，检查使用单位486家次，发现隐患173处，整改隐患171处，立案14件，罚款8.5万元。各项工作按季度推进，情况见下表。
表1　2025年特种设备安全监察情况
|季度|检查使用单位（家次）|发现隐患（处）|整改隐患（处）|立案（件）|
|一季度|98|35|35|2|
|二季度|136|52|52|5|
|三季度|140|49|48|4|
|四季度|112|37|36|3|
|合计|486|173|171|14|
### 三、做法与成效
全面推行“日管控、周排查、月调度”工作机制，督促326家使用单位配备安全总监、安全员。组织电梯困人应急演练3次，\
开展特种设备作业人员培训2期，培训148人。老旧住宅电梯更新改造29台，惠及居民1100余户。
推动智慧监管，电梯应急处置平台接入率达到98%，平均救援到达时间12.6分钟，比上年缩短1.8分钟。
### 四、问题与原因
隐患主要集中在安全附件超期未检、作业人员无证上岗、管理制度不落实三个方面，分别占41%、23%和36%。部分使用单位重效益、轻安全，自查流于形式；\
基层监察人员少，全县专职监察员只有6名，人均监管设备214台。
## 第二部分　质量投诉举报
### 一、基本情况
2025年全县共受理质量类投诉举报2347件，其中投诉1985件、举报362件；办结2318件，办结率98.8%，挽回经济损失156.42万元。
表2　2025年质量类投诉举报办理情况
|季度|受理（件）|投诉（件）|举报（件）|办结（件）|办结率（%）|
|一季度|512|430|82|508|99.2|
|二季度|603|515|88|597|99.0|
|三季度|655|552|103|645|98.5|
|四季度|577|488|89|568|98.4|
|合计|2347|1985|362|2318|98.8|
### 二、热点分析
投诉集中在食品、服装鞋帽、家用电器和餐饮服务，四类合计占投诉总量的63.5%。网络购物投诉比上年增加21.4%，预付式消费投诉下降8.9%。
### 三、做法与成效
县信访和政务热线中心落实首接负责、限时办结、回访评价制度，群众满意率97.3%。建立消费维权服务站64个，消费纠纷就地化解率达到72%。
### 四、问题与原因
一些经营者售后服务意识不强，小额纠纷反复投诉多；部门之间转办环节多，平均办理时间6.2天。
## 第三部分　2026年工作打算
一是持续开展燃气、电梯、锅炉隐患排查整治，隐患整改率保持在98%以上。
二是完善投诉数据分析研判机制，每季度发布消费提示。
三是加强基层监管力量，新增专职监察员4名，组织全员轮训。
"""


def report():
    return writing.styled_word(REPORT)
