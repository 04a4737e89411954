"""临河口县: a form with rows that the department adds, beside an ordinary one; a report with bare headings."""

from tests.counties import writing
from tests.sectors.reading.form_files import SIGNATURES, Sheet

REGION = {"code": "431991", "name": "临河口县"}
OFFICE = "临河口县质强办"
FARMING, TRANSPORT = "临河口县农业农村局", "临河口县交通运输局"


def projects():
    """交通建设项目: a row for each project, more to be added, a total below."""
    sheet = Sheet("项目表").rows(
        ["临河口县在建交通工程项目质量情况表"],
        ["填报单位（盖章）：", None, None, None, None, "填报日期：2026年4月3日"],
        ["序号", "项目名称", "建设单位", "总投资（万元）", "长度（公里）", "开工时间", "质量监督抽检", None, "备注"],
        [None, None, None, None, None, None, "抽检点数（点）", "合格点数（点）", None],
        [1, None, None, None, None, None, None, None, None],
        [2, None, None, None, None, None, None, None, None],
        [3, None, None, None, None, None, None, None, None],
        ["…", None, None, None, None, None, None, None, None],
        ["合计", None, None, "=SUM(D5:D8)", "=SUM(E5:E8)", None, "=SUM(G5:G8)", "=SUM(H5:H8)", None],
        ["注：表格行数不够可自行添加。"],
        SIGNATURES,
    )
    merged = "A1:I1 A3:A4 B3:B4 C3:C4 D3:D4 E3:E4 F3:F4 G3:H3 I3:I4 A10:I10"
    return sheet.merge(*merged.split()).data()


def farming():
    """农产品: what is counted stands in groups beside its units; a rate by formula, another typed."""
    sheet = Sheet("Sheet1").rows(
        ["农产品质量安全工作情况表"],
        [],
        ["填报单位：临河口县农业农村局", None, None, "2026年一季度"],
        ["类  别", "指    标", "单位", "数量"],
        ["检验检测", "定量检测样品", "批次", None],
        [None, "定量检测合格样品", "批次", None],
        [None, "定量检测合格率", "%", '=IF(D5=0,"",D6/D5*100)'],
        [None, "快速检测样品", "批次", None],
        ["监督执法", "出动执法人员", "人次", None],
        [None, "检查生产经营主体", "家次", None],
        [None, "查处案件", "起", None],
        ["品牌培育", "绿色食品认证产品", "个", None],
        [None, "地理标志农产品", "个", None],
        ["填报人：", None, "负责人：", None],
    )
    return sheet.merge("A1:D1", "A5:A8", "A9:A11", "A12:A13").data()


FORMS = {"农产品质量安全工作情况表.xlsx": farming, "在建交通工程项目质量情况表.xlsx": projects}

PEOPLE = [
    ["临河口县质量工作通讯录", None, None, None, None],
    ["（2026年3月更新）", None, None, None, None],
    ["部门", "姓名", "科室", "职务", "联系电话"],
    [OFFICE, "龙志刚", "", "专职副主任", "13700030001"],
    [FARMING, "向春梅", "农安股", "农艺师", "13700030002"],
    [FARMING, "彭万里", "局领导", "党组书记、局长", "13700030003"],
    [TRANSPORT, "田野", "质监站", "技术员", "13700030004"],
    [TRANSPORT, "石磊", "局领导", "副局长", "13700030005"],
]


def people():
    return Sheet("通讯录").rows(*PEOPLE).merge("A1:E1", "A2:E2").data()


REPORT = """
# 临河口县二〇二五年质量发展状况报告
按照省、市统一部署，县质强办会同有关部门对二〇二五年全县质量发展状况进行了分析。全县质量形势总体平稳，人民群众质量满意度稳步提升，现报告如下。
## 一　农产品质量
全年农产品定量检测样品三百二十批次，定量检测合格样品316批次，定量检测合格率98.75%；快速检测样品1.2万批次，合格率99.6%。出动执法人员1,368人次，\
检查生产经营主体642家次，查处案件9起，移送司法机关1起。
全县绿色食品认证产品达到27个，较上年增加4个；地理标志农产品3个，“临河口柑橘”区域公用品牌价值逾6亿元。推行食用农产品承诺达标合格证制度，\
开具合格证18.6万张，带证上市农产品4.3万吨。
主要问题：一是小散生产主体多，农药使用记录不规范；二是乡镇监管站人员兼职多，快检设备使用率不足六成；三是个别批次豇豆农药残留超标，\
暴露出源头管控仍有薄弱环节。
下一步打算：加大重点品种治理力度，对豇豆、芹菜等品种实行包村包片，检测频次提高一倍；配齐乡镇监管员，全年培训不少于2次。
## 二　交通工程质量
全年在建交通工程项目5个，总投资46,820万元，总长度61.4公里。其中：S231线柳林至临河口公路改建工程总投资28,600万元，长度23.5公里；\
白沙渡大桥总投资9,200万元，长度1.2公里；农村公路提质改造工程总投资4,020万元，长度31公里；另有2个项目处于路基施工阶段。
县交通质监站全年质量监督抽检3,860点，合格3,705点，合格率96.0%，比上年提高0.7个百分点。下发质量整改通知书34份，整改回复34份。
主要问题：农村公路项目点多线长，部分施工单位技术力量薄弱，水泥稳定层压实度、桥涵保护层厚度合格率偏低，分别为93.1%和91.8%。
下一步打算：落实首件认可制，推广标准化施工，对合格率低于95%的指标开展专项治理。
## 三　结论
总体看，全县质量工作取得了新的进展，但与高质量发展要求和群众期待相比仍有差距。下一年度，县质强办将进一步健全联席会议制度，\
完善质量统计分析工作，推动质量强县建设再上新台阶。
"""


def report():
    return writing.plain_word(REPORT)
