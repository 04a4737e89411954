"""What a form says of itself above and below its tables: title, number, who fills it, period, unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sectors.reading.forms import words
from sectors.reading.forms.form import Form
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed
from sectors.spreadsheets.positions import Position

Text = tuple[Position, str]
FILLED = ("填报单位", "报送单位", "单位名称", "填表单位", "上报单位")
PERIODS = ("报告期", "报告期别", "报告时间", "统计期", "所属期", "所属时期", "统计时间", "报告频率", "期别")
SEPARATOR = re.compile(r"　{2,}|\n|\s{2,}(?=[^\s：:]{2,8}[：:])")  # between two facts in one cell
THIS = {"本月": "month", "本月数": "month", "本季": "quarter", "本季度": "quarter", "本季数": "quarter"}
STAMP = re.compile(r"[（(](?:盖章|公章|签章)[)）]|[_＿]+")
NO_TITLE = re.compile(r"^(?:附件|附表|附)\s*[0-9一二三四五六七八九十]*\s*[：:.、]?$")


def read(form: Form, above: Iterable[Text], captions: set[str], units: Units) -> str:
    """Fills in what stands above the tables, and gives the unit that holds for all of them, or nothing."""
    unit, titles = "", []
    for _place, whole in above:
        for text in SEPARATOR.split(whole.strip()) if words.FACT.match(squeezed(whole)) else [whole.strip()]:
            found = words.FACT.match(squeezed(text))
            if found:
                unit = _fact(form, found[1], STAMP.sub("", found[2]).strip("：: "), units) or unit
            elif text and text not in captions and not NO_TITLE.match(squeezed(text)):
                titles.append(text)
            if not found or squeezed(found[1]) in PERIODS:
                form.frequency = form.frequency or frequency(text)
    for text in titles:
        if not form.title and not _is_period(text):
            form.title = re.sub(r"\s+", "", text)
        elif not form.period and _is_period(text):
            form.period = squeezed(text).strip("（）()")
    form.title = _without_period(form)
    return unit


def _fact(form: Form, name: str, value: str, units: Units) -> str:
    """Takes one fact; gives the unit where it is that."""
    if name.startswith("表号") or name == "报表编号":
        form.number = form.number or value[:20]
    elif name in FILLED:
        form.organisation = form.organisation or value
    elif name in PERIODS:
        form.period = form.period or value
        form.frequency = form.frequency or frequency(value)
    elif name in ("单位", "计量单位"):
        found = units.unit(value)
        if not found and value and len(value) > 4 and not form.organisation:
            form.organisation = value  # 单位：市场监管局
        return found
    return ""


def _is_period(text: str) -> bool:
    plain = squeezed(text).strip("（）()")
    return bool(re.fullmatch(r"(?:(?:19|20)[0-9]{2}|[_＿]+)年.{0,10}", plain)) and len(plain) < 16


def _without_period(form: Form) -> str:
    """2023年一季度食品抽检情况统计表 is the sheet 食品抽检情况统计表 of a period."""
    found = re.match(
        r"^((?:19|20)?[0-9_＿]{0,4}年度?(?:第?[一二三四1-4]季度|[0-9_＿一二三四五六七八九十]{1,2}(?:[-—至][0-9]{1,2})?月份?|上半年|下半年)?)(?=.{4})",
        form.title,
    )
    title = form.title
    if found and found[1]:
        form.period = form.period or found[1]
        title = title[found.end() :]
    behind = re.search(r"[（(]((?:19|20)?[0-9_＿]{0,4}年[^（）()]{0,10})[)）]$", title)
    if behind:
        form.period = form.period or behind[1]
        title = title[: behind.start()]
    return re.sub(r"[（(](?:月报|季报|半年报|年报)[)）]$", "", title)[:80]


def frequency(text: str) -> str:
    """What a period or a title says of how often the form is filled: `month`, `quarter`, `half`, `year` or nothing."""
    plain = squeezed(text)
    if re.search(r"[1-9][-—至~～]12月", plain):
        return "year"
    if re.search(r"1[-—至~～](?:3|6|9)月", plain):
        return "quarter"
    if plain in THIS:
        return THIS[plain]
    return next((name for name, pattern in words.FREQUENCIES if pattern.search(plain)), "") or (
        "year" if re.fullmatch(r"(?:19|20)[0-9]{2}年", plain) else ""
    )
