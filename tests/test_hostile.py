"""Whatever is sent to any address, the answer is a page or a sentence, and what is refused changes nothing."""

import io
import itertools
from contextlib import suppress
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import Resolver404, resolve, reverse

from inspections.models import SamplingPlan
from reports.api import tokens
from tests import htmx
from tests.addresses import addresses, arguments
from tests.forms import forms_of
from tests.writes import noted

pytestmark = pytest.mark.django_db

HUGE = "99999999999999999999"  # no key of a database
ALONE = ("甲\0乙\x0b\uffff", HUGE, ["1", HUGE])
LONG, LONG_OF_ADDRESS = "九" * 100_000, "九" * 2000  # servers take no longer address
TOGETHER = ("甲\0乙\x0b\uffff", HUGE, "9" * 5000, "²", "-1", LONG, "9999-12-31", "%s%(x)s{0}", "")
PATHS = (HUGE, "0", "9" * 5000, "\0", "x\0y", "x" * 2000, "²", "..", "%", "\uffff")
MOST_ALONE = 8  # kinds of fields of one form
FILES = {
    "甲\0乙.pdf": b"%PDF-1.7 a",
    "甲" * 300 + ".pdf": b"%PDF-1.7 b",
    "": b"x",
    "a.xlsx": b"PK\x03\x04" + b"\0" * 100,
    "a.csv": "编码,名称\n甲\0,乙\n".encode(),
    "b.csv": b"\0\xff",
}
# What ends the session, and what is for every page alike.
NOT_SENT = {"logout", "set_language", "admin:logout", "admin:admin/(?P<url>.*)$"}
# What a refusal keeps all the same: what is found is judged again when somebody was wrong about it.
KEPT_ANYHOW = {"sectors_storedfinding", "accounts_session", "reports_apitoken", "audit_event", "axes_accessattempt"}


class RolledBack(Exception):
    pass


def rows():
    """How many there are of everything."""
    tables = [m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    counts = " UNION ALL ".join(
        f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in sorted(set(tables) - KEPT_ANYHOW)
    )
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


class Sender:
    """Sends what it is told and takes it back; `wrong` has what was answered with an error of the server."""

    def __init__(self, client):
        self.client, self.wrong, self.sent = client, {}, 0
        self.before = rows()

    def send(self, method, address, data, what, **kwargs):
        self.sent += 1
        with suppress(RolledBack), transaction.atomic():
            self._send(method, address, data, what, **kwargs)
            raise RolledBack

    def _send(self, method, address, data, what, **kwargs):
        written: list[str] = []
        try:
            with noted(written):
                answer = getattr(self.client, method)(address, data, **kwargs)
                if answer.streaming:
                    list(answer)
        except Exception as error:  # whatever it is, it is what this looks for
            self.wrong[f"{method} {address[:80]} {what}"] = repr(error)[:200]
            return
        # What was written may have been taken back by the stage that refused.
        if written and 400 <= answer.status_code < 500 and method == "post" and (after := rows()) != self.before:
            self.wrong[f"{method} {address[:80]} {what}"] = (
                f"{answer.status_code}, and {after} instead of {self.before}"
            )


def wrong_ways(fields, files, alone, *, is_post):
    """What to send instead, with a name for it; `alone` are the fields that are sent so."""
    for value in TOGETHER:
        fits = LONG_OF_ADDRESS if value is LONG and not is_post else value
        yield f"all {value[:20]!r}", dict.fromkeys(fields, fits)
    for one, bad in itertools.product(alone, ALONE):
        yield f"{one} {bad[:20]!r}", {one: bad}
    for one, (name, content) in itertools.product(files, FILES.items()):
        upload = io.BytesIO(content)
        upload.name = name
        yield f"{one} named {name[:20]!r}", {one: upload}


def pages(client, cast, world, who):
    """The address of each page of somebody, its text, and how it was asked for."""
    client.force_login(getattr(cast, who))
    for one in addresses():
        if one.is_of_admin != (who == "admin") or one.is_of_api or one.name in NOT_SENT:
            continue
        address = one.at(world)
        for headers, answer in looks(client, address):
            if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/html"):
                yield address, answer.content.decode(), headers


def looks(client, address):
    """Of the same address, with htmx where the view has looked whether it is htmx that asks."""
    with htmx.looked_for() as looked:
        answer = client.get(address)
    yield {}, answer
    if looked:
        yield htmx.HEADERS, client.get(address, headers=htmx.HEADERS)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "forms"), [(("office", "clerk", "head"), 70), (("admin",), 40)])
def test_no_form_is_broken_by_what_is_typed(client, cast, world, people, forms):
    """A form of one view that several people or several lists have is tried once."""
    tokens.make("程序", by=cast.office)
    sender, seen, sent_alone = Sender(client), set(), set()
    for who in people:
        for address, text, headers in pages(client, cast, world, who):
            for form in forms_of(text, address) if text.strip() else ():
                parts = urlsplit(form.to)
                match = resolve(parts.path)
                name = match.view_name
                view = name if name.startswith("admin:") else match.func
                key = (view, form.method, *sorted({*form.fields, *form.files}))
                if name in NOT_SENT or key in seen:
                    continue
                seen.add(key)
                is_post = form.method == "post"
                to = f"{parts.path}?{parts.query}" if is_post and parts.query else parts.path
                fields = form.fields if is_post else dict(parse_qsl(parts.query)) | form.fields
                # Of fields of one view, or of one model of the administration, that are alike, one is sent alone.
                of = name.rpartition("_")[0] if view == name else view
                alike = {(of, form.kinds.get(one, one)): one for one in reversed(fields)}
                new = [(kind, one) for kind, one in alike.items() if kind not in sent_alone][-MOST_ALONE:]
                sent_alone |= {kind for kind, _one in new}
                alone = [one for _kind, one in new]
                for what, changed in wrong_ways(fields, form.files, alone, is_post=is_post):
                    sender.send(form.method, to, fields | changed, f"{name}: {what}", headers=headers)
    assert not sender.wrong, "\n".join(f"{what}: {why}" for what, why in sender.wrong.items())
    assert len(seen) > forms


def test_a_plan_has_no_endless_lines(client, cast, world):
    client.force_login(cast.office)
    sent = {"form-TOTAL_FORMS": "9" * 5000, "form-INITIAL_FORMS": "9" * 5000}
    answer = client.post(reverse("plan-tasks", args=[SamplingPlan.objects.get().pk]), sent)
    assert len(answer.context["lines"].forms) <= 300
    assert answer.status_code == 422


@pytest.mark.slow
@pytest.mark.parametrize("who", ["office", "admin"])
def test_no_address_is_broken_by_what_stands_in_it(client, cast, world, who):
    """What fits no address comes to no view; it is sent once for each place where it may stand."""
    tokens.make("程序", by=cast.office)
    sender, unfit = Sender(client), set()
    client.force_login(getattr(cast, who))
    for one in addresses():
        if one.is_of_admin != (who == "admin"):
            continue
        values, address = arguments(one.name, one.wanted, world), one.at(world)
        for (part, value), bad in itertools.product(values.items(), PATHS):
            head, _found, tail = address.rpartition(f"/{value}")
            to = f"{head}/{quote(bad, safe='')}{tail}"
            if not _leads_somewhere(f"{head}/{bad}{tail}"):
                if (part, bad) in unfit:
                    continue
                unfit.add((part, bad))
            for method in ("get", "post"):
                sender.send(method, to, {}, f"{one.name}: {bad[:20]!r}")
    assert not sender.wrong, "\n".join(f"{what}: {why}" for what, why in sender.wrong.items())
    assert sender.sent > 500


def _leads_somewhere(path):
    with suppress(Resolver404):
        return resolve(path)


@pytest.mark.parametrize(
    "many", [[f"food.x{number}" for number in range(10_000)], ["food.done"] * 10_000, [HUGE] * 3_000]
)
def test_an_address_may_name_anything_ten_thousand_times(client, cast, world, many):
    """Parameters that are lists, on the pages and in the interface that read some."""
    _token, secret = tokens.make("程序", by=cast.office)
    client.force_login(cast.office)
    sender = Sender(client)
    for name in ("explore", "findings", "batches", "search", "submissions", "exports"):
        sender.send("get", reverse(name), dict.fromkeys(("i", "year", "q", "period", "page"), many), name)
    for name in ("figures", "annual", "indicators", "periods", "submissions", "sdmx_figures"):
        asked = {"indicator": many, "sheet": many, "year": "2023"}
        sender.send("get", reverse(f"api:{name}"), asked, name, headers={"Authorization": f"Bearer {secret}"})
    sender.send("post", reverse("accept-clean"), {"submissions": many}, "accept-clean")
    sender.send("post", reverse("urge", args=[1]), {"departments": many}, "urge")
    assert not sender.wrong, sender.wrong
