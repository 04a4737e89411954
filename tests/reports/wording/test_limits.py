"""Wordings that would fill the memory or hold up a worker: each is refused with its line and a sentence."""

import pytest
from django.urls import reverse

from reports.aggregation.cube import annual
from reports.models import AnnualReport
from reports.wording import language, rendering, versions
from reports.wording.pages import side_by_side
from sectors.models import Sector
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DEEP, LARGE, LONG = "nested too deeply", "too large or too small", "at most 2000 characters"
LIST, MUCH, NUMBER = "A list has at most 200 elements", "computes too much", "with at most 30 digits"
SIXTY = "{% set list = [" + "1," * 60 + "] %}{% for i in list %}"
# Wordings of which the second line is at fault, and what is said of it.
HOSTILE = {
    # numbers that grow
    "products": ("{% set a = 99 %}" + "{% set a = a * a %}" * 24, LARGE),
    "products of a figure": ("{% set a = val('food.done') %}" + "{% set a = a * a %}" * 24, LARGE),
    "quotients": ("{% set a = 1 / val('food.done') %}" + "{% set a = a * a %}" * 24, LARGE),
    "small quotients": ("{% set a = 1 %}" + "{% set a = a / 99 %}" * 24, LARGE),
    "sums": ("{% set a = 99999999999999999999999999999 %}" + "{% set a = a + a %}" * 24, LARGE),
    "many digits": ("{{ " + "9" * 4000 + " }}", NUMBER),
    "more digits than Python reads": ("{{ " + "9" * 19_000 + " }}", NUMBER),
    "hexadecimal": ("{{ 0x" + "f" * 30 + " }}", NUMBER),
    "an exponent": ("{{ 1e999 }}", NUMBER),
    "a smaller exponent": ("{{ 1e300 * 1e300 }}", NUMBER),
    "other digits": ("{{ 1٣.5 }}", NUMBER),
    # texts and lists that grow
    "text": ("{% set a = 'xx' %}" + "{% set a = a + a %}" * 24, LONG),
    "lists": ("{% set a = [1, 1, 1, 1] %}" + "{% set a = [a, a, a, a] %}" * 24 + "{{ a }}", LIST),
    "tuples": ("{% set a = (1, 1, 1, 1) %}" + "{% set a = (a, a, a, a) %}" * 24 + "{% if 2 in a %}{% endif %}", LIST),
    "compared lists": (
        "{% set a = [1] %}{% set b = [1] %}"
        + "{% set a = [a, a] %}{% set b = [b, b] %}" * 30
        + "{% if a == b %}{% endif %}",
        LIST,
    ),
    "a sum of lists": ("{% set a = [1] %}{% set a = a + a %}", "“+” does not go"),
    "a format": ("{% set wide = '{:>999999999}'.format %}{{ wide('food.done') }}", "Only the functions of the list"),
    "a format by its name": ("{% set wide = 'x'['format'] %}{{ wide }}", "after a dot"),
    # nesting
    "ifs": ("{% if 1 %}" * 99 + "{% endif %}" * 99, DEEP),
    "more ifs than are parsed": ("{% if 1 %}" * 900 + "{% endif %}" * 900, DEEP),
    "loops": ("{% for a in [1] %}" * 22 + "{% endfor %}" * 22, "a loop in a loop"),
    "brackets": ("{{ " + "(" * 41 + "1" + ")" * 41 + " }}", DEEP),
    "more brackets than are parsed": ("{{ " + "[" * 9000 + "]" * 9000 + " }}", DEEP),
    "braces": ("{" * 19_000, DEEP),
    "signs": ("{{ " + "-" * 19_000 + "1 }}", DEEP),
    "not": ("{{ " + "not " * 4900 + "1 }}", DEEP),
    "and": ("{{ 1" + " and 1" * 3000 + " }}", DEEP),
    "or": ("{{ 1" + " or 1" * 3000 + " }}", DEEP),
    "plus": ("{{ 1" + " + 1" * 4000 + " }}", DEEP),
    "if else": ("{{ " + "1 if 1 else " * 1600 + "1 }}", DEEP),
    "elif": ("{% if 0 %}" + "{% elif 0 %}" * 1600 + "{% endif %}", DEEP),
    "attributes": ("{{ year" + ".a" * 9000 + " }}", DEEP),
    "indices": ("{{ year" + "[0]" * 6000 + " }}", DEEP),
    # much of everything
    "loops one after another": ("{% set list = [" + "1," * 60 + "] %}" + "{% for i in list %}{% endfor %}" * 500, MUCH),
    "ranked in a loop": (SIXTY + "{{ ranked(" + "'food.done'," * 400 + ") }}{% endfor %}", MUCH),
    "by_size in the condition of a loop": (
        "{% set list = [1] %}{% for i in list if by_size(" + "'food.done'," * 400 + ") %}{% endfor %}",
        MUCH,
    ),
    "listed": ("{{ listed(" + "'food.done'," * 1500 + ") }}", "beyond 20000 characters"),
    "a printed list": ("{% set a = '" + "x" * 1900 + "' %}{{ [" + "a," * 100 + "] }}", "beyond 20000 characters"),
    "a long list": ("{{ [" + "1," * 9000 + "] }}", LIST),
    # what only compiling tells
    "the loop's own name": ("{% for loop in [1] %}{% endfor %}", "loop variable"),
}
hostile = pytest.mark.parametrize(("wording", "why"), HOSTILE.values(), ids=HOSTILE)


# What loading cannot tell: it has no figures, and says nothing of what may come from them.
WITH_FIGURES = ("“+” does not go", "after a dot", "beyond 20000 characters")
OF_ALL = "beyond 20000 characters"  # which is said of the first line


@pytest.fixture(autouse=True)
def not_tried_before():
    language.parsed.cache_clear()
    language.compiled.cache_clear()


@pytest.fixture
def figures(cast):
    base.report(cast.county, "2023", {"food.done": "150", "food.passed": "147"})
    return rendering.Figures(annual(cast.county, 2023), 2023, "云泽县")


@hostile
def test_a_wording_that_would_hold_up_a_worker_is_refused_with_its_line(figures, wording, why):
    line = 1 if why == OF_ALL else 2
    found = rendering.trial(f"好\n{wording}", figures, where="食品")
    assert why in found[0].message
    assert found[0].line == line
    with pytest.raises(rendering.WordingError, match=f"食品: line {line}"):
        rendering.render(f"好\n{wording}", figures, where="食品")


@hostile
def test_loading_refuses_it_without_figures(wording, why):
    found = language.faults(f"好\n{wording}", {"food.done"})
    assert why in "".join(map(str, found)) or why in WITH_FIGURES


@hostile
def test_its_preview_says_why(client, cast, figures, wording, why):
    client.force_login(cast.office)
    client.cookies["django_language"] = "en"
    page = client.post(reverse("wording-preview", args=["food"]), {"text": f"好\n{wording}"})
    assert page.status_code == 200
    assert why in page.content.decode()


@pytest.mark.parametrize("wording", ["ifs", "plus", "products", "lists", "elif", "more digits than Python reads"])
def test_a_report_whose_wording_was_kept_long_ago_is_refused_with_a_sentence(client, cast, figures, wording):
    sector = Sector.objects.get(code="food")
    text = HOSTILE[wording][0]
    versions.keep(region=cast.county, sector=sector, text=text, note="", by=cast.office, after=0)
    client.force_login(cast.office)
    answer = client.post(reverse("begin-report", args=[2023]), follow=True)
    assert answer.status_code == 200
    assert f"{sector.name}：第1行：" in answer.content.decode() or f"{sector.name}: " in answer.content.decode()
    assert not AnnualReport.objects.exists()


@pytest.mark.parametrize(
    "wording",
    [
        "{% if 1 %}" * 38 + "好" + "{% endif %}" * 38,
        "{{ '好' if 1" + " and 1" * 36 + " }}",
        "{{ " + "(" * 40 + "'好'" + ")" * 40 + " }}",
        "{% if 0 %}" + "{% elif 0 %}" * 37 + "{% else %}好{% endif %}",
        "{% if " + " + ".join(["val('food.done')"] * 30) + " > 1 %}好{% endif %}",
        "{% if val('food.done') * val('food.done') / val('food.passed') > 1 %}好{% endif %}",
        "{% set list = ranked("
        + "'food.done'," * 60
        + ") %}{% for i in list %}{% if loop.last %}好{% endif %}{% endfor %}",
        "{% for i in [" + "'好'," * 60 + "] %}{% if loop.first %}{{ i }}{% endif %}{% endfor %}",
        "{% for code, word in [('food.done', '好')] %}{{ word }}{% endfor %}",
        "{{ 99999999999999 / 99999999999999 and '好' }}",
    ],
)
def test_what_a_sentence_needs_is_far_from_the_limits(figures, wording):
    assert rendering.trial(wording, figures, where="食品") == []
    assert rendering.render(wording, figures, where="食品") == {"1": "好"}


@pytest.mark.parametrize(
    ("wording", "printed"),
    [
        ("好{{ '\\ud800' }}", "好"),
        ("好{{ '\\x00' }}", "好"),
        ("好\x00\ud800", "好"),
        ("好{{ '\\ue000food.done\\ue0029\\ue003' }}", "好food.done9"),
        ("好{{ '\\ue00499\\ue004' }}", "好99"),
    ],
)
def test_a_text_holds_what_a_file_can_hold_however_it_is_written(figures, wording, printed):
    assert rendering.render(wording, figures, where="食品") == {"1": printed}


def test_a_fault_can_be_shown_whatever_it_names(figures):
    (fault,) = rendering.trial("{{ n('\\ud800x') }}", figures, where="食品")
    assert fault.message == "There is no indicator x."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x" * 20_000, "xy" * 10_000),
        ("x\n" * 10_000, "x\ny\n" * 5_000),
        ("\n".join(["x" * 190] * 100), "\n".join(["xy" * 95] * 100)),
        ("{{" * 10_000, "{{" * 9_999 + "x"),
    ],
)
def test_versions_of_any_length_are_compared(old, new):
    rows = side_by_side(old, new)
    for side, text in (("old", old), ("new", new)):
        lines = [pieces for row in rows if (pieces := getattr(row, side)) is not None]
        assert ["".join(words for _kind, words in pieces) for pieces in lines] == text.splitlines()


def test_a_long_line_shows_what_was_changed_in_it():
    long = "好" * 5_000
    (row,) = side_by_side(f"{long}甲{long}", f"{long}乙丙{long}")
    assert row.old == [("same", long), ("gone", "甲"), ("same", long)]
    assert row.new == [("same", long), ("new", "乙丙"), ("same", long)]
