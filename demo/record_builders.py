"""Which records make which figures: the table from sheets to the functions that build their records."""

from __future__ import annotations

from collections.abc import Callable

from demo.enforcement import cases, complaints, inspections, notices, other_checks
from demo.needs import Need
from demo.sampling import batches, food, groups, livestock, materials, rapid, spots

LAW = {"people": "agri.law.officers", "vehicles": "agri.law.vehicles", "places": "agri.law.premises"}
VEGETABLES = ("produce.vegetable", "produce.fruit")
# Records by the number of the sheet they are counted in.
BUILDERS: dict[str, tuple[Callable[[Need], None], ...]] = {
    "N-01": (
        batches("agri.risk.samples", "agri.risk.passed", {"risk": "agri.risk.times"}, VEGETABLES),
        batches(
            "agri.routine.samples",
            "agri.routine.passed",
            {"routine": "agri.routine.times", "supervision": "agri.routine.supervision"},
            VEGETABLES,
        ),
        batches("agri.festival.samples", "agri.festival.passed", {"festival": "agri.festival.times"}, VEGETABLES),
        rapid,
    ),
    "N-02": (
        inspections("inputs", "农资", "agri.law.checks", LAW, kind="law"),
        inspections("farm", "种植", "agri.pledge.patrols", kind="patrol"),
        cases("agri.law.cases", "agri.law.closed", "produce", "农产品质量安全"),
        cases("agri.law.seed_cases", "agri.law.seed_cases", "inputs.seed", "种子标签不规范"),
    ),
    "X-01": (
        livestock,
        batches(
            "livestock.assist.samples", "livestock.assist.passed", {"assist": "livestock.assist.times"}, ("livestock",)
        ),
        batches("livestock.risk.samples", "livestock.risk.passed", {"risk": "livestock.risk.times"}, ("livestock",)),
    ),
    "X-03": (
        inspections("veterinary", "兽药", "livestock.drugs.inspections"),
        batches(
            "livestock.drugs.samples",
            "livestock.drugs.passed",
            {"assist": "livestock.drugs.times"},
            ("inputs.veterinary",),
            setting="shop",
        ),
    ),
    "G-01": tuple(
        inspections(kind, word, f"industrial.inspected.{kind}", once=True)
        for kind, word in (("cement", "水泥"), ("concrete", "混凝土"), ("materials", "建材"), ("tiles", "瓷砖"))
    ),
    "S-01": (food,),
    "H-02": (inspections("emitter", "企业", "water.air.checks", troubled="water.air.opinions"),),
    "J-02": (
        other_checks,
        *(
            inspections(kind, word, f"health.checks.{kind}")
            for kind, word in (
                ("beauty", "美发"),
                ("lodging", "宾馆"),
                ("internet", "网吧"),
                ("music", "音乐厅"),
                ("shop", "商场"),
                ("cinema", "影院"),
                ("school", "学校"),
                ("medical", "诊所"),
            )
        ),
    ),
    "C-02": (
        inspections("site", "工地", "construction.checks"),
        notices("construction.notices", "site", "工地"),
        groups("construction.tests.material", "engineering.material", "钢筋"),
        groups("construction.tests.entity", "engineering.entity", "混凝土"),
        complaints("construction.complaints", "construction.complaints_closed", "complaint", "hotline", "房屋渗漏"),
    ),
    "D-01": (
        inspections("road", "标段", "transport.checks"),
        notices("transport.opinions", "road", "标段", "transport.problems"),
        spots(
            "transport.points",
            "transport.points_passed",
            "engineering.entity",
            "路基路面",
            ("transport.key_points", "transport.key_points_passed"),
        ),
        materials("transport.material_checks", "transport.material_failed"),
        inspections("bridge", "桥梁", "transport.bridge_checks"),
    ),
    "K-01": (spots("hydraulic.points", "hydraulic.points_passed", "engineering.entity", "渠道衬砌"),),
    "U-02": (
        inspections("tourism", "景区", sums={"people": "tourism.officers", "places": "tourism.checked"}),
        *(
            complaints(f"tourism.opinions.{channel}", "tourism.opinions_closed", "opinion", channel, "旅游服务舆情")
            for channel in ("cyber", "hotline", "prefecture")
        ),
        complaints("tourism.malicious", "", "malicious", "platform", "旅游恶性投诉"),
        complaints("tourism.accident_complaints", "", "accident", "platform", "旅游安全投诉"),
    ),
    "F-01": (
        notices("catering.notices", "food", "餐饮店"),
        complaints("catering.event_complaints", "", "event", "hotline", "活动用餐投诉"),
    ),
}
