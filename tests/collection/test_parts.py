"""A station fills in its part by a link or with its account; the department returns, accepts, urges."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from collection import entry, links, requests, steps, takeover, urging
from collection.guard import Refused
from collection.models import PartChange, PartFigure, PartLink, PartUrge, Station, StationPart
from collection.vocabulary import PartSource
from sectors.calendar import periods
from sectors.guard import WrongState
from sectors.models import Notice
from tests import base
from tests.collection.conftest import CELLS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_requests_yet():
    cache.clear()


@pytest.fixture
def link(stations):
    """The address of a link of 城关所."""
    part = stations.part("城关所")
    return reverse("part-by-link", args=[links.make([part], by=stations.cast.clerk)[part]])


def sent(**figures):
    return {f"figure:{code.replace('_', '.')}": text for code, text in figures.items()}


def seen_on(page):
    text = page.content.decode()
    return dict(re.findall(r'name="(seen:[^"]+)" value="([^"]*)"', text))


def test_a_link_opens_one_part_and_needs_no_session(client, stations, link):
    page = client.get(link)
    assert page.status_code == 200
    assert "城关所" in page.content.decode()
    assert "河东所" not in page.content.decode()
    assert page["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in page["Cache-Control"]
    assert "sessionid" not in client.cookies
    assert stations.part("城关所").status == "blank"


def test_what_is_filled_in_by_a_link_is_on_record(client, stations, link):
    done = client.post(link, {**sent(food_task="5", food_done="４"), "then": "save"})
    assert done.status_code == 302
    part = stations.part("城关所")
    assert part.status == "started"
    assert entry.stored(part)["food.done"].stored == "4"
    assert {(one.by, one.source) for one in PartChange.objects.all()} == {(None, "link")}
    assert "城关所" in Event.objects.filter(subject="collection.stationpart").latest("pk").via
    client.post(link, {**sent(food_task="5", food_done="4"), "then": "send"})
    assert stations.part("城关所").status == "sent"
    again = client.post(link, {**sent(food_task="6"), "then": "save"})
    assert again.status_code == 409
    assert entry.stored(stations.part("城关所"))["food.task"].stored == "5"


def test_a_form_from_elsewhere_is_refused(stations, link):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {**sent(food_task="5")}).status_code == 403
    assert entry.stored(stations.part("城关所")) == {}
    strict.get(link)
    token = strict.cookies["csrftoken"].value
    assert strict.post(link, {**sent(food_task="5"), "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("how", ["ended", "over", "other", "cut"])
def test_a_link_that_holds_no_more_opens_nothing(client, stations, link, how):
    part = stations.part("城关所")
    if how == "ended":
        assert links.end(part, by=stations.cast.clerk) == 1
    elif how == "over":
        PartLink.objects.update(until=timezone.localdate() - datetime.timedelta(days=1))
    elif how == "other":
        link = reverse("part-by-link", args=["0" * 43])
    else:
        link = link[:-2] + "/"
    for answer in (client.get(link), client.post(link, sent(food_task="5"))):
        assert answer.status_code == 404
        assert "链接" in answer.content.decode()
    assert entry.stored(part) == {}


def test_only_a_digest_of_a_link_is_kept(stations, link):
    secret = link.split("/")[-2]
    assert len(secret) >= 40
    assert secret not in str(list(PartLink.objects.values()))
    assert secret not in str(list(Event.objects.values()))


def test_who_asks_too_often_waits(client, link, monkeypatch):
    monkeypatch.setattr("collection.views.parts.REQUESTS_A_MINUTE", 3)
    assert [client.get(link).status_code for _n in range(5)].count(429) >= 1


def test_a_slip_costs_nothing_else(client, stations, link):
    page = client.post(link, {**sent(food_task="5", food_done="四", food_passed="1.5"), "then": "send"})
    text = page.content.decode()
    assert "部分内容未保存" in text
    assert 'value="四"' in text
    assert 'value="1.5"' in text
    assert entry.stored(stations.part("城关所")).keys() == {"food.task"}
    assert stations.part("城关所").status == "started"


def test_two_people_do_not_overwrite_one_another_unseen(client, stations, link):
    first = seen_on(client.get(link))
    client.post(link, {**first, **sent(food_task="5")})
    page = client.post(link, {**first, **sent(food_task="6")})
    assert page.status_code == 409
    assert 'value="6"' in page.content.decode()
    assert entry.stored(stations.part("城关所"))["food.task"].stored == "5"
    assert client.post(link, {**seen_on(page), **sent(food_task="6")}).status_code == 302
    assert entry.stored(stations.part("城关所"))["food.task"].stored == "6"


def test_what_contradicts_itself_wants_a_word(client, stations, link):
    figures = sent(food_task="9", food_done="5", food_passed="6")
    page = client.post(link, {**figures, "then": "send"})
    assert stations.part("城关所").status == "started"
    assert client.post(link, {**figures, "then": "send"}).status_code == 422
    assert "合格数不能多于完成数" in page.content.decode()
    client.post(link, {**figures, "then": "send", "remark": "上期结转1批"})
    part = stations.part("城关所")
    assert (part.status, part.remark) == ("sent", "上期结转1批")


def test_nothing_is_sent_in_that_is_blank(stations):
    with pytest.raises(Refused):
        steps.send(stations.part("城关所"), by=None, remark="")


def test_a_part_is_returned_and_sent_again(client, stations, link, cast):
    part = stations.fill("城关所", {"food.done": "4"})
    with pytest.raises(Refused):
        steps.give_back(part, by=cast.clerk, reason=" ")
    client.force_login(cast.clerk)
    client.post(reverse("move-part", args=[part.pk]), {"action": "return", "reason": "漏报山口村"})
    page = Client().get(link)
    assert "漏报山口村" in page.content.decode()
    stations.fill("城关所", {"food.done": "5"})
    client.post(reverse("move-part", args=[part.pk]), {"action": "accept"})
    assert stations.part("城关所").status == "accepted"
    assert [step.new for step in part.part_steps.all()] == ["sent", "returned", "sent", "accepted"]


def test_a_step_that_does_not_fit_is_refused(stations, cast):
    with pytest.raises(WrongState):
        steps.accept(stations.part("城关所"), by=cast.clerk)


def test_an_account_fills_its_station_and_no_other(client, stations, cast):
    account = base.user("clerk", cast.water, "station_clerk")
    Station.objects.filter(name="城关所").update(account=account)
    client.force_login(account)
    own, other = (reverse("fill-part", args=[stations.part(name).pk]) for name in ("城关所", "河东所"))
    assert client.get(other).status_code == 404
    assert client.post(own, sent(food_task="5")).status_code == 302
    assert entry.stored(stations.part("城关所"))["food.task"].stored == "5"
    assert client.get(reverse("part", args=[stations.part("城关所").pk])).status_code == 404
    assert "城关所" in client.get(reverse("home")).content.decode()


def test_stations_are_urged_once_by_account_and_mail(client, stations, cast, settings, mailoutbox):
    settings.EMAIL_CONFIGURED = True
    settings.SITE_URL = "https://zhibao.example.gov.cn"
    account = base.user("clerk", cast.water, "station_clerk")
    Station.objects.filter(name="城关所").update(account=account)
    Station.objects.filter(name="河东所").update(email="he@example.com")
    stations.fill("山口所", {"food.done": "1"})
    keys = [part.pk for part in stations.request.station_parts.all()]
    client.force_login(cast.clerk)
    client.post(reverse("urge-stations", args=[stations.request.pk]), {"parts": keys})
    assert Notice.objects.filter(to=account, text__contains="城关所").count() == 1
    assert [mail.to for mail in mailoutbox] == [["he@example.com"]]
    secret = mailoutbox[0].body.split("/part/")[1].split("/")[0]
    opened = links.find(secret)
    assert opened
    assert opened.station.name == "河东所"
    assert {(one.part.station.name, one.way, one.problem) for one in PartUrge.objects.all()} == {
        ("城关所", "notice", ""),
        ("河东所", "email", ""),
    }
    assert urging.urge(stations.request, keys, by=cast.clerk) == []


def test_a_station_that_closed_is_asked_for_no_later_period(stations, cast):
    Station.objects.filter(name="河东所").update(valid_to="2023-02-15")
    assert "河东所" in [one.name for one in requests.stations_for(stations.submission)]
    later = base.submission(cast.county, in_period="2023Q2")
    assert "河东所" not in [one.name for one in requests.stations_for(later)]
    closed = Station.objects.get(name="河东所")
    with pytest.raises(Refused):
        requests.ask(later, requests.Wanted(["food.done"], [closed.pk], stations.due), by=cast.clerk)


def test_no_cell_is_asked_for_twice(stations, cast):
    keys = [one.pk for one in stations.stations]
    with pytest.raises(Refused):
        requests.ask(stations.submission, requests.Wanted(["food.done"], keys, stations.due), by=cast.clerk)
    more = requests.ask(stations.submission, requests.Wanted(["food.output"], keys, stations.due), by=cast.clerk)
    assert [one.code for one in requests.asked(more)] == ["food.output"]


def test_a_request_changes_and_loses_nothing(stations, cast):
    stations.fill("城关所", {"food.done": "1"}, send=False)
    later = stations.due + datetime.timedelta(days=3)
    keys = [one.pk for one in stations.stations[:2]]
    requests.change(stations.request, requests.Wanted(["food.done"], keys, later), by=cast.clerk)
    assert [part.station.name for part in StationPart.objects.order_by("pk")] == ["城关所", "河东所"]
    with pytest.raises(Refused):
        requests.change(stations.request, requests.Wanted(["food.done"], keys[1:], later), by=cast.clerk)
    with pytest.raises(Refused):
        requests.change(stations.request, requests.Wanted(["food.task"], keys, later), by=cast.clerk)
    with pytest.raises(Refused):
        requests.withdraw(stations.request, by=cast.clerk)


def test_stations_come_from_a_pasted_list(client, cast):
    client.force_login(cast.clerk)
    text = "名称\t类别\t代码\n城关所\t市监所\tA1\n河东所\t市监所\tA1\n\n城关所\n"
    page = client.post(reverse("paste-stations"), {"lines": text, "store": "yes"})
    assert page.status_code == 422
    assert not Station.objects.exists()
    good = "城关所\t市监所\tA1\t张三 0999-1\n河东所\n"
    client.post(reverse("paste-stations"), {"lines": good, "store": "yes"})
    client.post(reverse("paste-stations"), {"lines": good, "store": "yes"})
    assert sorted(Station.objects.values_list("name", "code")) == [("城关所", "A1"), ("河东所", "")]


def test_a_station_is_changed_and_nobody_overwritten(client, cast, stations):
    client.force_login(cast.clerk)
    station = stations.stations[0]
    address = reverse("change-station", args=[station.pk])
    before = base.seen_on(client, address)
    typed = {"name": "城关所", "kind": "市监所", "position": "0", "valid_to": "2023-05-31"}
    assert client.post(address, {**typed, "seen": before}).status_code == 302
    station.refresh_from_db()
    assert (station.kind, str(station.valid_to)) == ("市监所", "2023-05-31")
    late = client.post(address, {**typed, "kind": "分局", "seen": before})
    assert late.status_code == 409
    station.refresh_from_db()
    assert station.kind == "市监所"


def test_the_number_of_queries_does_not_grow_with_stations(client, cast, stations):
    client.force_login(cast.clerk)
    address = reverse("part-request", args=[stations.request.pk])
    stations.fill("城关所", {"food.done": "1"})
    before = base.queries(lambda: client.get(address))
    for n in range(20):
        station = Station.objects.create(department=cast.market, name=f"站{n}")
        StationPart.objects.create(request=stations.request, station=station)
        stations.fill(f"站{n}", {"food.done": "1"})
    assert base.queries(lambda: client.get(address)) == before


def test_a_cell_of_the_sheet_leads_to_its_stations(client, stations, cast):
    stations.fill("城关所", {"food.done": "12"})
    takeover.take_over(stations.request, ["food.done"], by=cast.clerk, seen=takeover.read(stations.request).mark)
    client.force_login(cast.office)
    page = client.get(reverse("cell", args=[stations.submission.pk, "food.done"])).content.decode()
    address = reverse("station-values", args=[stations.request.pk, "food.done"])
    assert address in page
    assert "城关所" in client.get(address).content.decode()
    client.force_login(cast.leader)
    assert address not in client.get(reverse("cell", args=[stations.submission.pk, "food.done"])).content.decode()
    assert client.get(address).status_code == 404


def test_parts_come_in_one_at_a_time(stations):
    """The second of two that send the same part is told that it is sent in."""
    stations.fill("城关所", {"food.done": "1"})
    with pytest.raises(WrongState):
        entry.save(stations.part("城关所"), entry.Sent({"food.done": "2"}), by=None, source=PartSource.LINK)


def test_what_a_station_filled_in_stays_though_it_emptied_a_cell(stations, cast):
    stations.fill("河东所", {"food.task": "5", "food.done": "4"}, send=False)
    stations.fill("河东所", {"food.task": ""}, send=False)
    others = [one.pk for one in stations.stations if one.name != "河东所"]
    with pytest.raises(Refused, match="河东所"):
        requests.change(stations.request, requests.Wanted(CELLS, others, stations.due), by=cast.clerk)
    fewer = [code for code in CELLS if code != "food.done"]
    with pytest.raises(Refused):
        requests.change(stations.request, requests.Wanted(fewer, keys(stations), stations.due), by=cast.clerk)
    with pytest.raises(Refused, match="河东所"):
        requests.withdraw(stations.request, by=cast.clerk)
    assert entry.stored(stations.part("河东所"))["food.done"].stored == "4"


def test_a_cell_that_stations_emptied_again_need_not_be_asked(stations, cast):
    stations.fill("河东所", {"food.task": "5", "food.done": "4"}, send=False)
    stations.fill("河东所", {"food.task": ""}, send=False)
    fewer = [code for code in CELLS if code != "food.task"]
    requests.change(stations.request, requests.Wanted(fewer, keys(stations), stations.due), by=cast.clerk)
    assert "food.task" not in [one.code for one in requests.asked(stations.request)]


def keys(stations):
    return [one.pk for one in stations.stations]


def test_a_part_that_is_asked_no_more_while_it_is_sent_has_its_sentence(client, stations, link, monkeypatch):
    """The department withdraws between the look at the link and what it brings."""
    part = stations.part("城关所")
    requests.withdraw(stations.request, by=stations.cast.clerk)
    monkeypatch.setattr(links, "find", lambda secret: part)
    page = client.post(link, {**sent(food_task="5"), "then": "save"})
    assert page.status_code == 409
    assert page["X-Robots-Tag"].startswith("noindex")
    assert "不再" in page.content.decode()


def test_a_period_of_which_stations_were_asked_is_not_taken_back(stations):
    """What they typed would go with it, though the department has taken nothing over yet."""
    stations.fill("城关所", {"food.task": "5"})
    with pytest.raises(WrongState):
        periods.take_back(stations.submission.period)
    assert PartFigure.objects.exists()
