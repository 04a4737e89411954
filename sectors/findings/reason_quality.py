"""Whether words give a reason. Pure: what an empty phrase is, and what to write instead of it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

MIN_LENGTH = 6  # characters in all
MIN_BEYOND_PHRASES = 4  # of them beyond empty phrases
MIN_DIFFERENT = 4
MAX_LENGTH = 500
CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[a-z]+")
# What is said in place of a reason, and what it is padded with.
_PHRASES = """
    核实 核对 核查 审核 检查 复核 查证 确认 无误 没有错误 没错误 没有错 没错 无错误 没有问题 没问题 无问题 无异常
    没有异常 情况属实 属实 真实有效 真实可靠 真实准确 真实 有效 可靠 准确 正确 正常 合理 合规 符合实际 符合要求
    与实际相符 与实际一致 相符 一致 如实填报 如实填写 如实上报 如实 按实际情况填报 按实际填报 按实填报 实际情况
    实际数据 实际 就是这样 就是这个数 就是如此 本来如此 填报 填写 上报 录入 数据 数字 数值 情况 结果 内容 信息 指标
    报表 以上 上述 本期 本次 本单位 我单位 我局 本局 暂无 原因 无需说明 不需要说明 不用说明 特此说明 无说明 说明 没有
    不详 不清楚 不知道 未知 其他 其它 同上 见上 已阅 知悉 收到 同意 可以 通过 保留 不变 维持 认可 领导 确实 已经 多次
    反复 再次 认真 仔细 全部 完全 谢谢 无 略 是 对 好 行 嗯 请 经 已 均 都 皆 该 此 本 为 的 了 过 和 与 且 并
"""
_WORDS = """
    ok okay yes no none na n a nil null checked verified confirmed correct true right fine good valid real accurate data
    figure figures value values number numbers is are was were all the it this that has have been and be as reported
    problem problems error errors issue issues same above nothing unknown test reason reasons see please accept
"""
EMPTY_PHRASES = sorted(_PHRASES.split(), key=len, reverse=True)  # so that none leaves a rest of a longer one
EMPTY_WORDS = frozenset(_WORDS.split())


def objection(text: str, message: str = "") -> str:
    """What to write instead, when `text` says nothing about why the finding `message` is as it is; else empty."""
    text = text.strip()
    plain = _plain(text)
    if not CHINESE.search(plain) and not WORD.search(plain):
        return _("Please write the reason in words: what was checked, and why the figure is so.")
    if _is_repetition(plain):
        return _("Repeated characters are no reason. Write in a sentence what was checked, and why the figure is so.")
    if len(plain) >= MIN_LENGTH and plain in _plain(message):
        return _("This repeats the finding. Write why it is so: an event, a source, a change of scope.")
    if _weight(_beyond_phrases(text.lower())) < min(MIN_BEYOND_PHRASES, _weight(text.lower())):
        return _(
            "“%(text)s” says that the figure is right, not why. Write what explains it, for example: "
            "two cases of last year were closed this quarter."
        ) % {"text": text[:40]}
    if _weight(text.lower()) < MIN_LENGTH:
        return _("A little more, please: at least %(count)d characters that say why the figure is so.") % {
            "count": MIN_LENGTH
        }
    if len(text) > MAX_LENGTH:
        return _("At most %(count)d characters: the reason is printed in the report's annex.") % {"count": MAX_LENGTH}
    return ""


def _plain(text: str) -> str:
    return "".join(re.findall(r"\w", text.lower()))


def _beyond_phrases(text: str) -> str:
    """What is left without empty phrases and words."""
    for phrase in EMPTY_PHRASES:
        text = text.replace(phrase, " ")
    return WORD.sub(lambda found: "" if found[0] in EMPTY_WORDS else found[0], text)


def _weight(text: str) -> int:
    """A Chinese character counts one, a word of letters two, each word once."""
    return len(CHINESE.findall(text)) + 2 * len(set(WORD.findall(text)))


def _is_repetition(plain: str) -> bool:
    """`啊啊啊啊啊啊`, `哈哈呵呵哈哈`, `原因原因原因`."""
    few = len(plain) >= MIN_LENGTH and len(set(plain)) < MIN_DIFFERENT
    return few or re.fullmatch(r"(.{1,8}?)\1{2,}", plain) is not None
