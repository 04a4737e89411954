"""The notice centre and the page where a head names a deputy."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from sectors.models import Assignment, Deputy, Notice
from sectors.people import notices
from tests import base

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def notice(cast):
    notices.notify([cast.clerk, cast.head], "请尽快报送", at("submissions"))
    return Notice.objects.get(to=cast.clerk)


def unread(client):
    return client.get(at("home")).context["unread"]


def test_a_notice_is_counted_until_it_is_opened(client, cast, notice):
    client.force_login(cast.clerk)
    assert unread(client) == 1
    assert "请尽快报送" in client.get(at("notices")).content.decode()
    assert unread(client) == 1  # being listed is not being read
    assert client.post(at("notice", notice.pk)).url == at("submissions")
    assert unread(client) == 0
    notice.refresh_from_db()
    first = notice.read_at
    client.post(at("notice", notice.pk))
    notice.refresh_from_db()
    assert notice.read_at == first
    assert Notice.objects.get(to=cast.head).read_at is None


def test_all_of_ones_own_are_marked_read(client, cast, notice):
    notices.notify([cast.clerk], "二", at("home"))
    client.force_login(cast.clerk)
    assert client.post(at("read-notices")).url == at("notices")
    assert unread(client) == 0
    assert Notice.objects.unread().count() == 1


def test_notices_are_ones_own(client, cast, notice):
    client.force_login(cast.head)
    assert client.post(at("notice", notice.pk)).status_code == 404
    assert client.get(at("notice", notice.pk)).status_code == 405
    assert client.get(at("read-notices")).status_code == 405
    assert client.post(at("notices")).status_code == 405
    client.logout()
    assert client.get(at("notices")).url.startswith(at("login"))
    client.force_login(cast.admin)
    assert "请尽快报送" not in client.get(at("notices")).content.decode()


def test_queries_do_not_grow_with_the_notices(client, cast, notice):
    def queries():
        return base.queries(lambda: client.get(at("notices")))

    client.force_login(cast.clerk)
    notices.notify([cast.clerk], "x", at("home"))
    few = queries()
    for number in range(18):
        notices.notify([cast.clerk], str(number), at("home"))
    assert queries() == few


def days(first=0, last=3):
    today = timezone.localdate()
    return {
        "first_day": (today + datetime.timedelta(days=first)).isoformat(),
        "last_day": (today + datetime.timedelta(days=last)).isoformat(),
    }


def test_a_head_names_a_deputy_who_then_signs(client, cast):
    sheet = base.submission(cast.county, status="submitted")
    client.force_login(cast.head)
    assert client.post(at("deputy"), {"person": cast.clerk.pk, **days()}).status_code == 302
    named = Deputy.objects.get()
    assert (named.head, named.by) == (cast.head, cast.head)
    client.force_login(cast.clerk)
    assert unread(client) == 1
    assert base.press(client, sheet, {"action": "sign"}).status_code == 302
    step = sheet.transitions.get()
    assert (step.by, step.on_behalf_of, step.new) == (cast.clerk, cast.head, "signed")
    client.force_login(cast.head)
    assert client.get(at("end-deputy", named.pk)).status_code == 405
    client.post(at("end-deputy", named.pk))
    sheet = base.submission(cast.county, status="submitted")
    client.force_login(cast.clerk)
    assert base.press(client, sheet, {"action": "sign"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": "office"}, "person"),
        ({"person": "outsider_clerk"}, "person"),
        ({"person": "head"}, "person"),
        (days(0, -1), "last_day"),
        (days(5, 2), "__all__"),
    ],
)
def test_a_wrong_deputy_is_refused(client, cast, change, field):
    client.force_login(cast.head)
    posted = {"person": "clerk", **days(), **change}
    posted["person"] = getattr(cast, posted["person"]).pk
    answer = client.post(at("deputy"), posted)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Deputy.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "office", "leader", "admin"])
def test_only_heads_have_deputies(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(at("deputy")).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("second_head", 403), ("outsider_head", 404), ("admin", 404)]
)
def test_only_the_head_ends_the_own_deputy(client, cast, who, status):
    base.user("head", cast.market, "second_head")
    today = timezone.localdate()
    named = Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today)
    client.force_login(type(cast.head).objects.get(username=who))
    assert client.post(at("end-deputy", named.pk)).status_code == status
    named.refresh_from_db()
    assert named.ended_at is None


def test_the_administrator_names_a_deputy_for_a_head_who_is_away(client, cast):
    client.force_login(cast.admin)
    page = at("admin:sectors_deputy_add")
    assert client.post(page, {"head": cast.head.pk, "person": cast.office.pk, **days()}).status_code == 200
    assert client.post(page, {"head": cast.head.pk, "person": cast.clerk.pk, **days()}).status_code == 302
    assert Deputy.objects.get().by == cast.admin
    assert Notice.objects.get().to == cast.clerk


def test_the_administrator_sets_robots_whose_address_must_be_safe(client, cast):
    client.force_login(cast.admin)
    robot = {"region": cast.county.pk, "name": "群", "kind": "wecom", "is_active": "on"}
    page = at("admin:sectors_robot_add")
    assert client.post(page, robot | {"address": "http://10.0.0.1/send"}).status_code == 200
    assert client.post(page, robot | {"address": "https://qyapi.weixin.qq.com/x?key=hidden-key"}).status_code == 302
    assert "hidden-key" not in client.get(at("admin:sectors_robot_changelist")).content.decode()


def test_a_new_assignment_takes_effect_in_periods_that_run(client, cast, on):
    sheet = base.submission(cast.county)
    on("2023-01-05")
    client.force_login(cast.admin)
    assignment = Assignment.objects.get(sheet=sheet.sheet, region=cast.county)
    page = at("admin:sectors_assignment_change", assignment.pk)
    posted = {"sheet": sheet.sheet_id, "region": cast.county.pk, "department": cast.water.pk}
    assert base.change(client, page, posted).status_code == 302
    sheet.refresh_from_db()
    assert sheet.department == cast.water
    assert sheet.transitions.get().by == cast.admin
