"""Templates of sectors: what they may say, and what they may not do."""

import copy
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.translation import override

from reports.aggregation.cube import annual
from reports.document.blocks import Gap, Number, runs_text
from reports.document.marks import parse_marked
from reports.wording import rendering
from reports.wording.codes import codes_named
from sectors.calculation.bounded import Bounds
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def figures(cast):
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "200", "food.firms": "5"})
    figures = {"food.done": "150", "food.done.farm": "50", "food.done.school": "100", "food.passed": "147"}
    base.report(cast.county, "2023", figures | {"food.firms": "5", "food.output": "0.0", "food.price": "n/a"})
    return rendering.Figures(annual(cast.county, 2023), 2023, "云泽县")


def said(template, figures):
    return [runs_text(parse_marked(text)) for text in rendering.render(template, figures, where="食品").values()]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ n('food.done') }}", "150批次"),
        ("{{ v('food.done') }}", "150"),
        ("{{ n('food.rate') }}", "98.0%"),
        ("{{ n('food.task') }}", "〔缺：抽检任务〕"),
        ("{{ n('food.price') }}", "不适用"),
        ("{{ name('food.done') }}", "抽检完成"),
        ("{{ n('food.done') }}{{ change('food.done') }}", "150批次，较上年下降25.0%"),
        ("{{ n('food.rate') }}{{ change('food.rate') }}", "98.0%，较上年下降2.0个百分点"),
        ("{{ n('food.firms') }}{{ change('food.firms') }}", "5家，与上年持平"),
        ("{{ n('food.output') }}{{ change('food.output') }}", "0.0吨"),
        ("{{ n('food.rate') }}，{{ compared('food.rate') }}", "98.0%，较上年下降2.0个百分点"),
        ("{{ n('food.firms') }}{{ compared('food.output') }}", "5家"),
        ("{% if fell('food.done') and not rose('food.done') and not fell('food.firms') %}降{% endif %}", "降"),
        ("{{ last_n('food.done') }}，{{ last_n('food.output') }}", "200批次，〔缺：上年食品产量〕"),
        ("{{ target('food.rate') }}{% if reached('food.rate') %}达到{% endif %}", "98%达到"),
        ("{{ target('food.done') }}无", "无"),
        ("{{ cn('food.firms') }}、{{ cn('food.done') }}、{{ cn('food.output') }}", "五家、150批次、0.0吨"),
        ("{{ cn('food.rate') }}、{{ cn('food.task') }}", "98.0%、〔缺：抽检任务〕"),
        ("{% for i in ['甲', '乙'] %}{{ cn(loop.index) }}是{{ i }}。{% endfor %}", "一是甲。二是乙。"),
        ("{{ year }}年{{ region }}，{{ last_year }}年，{{ whole }}", "2023年云泽县，2022年，全县"),
        ("{{ by_size('food.done.farm', 'food.done.school') }}", "学校食堂100批次和种植环节50批次"),
        ("{% if has('food.done', 'food.task') %}两个{% else %}缺{% endif %}", "缺"),
        ("{% if val('food.done') > last('food.done') %}多{% else %}少{% endif %}", "少"),
        ("{{ listed('food.done.farm', 'food.done.school', 'food.output') }}", "种植环节50批次和学校食堂100批次"),
        (
            "{% for i in ranked('food.done.farm', 'food.done.school', 'food.task') %}{{ i.name + i.n }}；{% endfor %}",
            "学校食堂100批次；种植环节50批次；",
        ),
    ],
)
def test_what_a_template_says(figures, template, text):
    assert said(template, figures) == [text]


def test_two_of_something_and_the_whole_of_something_read_as_people_say_it(cast):
    base.report(cast.county, "2023", {"food.done": "3", "food.passed": "3", "food.firms": "2"})
    figures = rendering.Figures(annual(cast.county, 2023), 2023, "云泽县")
    assert said("{{ cn('food.firms') }}，{{ n('food.rate') }}，{{ v('food.rate') }}", figures) == ["两家，100%，100"]


@pytest.mark.parametrize(("other", "text"), [("97.51", ["100.0%", "97.5%"]), ("100", ["100%", "100%"])])
def test_one_list_has_one_number_of_decimals(figures, other, text):
    rate = figures.values["food.rate"]
    values = {
        f"x.{name}": rate._replace(made=rate.made._replace(value=Decimal(value)))
        for name, value in (("a", "100"), ("b", other))
    }
    template = "{% for item in ranked('x.a', 'x.b') %}{{ item.n }}\n{% endfor %}"
    assert said(template, replace(figures, values=values)) == text
    values["x.a"] = values["x.a"]._replace(is_declared=True, made=values["x.a"].made._replace(places=0))
    assert said(template, replace(figures, values=values))[0] == "100%"  # no digit that was not reported


def test_numbers_of_a_list_have_the_decimals_of_the_longest_where_noughts_say_no_more(figures):
    price = figures.values["food.price"]
    decimals = {"a": ("1.35", 2), "b": ("1.1", 1), "c": ("0.4838", 4), "d": ("2", 0)}

    def value(name, **more):
        number, places = decimals[name]
        indicator = copy.copy(price.indicator)
        indicator.code, indicator.row_name, indicator.decimals = f"x.{name}", name, places
        made = price.made._replace(value=Decimal(number), not_applicable=False, places=places)
        return price._replace(indicator=indicator, made=made, **more)

    def listed(**more):
        values = {f"x.{name}": value(name, **more.get(name, {})) for name in decimals}
        return said("{{ listed('x.a', 'x.b', 'x.c', 'x.d') }}", replace(figures, values=values))

    unit = price.indicator.unit.name
    assert listed() == [f"a1.3500{unit}、b1.1000{unit}、c0.4838{unit}和d2.0000{unit}"]
    # What is not exact, or was only declared, is printed as it was given.
    about = Bounds.of((Decimal(1), Decimal("1.2")), "about", None)
    found = listed(b={"bounds": about}, d={"is_declared": True})
    assert found == [f"a1.3500{unit}、b约1.1{unit}、c0.4838{unit}和d2{unit}"]


def test_a_line_is_a_paragraph_and_figures_stay_figures(figures):
    said = rendering.render("共{{ n('food.done') }}。\n\n  任务{{ n('food.task') }}。", figures, where="食品")
    assert list(said) == ["1", "3"]
    assert Number("food.done", "150批次") in parse_marked(said["1"])
    assert Gap("food.task", "抽检任务") in parse_marked(said["3"])


def test_a_paragraph_is_known_by_its_line_whatever_is_said_before_it(figures):
    template = (
        "{% if val('food.done') > limit %}\n多。\n多得多。\n{% else %}\n少。\n{% endif %}\n"
        "{% for item in ranked('food.done.farm', 'food.done.school') %}\n{{ item.name }}。\n{% endfor %}完。"
    )
    for limit, lines in (("1", ["2", "3"]), ("1000", ["5"])):
        said = rendering.render(template.replace("limit", limit), figures, where="食品")
        assert list(said) == [*lines, "8", "8.2", "9"]
        assert [said[line] for line in ("8", "8.2", "9")] == ["学校食堂。", "种植环节。", "完。"]


def test_a_template_cannot_fake_marks_of_figures_or_lines(figures):
    assert rendering.render("一\ue00499\ue004二\ue000food.done\ue00299\ue003", figures, where="食品") == {
        "1": "一99二food.done99"
    }


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ n('no.such') }}", "no.such"),
        ("{% if has('food.price') %}{{ n('no.such') }}{% endif %}", "no.such"),
        ("{{ ranked('food.done', 'no.such') }}", "no.such"),
        ("好\n{{ n('food.done' }}", "line 2: Here “)” is expected, not “}”"),
        ("好\n{% if 1 %}好", "line 2: Something is open at the end"),
        ("好\n{% endif %}", "line 2: “endif” is unknown here"),
        ("好\n好\n{{ n('no.such') }}", "line 3"),
        ("{{ n('food.done') year }}", "Here “}}” is expected, not “year”"),
        ("{% if %}好{% endif %}", "“%}” does not belong here"),
        ("{{ nothing }}", "nothing"),
        ("{% if 0 %}{{ nothing }}{% endif %}", "nothing"),
        ("{{ n() }}", "one code"),
        ("{{ n('food.done', 'food.rate') }}", "one code"),
        ("{{ n(code='food.done') }}", "codes in quotes"),
        ("{{ n }}", "n('...')"),
        ("{% set n = 1 %}", "n has a meaning already"),
        ("{{ 1 / 0 }}", "“1 / 0”: Nothing is divided by 0"),
        ("{{ n('food.done')[0] }}", "cut in two"),
        # ways out of the sandbox
        ("{{ ''.__class__.__mro__ }}", "after a dot"),
        ("{{ ''['__class__'] }}", "after a dot"),
        ("{{ n.__globals__ }}", "n('...')"),
        ("{{ n('food.done').__class__ }}", "after a dot"),
        ("{{ val('food.task').gap }}", "after a dot"),
        ("{{ ranked('food.done')[0].__class__ }}", "after a dot"),
        ("{{ '{0.__class__}'.format(year) }}", "functions of the list"),
        ("{% include 'secret' %}", "include"),
        ("{% import 'secret' as s %}", "import"),
        # ways to use up time and memory
        ("{% for i in range(10**9) %}x{% endfor %}", "pow"),
        ("{% for i in range(9) %}x{% endfor %}", "range"),
        ("{{ 9**9**9 }}", "pow"),
        ("{{ 'x' * 1000000000 }}", "*"),
        ("{{ [0] * 1000000000 }}", "*"),
        ("{{ '%1000000000d' % 1 }}", "mod"),
        ("{{ 'x' | center(1000000000) }}", "filter"),
        ("{{ 'x'.center(1000000000) }}", "functions of the list"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nested too deeply"),
        ("{{ 'x' ~ 'x' }}", "concat"),
        ("{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 40, "at most 2000 characters"),
        ("{% for a in [1, 2] %}{% for b in [1, 2] %}{% endfor %}{% endfor %}", "a loop in a loop"),
        ("{% for a in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}", "a loop in a loop"),
        ("{% for a in 'xx' %}x{% endfor %}", "goes over a list"),
        ("{% for a in [" + "1," * 61 + "] %}x{% endfor %}", "at most 60 times"),
        ("{% for a in [" + "1," * 60 + "] %}" + "x" * 400 + "{% endfor %}", "beyond 20000"),
        ("好" * 20_001, "20001 characters"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "macro"),
        # what the parser puts around a statement has no line
        ("好\n{% autoescape true %}好{% endautoescape %}", "line 2: scope is not allowed"),
        (
            "{% if 1 %}\n\n{% autoescape 1 %}{% autoescape 0 %}{% endautoescape %}{% endautoescape %}{% endif %}",
            "line 3",
        ),
    ],
)
def test_what_a_template_may_not_do(figures, template, why):
    # Codes are looked up first, so the texts of attacks are let through as if they were some.
    assert why in "；".join(map(str, rendering.trial(template, _knowing(figures, template), where="食品")))
    with pytest.raises(rendering.WordingError, match="食品"):
        rendering.render(template, _knowing(figures, template), where="食品")


def _knowing(figures, template):
    texts = [text for text in codes_named(template) if text not in figures.values and text != "no.such"]
    return replace(figures, values=dict(figures.values) | dict.fromkeys(texts, figures.values["food.done"]))


def test_every_fault_is_told_with_its_line(figures):
    template = (
        "{{ n('no.such') }}\n好\n{{ nothing }}{{ v('nor.this') }}\n{% if has('food.price') %}{{ 2 ** 2 }}{% endif %}"
    )
    found = rendering.trial(template, figures, where="食品")
    assert [fault.line for fault in found] == [1, 3, 3, 4]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("val('food.done') / 0", "除数不能为 0"),
        ("1 / (2 - 2)", "除数不能为 0"),
        ("val('food.done') / (0 * 1.5)", "除数不能为 0"),
        ("[1][5]", "没有这一项"),
        ("loop", "没有这个名称"),
        ("n('food.done') > 1", "不能放在一起"),
        ("'甲' * 2", "不能用在这些"),
        ("year.__class__", "后面可以加点号"),
        ("cn(0)", "1 至 99"),
        ("cn(loop)", "没有这个名称"),
        ("n(1)", "没有"),
        ("n([1])", "没有"),
    ],
)
def test_what_cannot_be_computed_is_told_in_the_language_of_the_person(figures, expression, why):
    with override("zh-hans"):
        found = rendering.trial(f"好\n{{{{ {expression} }}}}", figures, where="食品")
    assert [fault.line for fault in found] == [2]
    assert why in found[0].message
    assert not re.search("[a-z]{2,} [a-z]{2,}", found[0].message)
    assert expression in found[0].message or expression.isidentifier() or expression.startswith(("n(", "cn("))


def test_a_computed_number_prints_without_the_zeros_at_its_end(figures):
    template = "{{ val('food.done') - 50 }}，{{ val('food.done') * 0.25 }}，{{ val('food.done') - val('food.done') }}"
    assert said(template, figures) == ["100，37.5，0"]


def test_a_figure_is_computed_with_a_decimal_number(figures):
    assert said("{{ val('food.done') * 0.5 }}，{{ 1.5 + val('food.done') }}", figures) == ["75，151.5"]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("好\n{% if has('food.done') %}好{% else %}{{ 1 / 0 }}{% endif %}", 2),
        ("好\n好\n{% if val('food.done') == 0 %}{{ 1 / 0 }}{% endif %}", 3),
        ("{% if not last('food.done') %}{{ 1 / 0 }}{% endif %}", 1),
    ],
)
def test_what_fails_in_another_year_only_is_found_today(figures, template, line):
    rendering.render(template, figures, where="食品")
    assert [fault.line for fault in rendering.trial(template, figures, where="食品")] == [line]


@pytest.mark.parametrize(
    "template",
    [
        "{% if val('food.task') > 1 %}多{% endif %}",
        "{% if val('food.task') <= 1 %}少{% endif %}",
        "{% if val('food.task') == 0 %}没有{% endif %}",
        "{% if val('food.task') != 0 %}有{% endif %}",
        "{% if val('food.done') / val('food.output') > 2 %}多{% endif %}",
        "{% if -val('food.task') + 1 > last('food.output') %}多{% endif %}",
        "{% if rose('food.task') or fell('food.task') or reached('food.task') %}变{% endif %}",
    ],
)
def test_a_condition_on_a_missing_figure_does_not_hold(figures, template):
    assert said(template, figures) == []


def test_a_missing_figure_that_was_reckoned_with_prints_as_its_gap(figures):
    assert said("{{ val('food.task') + 1 }}", figures) == ["〔缺：抽检任务〕"]
    assert said("{% if val('food.task') == none and not val('food.task') %}缺{% endif %}", figures) == ["缺"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% if val('food.price') == val('food.task') %}均为{{ n('food.price') }}{% else %}不同{% endif %}", "不同"),
        ("{% if val('food.task') == val('food.price') %}均为{{ n('food.task') }}{% else %}不同{% endif %}", "不同"),
        ("{% if val('food.price') == val('food.price') %}均为{{ n('food.price') }}{% endif %}", "均为不适用"),
        ("{% if val('food.price') == 0 or val('food.price') != 0 %}有{% else %}无{% endif %}", "无"),
        ("{{ val('food.price') + 1 }}", "不适用"),
        ("{{ val('food.price') + val('food.task') }}", "〔缺：抽检任务〕"),
        ("{{ -val('food.task') * val('food.price') }}", "〔缺：抽检任务〕"),
    ],
)
def test_what_does_not_apply_is_not_what_is_missing(figures, template, text):
    assert said(template, figures) == [text]


def test_values_are_exact(figures):
    assert figures.values["food.rate"].value == Decimal(98)
