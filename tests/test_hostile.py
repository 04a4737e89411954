"""Whatever is sent to any address, the answer is a page or a sentence, and what is refused changes nothing."""

import io
import itertools
import json
from contextlib import suppress
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import get_resolver, resolve, reverse
from lxml import html

from inspections.models import SamplingPlan
from reports.api import tokens
from tests.test_reading import HTMX, arguments, names, world

pytestmark = pytest.mark.django_db

__all__ = ["world"]  # a fixture
HUGE = "99999999999999999999"  # no key of a database
ALONE = ("甲\0乙\x0b\uffff", HUGE, ["1", HUGE])
TOGETHER = ("甲\0乙\x0b\uffff", HUGE, "9" * 5000, "²", "-1", "九" * 100_000, "9999-12-31", "%s%(x)s{0}", "")
PATHS = (HUGE, "0", "9" * 5000, "\0", "x\0y", "x" * 2000, "²", "..", "%", "\uffff")
MOST_ALONE = 8  # fields of one form: a sheet has hundreds that are alike
FILES = {
    "甲\0乙.pdf": b"%PDF-1.7 a",
    "甲" * 300 + ".pdf": b"%PDF-1.7 b",
    "": b"x",
    "a.xlsx": b"PK\x03\x04" + b"\0" * 100,
    "a.csv": "编码,名称\n甲\0,乙\n".encode(),
    "b.csv": b"\0\xff",
}
# What ends the session, and what is for every page alike.
NOT_SENT = {"logout", "set_language", "admin:logout"}
# What a refusal keeps all the same: what is found is judged again when somebody was wrong about it.
KEPT_ANYHOW = {"sectors_storedfinding", "accounts_session", "reports_apitoken"}


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
        try:
            answer = getattr(self.client, method)(address, data, **kwargs)
            if answer.streaming:
                list(answer)
        except Exception as error:  # whatever it is, it is what this looks for
            self.wrong[f"{method} {address[:80]} {what}"] = repr(error)[:200]
            return
        if 400 <= answer.status_code < 500 and method == "post" and (after := rows()) != self.before:
            self.wrong[f"{method} {address[:80]} {what}"] = (
                f"{answer.status_code}, and {after} instead of {self.before}"
            )


def fields_of(page, form):
    """What a person who filled nothing else would send, and the names of its files."""
    found, files = {}, []
    own = form.xpath(".//*[self::input or self::select or self::textarea or self::button][@name]")
    others = page.xpath("//*[@form=$key][@name]", key=form.get("id")) if form.get("id") else []
    for field in [*own, *others]:
        name, kind = field.get("name"), field.get("type")
        if kind == "file":
            files.append(name)
        elif field.tag == "select":
            options = [option.get("value", "") for option in field.xpath(".//option[@selected]|.//option")]
            found[name] = next(filter(None, options), "")
        elif field.tag == "textarea":
            found.setdefault(name, field.text or "字")
        else:
            found.setdefault(
                name, field.get("value") or {"date": "2023-05-01", "number": "1", "text": "字"}.get(kind, "")
            )
    return found, files


def forms_of(text, address):
    """Method, address, fields and files of each form that a page has, with htmx and without."""
    page = html.fromstring(text)
    for form in page.xpath("//form"):
        method = next((way for way in ("post", "get") if form.get(f"hx-{way}")), (form.get("method") or "get").lower())
        yield (
            method,
            urljoin(address, form.get(f"hx-{method}") or form.get("action") or address),
            *fields_of(page, form),
        )
    for element in page.xpath("//*[not(self::form)][@hx-post]"):
        around = element.xpath("ancestor::form[1]")
        fields, _files = fields_of(page, around[0]) if around else ({}, [])
        yield "post", urljoin(address, element.get("hx-post")), fields | json.loads(element.get("hx-vals") or "{}"), []


def wrong_ways(fields, files):
    """What to send instead, with a name for it."""
    for value in TOGETHER:
        yield f"all {value[:20]!r}", dict.fromkeys(fields, value)
    for one, alone in itertools.product(list(fields)[:MOST_ALONE], ALONE):
        yield f"{one} {alone[:20]!r}", {one: alone}
    for one, (name, content) in itertools.product(files, FILES.items()):
        upload = io.BytesIO(content)
        upload.name = name
        yield f"{one} named {name[:20]!r}", {one: upload}


def pages(client, cast, world, who):
    """The address of each page of somebody, its text, and how it was asked for."""
    client.force_login(getattr(cast, who))
    for name, wanted in names(get_resolver()):
        if name.startswith("admin:") != (who == "admin") or name.startswith("api:"):
            continue
        address = reverse(name, kwargs=arguments(name, wanted, world, cast))
        for headers in ({}, HTMX):
            answer = client.get(address, headers=headers)
            if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/html"):
                yield address, answer.content.decode(), headers


@pytest.mark.slow
@pytest.mark.parametrize(("who", "forms"), [("office", 40), ("clerk", 20), ("head", 10), ("admin", 40)])
def test_no_form_is_broken_by_what_is_typed(client, cast, world, who, forms):
    tokens.make("程序", by=cast.office)
    sender, seen = Sender(client), set()
    for address, text, headers in pages(client, cast, world, who):
        if not text.strip():
            continue
        for method, to, fields, files in forms_of(text, address):
            parts = urlsplit(to)
            name = resolve(parts.path).view_name
            if name in NOT_SENT or (key := (name, method, *sorted({*fields, *files}))) in seen:
                continue
            seen.add(key)
            to = f"{parts.path}?{parts.query}" if method == "post" and parts.query else parts.path
            fields = fields if method == "post" else dict(parse_qsl(parts.query)) | fields
            for what, changed in wrong_ways(fields, files):
                sender.send(method, to, fields | changed, f"{name}: {what}", headers=headers)
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
    tokens.make("程序", by=cast.office)
    sender = Sender(client)
    client.force_login(getattr(cast, who))
    for name, wanted in names(get_resolver()):
        if name.startswith("admin:") != (who == "admin"):
            continue
        values = arguments(name, wanted, world, cast)
        address = reverse(name, kwargs=values)
        for one, bad in itertools.product(values.values(), PATHS):
            head, _found, tail = address.rpartition(f"/{one}")
            for method in ("get", "post"):
                sender.send(method, f"{head}/{quote(bad, safe='')}{tail}", {}, f"{name}: {bad[:20]!r}")
    assert not sender.wrong, "\n".join(f"{what}: {why}" for what, why in sender.wrong.items())
    assert sender.sent > 500


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
