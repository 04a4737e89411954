"""Computed cells follow as one types, before the server answers and also while it is away."""

import datetime
import random
from decimal import Decimal

import pytest
from django.templatetags.static import static
from django.urls import reverse
from playwright.sync_api import expect

from sectors.calculation.cells import Limits, formatted, kind_of, parse
from sectors.calculation.evaluation import Evaluation, definitions
from sectors.calculation.formulas import compile_formula
from sectors.calculation.numerals import BadNumber
from sectors.vocabulary import FigureState
from tests import base
from tests.browser.steps import cell, copied, open_sheet, sign_in, state
from tests.sectors.calculation.test_numerals import EXAMPLES
from tests.sectors.calculation.units import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAVES = ["a.one", "a.two", "a.three", "a.four", "b.other"]
CODES = [*LEAVES, "c.share", "c.growth"]
UNITS = {
    unit.name: unit
    for unit in (
        Unit("%", "1", "0.01"),
        Unit("万吨", "吨", "10000"),
        Unit("公斤", "吨", "0.001"),
        Unit("份/百万人", "份/人", "0.000001"),
    )
}
LITERALS = ["98%", "33.333%", "0.5 %", "12.50万吨", "3公斤", "1份/百万人", "0公斤", "100%"]
PARTS = {"a.one": ["a.two", "a.three", "b.other"], "c.sum": ["a.one", "a.two", "c.share"]}
SCALES = {"a.two": Decimal(1000), "a.four": Decimal("0.01"), "b.other": Decimal("0.7")}
SCALES |= {"c.share": Decimal("0.01"), "c.growth": Decimal("0.01")}
RESULTS = [Decimal(1), Decimal("0.01"), Decimal(10000), Decimal("0.000001")]
TEXTS = ["0", "", "不适用", "7", "3", "1", "0.5", "12345678901234", "99999999999999.123456", "0.000001", "1,548.25"]
KIND = (("家",), 6)

EVALUATE = """async ([module, cases]) => {
  const { evaluator, parse } = await import(module);
  return cases.map(({ data, texts, code }) => {
    const entered = (name) => (name in texts ? parse(texts[name], data.kind) : undefined);
    return evaluator(data, entered)(code);
  });
}"""
READ = """async ([module, decimals, cases]) => {
  const [{ parse }, { printed }] = await Promise.all([import(module), import(decimals)]);
  return cases.map(([text, ...kind]) => {
    const value = parse(text, kind);
    return value === undefined ? "bad" : value === null ? "" : value === "n/a" ? value : printed(value, 6, false);
  });
}"""


@pytest.fixture
def sheet(cast):
    base.report(cast.county, "2022Q1", {"food.done": "32", "food.passed": "30"})
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "30"}, "draft")
    return base.submission(cast.county)


@pytest.fixture
def opened(page, sheet):
    """The sheet, with everything at hand that its page wants."""
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.wait_for_load_state("networkidle")
    return page


def rate(page):
    return page.locator("#cell-food-rate .value")


def test_a_computed_cell_follows_without_the_server_and_is_confirmed_by_it(opened, sheet):
    cells = f"**{reverse('cells', args=[sheet.pk])}"
    expect(rate(opened)).to_have_text("75.0")
    opened.route(cells, lambda route: route.abort())
    cell(opened, "food.passed").fill("39")
    expect(rate(opened)).to_have_text("97.5", timeout=300)
    expect(opened.locator("td.computed.provisional")).to_have_attribute("id", "cell-food-rate")
    cell(opened, "food.done").fill("")
    expect(rate(opened)).to_have_text("–")
    cell(opened, "food.done").fill("３９")
    expect(rate(opened)).to_have_text("100.0")
    expect(opened.locator("#trouble")).to_be_visible()
    assert not sheet.changes.filter(new="39").exists()
    opened.unroute(cells)
    opened.evaluate("window.dispatchEvent(new Event('online'))")
    state(opened, "food.done", "saved")
    expect(opened.locator("td.provisional")).to_have_count(0)
    expect(rate(opened)).to_have_text("100.0")


def test_it_goes_on_with_what_stands_stored_where_the_server_takes_nothing(opened):
    cell(opened, "food.passed").fill("三十九")
    state(opened, "food.passed", "invalid")
    expect(rate(opened)).to_have_text("75.0")
    expect(opened.locator("td.provisional")).to_have_count(0)


def test_taken_back_with_escape_it_shows_what_it_showed(opened, sheet):
    opened.route(f"**{reverse('cells', args=[sheet.pk])}", lambda route: route.abort())
    cell(opened, "food.passed").fill("39")
    expect(rate(opened)).to_have_text("97.5")
    cell(opened, "food.passed").press("Escape")
    expect(rate(opened)).to_have_text("75.0")


def test_a_pasted_block_is_computed_at_once(opened, sheet):
    opened.route(f"**{reverse('cells', args=[sheet.pk])}", lambda route: route.abort())
    copied(opened, "50\n20\n30\n25")
    cell(opened, "food.done").press("Control+v")
    expect(rate(opened)).to_have_text("50.0")


def expression(draw, depth=0):
    kind = draw.choice(
        ["name"] * 3 + ["number", "literal", "past", "parts", "neg", "abs", "min", *"+-*/"] if depth < 4 else ["name"]
    )
    inner = lambda: expression(draw, depth + 1)  # noqa: E731
    return {
        "name": lambda: draw.choice(CODES),
        "number": lambda: draw.choice(["100", "0.5", "3", "1000000", "0.000001", "0"]),
        "literal": lambda: draw.choice(LITERALS),
        "past": lambda: f"{draw.choice(['last_year', 'previous'])}({draw.choice(CODES)})",
        "parts": lambda: f"parts({draw.choice(list(PARTS))})",
        "neg": lambda: f"-({inner()})",
        "abs": lambda: f"abs({inner()})",
        "min": lambda: f"{draw.choice(['min', 'max'])}({inner()}, {inner()}, {inner()})",
    }.get(kind, lambda: f"({inner()} {kind} {inner()})")()


def case(draw):
    """A formula over cells of the page, of another sheet and of other times: what a page has, what the server says."""
    growth = draw.choice(["a.one / previous(a.one) - 1", "(a.two - last_year(a.two)) / last_year(a.two)"])
    formulas = {"c.share": "a.one / b.other * 3", "c.growth": growth, "c.result": expression(draw)}
    texts = {code: draw.choice([*TEXTS, str(draw.randrange(10 ** draw.randrange(1, 14)))]) for code in LEAVES}
    read = {code: parse(text, unit="家", decimals=6) for code, text in texts.items()}
    past = {
        (code, moment): Decimal(draw.randrange(0, 999)) for code in LEAVES for moment in (1, 100) if draw.random() < 0.8
    }
    scales = {code: SCALES.get(code, Decimal(1)) for code in [*LEAVES, *formulas]} | {"c.result": draw.choice(RESULTS)}
    defined = definitions([(code, scale, formulas.get(code, "")) for code, scale in scales.items()], PARTS, UNITS)
    absent = {(code, 0) for code, found in read.items() if found.state == FigureState.NOT_APPLICABLE}
    evaluation = Evaluation(defined, {(code, 0): found.value for code, found in read.items()} | past, absent)
    decimals, even = draw.randrange(7), draw.random() < 0.5
    other = evaluation.base("b.other")
    known = {
        f"{code} {moment}": None if (value := evaluation.base(code, moment)) is None else f"{value:f}"
        for code in CODES
        for moment in (1, 100)
    }
    known["b.other"] = "n/a" if ("b.other", 0) in absent else None if other is None else f"{other:f}"
    data = {
        "cells": {"c.result": [decimals, even]},
        "formulas": {code: compile_formula(text, PARTS, UNITS).tree for code, text in formulas.items()},
        "known": known,
        "kind": KIND,
        "kinds": {},
        "scales": {code: f"{scale:f}" for code, scale in scales.items()},
    }
    on_page = {code: text for code, text in texts.items() if code != "b.other"}
    value = evaluation.value("c.result")
    expected = formatted(value, decimals, "half_even" if even else "half_up") if _fits(value) else None
    return {"data": data, "texts": on_page, "code": "c.result"}, expected, formulas["c.result"]


def _fits(value):
    return value is None or abs(value) < 10**26  # what a figure can be, in the smallest unit


def test_the_page_computes_every_formula_as_the_server_does(opened):
    draw = random.Random(20230701)
    cases = [case(draw) for _number in range(2000)]
    cases = [one for one in cases if one[1] is not None]
    found = opened.evaluate(EVALUATE, [static("app/sheet/formulas.js"), [data for data, _expected, _text in cases]])
    wrong = [
        (text, data["texts"], got, expected)
        for (data, expected, text), got in zip(cases, found, strict=True)
        if got != expected
    ]
    assert not wrong, wrong[:3]
    assert sum(expected != "" for _data, expected, _text in cases) > 500


def test_the_page_reads_what_is_typed_as_the_server_does(opened):
    texts = [
        *TEXTS,
        "－５",
        "+3",
        "５０％",
        "50%",
        "101%",
        "12吨",
        "12 家",
        "１２家",
        "1,54",
        "1.2.3",
        "n/a",
        "NA",
        "10³",
        "1e5",
    ]
    texts += [
        "123456789012345",
        "000000000000000001",
        "1.",
        ".5",
        "-0",
        "-1",
        "约五十",
        "12,345,678.9",
        "1 000",
        "，",
        "1，000",
    ]
    texts += ["12kg", "１２ｋｇ", "12 千克", "12 g", "12吨吨"]
    texts += [
        "12余",
        "12余家",
        "12多吨",
        "95%以上",
        "95 以上",
        "95及以上",
        "约30",
        "约３０家左右",
        "近2000",
        "将近20 kg",
        "余12",
    ]
    texts += [
        "≥95",
        "＞＝95",
        "<5",
        "不足5家",
        "不低于9.5%",
        "100左右",
        "5以上以上",
        "约12吨以上",
        "约",
        "以上",
        "约-3",
    ]
    texts += [
        "0（截至10月19日）",
        "截至10月19日 0",
        "截至10月底，约5家",
        "0截至2026年3月5日",
        "0（截至3月）",
        "截至目前0",
        "截至3月5",
    ]
    units = [["家"], ["%"], ["吨", "kg", "千克"], ["百分点", "个百分点"]]
    limits = [Limits(), Limits(signed=True), Limits(minimum=Decimal("-3.5"), maximum=Decimal(150))]
    kinds = [(written, places, one) for written in units for places in (0, 2) for one in limits]
    cases = [(text, *kind) for text in texts for kind in kinds]
    modules = [static(f"app/sheet/{name}.js") for name in ("formulas", "decimals")]
    sent = [(text, written, places, *_ends(written, one)) for text, written, places, one in cases]
    assert opened.evaluate(READ, [*modules, sent]) == [_as_read(*one) for one in cases]


def _ends(written, limits):
    """As a page has them."""
    kind = kind_of(unit=written[0], decimals=0, computed=False, limits=limits)
    return [None if end is None else str(end) for end in (kind.minimum, kind.maximum)]


def test_the_page_reads_the_examples_of_numbers_as_they_say(opened):
    cases = [
        (one["text"], one["units"], one["decimals"], "0", "100" if one["units"][0] == "%" else None) for one in EXAMPLES
    ]
    modules = [static(f"app/sheet/{name}.js") for name in ("formulas", "decimals")]
    found = opened.evaluate(READ, [*modules, cases])
    expected = [one["reads"] for one in EXAMPLES]
    assert [value if value in ("", "n/a", "bad") else f"{Decimal(value).normalize():f}" for value in found] == expected


def _as_read(text, written, places, limits):
    day = datetime.date(2026, 12, 31)
    try:
        found = parse(text, unit=written[0], also=written[1:], decimals=places, limits=limits, last_day=day)
    except BadNumber:
        return "bad"
    return found.stored if found.value is None else formatted(found.value, 6)
