"""Everybody's own page: what a person decides about the own account."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import mail_choices
from accounts.models import MailChoice
from audit.models import Event
from sectors.models import Deputy, User
from sectors.people import deputies
from sectors.reminders import urging
from tests import base

pytestmark = pytest.mark.django_db

EVERYBODY = ("clerk", "head", "office", "leader", "admin")


@pytest.mark.parametrize("name", EVERYBODY)
def test_one_page_has_it_all_and_the_header_leads_to_it(client, cast, name):
    client.force_login(getattr(cast, name))
    page = client.get(reverse("account")).content.decode()
    for address in ("password", "second-factor", "notices", "set_language", "account"):
        assert f'"{reverse(address)}"' in page
    assert (f'"{reverse("choose-mails")}"' in page) == (name in ("clerk", "head"))
    assert ("代签" in page) == (name == "head")
    assert f'href="{reverse("account")}"' in client.get(reverse("help")).content.decode()


def test_a_head_sees_who_signs_today(client, cast):
    client.force_login(cast.head)
    assert "今天没有人代您签发" in client.get(reverse("account")).content.decode()
    today = timezone.localdate()
    last = today + datetime.timedelta(days=3)
    deputies.name(Deputy(head=cast.head, person=cast.clerk, first_day=today, last_day=last), by=cast.head)
    assert f"{cast.clerk}代您签发至{last}" in client.get(reverse("account")).content.decode()


def choose(client, *names):
    return client.post(reverse("choose-mails"), dict.fromkeys(names, "on"))


def test_whoever_wants_no_mail_gets_none_but_the_notice(client, cast, settings, on):
    on("2023-01-11")
    settings.EMAIL_CONFIGURED = True
    late = base.submission(cast.county)
    for person in (cast.clerk, cast.head):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.cn")
    client.force_login(cast.clerk)
    assert choose(client, "reminders")["Location"] == reverse("account")
    urging.remind()
    assert sorted(one.to[0] for one in mail.outbox) == ["clerk@example.cn", "head@example.cn"]
    mail.outbox.clear()
    made = urging.urge(period=late.period, departments=[cast.market.pk], by=cast.office)
    urging.send([one.pk for one in made])
    assert [one.to[0] for one in mail.outbox] == ["head@example.cn"]
    assert cast.clerk.notices.count() == 2


def test_a_choice_is_on_record_once(client, cast):
    client.force_login(cast.clerk)
    before = Event.objects.count()
    choose(client, "urges", "reminders")
    assert not MailChoice.objects.exists()
    for _time in range(2):
        choose(client)
    assert Event.objects.count() == before + 1
    assert sorted(Event.objects.latest("pk").detail["changes"]) == [["reminders", True, False], ["urges", True, False]]
    page = client.get(reverse("account")).content.decode()
    assert "checked" not in page
    assert mail_choices.of(cast.head).urges


def test_only_departments_get_mails(client, cast):
    client.force_login(cast.office)
    assert choose(client).status_code == 403
