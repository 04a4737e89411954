"""The columns of a list of firms: their heads, the words they take, and how a cell becomes a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inspections.models import Firm
from sectors.models import Department

from . import columns

OTHERS = "others"  # the column of other names, which is no field of a firm
NAMES = (
    *("name", OTHERS, "code", "kind", "size", "grade", "township", "address", "department", "opened_on", "closed_on"),
    "note",
)
NEEDED = ("name", "kind")
# What other lists call a column, as far as its own name does not tell.
ALSO = {
    "name": ("主体名称", "企业名称", "单位名称", "市场主体名称", "经营者名称", "字号名称"),
    OTHERS: ("曾用名", "别名", "简称"),
    "code": ("统一社会信用代码", "社会信用代码", "统一代码", "信用代码"),
    "kind": ("主体类型", "类型", "类别"),
    "grade": ("风险分级", "风险等级分级", "等级"),
    "size": ("企业规模",),
    "township": ("所属乡镇", "乡镇", "街道", "所在乡镇"),
    "address": ("经营地址", "住所", "经营场所", "详细地址"),
    "department": ("监管部门", "管辖部门", "所属部门"),
    "opened_on": ("成立日期", "开业日期", "登记日期"),
    "closed_on": ("注销日期", "停业日期", "关闭日期"),
    "note": ("说明",),
}


def head(name: str) -> str:
    return _("Other names") if name == OTHERS else str(Firm._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def is_code_head(text: str) -> bool:
    return "".join(text.split()).strip("*＊") in (head("code"), *ALSO["code"])


def field(name: str) -> Any:
    return Firm._meta.get_field(name)


def words(name: str, department: Department) -> list[str]:
    """What a column takes, where it takes one of a few words."""
    if name == "department":
        return [one.short_name for one in _departments(department)]
    return [] if name == OTHERS else columns.words(field(name), department)


def parser(name: str, department: Department) -> Callable[[Any], Any]:
    """How a cell becomes a value, for a list of the region of a department. The parser raises ValidationError."""
    if name in (OTHERS, "code"):  # a code may have blanks in it
        return columns.written
    if name == "grade":
        grades = columns.parser(field(name), department)
        return lambda cell: grades(_letter(columns.written(cell)))
    if name == "department":
        known = {text: one for one in _departments(department) for text in (one.name, one.short_name)}
        return lambda cell: _department(columns.written(cell), known)
    return columns.parser(field(name), department)


def _letter(text: str) -> str:
    """A级 and a are A."""
    return text.removesuffix("级").strip().upper()


def _departments(department: Department) -> list[Department]:
    return list(Department.objects.filter(region=department.region_id).order_by("pk"))


def _department(text: str, known: dict[str, Department]) -> Department | None:
    if text and text not in known:
        listed = "、".join(dict.fromkeys(one.short_name for one in known.values()))
        raise ValidationError(_("One of these is expected: %(known)s.") % {"known": listed})
    return known.get(text)
