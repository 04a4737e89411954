"""Which field a head of another system's list most likely means: a proposal that a person confirms. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

LIKE = 0.6  # of two texts, from 0 to 1; below it nothing is proposed
# What other systems call a field, as far as its own name does not tell.
ALSO: Mapping[str, tuple[str, ...]] = {
    "taken_on": ("采样日期", "抽样时间", "采样时间"),
    "product": ("产品名称", "商品名称", "食品名称", "样品"),
    "place": ("采样地点", "抽样场所", "抽样环节地点"),
    "sampled_unit": ("被抽样单位名称", "受检单位", "被抽检单位", "受检单位名称"),
    "producer": ("生产企业", "生产单位", "标称生产企业名称", "生产厂家"),
    "items": ("检验项目", "检测参数", "检验参数"),
    "failed": ("检验结论", "检测结论", "检验结果", "检测结果", "判定结果", "结论"),
    "report_number": ("检验报告编号", "检测报告编号", "报告编码", "报告号"),
    "tested_on": ("检验日期", "检测时间", "检验完成日期"),
    "category": ("食品大类", "产品类别", "样品类别", "类别"),
    "programme": ("任务来源", "抽检类别", "抽样类型"),
    "held_on": ("检查时间", "巡查日期", "监督日期"),
    "premises": ("检查对象", "企业名称", "单位名称", "经营者名称", "主体名称"),
    "premises_type": ("主体类型", "企业类型", "行业类别", "业态"),
    "people": ("检查人数", "出动执法人员", "执法人员数"),
    "vehicles": ("出动执法车辆", "车辆数"),
    "problems": ("问题数", "问题个数", "发现问题数"),
    "found": ("存在问题", "检查情况", "问题描述"),
    "number": ("案件编号", "文书编号", "登记编号", "投诉编号", "受理编号", "文号"),
    "filed_on": ("立案时间",),
    "party": ("当事人名称", "当事人姓名", "违法主体"),
    "cause": ("违法行为", "案件名称"),
    "penalty": ("罚没款", "罚款金额", "罚没合计"),
    "closed_on": ("结案日期", "结案时间", "办结时间"),
    "accepted_on": ("受理日期", "受理时间", "登记日期", "登记时间"),
    "channel": ("投诉来源", "来源", "接收方式"),
    "subject": ("投诉内容", "诉求内容", "标题", "问题类别"),
    "against": ("被投诉人", "被投诉单位", "被举报方", "涉及主体"),
    "answered_on": ("反馈日期", "回复日期"),
    "issued_on": ("下发日期", "开具日期"),
    "due_on": ("整改截止日期", "限期整改日期"),
    "note": ("说明", "附注"),
}


def proposed(heads: Sequence[str], named: Mapping[str, str]) -> dict[int, str]:
    """Names of fields by column, each once: of `named`, heads of our own by the names of fields."""
    pairs = [
        (_likeness(text, [own, *ALSO.get(name, ())]), -place, name)
        for place, text in enumerate(heads)
        if text
        for name, own in named.items()
    ]
    found: dict[int, str] = {}
    for likeness, place, name in sorted(pairs, reverse=True):
        if likeness >= LIKE and -place not in found and name not in found.values():
            found[-place] = name
    return found


def _likeness(text: str, names: Sequence[str]) -> float:
    return max(SequenceMatcher(None, text, name, autojunk=False).ratio() for name in names)
