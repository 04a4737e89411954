"""Templates of sectors: what they may say, and what they may not do."""

from decimal import Decimal

import pytest

from reports import wording
from reports.aggregation import annual
from reports.document import Gap, Number, parse_marked, runs_text
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def values(cast):
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "200", "food.firms": "5"})
    figures = {"food.done": "150", "food.done.farm": "50", "food.done.school": "100", "food.passed": "147"}
    base.report(cast.county, "2023", figures | {"food.firms": "5", "food.output": "0.0", "food.price": "n/a"})
    return annual(cast.county, 2023)


def said(template, values):
    return [runs_text(parse_marked(text)) for text in wording.render(template, values, where="食品").values()]


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
        ("{% if has('food.done', 'food.task') %}两个{% else %}缺{% endif %}", "缺"),
        ("{% if val('food.done') > last('food.done') %}多{% else %}少{% endif %}", "少"),
        ("{{ listed('food.done.farm', 'food.done.school', 'food.output') }}", "种植环节50批次和学校食堂100批次"),
        (
            "{% for i in ranked('food.done.farm', 'food.done.school', 'food.task') %}{{ i.name + i.n }}；{% endfor %}",
            "学校食堂100批次；种植环节50批次；",
        ),
    ],
)
def test_what_a_template_says(values, template, text):
    assert said(template, values) == [text]


def test_a_line_is_a_paragraph_and_figures_stay_figures(values):
    said = wording.render("共{{ n('food.done') }}。\n\n  任务{{ n('food.task') }}。", values, where="食品")
    assert list(said) == ["1", "3"]
    assert Number("food.done", "150批次") in parse_marked(said["1"])
    assert Gap("food.task", "抽检任务") in parse_marked(said["3"])


def test_a_paragraph_is_known_by_its_line_whatever_is_said_before_it(values):
    template = (
        "{% if val('food.done') > limit %}\n多。\n多得多。\n{% else %}\n少。\n{% endif %}\n"
        "{% for item in ranked('food.done.farm', 'food.done.school') %}\n{{ item.name }}。\n{% endfor %}完。"
    )
    for limit, lines in (("1", ["2", "3"]), ("1000", ["5"])):
        said = wording.render(template.replace("limit", limit), values, where="食品")
        assert list(said) == [*lines, "8", "8.2", "9"]
        assert [said[line] for line in ("8", "8.2", "9")] == ["学校食堂。", "种植环节。", "完。"]


def test_a_template_cannot_fake_marks_of_figures_or_lines(values):
    assert wording.render("一\ue00499\ue004二\ue000food.done\ue00299\ue003", values, where="食品") == {
        "1": "一99二food.done99"
    }


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ n('no.such') }}", "no.such"),
        ("好\n{{ n('food.done' }}", "line 2"),
        ("好\n好\n{{ n('no.such') }}", "line 3"),
        ("{{ nothing }}", "nothing"),
        ("{{ n() }}", "code"),
        ("{{ val('food.task') + 1 }}", "+"),
        ("{{ val('food.task') > 1 }}", "NoneType"),
        ("{{ 1 / 0 }}", "zero"),
        ("{{ n('food.done')[0] }}", "mark"),
        # ways out of the sandbox
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ ''['__class__'] }}", "unsafe"),
        ("{{ n.__globals__ }}", "unsafe"),
        ("{{ n.__self__.values }}", "unsafe"),
        ("{{ ranked('food.done')[0].__class__ }}", "unsafe"),
        ("{{ '{0.__class__}'.format(n) }}", "unsafe"),
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
        ("{{ 'x'.center(1000000000) }}", "unsafe"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "recursion"),
        ("{{ 'x' ~ 'x' }}", "concat"),
        ("{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 40, "+"),
        ("{% for a in 'xx' %}{% for b in 'xx' %}{% endfor %}{% endfor %}", "a loop in a loop"),
        ("{% for a in 'xx' recursive %}{{ loop('xx') }}{% endfor %}", "a loop in a loop"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "macro"),
    ],
)
def test_what_a_template_may_not_do(values, template, why):
    with pytest.raises(wording.WordingError, match="食品") as caught:
        wording.render(template, values, where="食品")
    assert why in str(caught.value)


def test_values_are_exact(values):
    assert values["food.rate"].value == Decimal(98)
