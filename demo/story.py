"""How far each submission of the illustrative years has come, and what is said about it on the way."""

from __future__ import annotations

from decimal import Decimal

from sectors.vocabulary import Frequency

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
# Periods by their stage (`demo.years.stage`) and kind.
PREVIOUS, COLLECTED, RUNNING = ((stage, str(Frequency.QUARTER)) for stage in ("previous", "collected", "running"))
THIS_HALF, THIS_YEAR = ("running", str(Frequency.HALF)), ("running", str(Frequency.YEAR))
# How far each sheet has come, where it is not accepted, of a period that has ended, or untouched, of one that runs.
STORY: dict[tuple[str, str], dict[str, str]] = {
    PREVIOUS: {"T-01": "corrected"},
    COLLECTED: {
        "P-01": "signed", "C-02": "signed", "S-01": "returned", "U-02": "sent back", "X-02": "submitted",
        "K-01": "submitted", "D-01": "half", "Y-01": "half", "L-02": "untouched",
    },
    RUNNING: dict.fromkeys(("X-01", "H-01", "C-01", "T-01", "S-01", "D-01", "G-01", "J-02", "F-01"), "half"),
    THIS_HALF: {"W-01": "half"},
    THIS_YEAR: {"L-01": "half", "J-01": "half", "U-01": "half"},
}  # fmt: skip
REASONS = {
    "T-01": "缺少特种设备安全监察工作的文字材料，请补充后重新报送。",
    "S-01": "请核实学校餐饮的完成批次是否包括开学后的抽检，并与承检机构的报告数核对。",
    "U-02": "旅游综合性收入请先与统计部门核对口径，再签发。",
}
# What does not add up, so that findings have something to show: by stage, kind and sheet, how far which figure is off.
MISTAKES = {
    (*PREVIOUS, "T-01"): {"equipment.total": Decimal(1)},
    (*COLLECTED, "N-02"): {"agri.law.closed": Decimal(1)},
    (*RUNNING, "C-01"): {"construction.completed_passed": Decimal("0.8")},  # nobody has seen this one yet
    (*THIS_YEAR, "J-01"): {"health.institutions.clinic": Decimal(-1)},
}
# What the department says about it, and the office where it lets an error stand.
EXPLAINED = {
    (*PREVIOUS, "T-01"): "1台起重机已拆除，使用登记尚未注销：总台数按登记平台统计，分种类台数按现场核查统计。",
    (*COLLECTED, "N-02"): "上季度立案的1件在本季度结案，本季度新立的案件也已全部办结。",
    (*THIS_YEAR, "J-01"): "1家诊所已停业，许可证尚未注销：总数按许可证统计，分类按实际开业统计。",
}
LET_STAND = {(*PREVIOUS, "T-01"): "已与登记平台核对，相差的1台待注销，下季度两个口径一致，本期准予保留。"}
ANY_WARNING = "按年度计划分季度安排，各季度数量本来不同，已与台账逐项对过。"
