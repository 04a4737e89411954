"""Where a robot is reached lies encrypted in the database: who reads it, or a backup, posts in no group chat."""

import pytest
from django.db import connection
from django.urls import reverse

from sectors.models import Delivery, Robot
from sectors.reminders import chat_bots, urging
from tests import base
from tests.migrating import latest, migrate

ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=geheim"
SECRET = "SECgeheim"
BEFORE, AFTER = [("sectors", "0031_auditors")], [("sectors", "0032_encrypt_robots")]


def make_robot(cast, name="群", **more):
    row = {"kind": "dingtalk", "address": ADDRESS, "secret": SECRET, **more}
    return Robot.objects.create(region=cast.county, name=name, **row)


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, secret FROM sectors_robot ORDER BY name")
        return cursor.fetchall()


def renew_key(settings, *, keep):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
    settings.SECRET_KEY = "another-key-for-the-tests-only"


@pytest.mark.django_db
def test_the_database_has_neither_address_nor_secret(cast):
    make_robot(cast)
    assert not any("geheim" in kept or "dingtalk" in kept for kept in stored()[0])
    robot = Robot.objects.get()
    assert (robot.address, robot.secret) == (ADDRESS, SECRET)


@pytest.mark.django_db
def test_one_without_a_secret_has_none(cast):
    make_robot(cast, secret="")
    assert stored()[0][1] == ""
    assert Robot.objects.get().secret == ""


@pytest.mark.django_db
def test_the_secret_in_the_place_of_the_address_is_of_no_use(cast):
    make_robot(cast)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sectors_robot SET address = secret")
    assert Robot.objects.get().address == ""


@pytest.mark.django_db
def test_a_former_key_reads_until_the_robot_is_saved(client, cast, settings):
    robot = make_robot(cast)
    renew_key(settings, keep=True)
    assert Robot.objects.get().address == ADDRESS
    client.force_login(cast.admin)
    row = {"region": cast.county.pk, "name": "群", "kind": "dingtalk", "address": ADDRESS, "secret": SECRET}
    page = reverse("admin:sectors_robot_change", args=[robot.pk])
    assert base.change(client, page, {**row, "is_active": "on"}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    assert (Robot.objects.get().address, Robot.objects.get().secret) == (ADDRESS, SECRET)


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_a_lost_key_is_said_and_mended_by_typing_it_anew(client, cast, on, settings, monkeypatch):
    robot, posted = make_robot(cast), []
    monkeypatch.setattr(chat_bots, "post", lambda address, text, secret: posted.append(address))
    on("2023-01-14")
    sheet = base.submission(cast.county)
    renew_key(settings, keep=False)
    urging.urge(period=sheet.period, departments=[cast.market.pk], by=cast.office, note="")
    sent = Delivery.objects.get(way="robot")
    assert (sent.outcome, posted) == ("failed", [])
    assert "type it anew" in sent.detail
    client.force_login(cast.admin)
    page = reverse("admin:sectors_robot_change", args=[robot.pk])
    row = {"region": cast.county.pk, "name": "群", "kind": "dingtalk", "is_active": "on"}
    assert base.change(client, page, {**row, "address": "", "secret": ""}).status_code == 200  # it is asked for
    assert base.change(client, page, {**row, "address": ADDRESS, "secret": SECRET}).status_code == 302
    assert Robot.objects.get().address == ADDRESS


@pytest.fixture
def migrated_again():
    yield
    latest()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("migrated_again")
def test_migration_encrypts_and_decrypts(cast, settings):
    model = migrate(BEFORE).get_model("sectors", "Robot")
    model.objects.create(region_id=cast.county.pk, name="a", kind="dingtalk", address=ADDRESS, secret=SECRET)
    model.objects.create(region_id=cast.county.pk, name="b", kind="wecom", address=ADDRESS, secret="")
    migrate(AFTER)
    assert [(robot.address, robot.secret) for robot in Robot.objects.order_by("name")] == [
        (ADDRESS, SECRET),
        (ADDRESS, ""),
    ]
    assert not any("geheim" in kept for row in stored() for kept in row)
    migrate(BEFORE)
    assert stored() == [(ADDRESS, SECRET), (ADDRESS, "")]
    migrate(AFTER)
