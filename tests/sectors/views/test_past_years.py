"""A past year by the files that an office has: shown first, stored all or nothing, never over what people work on."""

import io
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from audit.models import Event
from sectors.approval import moves
from sectors.models import Figure, FigureChange, Narrative, NarrativeChange, OpenRow, Submission
from sectors.vocabulary import Role
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]

FIGURES = "indicator,period,value,declared,note\ntransport.village_length,2021,5.5,,年报\nequipment.lifts,2021,175,,\n"
ROWS = "sheet,table,period,name,kind\nD-01,projects,2021,大桥,bridge\n"
WORDS = "transport.work: 修了一座桥\n"


@pytest.fixture
def county(shipped_catalogue):
    return shipped_catalogue


@pytest.fixture
def office(county, client):
    person = base.user(Role.OFFICE, county.departments.get(code="office"))
    client.force_login(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return person


def file(name, content):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def look(client, *files, year=2021, region=None):
    sent = {"region": (region or base.shipped_county()).pk, "year": year, "files": list(files)}
    return client.post(reverse("past-years"), sent)


def load(client, page, year=2021, region=None):
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.content.decode())
    sent = {"ticket": ticket, "region": (region or base.shipped_county()).pk, "year": year}
    return client.post(reverse("load-past-year"), sent)


def everything():
    models = (Figure, FigureChange, Narrative, NarrativeChange, OpenRow, Submission)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def all_files():
    return file("a.csv", FIGURES), file("rows.csv", ROWS), file("words.yaml", WORDS)


def workbook(client, year=2021):
    answer = client.get(reverse("past-workbook"), {"region": base.shipped_county().pk, "year": year})
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def saved(book):
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def test_files_of_three_kinds_are_shown_and_stored_together(client, office):
    before = everything()
    page = look(client, *all_files())
    text = page.content.decode()
    assert page.status_code == 200
    for said in ("175", "5.5", "大桥", "修了一座桥", "rows.csv:2"):
        assert said in text
    assert "/tmp/" not in text
    assert everything() == before
    answer = load(client, page)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("past-years"))
    assert Figure.objects.get(indicator__code="equipment.lifts").value == 175
    assert Figure.objects.get(indicator__code="transport.projects").value == 1
    assert Narrative.objects.get().text == "修了一座桥"
    assert OpenRow.objects.get().cells == {"name": "大桥", "kind": "桥梁"}
    assert set(Submission.objects.values_list("status", "period__year")) == {("accepted", 2021)}
    assert {change.by for change in FigureChange.objects.filter(source="import")} == {office}
    assert NarrativeChange.objects.get().by == office
    assert Event.objects.filter(kind="figures", person=office, detail__year=2021).exists()
    shown = client.get(answer["Location"], follow=True).content.decode()
    row = re.sub(r"\s+", " ", shown[shown.index('<th scope="row">2021') :])
    assert re.findall(r'<td class="number">(\d+)</td>', row)[:4] == ["2", "3", "1", "1"]


def test_a_ticket_is_good_once_and_for_its_year_and_person(client, office, county):
    page = look(client, *all_files())
    assert load(client, page, year=2020).status_code == 409
    assert load(client, page).status_code == 302
    assert load(client, page).status_code == 409
    page = look(client, file("a.csv", FIGURES.replace("175", "176")))
    client.force_login(base.user(Role.OFFICE, county.departments.get(code="office"), "other"))
    before = everything()
    assert load(client, page).status_code == 409
    assert everything() == before


def test_what_is_accepted_otherwise_is_shown_and_has_to_be_confirmed(client, office):
    load(client, look(client, *all_files()))
    page = look(client, file("a.csv", FIGURES.replace("175", "176")), file("words.yaml", "transport.work: 修路\n"))
    text = page.content.decode()
    assert "175 → 176" in text
    assert "修了一座桥 → 修路" in text
    assert 'type="checkbox" required' in text
    load(client, page)
    assert Figure.objects.get(indicator__code="equipment.lifts").value == 176
    assert Narrative.objects.get().text == "修路"
    assert "Nothing changes" in look(client, file("a.csv", FIGURES.replace("175", "176"))).content.decode()


def test_what_changed_after_the_preview_is_shown_anew(client, office):
    load(client, look(client, *all_files()))
    page = look(client, file("a.csv", FIGURES.replace("175", "176")))
    Figure.objects.filter(indicator__code="equipment.lifts").update(value=174)
    answer = load(client, page)
    assert answer.status_code == 409
    assert "174 → 176" in answer.content.decode()
    assert Figure.objects.get(indicator__code="equipment.lifts").value == 174
    load(client, answer)
    assert Figure.objects.get(indicator__code="equipment.lifts").value == 176


@pytest.mark.parametrize("year", [2021, 2022])
def test_the_workbook_is_filled_and_comes_back(client, office, year):
    book = workbook(client, year)
    figures, answers, roads = book["Figures"], book["Answers"], book["D-01 projects"]
    heads = [cell.value for cell in figures[1]]
    lines = {row[0].value: row for row in figures.iter_rows(min_row=2)}
    lines["equipment.lifts"][heads.index("数值")].value = 175
    lines["transport.village_length"][heads.index("数值")].value = "5.50"
    next(row for row in answers.iter_rows(min_row=2) if row[0].value == "transport.work")[-1].value = "修了一座桥"
    roads["D2"], roads["E2"] = "大桥", "桥梁"
    page = look(client, file("年度.xlsx", saved(book)), year=year)
    assert page.status_code == 200, base.html(page)
    load(client, page, year=year)
    stored = dict(Figure.objects.values_list("indicator__code", "value"))
    assert stored["equipment.lifts"] == 175
    assert stored["transport.village_length"] == Decimal("5.5")
    assert OpenRow.objects.get().cells == {"name": "大桥", "kind": "桥梁"}
    # What is stored stands in the next one, which changes nothing.
    again = workbook(client, year)
    assert "Nothing changes" in look(client, file("b.xlsx", saved(again)), year=year).content.decode()


def test_an_own_workbook_with_names_and_lines_above_the_heads(client, office):
    book = Workbook()
    page = book.active
    for row in (["特克斯县2021年数据"], [], ["序号", "编码", "数值"], [1, "电梯", 175], [2, "equipment.boilers", None]):
        page.append(row)
    book.create_sheet("别的").append(["与此无关"])
    load(client, look(client, file("自己的.xlsx", saved(book))))
    assert list(Figure.objects.values_list("indicator__code", "value")) == [("equipment.lifts", 175)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Choose the files first"),
        ([("a.docx", b"x")], "a.docx is none of the files that can be loaded"),
        ([("a.csv", FIGURES), ("a.csv", FIGURES)], "called a.csv"),
        ([("a.csv", FIGURES.replace("175", "many"))], "a.csv:3: "),
        ([("a.csv", FIGURES), ("rows.csv", ROWS.replace("bridge", "桥"))], "rows.csv:2: 桥: "),
        ([("a.csv", FIGURES), ("w.yaml", "no.such: 字\n")], "w.yaml:1: Unknown question no.such"),
        ([("w.yaml", WORDS)], "no annual submission in 2021"),
        ([("a.xlsx", b"PK\x03\x04")], "damaged"),
        ([("a.xlsx", saved(Workbook()))], "a.xlsx has no worksheet with the heads of a past year"),
        ([("a.csv", b"")], "The file is empty"),
    ],
)
def test_what_cannot_be_loaded_is_said_and_nothing_is_stored(client, office, files, said):
    before = everything()
    answer = look(client, *(file(*one) for one in files))
    assert answer.status_code == 422
    text = base.html(answer)
    assert said in text
    assert "/tmp/" not in text
    assert everything() == before
    assert 'value="2021"' in answer.content.decode()  # what was chosen is still there


def test_an_error_cell_of_the_workbook_is_named(client, office):
    book = workbook(client)
    book["Figures"]["F2"] = "#REF!"
    answer = look(client, file("a.xlsx", saved(book)))
    assert answer.status_code == 422
    assert "a.xlsx:Figures:2" in base.html(answer)


def test_what_a_department_works_on_is_not_touched(client, office):
    load(client, look(client, *all_files()))
    for submission in Submission.objects.all():
        moves.move(submission=submission, action="reopen", by=office, reason="请核对")
    before = everything()
    answer = look(client, file("a.csv", FIGURES.replace("175", "176")))
    assert "department&#x27;s hands" in answer.content.decode()
    assert everything() == before


def test_others_have_no_page_and_an_office_its_own_region_alone(client, cast, world):
    for who in ("clerk", "head", "leader"):
        client.force_login(getattr(cast, who))
        for name in ("past-years", "past-workbook"):
            assert client.get(reverse(name)).status_code == 403
    client.force_login(cast.office)
    answer = look(client, file("a.csv", FIGURES), region=cast.other_county)
    assert answer.status_code == 422
    asked = {"region": cast.other_county.pk, "year": 2021}
    assert client.get(reverse("past-workbook"), asked).status_code == 422
    assert cast.other_county.name not in client.get(reverse("past-years"), asked).content.decode()
    client.force_login(cast.admin)
    assert cast.other_county.name in client.get(reverse("past-years"), asked).content.decode()


def test_too_much_is_refused_before_it_is_read(client, office):
    answer = client.post(reverse("past-years"), {"files": file("a.csv", b"x" * (10 * 1024 * 1024 + 70_000))})
    assert answer.status_code == 413
    assert "larger than 10 MB" in base.html(answer)
