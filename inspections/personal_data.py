"""What records say of persons, and how it is masked: 张*, 138****1234. Pure.

The department that keeps a record reads it in full, on its pages. Everybody else, and every file, gets it masked, and
after PERSONAL_DATA_MONTHS nothing else is left (`inspections.records.mask_settled`).
"""

from __future__ import annotations

import re
from typing import Any

MASK = "***"
HAN = "[\u4e00-\u9fff]"
# Fields by model: those that are a name and nothing else, and those in which anything may be written.
NAMES = {"enforcementcase": ("party",), "complaint": ("against",)}
TEXTS = {"enforcementcase": ("cause", "note"), "complaint": ("subject", "note")}
# So short a name is a person's, unless it ends like that of a business.
_PERSON = re.compile(f"({HAN}){HAN}{{1,3}}")
_BUSINESS = re.compile(
    "(公司|超市|商场|市场|合作社|医院|学校|小学|中学|高中|幼儿园|中心|食堂|餐厅|饭馆|商行|农庄|基地|工地|景区|[厂店社院所站馆部铺])$"
)
_OF_PARTS = re.compile(f"({HAN}{{1,12}})·{HAN}{{1,12}}(·{HAN}{{1,12}})*")  # 买买提·艾力
_CALLED = re.compile(
    "(投诉人|举报人|申诉人|当事人|被诉人|经营者|负责人|法定代表人|法人|联系人|消费者|业主|店主|店长|老板|村民|居民)"
    f"([：:为是\\s]*)({HAN}){HAN}{{1,2}}"
)
_IN_BRACKETS = re.compile(f"([（(])({HAN}){HAN}{{1,2}}([）)])")
_IDENTITY = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{8}([0-9]{3}[0-9Xx])(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])(0[0-9]{2,3})[ -]?[0-9]{3,4}([0-9]{4})(?![0-9])")
_ADDRESS = re.compile(r"(?<![0-9月])[0-9０-９]+(?=(号楼|号院|号|栋|幢|单元|室))")

# By what of it, as a text for a query, a field says something else when it is masked: any of the first, and of a name
# also the second without the third.
PATTERNS = "|".join(of.pattern for of in (_IDENTITY, _LANDLINE, _MOBILE, _CALLED, _OF_PARTS, _IN_BRACKETS, _ADDRESS))
PERSON, BUSINESS, PARTS = f"^{_PERSON.pattern}$", _BUSINESS.pattern, f"^{_OF_PARTS.pattern}$"


def fields(kind: str) -> tuple[str, ...]:
    """Those of a kind of record that say something of persons."""
    return (*NAMES.get(kind, ()), *TEXTS.get(kind, ()))


def is_person(name: str) -> bool:
    """Whether a name is that of a person, and not of a business."""
    return bool((_PERSON.fullmatch(name) and not _BUSINESS.search(name)) or _OF_PARTS.fullmatch(name))


def masked_person(name: str) -> str:
    """The name of a firm, without all but its beginning where it is that of a person."""
    return f"{name[0]}*" if is_person(name) else name


def masked_name(name: str) -> str:
    """A person's name without all but its beginning; what is the name of a business, as a text."""
    if _PERSON.fullmatch(name) and not _BUSINESS.search(name):
        return f"{name[0]}*"
    return masked_text(name)


def masked_text(text: str) -> str:
    """A text without the names, numbers of persons and telephones, and house numbers that can be known in it."""
    text = _IDENTITY.sub(r"\1********\2", text)
    text = _LANDLINE.sub(r"\1****\2", _MOBILE.sub(r"\1****\2", text))
    text = _OF_PARTS.sub(r"\1·*", _CALLED.sub(r"\1\2\3*", text))
    return _ADDRESS.sub("*", _IN_BRACKETS.sub(r"\1\2*\3", text))


def masked(record: Any) -> dict[str, str]:
    """The fields of a record that say something else when they are masked, as they are then."""
    kind = record._meta.model_name
    found = {name: masked_name(getattr(record, name)) for name in NAMES.get(kind, ())}
    found |= {name: masked_text(getattr(record, name)) for name in TEXTS.get(kind, ())}
    return {name: text for name, text in found.items() if text != getattr(record, name)}


def on_record(kind: str, name: str, value: Any) -> Any:
    """A field of a record of a kind as the audit record tells it: that a text was changed, never what it said."""
    if name in NAMES.get(kind, ()):
        return masked_name(value) if value else value
    return MASK if value and name in TEXTS.get(kind, ()) else value


def hide(record: Any) -> Any:
    """The record, which is to be shown and never saved, with its fields masked."""
    for name, text in masked(record).items():
        setattr(record, name, text)
    return record
