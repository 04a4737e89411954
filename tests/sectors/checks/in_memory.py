"""Figures as printed, judged without a database."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sectors.calculation.formulas import Formula, compile_formula, compile_rule
from sectors.checks.engine import Rulebook, check
from sectors.checks.facts import Facts
from sectors.checks.findings import Finding
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, RuleSpec

NOW = 4 * 2023 + 3  # the fourth quarter


def judge(
    figures: Mapping[str, str],
    *,
    formulas: Mapping[str, str] | None = None,
    breakdowns: Sequence[BreakdownSpec] = (),
    rules: Sequence[str | RuleSpec] = (),
    units: Mapping[str, tuple[str, str]] | None = None,
    before: Mapping[int, Mapping[str, str]] | None = None,
    indicators: Mapping[str, Mapping[str, Any]] | None = None,
    a_year: int = 4,
    now: int = NOW,
    **more: Any,
) -> list[Finding]:
    """Findings over figures (`3.82`; `n/a`), by code. `units` are names and scales, `before` figures of periods so
    many periods back, `indicators` other fields of indicators; what stands there alone is empty."""
    asked = {name: more.pop(name) for name in ("blanks", "required") if name in more}
    times, own = {0: figures, **(before or {})}, indicators or {}
    codes = dict.fromkeys([*(code for values in times.values() for code in values), *(formulas or {}), *own])
    known = {
        code: indicator(
            code,
            figures.get(code, ""),
            _formula((formulas or {}).get(code, ""), breakdowns),
            (units or {}).get(code, ("", "1")),
            **{"row": place, **own.get(code, {})},
        )
        for place, code in enumerate(codes)
    }
    points = {
        code: {now - back: point(values[code]) for back, values in times.items() if code in values} for code in codes
    }
    specs = [rule if isinstance(rule, RuleSpec) else rule_spec(rule) for rule in rules]
    facts = Facts(known, points, now=now, a_year=a_year, **more)
    return check(facts, Rulebook(known, breakdowns, specs), **asked)


def rule_spec(expression: str, **fields: Any) -> RuleSpec:
    return RuleSpec(
        **{"code": expression, "severity": "error", "message": "look again", **fields},
        comparison=compile_rule(expression, {}, {}),
    )


def _formula(text: str, breakdowns: Sequence[BreakdownSpec]) -> Formula | None:
    parts = {breakdown.total: breakdown.parts for breakdown in breakdowns if breakdown.exhaustive}
    return compile_formula(text, parts or {}, {}) if text else None


def indicator(code: str, text: str, formula: Formula | None, unit: tuple[str, str], **own: Any) -> IndicatorSpec:
    """With the decimals of its figure `text`; `unit` is a name and a scale."""
    fields: dict[str, Any] = {
        "name": code,
        "unit": unit[0],
        "decimals": len(text.partition(".")[2]),
        "exact": "." not in text and unit[0] != "%",
        "accumulation": "ratio" if formula else "flow",
    }
    return IndicatorSpec(code=code, scale=Decimal(unit[1]), formula=formula, **(fields | own))


def point(text: str) -> tuple[Decimal | None, int]:
    return (None, 0) if text == "n/a" else (Decimal(text), len(text.partition(".")[2]))


def breakdown(total: str, *parts: str, exhaustive: bool = True, name: str = "by kind") -> BreakdownSpec:
    return BreakdownSpec(total, name, exhaustive, parts)


def suspects(finding: Finding) -> dict[str, Decimal]:
    return {suspect.code: suspect.repair for suspect in finding.suspects}
