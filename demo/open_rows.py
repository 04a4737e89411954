"""Illustrative rows of open tables: as many projects as the figures of 2023 say."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

# By sheet: the open table, the figure that its rows are counted into, and the rows. A list goes on through the year.
ROWS: Mapping[str, tuple[str, str, list[dict[str, str]]]] = {
    "D-01": (
        "projects",
        "transport.projects",
        [
            {"name": "阔克苏乡农村公路", "kind": "rural", "state": "new", "length": "42.6", "investment": "1380"},
            {"name": "喀拉托海乡村组道路", "kind": "village", "state": "new", "length": "6.35", "investment": "412.5"},
            {"name": "特克斯河二桥", "kind": "bridge", "state": "continued", "investment": "2860"},
            {"name": "乔拉克铁热克乡农村公路", "kind": "rural", "state": "new", "length": "28.4", "investment": "905"},
            {"name": "呼吉尔特乡村组道路", "kind": "village", "state": "continued", "length": "3.8"},
        ],
    ),
    "C-01": (
        "projects",
        "construction.projects.municipal",
        [
            {"name": "老旧小区改造", "progress": "building", "investment": "3200"},
            {"name": "保障性住房", "progress": "building", "investment": "5600"},
            {"name": "棚户区改造", "progress": "done"},
            {"name": "污水处理厂提标改造", "progress": "building", "investment": "4150"},
            {"name": "生活垃圾填埋场", "progress": "building", "investment": "1980"},
            {"name": "景区地下综合管网", "progress": "building", "investment": "2740"},
            {"name": "托育机构", "progress": "new", "investment": "860"},
            {"name": "农业产业园区", "progress": "building"},
            {"name": "城区供热管网", "progress": "new", "investment": "1260"},
            {"name": "城区停车场", "progress": "new", "investment": "390"},
            {"name": "八卦公园改造", "progress": "new", "investment": "520"},
            {"name": "集中供水管网", "progress": "new", "investment": "1105"},
        ],
    ),
}


def with_rows(sheet: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Figures by code, of which one is made of rows where there are enough of them."""
    found = dict(texts)
    if sheet not in ROWS:
        return found
    table, total, rows = ROWS[sheet]
    count = int(found.get(total, "0") or 0)
    if not 0 < count <= len(rows):
        return found
    del found[total]
    for row in rows[:count]:
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{sheet}/{row['name']}").hex
        found |= {f"{table}/{key}/{column}": text for column, text in row.items()}
    return found
