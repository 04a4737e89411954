"""People come into the site with links, and leave it without taking anything along."""

import base64
import datetime
import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts import invitations
from accounts.models import Invitation, Password
from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import Deputy, User
from sectors.people import deputies
from tests import base

pytestmark = pytest.mark.django_db

HEADS = ["用户名", "姓氏", "名字", "角色", "部门代码", "区划代码"]
GIVEN = re.compile(r"<code class=\"one-time\">([a-z2-9-]+)</code>")
LINK = re.compile(r"<code>http://testserver(/account/invitation/[^<]+)</code>")


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def workbook(*rows):
    book, data = Workbook(), BytesIO()
    for row in (HEADS, *rows):
        book.active.append(row)
    book.save(data)
    data.seek(0)
    data.name = "people.xlsx"
    return data


def look(admin, *rows):
    sent = {"import_file": workbook(*rows), "format": "0", "resource": "0"}
    return admin.post(reverse("admin:sectors_user_import"), sent)


def confirm(admin, answer):
    form = answer.context["confirm_form"]
    return admin.post(reverse("admin:sectors_user_process_import"), form.initial)


def file_of(page):
    (data,) = re.findall(r"base64,([^\"]+)\"", page)
    return [list(row) for row in load_workbook(BytesIO(base64.b64decode(data))).active.values]


def come_in(link, password="Kx7-steppe-wind"):
    return Client().post(link, {"new_password1": password, "new_password2": password}, follow=True)


def sign_in(name, password):
    return Client().post(reverse("login"), {"username": name, "password": password}, follow=True)


def test_a_file_of_people_gives_each_new_one_a_link_that_is_shown_once(admin, cast):
    rows = [
        ["zhao", "赵", "敏", "填报员", cast.market.name, cast.county.name],
        ["qian", "钱", "进", "head", "market", "990101"],
        ["clerk", "孙", "立", "填报员", "market", "990101"],
    ]
    page = confirm(admin, look(admin, *rows)).content.decode()
    made = LINK.findall(page)
    lines = file_of(page)
    assert [line[:2] for line in lines[1:]] == [["zhao", "赵敏"], ["qian", "钱进"]]
    assert [line[3] for line in lines[1:]] == [f"http://testserver{link}" for link in made]
    assert User.objects.get(username="zhao").department == cast.market
    for name, link in zip(["zhao", "qian"], made, strict=True):
        assert come_in(link).context["user"].username == name
    assert sign_in("clerk", base.PASSWORD).redirect_chain[-1][0] != reverse("password")
    assert not LINK.search(admin.get(reverse("admin:sectors_user_changelist")).content.decode())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["li", "李", "", "填报员", "没有局", "990101"], "没有局"),
        (["li", "李", "", "厂长", "market", "990101"], "厂长"),
        (["li", "李", "", "填报员", "market", "没有县"], "没有县"),
        (["", "李", "", "填报员", "market", "990101"], "用户名"),
    ],
)
def test_one_wrong_row_and_nobody_comes_in(admin, cast, row, told):
    answer = look(admin, ["zhao", "赵", "敏", "填报员", "market", "990101"], row)
    assert told in answer.content.decode()
    assert "confirm_form" not in answer.context
    assert not User.objects.filter(username="zhao").exists()


def test_people_and_their_links_are_stored_together(admin, cast, monkeypatch):
    def broken(people, **_named):
        raise OSError("disk")

    answer = look(admin, ["zhao", "赵", "敏", "填报员", "market", "990101"])
    monkeypatch.setattr("accounts.invitations.make", broken)
    with pytest.raises(OSError, match="disk"):
        confirm(admin, answer)
    assert not User.objects.filter(username="zhao").exists()


def test_a_name_of_two_departments_wants_the_code(admin, cast):
    type(cast.market).objects.create(region=cast.county, code="other", name=cast.market.name, short_name="另")
    answer = look(admin, ["zhao", "赵", "敏", "填报员", cast.market.name, "990101"])
    assert "请填写代码" in answer.content.decode()


def test_a_person_who_is_added_gets_a_link_too(admin, cast):
    sent = {"username": "zhao", "last_name": "赵", "first_name": "敏", "department": cast.market.pk, "role": "clerk"}
    page = admin.post(reverse("admin:sectors_user_add"), sent).content.decode()
    (link,) = LINK.findall(page)
    assert come_in(link).context["user"].username == "zhao"
    assert sign_in("zhao", "Kx7-steppe-wind").status_code == 200


@pytest.mark.parametrize("name", ["=1+1", "-2+3", "＝HYPERLINK(1)", "\t=1"])
def test_a_name_that_would_be_a_formula_is_made_harmless(admin, cast, name):
    sent = {"username": "@SUM", "last_name": name, "first_name": "", "department": cast.market.pk, "role": "clerk"}
    page = admin.post(reverse("admin:sectors_user_add"), sent).content.decode()
    assert file_of(page)[1][:2] == ["'@SUM", f"'{User.objects.get(username='@SUM').last_name}"]


def test_where_no_link_reaches_a_password_is_replaced_by_one_that_is_told_once(admin, cast):
    address = reverse("admin:auth_user_password_change", args=[cast.clerk.pk])
    assert "一次性密码" in admin.get(address).content.decode()
    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(base.PASSWORD)
    (given,) = GIVEN.findall(admin.post(address, {"action": "password"}).content.decode())
    assert sign_in("clerk", base.PASSWORD).status_code == 200
    assert sign_in("clerk", given).redirect_chain[-1][0] == reverse("password")
    until = Password.objects.filter(person=cast.clerk).values_list("expires_at", flat=True)[0]
    assert until is not None
    assert until > timezone.now() + datetime.timedelta(days=6)


def test_nobody_but_an_administrator_gives_links_and_passwords(client, cast):
    client.force_login(cast.office)
    address = reverse("admin:auth_user_password_change", args=[cast.clerk.pk])
    for action in ("invite", "password"):
        client.post(address, {"action": action})
    cast.clerk.refresh_from_db()
    assert not Invitation.objects.exists()
    assert cast.clerk.check_password(base.PASSWORD)


@pytest.mark.parametrize("by", ["form", "file"])
def test_whoever_is_deactivated_keeps_their_work_and_stands_in_for_nobody(admin, cast, by):
    today = timezone.localdate()
    days = {"first_day": today, "last_day": today + datetime.timedelta(days=9)}
    row = deputies.name(Deputy(head=cast.head, person=cast.clerk, **days), by=cast.head)
    link = reverse("invitation", args=[invitations.make([cast.clerk], by=cast.admin)[cast.clerk]])
    sheet = base.submission(cast.county)
    admin.force_login(cast.clerk)
    typed = {"figures": {"food.done": "5"}}
    saved = admin.post(reverse("cells", args=[sheet.pk]), typed, content_type="application/json")
    assert saved.status_code == 200
    admin.force_login(cast.admin)
    if by == "file":
        book = Workbook()
        book.active.append(["用户名", "有效"])
        book.active.append(["clerk", "否"])
        data = BytesIO()
        book.save(data)
        data.seek(0)
        data.name = "people.xlsx"
        sent = {"import_file": data, "format": "0", "resource": "0"}
        confirm(admin, admin.post(reverse("admin:sectors_user_import"), sent))
    else:
        address = reverse("admin:sectors_user_change", args=[cast.clerk.pk])
        form = admin.get(address).context["adminform"].form
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, False)} | {"seen": form.version}
        sent.pop("is_active")
        assert admin.post(address, sent).status_code == 302
    cast.clerk.refresh_from_db()
    row.refresh_from_db()
    assert not cast.clerk.is_active
    assert row.ended_at is not None
    event = Event.objects.filter(kind=EventKind.CALENDAR).latest("pk")
    assert (event.subject_id, event.person_id) == (str(row.pk), cast.admin.pk)
    assert event.detail["changes"][0][0] == "ended"
    assert sheet.changes.get().by == cast.clerk
    User.objects.filter(pk=cast.clerk.pk).update(is_active=True)
    assert not Deputy.objects.on(today).exists()
    assert Client().get(link).status_code == 404  # nor does a link from before let them in again
