"""Illustrative inspections, notices, cases and complaints that count up to the figures of a sheet."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from demo.needs import DAY, Need, portions
from demo.sampling import FARMS
from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    RectificationNotice,
)

MOST_VISITS = 30
BUSINESSES = ("门店", "商行", "经营部", "服务站", "中心")


def inspections(
    premises_type: str,
    word: str,
    count: str = "",
    sums: dict[str, str] | None = None,
    troubled: str = "",
    *,
    once: bool = False,
    **more: Any,
) -> Callable[[Need], None]:
    """Inspections: as many as `count` says, else one for each place of `sums`, up to `MOST_VISITS`.

    `sums` names what they add up to: field -> indicator; `troubled` says how many of them found a problem; with `once`
    nobody is inspected twice in the year.
    """

    def build(need: Need) -> None:
        wanted = {name: need.want(code) for name, code in (sums or {}).items()}
        total = need.want(count) if count else min(wanted.get("places", 0), MOST_VISITS)
        shares = {name: portions(amount, total or 1) for name, amount in wanted.items()}
        first = need.submission.period.number * 100 if once else 0
        for n in range(total):
            need.records.append(
                Inspection(
                    **need.common(),
                    **{"kind": "supervision", **more},
                    **{name: parts[n] for name, parts in shares.items()},
                    held_on=need.day(n, total),
                    premises_type=premises_type,
                    premises=f"{word}{BUSINESSES[n % len(BUSINESSES)]}{first + n + 1}号",
                    problems=1 if n < need.want(troubled) else 0,
                )
            )

    return build


def other_checks(need: Need) -> None:
    """What health supervision checks beside the kinds that the sheet names."""
    named = sum(count for code, count in need.figures.items() if code.startswith("health.checks."))
    rest = Need(need.submission, need.today, {"rest": max(need.want("health.checks") - named, 0)}, need.records)
    inspections("other", "公共场所", "rest")(rest)


def notices(count: str, premises_type: str, word: str, problems: str = "") -> Callable[[Need], None]:
    def build(need: Need) -> None:
        total = need.want(count)
        amounts = portions(need.want(problems), total or 1) if problems else [1] * total
        for n in range(total):
            day = need.day(n, total)
            closed = None if n % 8 == 7 else day + DAY * (19 if n % 7 == 5 else 12)
            need.records.append(
                RectificationNotice(
                    **need.common(),
                    number=f"{need.submission.sheet.number}-{need.submission.period.code}-{n + 1:03d}",
                    premises_type=premises_type,
                    premises=f"{word}{n % 9 + 1}号",
                    problems=amounts[n],
                    issued_on=day,
                    due_on=day + DAY * 15,
                    evidence="整改照片和报告",
                    rechecked_on=closed,
                    closed_on=closed,
                )
            )

    return build


def cases(filed: str, closed: str, category: str, cause: str) -> Callable[[Need], None]:
    def build(need: Need) -> None:
        total, done, year = need.want(filed), need.want(closed), need.submission.period.year
        # What is closed beyond what was filed came over from years before.
        for n in range(max(total, done)):
            day = need.day(n, total) if n < total else datetime.date(year - 2, 12, 20)
            need.records.append(
                EnforcementCase(
                    **need.common(),
                    number=f"特农（{category[:2]}）罚〔{year}〕{need.submission.period.number}{n + 1:02d}号",
                    party=f"{FARMS[n % len(FARMS)]}",
                    category=category,
                    cause=cause,
                    filed_on=day,
                    closed_on=need.last_day if n < done else None,
                    penalty=2000 + 500 * (n % 4) if n < done else None,
                )
            )

    return build


def complaints(count: str, closed: str, kind: str, channel: str, subject: str) -> Callable[[Need], None]:
    """Complaints; of those closed, the ones of the other channels come first in the sheet's order."""

    def build(need: Need) -> None:
        have = sum(isinstance(r, Complaint) and bool(r.closed_on) for r in need.records)
        total = need.want(count)
        done = total if not closed else max(min(need.want(closed) - have, total), 0)
        for n in range(total):
            day = need.day(n, total)
            need.records.append(
                Complaint(
                    **need.common(),
                    channel=channel,
                    kind=kind,
                    subject=subject,
                    against=f"{subject[:2]}{BUSINESSES[n % len(BUSINESSES)]}",
                    accepted_on=day,
                    answered_on=day + DAY if n < done else None,
                    closed_on=need.last_day if n < done else None,
                )
            )

    return build
