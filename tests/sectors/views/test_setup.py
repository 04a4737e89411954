"""A site is set up in the browser: the catalogue's files, who reports which sheet, and what is still missing."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from audit.models import Event
from audit.vocabulary import EventKind
from sectors.catalogue import loader
from sectors.models import Assignment, Department, Region, Sheet, Submission, User
from sectors.spreadsheets import pending
from sectors.transfer import catalogue_files, sent_files
from tests import base

FOOD = (base.SMALL / "food.yaml").read_text()
NAME = "name: 食品\n"


@pytest.fixture
def admin(client, cast, media):
    client.force_login(cast.admin)
    return client


def file(text, name="food.yaml"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def renamed(name="食物"):
    assert FOOD.count(NAME) == 1
    return file(FOOD.replace(NAME, f"name: {name}\n"))


def look(client, *files):
    return client.post(reverse("catalogue-files"), {"files": list(files)})


def confirm(client, preview):
    return client.post(reverse("load-catalogue"), {"ticket": preview.context["ticket"]}, follow=True)


def missing(client):
    return [step.link for step in client.get(reverse("setup")).context["steps"] if step.missing]


def sector_name():
    return Sheet.objects.get(number="T-01").sector.name


def test_a_site_is_set_up_from_nothing(client, db, media, monkeypatch):
    """From the first account to a period that hands sheets out, without a shell."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", base.PASSWORD)
    call_command("createsuperuser", username="root", interactive=False)
    client.force_login(User.objects.get())
    assert reverse("setup") in client.get(reverse("home")).content.decode()
    assert len(missing(client)) == 7
    region = {"code": "652301", "name": "石河县", "level": "county", "parent": ""}
    assert client.post(reverse("admin:sectors_region_add"), region).status_code == 302
    county = Region.objects.get()
    for code, name in (("office", "质量办"), ("market", "市场监督管理局"), ("nyj", "农业局")):
        sent = {"region": county.pk, "code": code, "name": name, "short_name": name}
        assert client.post(reverse("admin:sectors_department_add"), sent).status_code == 302

    preview = client.post(reverse("catalogue-files"), {"shipped": "1"})
    assert preview.context["doubts"]
    assert not Sheet.objects.exists()
    confirm(client, preview)
    own = set(Sheet.objects.filter(department_code="market"))
    assert own
    assert {one.sheet for one in Assignment.objects.all()} == own
    assert not Region.objects.exclude(pk=county.pk).exists()

    (nobodys,) = client.get(reverse("setup")).context["unassigned"]
    assert {*nobodys.sheets} == set(Sheet.objects.all()) - own
    sheet, department = nobodys.sheets[0], Department.objects.get(code="nyj")
    client.post(reverse("assign-sheets"), {f"{county.pk}:{sheet.pk}": department.pk})
    assert Assignment.objects.get(sheet=sheet).department == department

    for role, code in (("office", "office"), ("clerk", "market"), ("clerk", "nyj")):
        base.user(role, Department.objects.get(code=code), f"{role}-{code}")
    base.period(county, "2026Q4")
    assert missing(client) == []  # no head signs here, so none is missing
    Department.objects.filter(code="market").update(signs=True)
    assert missing(client) == [reverse("admin:sectors_user_import")]


def test_a_department_that_is_made_gets_the_sheets_that_name_its_code(admin, cast, on):
    """In a period that runs they are handed out at once; a sheet that somebody else reports stays there."""
    Assignment.objects.filter(region=cast.county, sheet__number="T-02").delete()
    Sheet.objects.filter(number="T-02").update(department_code="hydro")
    Sheet.objects.filter(number="T-01").update(department_code="hydro")
    base.period(cast.county, "2023Q1")
    on("2023-01-05")
    sent = {"region": cast.county.pk, "code": "hydro", "name": "水务局", "short_name": "水务"}
    answer = admin.post(reverse("admin:sectors_department_add"), sent, follow=True)
    assert Assignment.objects.get(region=cast.county, sheet__number="T-02").department.code == "hydro"
    assert Assignment.objects.get(region=cast.county, sheet__number="T-01").department == cast.market
    assert "T-02" in " ".join(map(str, answer.context["messages"]))
    assert Submission.objects.get(sheet__number="T-02").department.code == "hydro"


def test_departments_of_a_file_get_their_sheets_too(admin, cast):
    Assignment.objects.filter(region=cast.other_county).delete()
    heads = admin.get(reverse("admin:sectors_department_import")).context["columns"]
    text = ",".join(map(str, heads)) + "\n990102,market,石浦县市场监管局,市监局,是"
    sent = {"import_file": file("\ufeff" + text, "rows.csv"), "format": "0", "resource": "0"}
    answer = admin.post(reverse("admin:sectors_department_import"), sent)
    admin.post(reverse("admin:sectors_department_process_import"), answer.context["confirm_form"].initial)
    named = Sheet.objects.filter(department_code="market")
    assert named
    assert {one.sheet for one in Assignment.objects.filter(region=cast.other_county)} == {*named}


def test_files_are_shown_first_and_loaded_as_they_were_shown(admin, cast):
    preview = look(admin, renamed())
    assert any("食品 → 食物" in line for line in preview.context["lines"])
    assert sector_name() == "食品"
    answer = confirm(admin, preview)
    assert answer.redirect_chain[-1][0] == reverse("setup")
    assert sector_name() == "食物"
    event = Event.objects.filter(kind=EventKind.CATALOGUE).latest("pk")
    assert event.person_id == cast.admin.pk
    assert any("食品 → 食物" in line for line in event.detail["lines"])
    assert confirm(admin, preview).status_code == 409
    assert look(admin, renamed()).context["lines"] == []


def test_a_long_name_in_chinese_is_no_matter(admin):
    """Of 120 characters, which are 360 bytes: more than a file system takes."""
    preview = look(admin, file(renamed().read(), name="食" * 120 + ".yaml"))
    assert preview.status_code == 200
    confirm(admin, preview)
    assert sector_name() == "食物"


def test_what_changed_since_the_preview_is_shown_once_more(admin, tmp_path):
    """The second of two administrators confirms nothing that they did not see."""
    preview = look(admin, renamed())
    other = tmp_path / "food.yaml"
    other.write_text(FOOD.replace(NAME, "name: 食材\n"))
    loader.load(other)
    answer = confirm(admin, preview)
    assert answer.status_code == 409
    assert any("食材 → 食物" in line for line in answer.context["lines"])
    assert sector_name() == "食材"
    confirm(admin, answer)
    assert sector_name() == "食物"


def test_each_problem_names_file_and_line_as_they_were_sent(admin):
    wrong = FOOD.replace("frequency: quarter", "frequency: fortnight", 1)
    answer = look(admin, file(wrong, "食品.yaml"), file((base.SMALL / "units.yaml").read_text(), "units.yaml"))
    assert answer.status_code == 422
    line = wrong[: wrong.index("fortnight")].count("\n") + 1
    assert any(one.startswith(f"食品.yaml:{line}: ") for one in answer.context["problems"])
    assert not list(pending.folder().glob("*"))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "先选择"),
        ([("a.txt", b"x")], "a.txt"),
        ([("a.yaml", b"x"), ("a.yaml", b"y")], "a.yaml"),
        ([("a.yaml", b"x" * (catalogue_files.MAX_SIZE + 1))], "1 MB"),
        ([(f"{number}.yaml", b"x") for number in range(sent_files.MAX_FILES + 1)], "50"),
        ([("a.yaml", b"")], "a.yaml:1"),
        ([("a.yaml", b"\0\xff\xfe")], "a.yaml"),
        ([("a.yaml", b"[" * 100_000)], "a.yaml"),
        ([("../../a.yaml", b"sector: x")], "a.yaml"),
    ],
)
def test_what_are_no_catalogue_files_is_said(admin, files, said):
    answer = look(admin, *(file(content, name) for name, content in files))
    assert answer.status_code == 422
    assert said in " ".join(answer.context["problems"])
    assert sector_name() == "食品"


def test_a_preview_is_its_own_persons(admin, cast, client):
    preview = look(admin, renamed())
    client.force_login(base.user("admin", None, "second"))
    assert confirm(client, preview).status_code == 409
    assert sector_name() == "食品"


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_nobody_else_sets_up(client, cast, who):
    client.force_login(getattr(cast, who))
    for name in ("setup", "catalogue-files"):
        assert client.get(reverse(name)).status_code == 403
    for name in ("assign-sheets", "catalogue-files", "load-catalogue"):
        assert client.post(reverse(name), {"shipped": "1"}).status_code == 403


def test_a_sheet_goes_to_a_department_of_its_own_region_and_once(admin, cast, on):
    Assignment.objects.filter(region=cast.county, sheet__number="T-01").delete()
    sheet, key = Sheet.objects.get(number="T-01"), f"{cast.county.pk}:{Sheet.objects.get(number='T-01').pk}"
    foreign = cast.other_county.departments.first()
    for value in (foreign.pk, "", "x", "9" * 30, 0):
        admin.post(reverse("assign-sheets"), {key: value, "x:y": value, f"{key}:1": value})
        assert not Assignment.objects.filter(region=cast.county, sheet=sheet).exists()
    base.period(cast.county, "2023Q1")
    on("2023-01-05")
    admin.post(reverse("assign-sheets"), {key: cast.water.pk})
    assert Submission.objects.get(sheet=sheet).department == cast.water
    admin.post(reverse("assign-sheets"), {key: cast.market.pk})
    assert Assignment.objects.get(region=cast.county, sheet=sheet).department == cast.water


def test_a_sheet_that_has_ended_is_nobodys(admin, cast):
    Assignment.objects.filter(region=cast.county).delete()
    Sheet.objects.filter(number="T-01").update(valid_to=datetime.date(2022, 12, 31))
    found = {
        one.region: {sheet.number for sheet in one.sheets} for one in admin.get(reverse("setup")).context["unassigned"]
    }
    assert "T-01" not in found[cast.county]
    assert "T-02" in found[cast.county]
    assert cast.prefecture not in found


def test_the_office_is_told_what_is_not_handed_out(client, cast):
    client.force_login(cast.office)
    Assignment.objects.filter(sheet__number="T-02").delete()
    assert [sheet.number for sheet in client.get(reverse("open-period")).context["unassigned"]] == ["T-02"]


def test_the_number_of_queries_is_fixed(admin, cast):
    Assignment.objects.all().delete()
    before = base.queries(lambda: admin.get(reverse("setup")))
    for number in range(3, 9):
        region = Region.objects.create(code=f"99010{number}", name=f"{number}县", level="county")
        base.make_reporting(region)
    Assignment.objects.all().delete()
    assert base.queries(lambda: admin.get(reverse("setup"))) == before
