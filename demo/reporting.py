"""The demonstration: accounts for every role, and an illustrative 2023 made from the region's accepted 2022.

Nothing here is random: every variation comes from a hash of the indicator's code and of the year, so that two
machines show the same figures. They go the way of real ones, through `entry` and `approval`, with the right people.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import cycle

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sectors.access import MOVES
from sectors.approval import moves
from sectors.calculation.cells import rounded
from sectors.calculation.formulas import Formula, compile_formula, compile_rule
from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    Breakdown,
    Department,
    Figure,
    FigureChange,
    Indicator,
    Period,
    Region,
    Rule,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, FigureState, Frequency, Role, SubmissionStatus

YEAR = 2023
PASSWORD = "zhibao-2023"
# Whose clerk and head come first in the list of accounts.
MAIN_DEPARTMENT = "agriculture"
NAMES = (
    ("王", "建国"), ("李", "秀英"), ("张", "伟"), ("刘", "洋"), ("陈", "静"), ("杨", "帆"),
    ("赵", "志强"), ("黄", "丽"), ("周", "敏"), ("吴", "海峰"), ("徐", "晓燕"), ("孙", "涛"),
    ("马", "玉兰"), ("朱", "军"), ("胡", "雪梅"), ("郭", "明"), ("何", "文静"), ("高", "鹏"),
    ("林", "芳"), ("罗", "勇"), ("郑", "慧"), ("梁", "斌"), ("谢", "婷"), ("宋", "立新"),
    ("唐", "洁"), ("许", "刚"),
)  # fmt: skip

# What 2022 left open and no declared rate tells: last year's level, in the indicator's unit.
STARTING = {
    "livestock.slaughter.entered": "12600",
    "water.air.days": "365",
    "hydraulic.assessment.unit.done": "4",
    "hydraulic.assessment.unit.good": "3",
    "hydraulic.assessment.division.done": "24",
    "hydraulic.assessment.element.done": "480",
    "transport.key_points": "105",
}
# How many of the year fall short where 2022 declared 100 %: a year without a single failure shows nothing.
SHORTFALLS = {
    "agri.risk.passed": "2",
    "agri.rapid.passed": "46",
    "livestock.clenbuterol.passed": "3",
    "food.kinds.vegetable.passed": "2",
    "food.canteen.tableware.passed": "1",
    "water.air.good": "7",
    "hydraulic.points_passed": "1",
    "tourism.opinions_closed": "2",
}
# Samples are only taken when a round is held, so they follow the rounds.
ROUNDS = {
    "agri.risk.samples": "agri.risk.times",
    "agri.routine.samples": "agri.routine.times",
    "agri.festival.samples": "agri.festival.times",
    "livestock.assist.samples": "livestock.assist.times",
    "livestock.risk.samples": "livestock.risk.times",
    "livestock.drugs.samples": "livestock.drugs.times",
    "livestock.drugs.trainees": "livestock.drugs.trainings",
}
# The same in every period, as in 2022. So are percentages and averages.
STEADY = frozenset({"tourism.visitors_task", "tourism.income_task", "drugs.population"})
CALENDAR_DAYS = "water.air.days"

# How much of a year is done at its start and after each quarter.
SEASON = tuple(map(Decimal, ("0", "0.25", "0.53", "0.8", "1")))
PROGRESS = tuple(map(Decimal, ("0", "0.5", "0.75", "0.95", "1")))
LEVEL = tuple(map(Decimal, ("0", "0.5", "1", "1", "1")))
# Growth of a year and how far it varies from one indicator to another.
GROWTH: dict[str, tuple[Decimal, Decimal]] = {
    Accumulation.FLOW: (Decimal("1.08"), Decimal("0.06")),
    Accumulation.CUMULATIVE: (Decimal("1.04"), Decimal("0.03")),
    Accumulation.STOCK: (Decimal("1.02"), Decimal("0.02")),
}
CODE = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"
RATIO = re.compile(rf"({CODE}) / ({CODE})")
SUM = re.compile(rf"({CODE}(?: \+ {CODE})*) == ({CODE})")
BOUND = re.compile(rf"({CODE}) (?:<=|>=) .+")

STEPS = {
    "accepted": ("submit", "sign", "accept"),
    "corrected": ("submit", "sign", "return", "submit", "sign", "accept"),
    "signed": ("submit", "sign"),
    "returned": ("submit", "sign", "return"),
    "sent back": ("submit", "send_back"),
    "submitted": ("submit",),
    "half": (),
    "untouched": (),
}
# How far each sheet has come, where it is not accepted (up to September) or untouched (after).
STORY = {
    "2023Q2": {"T-01": "corrected"},
    "2023Q3": {
        "P-01": "signed", "C-02": "signed", "S-01": "returned", "U-02": "sent back", "X-02": "submitted",
        "K-01": "submitted", "D-01": "half", "Y-01": "half", "L-02": "untouched",
    },
    "2023Q4": {"X-01": "half", "H-01": "half", "C-01": "half", "T-01": "half"},
    "2023H2": {"W-01": "submitted"},
    "2023": {"L-01": "accepted", "U-01": "accepted", "F-02": "accepted", "J-01": "half"},
}  # fmt: skip
REASONS = {
    "T-01": "缺少特种设备安全监察工作的文字材料，请补充后重新报送。",
    "S-01": "请核实学校餐饮的完成批次是否包括秋季开学后的抽检，并与承检机构的报告数核对。",
    "U-02": "旅游综合性收入请先与统计部门核对口径，再签发。",
}
# What does not add up, so that findings have something to show: by period and sheet, how far which figure is off.
SLIPS = {
    ("2023Q2", "T-01"): {"equipment.total": Decimal(1)},
    ("2023Q3", "N-02"): {"agri.law.closed": Decimal(1)},
    ("2023Q4", "C-01"): {"construction.completed_passed": Decimal("0.8")},  # nobody has seen this one yet
    ("2023", "J-01"): {"health.institutions.clinic": Decimal(-1)},
}
# What the department says about it, and the office where it lets an error stand.
EXPLAINED = {
    ("2023Q2", "T-01"): "1台起重机已拆除，使用登记尚未注销：总台数按登记平台统计，分种类台数按现场核查统计。",
    ("2023Q3", "N-02"): "第二季度立案的1件在本季度结案，本季度新立的案件也已全部办结。",
    ("2023", "J-01"): "1家诊所已停业，许可证尚未注销：总数按许可证统计，分类按实际开业统计。",
}
LET_STAND = {("2023Q2", "T-01"): "已与登记平台核对，相差的1台待注销，下季度两个口径一致，本期准予保留。"}
ANY_WARNING = "按年度计划分季度安排，各季度数量本来不同，已与台账逐项对过。"
NARRATIVES = {
    "agri.work": (
        "按照年度监测计划抽取蔬菜、瓜果样品，节前增加抽样频次。乡镇监管站坚持每日快检，结果当天录入台账；"
        "对快检异常的样品及时复检，并告知种植户暂缓上市。"
    ),
    "agri.law_work": (
        "结合春耕备耕检查种子、农药、化肥门店，查验进销台账和标签标识，对不规范的经营户当场提出整改要求，"
        "并在一周内回访。"
    ),
    "agri.problem": (
        "个别散户对农药安全间隔期了解不够，采收前自检不到位；乡镇监管站人员兼职较多，快检设备校准不够及时。"
    ),
    "agri.measure": (
        "把安全间隔期内容纳入农技培训，给种植户发放用药记录本；每半年集中校准一次快检设备，"
        "并安排县级检测中心轮流跟班指导。"
    ),
    "livestock.work": (
        "官方兽医驻场查验入场证明，坚持屠宰检疫同步进行；在养殖和屠宰两个环节抽检“瘦肉精”，对异常样品追溯到场户。"
    ),
    "livestock.problem": "部分散养户补栏时没有及时申报检疫，运输车辆清洗消毒记录不完整。",
    "livestock.measure": "推行网上申报检疫，公布各乡镇申报点电话；对备案车辆每季度查验一次消毒记录。",
    "industrial.work": "对水泥、混凝土和建材经营单位开展监督检查，重点查验检验报告、进货台账和出厂检验记录。",
    "industrial.macro": "部门之间的质量数据尚未完全贯通，个别指标口径不一，影响对全县质量状况的综合判断。",
    "industrial.problem": "部分建材经营单位索证索票不全，小规模砂石料企业的出厂检验能力不足。",
    "industrial.measure_mechanism": "每季度召开一次质量数据会商，统一各部门的指标口径，对变化较大的指标说明原因。",
    "industrial.measure_publicity": "在“质量月”期间组织企业开放日，邀请群众参观实验室，公开质量承诺。",
    "industrial.measure_enterprise": "督促生产企业配备专职质量人员，建立从原料到出厂的检验记录，做到问题可以追溯。",
    "equipment.work": "对电梯、锅炉和压力容器使用单位开展现场检查，督促定期检验，并在学校、医院和景区组织应急演练。",
    "equipment.problem": "老旧住宅电梯维护保养费用筹集困难，个别使用单位的安全管理人员更换后没有及时培训。",
    "equipment.measure": "建立老旧电梯清单，逐台评估；对新任安全管理人员先培训后上岗。",
    "food.work": "按计划抽检食用农产品和学校餐饮，抽样覆盖农贸市场、超市和学校食堂；检出的不合格样品已启动核查处置。",
    "food.problem": "抽检任务集中在下半年下达，完成进度前松后紧；个别摊位的进货凭证保存不全。",
    "food.measure": "提前与承检机构排定抽样计划，按月通报进度；对出现过不合格样品的摊位增加抽检次数。",
    "water.work": "按月巡查水源地和河流断面，对监测数据逐项审核；汛期加密水质监测，确保饮用水安全。",
    "water.air_work": "对重点减排企业开展现场检查，督促治污设施正常运行，冬季加强散煤管控和道路洒水抑尘。",
    "water.problem": "春季浮尘天气影响空气质量，部分农村水源地的防护设施需要修缮。",
    "water.measure": "完善浮尘天气应急措施，分批修缮水源地围栏和标识。",
    "orchard.work": "推广标准化修剪、疏花疏果和分级采收，指导合作社建立果园管理档案，主栽品种结构保持稳定。",
    "orchard.problem": "分散果园的采后分级不够统一，县级缺少林果产品的检测设备。",
    "orchard.measure": "在主产乡镇建设分级示范点，与外部检测机构签订协议，安排林果产品抽检。",
    "orchard.sampling_work": "结合果园巡查检查农药使用情况，向果农讲解禁限用农药目录。",
    "wheat.work": "按货位抽样检验库存小麦，定期检查粮温和水分，做好通风和防虫。",
    "wheat.problem": "个别仓房的通风设备使用年限较长，夏季降温效果下降。",
    "wheat.measure": "列入维修计划，入夏前更换老化的通风设备。",
    "elderly.work": "组织护理员技能培训，检查养老机构的食品和消防安全，逐户核对分散供养人员的照料情况。",
    "elderly.problem_macro": "农村养老服务的资金来源单一，专业人员引进困难。",
    "elderly.problem_micro": "幸福大院的日间活动内容较少，助浴、康复等服务供给不足。",
    "elderly.measure": "依托综合福利院培训农村护理员，每月安排流动服务车到幸福大院。",
    "health.work": "对公共场所、学校和医疗机构开展监督检查，推进健康教育进村入校，组织从业人员健康体检。",
    "health.problem_macro": "基层医疗卫生人员总量不足，乡镇之间分布不均。",
    "health.problem_micro": "少数小型理发店消毒记录不连续，部分诊所医疗废物交接登记不规范。",
    "health.measure": "实行县乡人员轮岗，对消毒和医疗废物管理开展专项复查。",
    "drugs.work": "督促药店和医疗机构报告不良反应，每月审核报告质量，对报告较少的单位进行走访。",
    "drugs.problem_micro": "个别药店的报告内容不完整，需要退回补充。",
    "drugs.measure": "编写报告填写示例，对药店从业人员分批培训。",
    "construction.work": "对在建工程开展质量监督抽查，重点检查混凝土强度、钢筋保护层和关键岗位履职情况。",
    "construction.problem_macro": "个别参建单位的质量管理体系停留在纸面，项目负责人到岗率有待提高。",
    "construction.problem_micro": "部分项目混凝土养护不到位，砌体灰缝不均匀，材料进场复验滞后。",
    "construction.measure": "实行关键岗位打卡考勤，对材料先复验后使用，问题项目增加抽查次数。",
    "transport.work": "对农村公路和桥梁项目开展综合监督检查，抽查路基压实度、路面厚度和原材料质量，问题当场交办。",
    "transport.problem_micro": "少数路段边沟和路肩施工较粗糙，工地试验室记录不及时。",
    "transport.measure": "推行首件验收，试验记录当日上传，整改情况逐项复核。",
    "hydraulic.work": "对在建水利工程全部办理质量监督手续，委托检测机构抽检混凝土和土方压实质量。",
    "hydraulic.problem_micro": "个别单元工程的评定资料整理滞后于施工进度。",
    "hydraulic.measure": "每月核对一次评定资料，资料不齐的不进入下一道工序。",
    "tourism.work": "检查酒店、民宿和景区的服务质量，公布投诉电话，旺季安排人员驻点值守。",
    "tourism.problem_macro": "旅游旺季集中，住宿和交通接待能力与需求不匹配。",
    "tourism.problem_micro": "部分民宿价格公示不规范，从业人员服务技能参差不齐。",
    "tourism.measure": "督促经营单位明码标价，开展旺季前服务技能培训，投诉当天受理。",
    "catering.work": "规范小餐饮和食品销售店，推进学校食堂“明厨亮灶”，开展网络餐饮线上线下同步检查。",
    "catering.problem_macro": "小餐饮数量多、变动快，基层监管力量相对不足。",
    "catering.problem_micro": "个别小餐饮后厨卫生保持不好，餐具消毒不规范。",
    "catering.measure": "按风险等级安排检查频次，对整改后反弹的单位公开曝光。",
}


@dataclass(frozen=True)
class Span:
    """A period as the part of its year from `start` to `end` (0 to 1), and how many days it has."""

    start: Decimal
    end: Decimal
    days: int


def make_accounts(region: Region) -> list[User]:
    """Make the accounts that do not exist yet and return all, those to try first at the front.

    Clerk and head of every reporting department (a head only where the head signs), office, leader and
    administrator. An account that exists stays as it is.
    """
    main = list(Department.objects.reporting(region).filter(code=MAIN_DEPARTMENT))
    others = list(Department.objects.reporting(region).exclude(code=MAIN_DEPARTMENT))
    office = region.departments.get(code="office")
    wanted: list[tuple[str, str, Department | None]] = [
        *_staff(main),
        ("office", Role.OFFICE, office),
        ("leader", Role.LEADER, office),
        ("admin", Role.ADMIN, None),
        *_staff(others),
    ]
    # Hashing is slow on purpose, and all share the one password.
    password = make_password(PASSWORD)
    return [
        _account(username, role, department, name, password)
        for (username, role, department), name in zip(wanted, cycle(NAMES), strict=False)
    ]


def _staff(departments: Iterable[Department]) -> list[tuple[str, str, Department | None]]:
    clerks: list[tuple[str, str, Department | None]] = []
    for department in departments:
        clerks.append((f"{department.code}_clerk", Role.CLERK, department))
        if department.signs:
            clerks.append((f"{department.code}_head", Role.HEAD, department))
    return clerks


def _account(username: str, role: str, department: Department | None, name: tuple[str, str], password: str) -> User:
    is_admin = role == Role.ADMIN
    return User.objects.select_related("department").get_or_create(
        username=username,
        defaults={
            "role": role,
            "department": department,
            "last_name": name[0],
            "first_name": name[1],
            "password": password,
            "is_staff": is_admin,
            "is_superuser": is_admin,
        },
    )[0]


@transaction.atomic
def make_demo_year(region: Region, today: datetime.date | None = None) -> int:
    """Make the illustrative 2023 of a region that has its accounts and its accepted 2022.

    Returns how many submissions were made: none when the region has a period of 2023 already. The calendar is the
    ordinary one (due on the 10th after the end) up to June. What ends in September was due three days before
    `today`, so that lateness shows, and what ends in December is due seven days after, so that something is to be done.
    """
    if Period.objects.filter(region=region, year=YEAR).exists():
        return 0
    today = today or timezone.localdate()
    figures_of = _IllustrativeYear(region)
    people = {
        (user.role, user.department_id): user for user in User.objects.filter(department__region=region).order_by("-pk")
    }
    office = next(user for (role, _department), user in people.items() if role == Role.OFFICE)
    made = 0
    for period in _periods(region, today):
        made += moves.open_period(period, is_demo=True)
        for submission in Submission.objects.for_period(period).select_related("sheet", "department"):
            clerk = people[Role.CLERK, submission.department_id]
            staff: dict[str, User] = {
                Role.CLERK: clerk,
                Role.HEAD: people.get((Role.HEAD, submission.department_id), clerk),
                Role.OFFICE: office,
            }
            _tell(submission, period, figures_of.texts(submission, period), staff)
            _date(submission, period, today)
    return made


def _date(submission: Submission, period: Period, today: datetime.date) -> None:
    """Let what was told have happened around the due day, mostly in time: two days before it, or two after."""
    is_tardy = (submission.sheet_id + period.number) % 7 == 0
    days = (today - period.due).days + (-2 if is_tardy else 2)
    if days > 0:
        earlier = F("at") - datetime.timedelta(days=days)
        Transition.objects.filter(submission=submission).update(at=earlier)
        FigureChange.objects.filter(submission=submission).update(at=earlier)


def _periods(region: Region, today: datetime.date) -> list[Period]:
    """The periods that the region's sheets need, made in the order of time."""
    kinds = Assignment.objects.filter(region=region).values_list("sheet__frequency", flat=True).distinct()
    periods = [
        Period(region=region, year=YEAR, kind=kind, number=number)
        for kind in kinds.order_by("sheet__frequency")
        for number in range(1, PERIODS_A_YEAR[kind] + 1)
    ]
    for period in sorted(periods, key=lambda p: p.last_day):
        period.opens, period.due = _calendar(period.last_day, today)
        period.save()
    return sorted(periods, key=lambda p: p.last_day)


def _calendar(last_day: datetime.date, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First day and last day for reporting a period that ends on `last_day`."""
    if last_day.month < 9:
        opens, due = last_day + datetime.timedelta(days=1), last_day + datetime.timedelta(days=10)
    else:
        due = today + datetime.timedelta(days=7 if last_day.month == 12 else -3)
        opens = due - datetime.timedelta(days=10)
    return opens, due


def _tell(submission: Submission, period: Period, texts: dict[str, str], staff: Mapping[str, User]) -> None:
    """Take a submission as far as its story goes, by the people whose steps they are."""
    number = submission.sheet.number
    story = STORY.get(period.code, {}).get(number, "accepted" if period.last_day.month <= 9 else "untouched")
    if story == "untouched":
        return
    words = dict(NARRATIVES)
    if story == "half":
        texts, words = dict(list(texts.items())[: len(texts) // 2]), {}
    clerk, place = staff[Role.CLERK], (period.code, number)
    for code, off in SLIPS.get(place, {}).items():
        if code in texts:
            texts[code] = str(Decimal(texts[code]) + off)
    # What is returned first lacks the words that the reason asks for.
    writer.save(submission=submission, figures=texts, narratives={} if story == "corrected" else words, by=clerk)
    _explain(submission, place, staff)
    for action in STEPS[story]:
        if action in ("sign", "send_back") and not submission.department.signs:
            continue
        if action == "submit" and submission.status == SubmissionStatus.RETURNED:
            writer.save(submission=submission, figures={}, narratives=words, by=clerk)
        reason = REASONS.get(number, "请核实本期数据后重新报送。") if MOVES[action].reason else ""
        submission = moves.move(submission=submission, action=action, by=staff[MOVES[action].role], reason=reason)


def _explain(submission: Submission, place: tuple[str, str], staff: Mapping[str, User]) -> None:
    """Say why the findings stand, as far as it is for the department and the office to say."""
    for finding in storage.refresh(submission):
        reason = EXPLAINED.get(place, "" if finding.is_error else ANY_WARNING)
        if reason:
            reasons.explain(finding=finding, text=reason, by=staff[Role.CLERK])
        if finding.is_error and place in LET_STAND:
            reasons.judge(finding=finding, accept=True, text=LET_STAND[place], by=staff[Role.OFFICE])


class _IllustrativeYear:
    """Figures of the region's 2023 that agree with one another. Values are in base units unless said otherwise.

    Totals are reckoned first and divided among their parts; numerators of rates follow their denominators at
    last year's distance; what is left varies by itself, within the bounds of the catalogue's rules.
    """

    def __init__(self, region: Region) -> None:
        self.indicators = {i.code: i for i in Indicator.objects.select_related("unit")}
        parts = Breakdown.objects.part_codes()
        self.formulas = {code: compile_formula(i.formula, parts) for code, i in self.indicators.items() if i.formula}
        self.last = self._last_year(region)
        self.leads = self._leads()
        self.within: dict[str, str] = {}  # part -> total that it is one of
        self.sums: dict[str, list[str]] = {}  # total -> parts that make it
        self.share_of: dict[str, tuple[str, list[str]]] = {}  # part -> total that it is cut from, all its parts
        self.bounds: dict[str, list[tuple[str, Formula]]] = {}
        self._read_breakdowns()
        self._read_rules(parts)
        self.known: dict[tuple[str, Span], Decimal | None] = {}

    def texts(self, submission: Submission, period: Period) -> dict[str, str]:
        """What the clerk types: by code, in the order of the sheet."""
        span = _span(period)
        rows = Indicator.objects.filter(sheet=submission.sheet_id, formula="").valid_on(period.last_day)
        found: dict[str, str] = {}
        for code in rows.order_by("table__position", "row", "column").values_list("code", flat=True):
            value = self.value(code, span)
            if value is not None:
                indicator = self.indicators[code]
                found[code] = f"{value / indicator.unit.scale:.{indicator.decimals}f}"
        return found

    def value(self, code: str, span: Span) -> Decimal | None:
        key = (code, span)
        if key not in self.known:
            self.known[key] = None  # stands while a circle is being read
            self.known[key] = self._reckon(code, span)
        return self.known[key]

    # What 2022 and the catalogue say

    def _last_year(self, region: Region) -> dict[str, Decimal]:
        """Last year's annual figures by code; what it declared a rate for but did not give is worked out from it."""
        rows = Figure.objects.filter(
            region=region,
            state=FigureState.NUMBER,
            submission__status=SubmissionStatus.ACCEPTED,
            submission__period__year=YEAR - 1,
            submission__period__kind=Frequency.YEAR,
        ).values_list("indicator__code", "value")
        given = {code: value * self.indicators[code].unit.scale for code, value in rows if value is not None}
        last = {code: value for code, value in given.items() if code not in self.formulas}
        for code, text in STARTING.items():
            if code in self.indicators:
                last.setdefault(code, Decimal(text) * self.indicators[code].unit.scale)
        for code, (top, bottom) in self._ratios().items():
            rate, whole = given.get(code), self._of(last, bottom)
            if rate is not None and top not in last and top not in self.formulas and whole is not None:
                last[top] = self._round(top, rate * whole)
            elif rate and whole is None and bottom not in self.formulas and top in last:
                last[bottom] = self._round(bottom, last[top] / rate)
        return last

    def _of(self, last: Mapping[str, Decimal], code: str) -> Decimal | None:
        if code in self.formulas:
            return self.formulas[code].evaluate(lambda name, _back, _in_sum: self._of(last, name))
        return last.get(code)

    def _ratios(self) -> dict[str, tuple[str, str]]:
        """Plain rates: code -> numerator, denominator."""
        found = {code: RATIO.fullmatch(formula.text) for code, formula in self.formulas.items()}
        return {code: (match[1], match[2]) for code, match in found.items() if match}

    def _leads(self) -> dict[str, str]:
        """Numerators that lie within their denominators and move with them: numerator -> denominator."""
        leads = {}
        for top, bottom in self._ratios().values():
            part, whole = self._of(self.last, top), self._of(self.last, bottom)
            alike = self.indicators[top].accumulation == self.indicators[bottom].accumulation
            if alike and top not in self.formulas and part is not None and whole is not None and part <= whole:
                leads[top] = bottom
        return leads

    def _read_breakdowns(self) -> None:
        groups: list[tuple[str, list[str]]] = []
        breakdowns = Breakdown.objects.select_related("total").order_by("total__code", "position")
        for breakdown in breakdowns.prefetch_related("memberships__indicator"):
            parts = [member.indicator.code for member in breakdown.memberships.all()]
            if not breakdown.exhaustive:
                self.within |= dict.fromkeys(parts, breakdown.total.code)
            elif breakdown.total.code not in self.formulas:
                groups.append((breakdown.total.code, parts))
        for expression in Rule.objects.order_by("code").values_list("expression", flat=True):
            match = SUM.fullmatch(expression)
            if match:
                groups.append((match[2], match[1].split(" + ")))
        for total, parts in groups:
            for part in parts:
                if self.leads.get(part) == total:
                    del self.leads[part]  # a share of its own total leads nowhere
        for total, parts in groups:
            self._read_group(total, parts)

    def _read_group(self, total: str, parts: list[str]) -> None:
        if all(part in self.leads for part in parts):
            self.sums[total] = parts
        else:
            for part in parts:
                self.share_of.setdefault(part, (total, parts))

    def _read_rules(self, parts: Mapping[str, list[str]]) -> None:
        for expression in Rule.objects.order_by("code").values_list("expression", flat=True):
            match = BOUND.fullmatch(expression)
            if match:
                rule = compile_rule(expression, parts)
                self.bounds.setdefault(match[1], []).append((rule.relation, rule.right))

    # The figures of 2023

    def _reckon(self, code: str, span: Span) -> Decimal | None:
        if code in self.formulas:
            return self._evaluate(self.formulas[code], span)
        if code in self.share_of:
            return self._share(code, span)
        if code in self.sums:
            values = [self.value(part, span) for part in self.sums[code]]
            return sum((value for value in values if value is not None), Decimal(0))
        if code == CALENDAR_DAYS:
            return Decimal(span.days)
        if code not in self.last:
            return None
        value = self._behind(code, span) if code in self.leads else self._own(code, span)
        return self._bounded(code, value, span)

    def _evaluate(self, formula: Formula, span: Span) -> Decimal | None:
        return formula.evaluate(lambda code, back, _in_sum: self.last.get(code) if back else self.value(code, span))

    def _own(self, code: str, span: Span) -> Decimal:
        return self._moved(code, self.last[code], self.last[code] * self._growth(code), span)

    def _behind(self, code: str, span: Span) -> Decimal:
        """The denominator less what falls short of it."""
        whole = self.value(self.leads[code], span) or Decimal(0)
        gap = (self._of(self.last, self.leads[code]) or Decimal(0)) - self.last[code]
        new = gap * self._growth(code)
        if code in SHORTFALLS:
            new = Decimal(SHORTFALLS[code]) * self.indicators[code].unit.scale
        return max(whole - self._moved(code, gap, new, span), Decimal(0))

    def _moved(self, code: str, old: Decimal, new: Decimal, span: Span) -> Decimal:
        """How much of a year's amount falls to the period, or where a level has come on its way from old to new."""
        accumulation = self.indicators[code].accumulation
        if accumulation == Accumulation.FLOW:
            year = self._round(code, new)
            done = self._round(code, year * self._season(code, span.start))
            return self._round(code, year * self._season(code, span.end)) - done
        if accumulation == Accumulation.CUMULATIVE:
            return self._round(code, new * _between(PROGRESS, span.end))
        return self._round(code, old + (new - old) * _between(LEVEL, span.end))

    def _season(self, code: str, moment: Decimal) -> Decimal:
        """Share of the year's flow that is done at a moment."""
        root = self._root(code)
        rounds = ROUNDS.get(root, "")
        if rounds in self.last:
            year = self._round(rounds, self.last[rounds] * self._growth(rounds))
            return self._round(rounds, year * self._season(rounds, moment)) / year if year else Decimal(0)
        inner = [share + _noise(root, n) * Decimal("0.015") for n, share in enumerate(SEASON[1:-1])]
        return _between((SEASON[0], *inner, SEASON[-1]), moment)

    def _growth(self, code: str) -> Decimal:
        """Growth over the year; one for a total and for what moves with it, so that shares keep their size."""
        indicator = self.indicators[code]
        if code in STEADY or indicator.unit.is_percent or indicator.accumulation not in GROWTH:
            return Decimal(1)
        mean, width = GROWTH[indicator.accumulation]
        return mean + width * _noise(self._root(code), YEAR)

    def _root(self, code: str) -> str:
        above = self.within.get(code) or self.leads.get(code)
        return self._root(above) if above else code

    def _bounded(self, code: str, value: Decimal, span: Span) -> Decimal:
        """Within its total and the rules about it, on the near side of the last decimal."""
        total = self.value(self.within[code], span) if code in self.within else None
        limits = [(relation, self._evaluate(right, span)) for relation, right in self.bounds.get(code, [])]
        for relation, limit in [("<=", total), *limits]:
            if limit is not None and relation == "<=":
                value = min(value, self._to_step(code, limit, ROUND_FLOOR))
            elif limit is not None:
                value = max(value, self._to_step(code, limit, ROUND_CEILING))
        return value

    def _share(self, code: str, span: Span) -> Decimal | None:
        """The part's share of its total, at last year's proportions; all parts together make the total exactly."""
        total, parts = self.share_of[code]
        whole = self.value(total, span)
        if whole is None:
            return None
        # A part that makes another total as well is settled there.
        whole -= sum(
            (self.value(part, span) or Decimal(0) for part in parts if self.share_of[part][0] != total), Decimal(0)
        )
        parts = [part for part in parts if self.share_of[part][0] == total]
        weights = {part: self.last.get(part, Decimal(0)) for part in parts}
        weight = sum(weights.values(), Decimal(0))
        exact = {part: whole * weights[part] / weight if weight else Decimal(0) for part in parts}
        finest = min(map(self._step, parts))
        fine = [part for part in parts if self._step(part) == finest]
        shares = {part: self._round(part, exact[part]) for part in parts}
        shares |= {part: self._to_step(part, exact[part], ROUND_FLOOR) for part in fine}
        rest = int((whole - sum(shares.values(), Decimal(0))) / finest)
        if 0 <= rest < len(fine):
            for part in sorted(fine, key=lambda p: shares[p] - exact[p])[:rest]:
                shares[part] += finest
        else:
            shares[max(fine, key=lambda p: weights[p])] += rest * finest
        return shares[code]

    def _step(self, code: str) -> Decimal:
        indicator = self.indicators[code]
        return Decimal(1).scaleb(-indicator.decimals) * indicator.unit.scale

    def _to_step(self, code: str, value: Decimal, rounding: str) -> Decimal:
        return (value / self._step(code)).to_integral_value(rounding=rounding) * self._step(code)

    def _round(self, code: str, value: Decimal) -> Decimal:
        indicator = self.indicators[code]
        return rounded(value / indicator.unit.scale, indicator.decimals) * indicator.unit.scale


def _span(period: Period) -> Span:
    size = Decimal(1) / PERIODS_A_YEAR[period.kind]
    first = datetime.date(period.year, (period.number - 1) * 12 // PERIODS_A_YEAR[period.kind] + 1, 1)
    return Span((period.number - 1) * size, period.number * size, (period.last_day - first).days + 1)


def _between(points: tuple[Decimal, ...], moment: Decimal) -> Decimal:
    """The value at a moment from 0 to 1 of a curve given at equal distances."""
    place = moment * (len(points) - 1)
    before = min(int(place), len(points) - 2)
    return points[before] + (points[before + 1] - points[before]) * (place - before)


def _noise(*words: object) -> Decimal:
    """Between -1 and 1, always the same for the same words."""
    digest = hashlib.sha256(" ".join(map(str, words)).encode()).digest()
    return Decimal(int.from_bytes(digest[:4], "big")) / 2**31 - 1
