"""Files of schemes: what may stand in one, and what is said about one that cannot be loaded."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessment import scheme_versions, trials
from assessment.models import Scheme
from assessment.schemes.reading import read
from assessment.schemes.specification import Subjects
from audit.models import Event
from sectors.catalogue.nodes import CatalogueError
from sectors.guard import WrongState
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db
SCHEMES = base.DATA / "schemes"
SHIPPED = base.SHIPPED_CATALOGUE / "schemes" / "county-departments.yaml"
COUNTIES, HAND = SCHEMES / "prefecture-counties.yaml", SCHEMES / "by-hand.yaml"


def changed(tmp_path, old, new, file=COUNTIES):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path = tmp_path / "a.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def problems(path, region, year=2023):
    with pytest.raises(CatalogueError) as found:
        scheme_versions.checked(path, region, year)
    return [(one.place.line, one.message) for one in found.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("points: 50", "points: 40", 14, "20 + 10 + 10 + 10 = 50"),
        ("points: 70", "points: 60", 6, "60 + 15 + 15 = 90"),
        ("linear: {of: food.rate", "linear: {of: food.ratio", 15, "food.ratio"),
        ("{from: 50, below: 100, points: 12.5}", "{from: 50, below: 101, points: 12.5}", 39, "[50, 101)"),
        ("{from: 50, below: 100, points: 12.5}", "{from: 100, below: 50, points: 12.5}", 40, "大"),
        ("proof: 事故调查报告", "proof: ''", 53, "proof"),
        ("year: 2023", "year: 2022", 3, "2022"),
        ("zero: 90, full: 98", "zero: 98, full: 98", 18, "zero"),
        ("code: place", "code: safety", 42, "safety"),
        ("points: [15, 10, 5]", "points: [10, 15, 5]", 45, "points"),
        ("target: {of: food.rate, share: true}", "target: {of: food.done}", 19, "food.done"),
        ("subjects: regions", "subjects: departments", 45, "rank"),
        ("floor: 2", "floor: 12", 26, "floor"),
        ("grades: {A: 95, B: 85, C: 70}", "grades: {A: 85, B: 95}", 5, ""),
        ("rank: {of", "hand: 台账\n    rank: {of", 42, "hand"),
        ("linear: {of: food.rate, zero: 90, full: 98}", "linear: {of: food.rate, zero: 九十, full: 98}", 18, "zero"),
        ("subjects: regions\n", "subjects: regions\nweight: 3\n", 5, "weight"),
        ("linear: {of: food.rate, zero: 90, full: 98}", "linear:", 18, "linear"),
    ],
)
def test_each_fault_has_its_sentence_and_line_and_nothing_is_stored(cast, tmp_path, old, new, line, said):
    found = problems(changed(tmp_path, old, new), cast.prefecture)
    assert any(place == line and said in message for place, message in found), found
    with pytest.raises(CatalogueError):
        scheme_versions.load(region=cast.prefecture, year=2023, path=tmp_path / "a.yaml", by=None)
    assert not Scheme.objects.exists()


def test_points_add_up_for_each_whom_a_criterion_is_for(cast, tmp_path):
    assert read(HAND).specification.subjects is Subjects.DEPARTMENTS
    scheme_versions.checked(HAND, cast.county, 2023)
    found = problems(changed(tmp_path, "for: [water]", "for: [market]", HAND), cast.county)
    assert any("60" in message and "market" in message for _line, message in found), found
    found = problems(changed(tmp_path, "for: [water]", "for: [nobody]", HAND), cast.county)
    assert any("nobody" in message for _line, message in found), found


def test_without_grades_the_usual_ones_are_shares_of_the_points():
    spec = read(HAND).specification
    assert (spec.points, dict(spec.grades), spec.lowest) == (50, {"A": 45, "B": 40, "C": 30}, "D")


def test_the_shipped_scheme_fits_the_shipped_county(shipped_catalogue):
    spec = scheme_versions.checked(SHIPPED, shipped_catalogue, 2023).specification
    assert sum(one.points for one in spec.criteria) == spec.points == 100
    assert {one.code for one in spec.vetoes} == {"accident", "falsified"}


def test_a_file_that_is_no_scheme(cast, tmp_path):
    path = tmp_path / "a.yaml"
    for text in ("", "- 1\n", "a: [", "scheme: x\n"):
        path.write_text(text, encoding="utf-8")
        assert problems(path, cast.county)


def test_criteria_that_lie_too_deep_in_each_other(tmp_path):
    """So deep that YAML composes them and nobody can read them."""
    head = "scheme: x\nname: x\nyear: 2023\nsubjects: departments\ngrades: {}\ncriteria:\n"
    each = "{0}- code: c\n{0}  name: x\n{0}  points: 100\n{0}  criteria:\n"
    path = tmp_path / "a.yaml"
    path.write_text(head + "".join(each.format("  " * depth) for depth in range(215)), encoding="utf-8")
    with pytest.raises(CatalogueError, match="太深"):
        read(path)


def test_versions_are_kept_and_the_same_file_is_no_new_one(cast, tmp_path):
    first, is_new = scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.office)
    assert (first.version, is_new, first.specification.points) == (1, True, 50)
    assert scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.office) == (first, False)
    other = changed(tmp_path, "name: 计划", "name: 年度计划", HAND)
    second, _new = scheme_versions.load(region=cast.county, year=2023, path=other, by=cast.office)
    assert second.version == 2
    with pytest.raises(PermissionDenied):
        scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.outsider_office)
    scheme_versions.put_in_force(scheme=first, reason="", by=cast.office)
    with pytest.raises(scheme_versions.NotInForce):
        scheme_versions.put_in_force(scheme=second, reason="", by=cast.office)
    scheme_versions.put_in_force(scheme=second, reason="增加年度计划", by=cast.office)
    with pytest.raises(WrongState):
        scheme_versions.put_in_force(scheme=first, reason="恢复", by=cast.office)
    assert list(Scheme.objects.order_by("version").values_list("state", flat=True)) == ["replaced", "in_force"]
    assert Event.objects.filter(subject="assessment.scheme").count() == 4


def test_what_nobody_can_see_in_a_file_is_neither_stored_nor_a_new_version(cast, tmp_path):
    """PostgreSQL stores no NUL."""
    path = tmp_path / "a.yaml"
    path.write_text(HAND.read_text(encoding="utf-8").replace("计划", "计\u200b划\x00"), encoding="utf-8")
    first, _new = scheme_versions.load(region=cast.county, year=2023, path=path, by=cast.office)
    assert "\x00" not in first.text
    assert scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.office) == (first, False)


def test_the_command_loads_or_says_what_is_wrong(cast, tmp_path, capsys):
    call_command("load_scheme", HAND, "--region", "990101", "--year", "2023", "--dry-run")
    assert not Scheme.objects.exists()
    call_command("load_scheme", HAND, "--region", "990101", "--year", "2023")
    assert Scheme.objects.get().by is None
    for wrong in ({"region": "990101", "year": 2024}, {"region": "000000", "year": 2023}):
        with pytest.raises(CommandError):
            call_command("load_scheme", HAND, **wrong)


@pytest.fixture
def counties(cast):
    """Two counties of a prefecture with two years each."""
    for region, passed, tests in ((cast.county, "197", "30"), (cast.other_county, "190", None)):
        for number in range(1, 5):
            figures = {"food.done": "200", "food.passed": passed}
            base.report(region, f"2023Q{number}", figures)
            base.report(region, f"2022Q{number}", {"food.done": "100", "food.passed": "97"})
            if tests and region == cast.county:
                base.report(region, f"2023Q{number}", {"water.tests": tests})
    return cast


def test_a_trial_gives_each_county_its_points_with_what_they_rest_on(counties):
    found = {one.subject.code: one for one in trials.tried(read(COUNTIES).specification, counties.prefecture, 2023)}
    lines = {line.criterion.code: line for line in found["990101"].lines}
    said = {code: (line.outcome.points, line.known.shown, line.outcome.lack) for code, line in lines.items()}
    assert said["safety.food.rate"] == (Decimal("20.00"), "98.5%", "")
    assert said["safety.food.aim"] == (Decimal("10.00"), "98.5%", "")
    assert said["safety.food.gap"][0] == 10
    assert said["safety.food.rise"][0] == Decimal("7.50")  # 97% to 98.5%: of two points
    assert said["safety.water"][0] == 20
    assert said["place"][0] == 15  # both have 800 batches: they share the first rank
    assert said["reports.late"] == (None, "", "submission")
    given = {line.criterion.code: line.outcome.points for line in found["990102"].lines}
    assert given["safety.food.rate"] == Decimal("12.50")
    assert given["safety.food.aim"] == Decimal("9.69")
    assert given["safety.food.rise"] == 0
    assert (given["safety.water"], given["place"]) == (None, 15)
    assert found["990102"].total.excluded == 20
    assert found["990101"].rank is None  # not all points are decided


def test_a_rank_is_among_those_for_whom_the_criterion_holds(counties, tmp_path):
    """Who it is not for neither stands before others nor keeps them from their rank."""
    more = {"food.done": "900", "food.passed": "900"}
    for number in range(1, 5):
        base.report(counties.other_county, f"2023Q{number}", more)
    spec = read(changed(tmp_path, "    rank: {of", "    for: ['990101']\n    rank: {of")).specification
    found = trials.tried(spec, counties.prefecture, 2023)[0]
    assert next(line.outcome.points for line in found.lines if line.criterion.code == "place") == 15


def test_a_part_of_a_year_gives_no_points_by_itself(cast):
    base.report(cast.county, "2023Q1", {"food.done": "900", "food.passed": "900"})
    base.report(cast.other_county, "2023Q1", {"food.done": "n/a"})
    found = trials.tried(read(COUNTIES).specification, cast.prefecture, 2023)
    lacks = {one.subject.code: {line.criterion.code: line.outcome.lack for line in one.lines} for one in found}
    assert lacks["990101"]["safety.food.rate"] == "whole"
    assert lacks["990102"]["safety.food.rate"] in ("applicable", "figure")
    assert all(line.outcome.points is None for one in found for line in one.lines if line.criterion.indicator)


def test_an_indicator_that_is_not_of_the_year_gives_no_figure(cast):
    """A scheme of the first year of an indicator is tried on the year before."""
    first = datetime.date(2023, 1, 1)
    base.change_catalogue(Indicator.objects.filter(code__in=("food.rate", "food.done")), valid_from=first)
    found = trials.tried(read(COUNTIES).specification, cast.prefecture, 2022)[0]
    lacks = {line.criterion.code: line.outcome.lack for line in found.lines}
    assert {lacks[code] for code in ("safety.food.rate", "safety.food.aim", "safety.food.rise", "place")} == {"figure"}


def test_departments_are_tried_by_their_own_sheets_targets_and_records(counties):
    spec = read(SHIPPED).specification
    found = {one.subject.code: one for one in trials.tried(spec, counties.county, 2023)}
    lines = {line.criterion.code: line for line in found["market"].lines}
    assert lines["targets.reached"].outcome.points == 30
    assert lines["targets.reached"].known.shown.startswith("1")
    lines = {line.criterion.code: line for line in found["water"].lines}
    assert (lines["targets.reached"].outcome.points, lines["targets.reached"].outcome.lack) == (None, "target")
    assert lines["measures.rectified"].outcome.lack == "record"


def test_a_rate_of_a_part_of_a_year_decides_nothing_about_own_targets(cast):
    base.report(cast.county, "2023Q1", {"food.done": "200", "food.passed": "197"})
    found = {one.subject.code: one for one in trials.tried(read(SHIPPED).specification, cast.county, 2023)}
    line = next(one for one in found["market"].lines if one.criterion.code == "targets.reached")
    assert (line.outcome.points, line.outcome.lack) == (None, "whole")


def test_the_office_uploads_looks_and_puts_in_force(counties, client, media):
    client.force_login(counties.office)

    def upload(path, year="2023"):
        file = SimpleUploadedFile("办法.yaml", path.read_bytes())
        return client.post(reverse("schemes"), {"file": file, "year": year})

    assert upload(HAND, "2022").status_code == 422
    answer = upload(HAND)
    assert answer.status_code == 200
    assert not Scheme.objects.exists()
    page = base.html(answer)
    assert "执法台账" in page
    ticket = answer.context["ticket"]
    assert client.post(reverse("load-scheme"), {"ticket": "x"}).status_code == 409
    answer = client.post(reverse("load-scheme"), {"ticket": ticket})
    scheme = Scheme.objects.get()
    assert answer["Location"] == reverse("scheme", args=[scheme.pk])
    page = base.html(client.get(answer["Location"], {"year": "2023", "subject": "market"}))
    assert "执法台账" in page
    assert client.post(reverse("put-scheme-in-force", args=[scheme.pk])).status_code == 302
    client.force_login(counties.clerk)
    page = base.html(client.get(reverse("scheme", args=[scheme.pk])))
    assert "执法台账" in page
    assert "检测台账" not in page  # of another department
    client.force_login(counties.outsider_office)
    assert client.get(reverse("scheme", args=[scheme.pk])).status_code == 404


def test_a_department_sees_no_scheme_before_it_is_in_force(cast, client):
    scheme, _new = scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.office)
    client.force_login(cast.clerk)
    assert client.get(reverse("scheme", args=[scheme.pk])).status_code == 404
    assert "部门质量工作评议" not in base.html(client.get(reverse("schemes")))


def test_a_trial_asks_no_more_for_more_departments(counties, client):
    scheme, _new = scheme_versions.load(region=counties.county, year=2023, path=SHIPPED, by=None)
    client.force_login(counties.office)
    few = base.queries(lambda: client.get(reverse("scheme", args=[scheme.pk]), {"year": 2023}))
    for number in range(5):
        one = counties.county.departments.create(code=f"d{number}", name=f"局{number}", short_name=f"局{number}")
        sheet = counties.market.assignments.first().sheet
        sheet.pk, sheet.number, sheet._state.adding = None, f"T-8{number}", True
        sheet.save()
        one.assignments.create(sheet=sheet, region=counties.county)
    many = base.queries(lambda: client.get(reverse("scheme", args=[scheme.pk]), {"year": 2023}))
    assert many == few


def test_a_figure_leads_to_its_sector_and_a_count_to_its_list(counties, client):
    scheme, _new = scheme_versions.load(region=counties.prefecture, year=2023, path=COUNTIES, by=None)
    office = counties.prefecture.departments.create(code="office", name="市质强办", short_name="市质强办")
    client.force_login(base.user("office", office, "prefecture_office"))
    page = base.html(client.get(reverse("scheme", args=[scheme.pk]), {"year": 2023, "subject": "990101"}))
    assert f"{reverse('sector', args=['food'])}?period=2023&amp;indicator=food.rate#shown" in page
    scheme, _new = scheme_versions.load(region=counties.county, year=2023, path=SHIPPED, by=None)
    client.force_login(counties.office)
    page = base.html(client.get(reverse("scheme", args=[scheme.pk]), {"year": 2023, "subject": "market"}))
    assert f"{reverse('targets')}?year=2023" in page
