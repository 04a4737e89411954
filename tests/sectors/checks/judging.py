"""Figures as printed, judged without a database."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sectors.calculation.formulas import compile_formula, compile_rule
from sectors.checks.engine import Facts, Finding, Rulebook, Split, Trait, Written, check

NOW = 4 * 2023 + 3  # the fourth quarter


def judge(
    figures: Mapping[str, str],
    *,
    formulas: Mapping[str, str] | None = None,
    splits: Sequence[Split] = (),
    rules: Sequence[str | Written] = (),
    units: Mapping[str, tuple[str, str]] | None = None,
    before: Mapping[int, Mapping[str, str]] | None = None,
    traits: Mapping[str, Mapping[str, Any]] | None = None,
    a_year: int = 4,
    now: int = NOW,
    **more: Any,
) -> list[Finding]:
    """Findings over figures (`3.82`; `n/a`), by code. `units` are names and scales, `before` figures of periods so
    many periods back, `traits` other fields of indicators; what stands in `traits` alone is empty."""
    asked = {name: more.pop(name) for name in ("blanks", "required") if name in more}
    times = {0: figures, **(before or {})}
    codes = dict.fromkeys([*(code for values in times.values() for code in values), *(formulas or {}), *(traits or {})])
    known = {
        code: trait(code, figures.get(code, ""), formulas, splits, *(units or {}).get(code, ("", "1")), place, **own)
        for place, code in enumerate(codes)
        for own in [(traits or {}).get(code, {})]
    }
    points = {
        code: {now - back: point(values[code]) for back, values in times.items() if code in values} for code in codes
    }
    written = [rule if isinstance(rule, Written) else as_written(rule) for rule in rules]
    facts = Facts(known, points, now=now, a_year=a_year, **more)
    return check(facts, Rulebook(known, splits, written), **asked)


def as_written(expression: str, **fields: Any) -> Written:
    return Written(
        **{"code": expression, "severity": "error", "message": "look again", **fields},
        comparison=compile_rule(expression),
    )


def trait(
    code: str,
    text: str,
    formulas: Mapping[str, str] | None,
    splits: Sequence[Split],
    unit: str,
    scale: str,
    place: int,
    **own: Any,
) -> Trait:
    parts = {split.total: split.parts for split in splits if split.exhaustive}
    formula = (formulas or {}).get(code, "")
    fields: dict[str, Any] = {
        "name": code,
        "unit": unit,
        "decimals": len(text.partition(".")[2]),
        "exact": "." not in text and unit != "%",
        "row": place,
        "accumulation": "ratio" if formula else "flow",
    }
    return Trait(
        code=code,
        scale=Decimal(scale),
        formula=compile_formula(formula, parts) if formula else None,
        **(fields | own),
    )


def point(text: str) -> tuple[Decimal | None, int]:
    return (None, 0) if text == "n/a" else (Decimal(text), len(text.partition(".")[2]))


def split(total: str, *parts: str, exhaustive: bool = True, name: str = "by kind") -> Split:
    return Split(total, name, exhaustive, parts)


def suspects(finding: Finding) -> dict[str, Decimal]:
    return {suspect.code: suspect.repair for suspect in finding.suspects}
