"""Claims of wordings that no figure bears out: each kind is found, and the shipped wordings have none."""

from time import process_time

import pytest
from django.urls import reverse

from reports.models import Wording
from reports.wording import lint
from reports.wording.codes import codes_named
from reports.wording.situations import situations
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Indicator, Sector, Unit
from tests import base

CODES = {"t.done": "批次", "t.farm": "批次", "t.school": "批次", "t.rate": "%", "t.growth": "%"}
FORMULAS = {"t.rate": "t.farm / t.done", "t.growth": "t.done / last_year(t.done) - 1"}
CLEAR_WORDING = "抽检{{ n('food.done') }}。"
RANKED = "{% set kinds = ranked('t.farm', 't.school') %}{% if kinds %}"
CLEAR = "{% if kinds and kinds[-1].value < kinds[0].value and kinds[1].value < kinds[0].value %}"


def indicators():
    return {
        code: Indicator(code=code, name=code, row_name=code, unit=Unit(name=unit), formula=FORMULAS.get(code, ""))
        for code, unit in CODES.items()
    }


def found(wording):
    return {(finding.why, finding.is_refused) for finding in lint.findings(wording, indicators())}


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("wording", "why", "is_refused"),
    [
        ("执法保持常态。检查{{ n('t.done') }}。", "no figure bears out “执法保持常态”", False),
        ("制度继续推行，开具{{ n('t.done') }}。", "no figure bears out “制度继续推行”", False),
        (
            "{% if val('t.done') == 0 %}没有发生。{% else %}发生{{ n('t.done') }}，治理仍在进行。{% endif %}",
            "no figure bears out “治理仍在进行”",
            False,
        ),
        ("以蔬菜为重点监测{{ n('t.done') }}。", "“为重点” stands outside of any condition", False),
        ("监测点{{ n('t.done') }}，每季度一次。", "“每” stands outside of any condition", False),
        ("检查{{ n('t.done') }}，均已办结。", "“均” stands outside of any condition", False),
        (
            "{% if val('t.farm') >= val('t.done') %}有{{ n('t.done') }}，每场都有。{% endif %}",
            "“每” is said beside a 0",
            False,
        ),
        ("抽查{{ n('t.done') }}{% if val('t.farm') == 0 %}，全部合格{% endif %}。", "“全部” is said beside a 0", False),
        ("{% if has('t.done') %}主要检查{{ n('t.done') }}。{% endif %}", "“主要” is said beside a 0", False),
        (
            "检测{{ n('t.done') }}{% if val('t.farm') == 0 %}，没有检出不合格{% endif %}。",
            "“没有检出” is said where nothing was looked at",
            False,
        ),
        (
            "检查{{ n('t.done') }}，{% if val('t.farm') == 0 %}没有发现问题{% endif %}。",
            "“没有发现” is said where nothing was looked at",
            False,
        ),
        (
            "好{{ n('t.school') }}；抽检{{ n('t.done') }}{% if val('t.farm') == 0 %}，未检出{% endif %}。",
            "“未检出” is said where nothing was looked at",
            False,
        ),
        (RANKED + "{{ kinds[0].name }}最多，有{{ kinds[0].n }}。{% endif %}", "“最多” is said beside a 0", True),
        (RANKED + "{{ kinds[0].name }}居首位，为{{ kinds[0].n }}。{% endif %}", "“首位” is said of equal ones", True),
        (RANKED + "{{ kinds[-1].name }}最低，为{{ kinds[-1].n }}。{% endif %}", "“最低” is said of one alone", True),
        ("蔬菜抽检最多，有{{ n('t.done') }}。", "“最多” is said of what is not ranked", False),
        ("检查{{ n('t.done') }}，与上年持平。", "“持平” is said without a last year", True),
        ("检查{{ n('t.done') }}，较上年有所增加。", "“较上年” is said without a last year", True),
        ("检查{{ n('t.done') }}，力度增加。", "“增加” is said without a last year", False),
        ("同比增长{{ n('t.growth') }}。", "“同比” stands before a negative number", True),
        ("由{{ listed('t.farm') }}，共{{ n('t.done') }}。", "the sentence breaks at “由”", False),
        ("检查{{ n('t.done') }}，{{ listed('t.farm') }}，合格。", "the sentence breaks at “，，”", False),
        ("检查{{ n('t.done') }}（{{ listed('t.farm') }}）。", "the sentence breaks at “（）”", False),
        ("共{{ n('t.done') }}，其中{{ listed('t.farm') }}。", "the sentence breaks at “其中。”", False),
        (
            "抽检{{ n('t.done') }}，其中农产品{{ n('t.farm') }}。",
            "“其中” is said of a total that is missing or 0",
            False,
        ),
        (
            "抽检{{ n('t.done') }}，合格率{{ n('t.rate') }}，其中农产品{{ n('t.farm') }}。",
            "“其中” is said of a total that is missing or 0",
            False,
        ),
        (
            "抽检{{ n('t.done') }}{% if listed('t.farm') %}，其中{{ listed('t.farm') }}{% endif %}。",
            "“其中” is said of a total that is missing or 0",
            False,
        ),
    ],
)
def test_what_no_figure_bears_out_is_found(wording, why, is_refused):
    assert (why, is_refused) in found(wording)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "wording",
    [
        "2023年，全县检查{{ n('t.done') }}{{ change('t.done') }}，合格率{{ n('t.rate') }}{{ change('t.rate') }}。",
        "农药方面，{% if val('t.done') == 0 %}没有发生事故，形势平稳。{% else %}发生事故{{ n('t.done') }}。{% endif %}",
        "抽查{{ n('t.done') }}{% if val('t.done') and val('t.farm') == 0 %}，没有检出不合格{% endif %}。",
        "{% if val('t.done') %}每季度检查{{ n('t.done') }}。{% endif %}人均{{ n('t.farm') }}。",
        "{% set kinds = ranked('t.farm', 't.school') %}"
        + CLEAR
        + "{{ kinds[0].name }}最多，有{{ kinds[0].n }}。{% endif %}",
        "检查{{ n('t.done') }}{% if rose('t.done') %}，比上年增加{% endif %}。",
        "{% if val('t.growth') > 0 %}同比增长{{ n('t.growth') }}。{% endif %}",
        "共{{ n('t.done') }}{% if listed('t.farm') %}，{% if val('t.done') %}其中{% endif %}"
        "{{ listed('t.farm') }}{% endif %}。",
        "{% if val('t.done') == 0 %}\n没有。\n{% else %}\n有{{ n('t.done') }}。\n{% endif %}",
    ],
)
def test_what_figures_bear_out_is_not_found(wording):
    assert found(wording) == set()


@pytest.mark.usefixtures("english")
def test_a_finding_tells_line_sentence_and_situation():
    found = lint.findings("好{{ n('t.done') }}。\n检查{{ n('t.done') }}，与上年持平。", indicators())
    assert next(str(finding) for finding in found if finding.is_refused) == (
        "line 2: “持平” is said without a last year: “检查12批次，与上年持平。” (when last year is missing)"
    )


@pytest.mark.django_db
def test_shipped_wordings_claim_nothing_without_figures(shipped_catalogue):
    known = {one.code: one for one in Indicator.objects.select_related("unit")}
    tried, begun = 0, process_time()
    for sector in Sector.objects.all():
        assert [str(finding) for finding in lint.findings(sector.wording, known)] == []
        tried += len(list(situations(known, sorted(codes_named(sector.wording) & known.keys()))))
    assert tried > 1300
    assert process_time() - begun < 20


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("抽检{{ n('food.done') }}，与上年持平。", 422, "“持平”"),
        ("抽检{{ n('food.done') }}，均已办结。", 302, "“均”"),
        (CLEAR_WORDING, 302, ""),
    ],
)
def test_a_claim_that_is_not_so_is_not_kept_and_a_doubtful_one_is_listed(client, cast, text, status, says):
    base.report(cast.county, "2023", {"food.done": "150"})
    client.force_login(cast.office)
    url = reverse("wording", args=["food"])
    response = client.post(url, {"text": text, "note": "", "after": "0", "year": "2023"})
    assert response.status_code == status
    assert Wording.objects.exists() is (status == 302)
    page = (response if status == 422 else client.get(url)).content.decode()
    faults, _start, doubtful = page.partition('id="preview"')[2].partition("</form>")[0].partition('class="doubtful"')
    assert says in (faults if status == 422 else doubtful)
    assert bool(doubtful) is (text != CLEAR_WORDING)


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "is_refused"), [("均已办结", False), ("与上年持平", True)])
def test_a_load_names_claims_of_new_wordings(cast, tmp_path, words, is_refused):
    path = tmp_path / "water.yaml"
    text = (base.SMALL / "water.yaml").read_text(encoding="utf-8")
    path.write_text(
        text.replace("全年检测水质{{ n('water.tests') }}", "水质。\n  检测{{ n('water.tests') }}，" + words),
        encoding="utf-8",
    )
    line = path.read_text(encoding="utf-8").splitlines().index(f"  检测{{{{ n('water.tests') }}}}，{words}。") + 1
    if is_refused:
        with pytest.raises(CatalogueError, match=f"water.yaml.*{line}.*持平"):
            load(path)
        return
    named = [entry for entry in load(path).lines if entry.startswith("? ")]
    assert named
    assert f"{line}" in named[0]
    assert "均" in named[0]
    assert not [entry for entry in load(path).lines if entry.startswith("? ")]
