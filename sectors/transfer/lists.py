"""Lists as offices keep them: lines above the heads, names in one cell, telephones, posts. No database is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sectors.calculation.numerals import half_width
from sectors.vocabulary import Role

# Heads of columns that stand for one of ours, and those that say nothing that is kept here.
UNITS = ("单位", "单位名称", "工作单位", "所在单位", "部门", "部门名称", "所在部门")
TELEPHONES = ("手机", "手机号", "手机号码", "联系电话", "电话", "电话号码", "联系方式", "移动电话")
POSTS = ("职务", "职务职称", "职务/职称", "职务级别", "岗位")
MAILS = ("邮箱", "电子邮箱", "E-mail", "Email")
NAMES = ("姓名", "联系人", "联络员", "人员姓名")
LEFT_OUT = (
    *(
        "序号",
        "编号",
        "№",
        "科室",
        "股室",
        "处室",
        "内设机构",
        "性别",
        "民族",
        "职称",
        "办公电话",
        "传真",
        "QQ",
        "微信",
    ),
    *("备注", "说明"),
)

ABBREVIATED = ("局", "委")  # how departments end that lists abbreviate: 文旅局, 发改委

COMPOUND = (
    "欧阳 上官 司马 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 南宫 端木 轩辕 独孤 澹台 西门 东郭 "
    "百里 呼延 完颜 闻人 申屠 太史 公冶 濮阳 钟离 鲜于 赫连 第五 司空 万俟 仲孙 淳于 单于"
)
OFFICE = re.compile(r"质强办|质量强[县市区旗国]|质量(?:工作|发展)?(?:强.)?领导小组|质量办")
HEAD = re.compile(
    r"(?:局长|主任|书记|部长|行长|主席|会长|理事长|党组成员|党委委员|分管领导|分管负责人|主要负责人|部门负责人|"
    r"单位负责人)$"
)
NO_HEAD = re.compile(r"(?:办公室|科室?|股|站|室)(?:副)?主任$|支部书记$|副主任科员|主任科员")
NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|制表人?|填表人|填报人|审核人?|联系人|联系电话|填报日期|日期)\s*[：:（(1-9]"
)
BY_SIGNS = re.compile(r"[、，,；;/]+")


def is_note(cells: Sequence[Any]) -> bool:
    """Whether a line below a list is a note or signatures, and none of its rows."""
    filled = [text for cell in cells if (text := str(cell).strip())]
    return bool(filled and NOTE.match(filled[0]))


def lines_above_heads(rows: Sequence[Sequence[Any]]) -> int:
    """How many lines say what the list is about: they have one cell, or facts such as 填报单位：…"""
    for number, cells in enumerate(rows):
        filled = [text for cell in cells if (text := str(cell).strip())]
        if len(filled) > 1 and not any("：" in text or ":" in text for text in filled):
            return number
    return 0


def username(telephone: str) -> str:
    """Digits of a telephone, as one types them: 139 0002-0001 and +86 139 0002 0001 are 13900020001."""
    return re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", re.sub(r"[\s()（）–—-]", "", half_width(telephone)))


def is_same_name(one: str, other: str) -> bool:
    """Blanks and the dots of names are written in many ways.

    >>> is_same_name("谭  军", "谭军"), is_same_name("买买提·艾力", "买买提•艾力"), is_same_name("谭军", "谭均")
    (True, True, False)
    """
    plain = [re.sub(r"[\s·•・‧.．]", "", half_width(name)).casefold() for name in (one, other)]
    return plain[0] == plain[1]


def split_name(name: str) -> tuple[str, str]:
    """Family and given name. 欧阳丽 has a family name of two characters; a name that is not Chinese stays whole.

    >>> split_name("谭  军"), split_name("欧阳丽"), split_name("买买提·艾力")
    (('谭', '军'), ('欧阳', '丽'), ('', '买买提·艾力'))
    """
    plain = "".join(name.split())
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", plain):
        return "", " ".join(name.split())
    length = 2 if plain[:2] in COMPOUND and len(plain) > 2 else 1
    return plain[:length], plain[length:]


def is_office(department: str) -> bool:
    return bool(OFFICE.search(department))


def role(post: str) -> str:
    """What a post in a department makes of a person: who leads it signs, everybody else fills sheets.

    >>> role("党组成员、副局长"), role("办公室主任"), role("四级主任科员")
    ('head', 'clerk', 'clerk')
    """
    posts = BY_SIGNS.split("".join(post.split()))
    return Role.HEAD if any(HEAD.search(one) and not NO_HEAD.search(one) for one in posts) else Role.CLERK
