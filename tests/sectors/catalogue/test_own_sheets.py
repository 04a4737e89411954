"""Sheets that one region alone reports: their codes clash with nothing, nothing shared rests on them, its office may
make them, and no other region sees them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from assessment import scheme_versions
from reports.aggregation import cube
from sectors.approval import moves
from sectors.catalogue import drafts, writing, yaml_files
from sectors.catalogue.assignments import assign_by_code, unassigned
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.own_codes import region_of
from sectors.models import Assignment, Department, Indicator, Region, Rule, Sector, Sheet, SheetDraft, Submission, Unit
from sectors.reading import reports
from sectors.reading.blocks import of_text
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

OWN = """\
sector: r{code}_salt
region: "{code}"
name: 盐湖产品
chapter: {{code: product, name: 产品质量, position: 1}}
position: 30
sheets:
  - number: {code}-01
    name: 盐湖产品抽查情况表
    frequency: quarter
    department: market
    tables:
      - code: sampling
        name: 抽查
        indicators:
          - {{code: r{code}_salt.samples, name: 抽查样品, unit: 批次, key: true}}
          - {{code: r{code}_salt.passed, name: 合格样品, unit: 批次}}
    questions:
      - {{code: r{code}_salt.work, kind: work, text: 工作开展情况}}
rules:
  - {{code: r{code}_salt.within, expression: "r{code}_salt.passed <= r{code}_salt.samples", message: 合格数多于抽查数}}
"""


@pytest.fixture
def own(cast, tmp_path):
    """Writes the county's own sector, changed, to a file."""

    def write(*changes, of=None):
        text = OWN.format(code=(of or cast.county).code)
        for old, new in changes:
            old, new = (part.replace("CODE", cast.county.code) for part in (old, new))
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def makes_sheets(cast):
    Region.objects.filter(pk=cast.county.pk).update(makes_sheets=True)
    for person in (cast.office, cast.county):
        person.refresh_from_db()
    return cast


def problems(path):
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return " ".join(problem.message for problem in caught.value.problems)


def test_only_its_region_gets_opens_and_sees_the_sheet(cast, own):
    Department.objects.get_or_create(region=cast.other_county, code="market", defaults={"name": "石浦县市场监管局"})
    load(own())
    sheet = Sheet.objects.get(number=f"{cast.county.code}-01")
    assert list(sheet.assignments.values_list("region", flat=True)) == [cast.county.pk]
    assert not assign_by_code(cast.other_county)
    assert all(sheet not in one.sheets for one in unassigned(Region.objects.all()))
    moves.open_period(base.period(cast.county, "2023Q4"))
    moves.open_period(base.period(cast.other_county, "2023Q4"))
    assert list(Submission.objects.filter(sheet=sheet).values_list("region", flat=True)) == [cast.county.pk]
    code = f"r{cast.county.code}_salt.samples"
    assert code in cube.annual(cast.county, 2023)
    for elsewhere in (cast.other_county, cast.county.parent):
        assert code not in cube.annual(elsewhere, 2023)
        assert code not in {row.code for row in catalogue().of_region(2023, elsewhere.pk)}
        assert f"r{cast.county.code}_salt" not in catalogue().sectors_of(elsewhere.pk)


def test_nobody_else_is_assigned_it_by_hand(cast, own):
    load(own())
    sheet = Sheet.objects.get(number=f"{cast.county.code}-01")
    other = Department.objects.filter(region=cast.other_county).first()
    with pytest.raises(ValidationError, match="Only 云泽县"):
        Assignment(sheet=sheet, region=cast.other_county, department=other).full_clean()


def test_another_region_has_no_targets_of_it(cast, own, client):
    load(own())
    code = f"r{cast.county.code}_salt.samples"
    address = reverse("target", args=[2023, code])
    for person, status in ((cast.office, 200), (cast.outsider_office, 404)):
        client.force_login(person)
        assert client.get(address).status_code == status
        assert (code in base.html(client.get(reverse("targets"), {"year": 2023, "all": "on"}))) is (status == 200)
    assert code in scheme_versions.known(cast.county, 2023).indicators
    assert code not in scheme_versions.known(cast.other_county, 2023).indicators


def test_the_file_that_is_written_loads_without_a_change(cast, own, tmp_path):
    load(own())
    code = f"r{cast.county.code}_salt"
    path = tmp_path / "written.yaml"
    path.write_text(yaml_files.as_yaml(writing.of_sectors(code)[code]), encoding="utf-8")
    assert load(path).lines == []
    assert Sector.objects.get(code=code).region == cast.county


def test_shared_files_leave_it_as_it_is(cast, own):
    load(own())
    before = writing.of_sectors(f"r{cast.county.code}_salt")
    load(base.SMALL)
    assert writing.of_sectors(f"r{cast.county.code}_salt") == before
    assert Assignment.objects.filter(sheet__sector__region=cast.county).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('region: "CODE"\n', "", "Write region: CODE"),
        ("rCODE_salt", "salt", "let it begin with rCODE_"),
        ("number: CODE-01", "number: S-99", "let it begin with CODE-"),
        ("{code: rCODE_salt.within", "{code: salt.within", "let it begin with rCODE_"),
        ("{code: rCODE_salt.work", "{code: salt.work", "let it begin with rCODE_"),
        ('expression: "rCODE_salt.passed <=', 'expression: "food.passed <=', "not about food.passed"),
        ("name: 产品质量, position: 1}", "name: 产品质量, position: 2}", "chapter"),
        ("{code: product, name: 产品质量, position: 1}", "{code: own, name: 本县特色, position: 9}", "product"),
        ("    frequency: quarter\n", "    frequency: quarter\n    moved_from: food\n", "Nothing moves between"),
        ("rules:\n", "units:\n  - {name: 批次, also: [批批]}\nrules:\n", "Units are shared"),
        ("rules:\n", "units:\n  - {name: 湖}\nrules:\n", "Units are shared"),
    ],
)
def test_what_would_clash_with_the_shared_catalogue_is_refused(cast, own, old, new, told):
    units = list(Unit.objects.order_by("pk").values_list("name", "also"))
    assert told.replace("CODE", cast.county.code) in problems(own((old, new)))
    assert not Sector.objects.exclude(region=None).exists()
    assert list(Unit.objects.order_by("pk").values_list("name", "also")) == units


def test_a_region_that_there_is_not(cast, own, tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text(OWN.format(code="659999"), encoding="utf-8")
    assert "which there is not" in problems(path)


def test_nothing_shared_and_nothing_of_another_region_reads_it(cast, own, tmp_path):
    load(own())
    read = f"r{cast.county.code}_salt.samples"
    food = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    rule = "{code: food.passed_within_done, expression: food.passed <= food.done,"
    shared = tmp_path / "food.yaml"
    for changed in (
        food.replace(rule, rule.replace("<= food.done", f"<= {read}")),
        food.replace("wording: |\n", f"wording: |\n  {{{{ n('{read}') }}}}\n"),
    ):
        assert changed != food
        shared.write_text(changed, encoding="utf-8")
        assert "is only reported in the region" in problems(shared)
    path = own(of=cast.other_county)
    text = path.read_text(encoding="utf-8")
    own_code = f"r{cast.other_county.code}_salt.samples"
    path.write_text(text.replace(f"<= {own_code}", f"<= {read}"), encoding="utf-8")
    assert "is only reported in the region" in problems(path)


def test_a_report_of_another_region_is_read_as_without_it(cast, own):
    def sectors(region):
        blocks = of_text("二、工程质量\n全县有水厂3家。")
        return [one.sector for one in reports.read(blocks, catalogue(), 2023, {}, region)]

    assert sectors(cast.county) == ["plants"]
    in_chapter = ("{code: product, name: 产品质量, position: 1}", "{code: engineering, name: 工程质量, position: 2}")
    load(own(in_chapter, of=cast.other_county))
    assert sectors(cast.county) == ["plants"]
    assert sectors(cast.other_county) == [""]  # there the heading may be of either


def test_its_region_keeps_the_code_that_its_codes_begin_with(cast, own, client):
    client.force_login(cast.admin)

    def change(region, code):
        page = reverse("admin:sectors_region_change", args=[region.pk])
        form = client.get(page).context["adminform"].form
        sent = {field.html_name: field.value() or "" for field in form} | {"code": code, "name": "改名的县"}
        sent["seen"] = base.seen_on(client, page)
        assert client.post(page, sent).status_code == 302
        region.refresh_from_db()
        return region.code, region.name

    load(own())
    assert change(cast.county, "659998") == (cast.county.code, "改名的县")
    assert region_of(Sector.objects.get(region=cast.county).code) == cast.county.code
    assert change(cast.other_county, "659997") == ("659997", "改名的县")


def test_two_regions_have_sectors_of_one_name(cast, own):
    load(own())
    load(own(of=cast.other_county))
    assert Sector.objects.filter(name="盐湖产品").count() == 2
    assert Rule.objects.filter(code__endswith="_salt.within").count() == 2


def test_boards_of_others_leave_it_out_and_its_own_show_it(cast, own, client):
    load(own())
    code = f"r{cast.county.code}_salt"
    base.report(cast.county, "2023Q1", {"food.done": "8", "food.passed": "8"})
    base.report(cast.other_county, "2023Q1", {"food.done": "8", "food.passed": "8"})
    for person, answer in ((cast.office, 200), (cast.outsider_office, 404)):
        client.force_login(person)
        assert client.get(reverse("sector", args=[code])).status_code == answer
        assert ("盐湖产品" in base.html(client.get(reverse("sectors")))) == (answer == 200)
        assert (f"{code}.samples" in base.html(client.get(reverse("explore")))) == (answer == 200)


def test_boards_of_the_prefecture_leave_it_out_and_say_so(cast, own, client):
    load(own())
    base.report(cast.county, "2023Q1", {"food.done": "8", "food.passed": "8"})
    base.make_reporting(cast.prefecture)
    person = base.user("office", cast.prefecture.departments.get(), "above")
    client.force_login(person)
    for name in ("sectors", "explore", "leader-board"):
        page = base.html(client.get(reverse(name)))
        assert "盐湖产品 (云泽县)" in page, name
        assert f"{cast.county.code}_salt" not in page, name
    client.force_login(cast.office)
    assert "盐湖产品 (云泽县)" not in base.html(client.get(reverse("sectors")))


# The office as editor


def new_sheet(client, **sent):
    data = {"number": "01", "name": "盐湖产品抽查情况表", "frequency": "quarter", "department": "market"}
    data |= {"sector": "new", "sector_code": "salt", "sector_name": "盐湖产品", "chapter": "product"}
    return client.post(reverse("new-sheet"), {**data, **sent})


def test_an_office_that_may_drafts_looks_and_puts_in_force(makes_sheets, client):
    cast, code = makes_sheets, makes_sheets.county.code
    client.force_login(cast.office)
    assert client.get(reverse("sheets-of-catalogue")).status_code == 200
    assert new_sheet(client).status_code == 302
    draft = SheetDraft.objects.get()
    assert (draft.region, draft.specification["sector"]) == (cast.county, f"r{code}_salt")
    assert draft.sheet_specification["number"] == f"{code}-01"
    row = draft.sheet_specification["tables"][0]["indicators"][0]
    row |= {"name": "抽查样品", "unit": "批次"}
    drafts.change(draft, draft.specification, by=cast.office, seen=drafts.version(SheetDraft.objects.get()))
    preview = client.post(reverse("look-at-draft", args=[draft.pk]))
    assert preview.status_code == 200, preview.context["problems"]
    sent = {key: preview.context[key] for key in ("seen", "digest")}
    assert client.post(reverse("put-in-force", args=[draft.pk]), sent).status_code == 302
    sheet = Sheet.objects.get(number=f"{code}-01")
    assert sheet.sector.region == cast.county
    assert sheet.assignments.get().department.region == cast.county
    client.post(reverse("begin-draft", args=[sheet.pk]))
    assert SheetDraft.objects.open().get().region == cast.county


def test_it_never_touches_what_is_shared_or_another_s(makes_sheets, own, client, media):
    cast = makes_sheets
    load(own(of=cast.other_county))
    others = Sheet.objects.get(number=f"{cast.other_county.code}-01")
    shared = drafts.begin_draft(cast.admin, writing.parted(writing.of_sectors("food")["food"])["T-01"])
    client.force_login(cast.office)
    page = base.html(client.get(reverse("sheets-of-catalogue")))
    assert "T-01" not in page.split("<h2>")[-1]
    for sheet in (others, Sheet.objects.get(number="T-01")):
        assert client.post(reverse("begin-draft", args=[sheet.pk])).status_code == 404
        assert client.get(reverse("sheet-versions", args=[sheet.pk])).status_code == 404
        assert client.get(reverse("catalogue-file", args=[sheet.pk])).status_code == 404
    for name in ("edit-draft", "look-at-draft", "put-in-force", "discard-draft"):
        assert client.post(reverse(name, args=[shared.pk])).status_code == 404
    assert client.get(reverse("whole-catalogue")).status_code == 403
    assert new_sheet(client, sector="food").status_code == 422
    for change in (
        {},
        {"region": cast.other_county.code},
        {"region": cast.county.code, "sector": f"r{cast.other_county.code}_salt"},
    ):
        specification = {**writing.parted(writing.of_sectors("food")["food"])["T-01"], **change}
        with pytest.raises(PermissionDenied):
            drafts.begin_draft(cast.office, specification)


def test_a_shared_sector_under_its_own_region_cannot_be_loaded(makes_sheets):
    cast = makes_sheets
    specification = writing.parted(writing.of_sectors("food")["food"])["T-01"] | {"region": cast.county.code}
    draft = drafts.begin_draft(cast.office, specification)
    with pytest.raises(CatalogueError, match="let it begin with"):
        drafts.put_in_force(draft, by=cast.office, seen=drafts.version(draft), digest="")
    assert Sector.objects.get(code="food").region is None


def test_an_office_that_may_not_and_one_that_may_no_more(cast, own, client):
    client.force_login(cast.office)
    assert client.get(reverse("sheets-of-catalogue")).status_code == 403
    Region.objects.filter(pk=cast.county.pk).update(makes_sheets=True)
    assert new_sheet(client).status_code == 302
    draft = SheetDraft.objects.get()
    Region.objects.filter(pk=cast.county.pk).update(makes_sheets=False)
    assert client.get(reverse("sheet-draft", args=[draft.pk])).status_code == 403
    cast.office.refresh_from_db()
    with pytest.raises(PermissionDenied):
        drafts.put_in_force(draft, by=cast.office, seen=drafts.version(draft), digest="")


def test_the_administrator_makes_one_for_a_region(cast, client):
    client.force_login(cast.admin)
    assert new_sheet(client, region=cast.county.pk).status_code == 302
    assert SheetDraft.objects.get().region == cast.county
    assert new_sheet(client, number="77", sector_code="sand", sector_name="沙").status_code == 302
    assert SheetDraft.objects.filter(region=None).count() == 1
    assert new_sheet(client, number="78", region=cast.county.pk, sector="food").status_code == 422


def test_indicators_valid_for_a_day_are_found_by_their_region_only(makes_sheets, own, client):
    cast = makes_sheets
    load(own(of=cast.other_county))
    client.force_login(cast.office)
    new_sheet(client)
    draft = SheetDraft.objects.latest("pk")
    found = client.get(reverse("draft-indicators", args=[draft.pk]), {"q": "合格"}).content.decode()
    assert f"r{cast.other_county.code}_salt" not in found
    assert Indicator.objects.filter(code__startswith="r").count() == 2
