"""Who may do what: every address is asked by everybody, for their own and for others' objects, in every way.

`tests/data/scope.csv` has what is to be answered, a row for an address, an object and a method, a column for a person:

- `200`, `404`, ...: the status. `302 sheet`: leads to the page of that name. `login`: has to sign in first.
- `+` behind it: rows of the database were written. Nothing is written for who is refused.
- Nothing: not asked. Whoever is signed in hears 405 before it is looked at who it is, and one check of Django's stands
  before all pages of the administration, so that `OF_ADMIN` are enough there. `PUT` is sent by one person.
- `GET`; `HTMX` where that is answered otherwise; `POST` without a body; `ACT`: POST with what the form on a page sends.
- own: of 市场监管局, to which clerk, head and deputy belong; department: of 水利局 in the same county, to which
  other_clerk belongs; county: of 石浦县, to which other_office belongs. An address without a key leads to one's own.

`WRITE_SCOPE=1 pytest tests/test_scope.py` gives each address that has none its rows as the program answers, to be read
before they stay.
"""

import csv
import datetime
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views import defaults

from config import urls
from reports.api import tokens
from sectors.models import Department, Deputy, Urge, User
from sectors.vocabulary import Role
from tests import base, htmx
from tests.addresses import Address, addresses
from tests.forms import TEXT, forms_of
from tests.world import Place
from tests.writes import noted

TABLE = base.DATA / "scope.csv"
KEYS = ("address", "object", "method")
COUNTY = ("clerk", "deputy", "head", "other_clerk", "office", "leader")
PEOPLE = (*COUNTY, "other_office", "prefecture_office", "admin", "auditor", "nobody")
OBJECTS = ("own", "department", "county")
METHODS = ("GET", "HTMX", "POST", "ACT", "PUT")
OF_ADMIN = ("office", "admin", "nobody")
# The survey is made by apps, so that several processes share it: no form sends to another piece. The rest is one piece.
PIECES = ("inspections", "sectors", "admin", "rest")
REFUSED = ("401", "403", "404", "405", "login")
WORDS = "六批次由乡镇抽检，尚未分到环节，已与台账核对"  # of a reason that is good enough
PDF = ("丙.pdf", b"%PDF-1.7 c")  # another than is there already
WRITE = "WRITE_SCOPE"  # in the environment: addresses without a row get one

Row = tuple[str, str, str]
Table = dict[Row, dict[str, str]]
Body = dict[str, Any]


@dataclass
class Asked:
    """An address of an object, and what forms on the pages of whom send there."""

    address: Address
    of: str
    path: str
    bodies: dict[str, Body] = field(default_factory=dict)


def people(cast: base.Cast) -> dict[str, User | None]:
    """Who asks. A deputy stands in today; the prefecture has an office of its own."""
    today, deputy = timezone.localdate(), base.user("clerk", cast.market, "deputy")
    Deputy.objects.create(head=cast.head, person=deputy, first_day=today, last_day=today, by=cast.head)
    office = Department.objects.create(region=cast.prefecture, code="office", name="市质强办", short_name="市质强办")
    return {
        "clerk": cast.clerk,
        "deputy": deputy,
        "head": cast.head,
        "other_clerk": cast.outsider_clerk,
        "office": cast.office,
        "leader": cast.leader,
        "other_office": cast.outsider_office,
        "prefecture_office": base.user("office", office, "prefecture_office"),
        "admin": cast.admin,
        "auditor": User.objects.get(username="auditor"),
        "nobody": None,
    }


class Asker:
    """Asks as one person; everything is taken back."""

    def __init__(self, who: str, user: User | None) -> None:
        self.who, self.client = who, Client()
        self.token: dict[str, str] = {}
        if user is not None:
            self.client.force_login(user)
            if user.role in (Role.HEAD, Role.OFFICE):
                self.token = {"Authorization": f"Bearer {tokens.make('程序', by=user)[1]}"}

    def ask(self, method: str, path: str, body: Body | None = None, *, with_htmx: bool = False) -> tuple[str, Any]:
        """What is answered, in the words of the table, and the answer."""
        headers = {**(self.token if path.startswith("/api/") else {}), **(htmx.HEADERS if with_htmx else {})}
        how = {"content_type": "application/json"} if body and "figures" in body else {}
        cookies, files = SimpleCookie(self.client.cookies), _files() if body else set()
        written: list[str] = []
        response = None
        with transaction.atomic(), noted(written):
            try:
                response = getattr(self.client, method.lower())(path, body or {}, headers=headers, **how)
                if response.streaming:
                    list(response)
                said = _said(response)
            except Exception as error:  # whatever it is, the table shows it
                said = f"500 {type(error).__name__}"
            transaction.set_rollback(True)
        self.client.cookies = cookies
        if body and said.startswith(REFUSED) and _files() != files:
            said += " file"
        return said + ("+" if written else ""), response


def _said(response: Any) -> str:
    code = str(response.status_code)
    if "Location" not in response:
        return code
    path = urlsplit(response["Location"]).path
    if path in (reverse("login"), reverse("admin:login")):
        return "login"
    with suppress(Resolver404):
        return f"{code} {resolve(path).view_name or path}"
    return f"{code} {path}"


def _files() -> set[str]:
    found, folders = set(), [str(settings.MEDIA_ROOT)]
    while folders:
        with os.scandir(folders.pop()) as inside:
            for one in inside:
                found.add(one.path)
                if one.is_dir():
                    folders.append(one.path)
    return found


class Refusals:
    """Makes the page of a refusal once for each address and once for each person. Of the others only the status is
    asked, and to make a page takes longer than all that comes before it."""

    def __init__(self) -> None:
        self.made: set[tuple[int, object]] = set()

    def answering(self, status: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
            match = request.resolver_match
            of = {(status, match.view_name if match else None), (status, request.user.pk)}
            if of <= self.made:
                return HttpResponse(status=status)
            self.made |= of
            return page(request, exception)

        return answer

    @contextmanager
    def told(self) -> Iterator[None]:
        forbidden, not_found = (
            self.answering(403, defaults.permission_denied),
            self.answering(404, defaults.page_not_found),
        )
        with patch.multiple(urls, create=True, handler403=forbidden, handler404=not_found):
            yield


def piece_of(address: Address) -> str:
    return address.app if address.app in PIECES else PIECES[-1]


class Survey:
    """Asks for everything of a piece as everybody. `table` is what was answered, `wrote` who wrote by looking."""

    def __init__(self, cast: base.Cast, places: Mapping[str, Place], piece: str) -> None:
        # Who was urged just now is not urged again, and how long ago these rows were made is by chance.
        Urge.objects.update(at=timezone.now() - datetime.timedelta(days=1))
        self.askers = {who: Asker(who, user) for who, user in people(cast).items()}
        self.more = {of: _more(place) for of, place in places.items()}
        self.table: Table = {}
        self.wrote: list[str] = []
        self.at: dict[str, Asked] = {}
        for address in (one for one in addresses() if piece_of(one) == piece):
            for of, place in places.items():
                path = address.at(place)
                self.at.setdefault(path, Asked(address, of, path))
        self.by_name = {(one.address.name, one.of): one for one in self.at.values()}
        logging.disable()  # each refusal would be written down with its traceback
        try:
            with Refusals().told():
                self._ask_everything()
        finally:
            logging.disable(logging.NOTSET)

    def _ask_everything(self) -> None:
        for asker in self.askers.values():
            self._look(asker)
        self._upload(self.askers["clerk"])
        for asker in self.askers.values():
            self._send(asker)
        for one in (one for one in self.at.values() if one.of == "own"):
            who = "admin" if one.address.is_of_admin else "office"
            self._put(one, "PUT", who, self.askers[who].ask("PUT", one.path)[0])
        self._drop_repetitions()

    def _put(self, one: Asked, method: str, who: str, said: str) -> None:
        self.table.setdefault((one.address.name, one.of, method), dict.fromkeys(PEOPLE, ""))[who] = said

    def _to_ask(self, asker: Asker, method: str) -> Iterator[Asked]:
        for one in self.at.values():
            first = self.table.get((one.address.name, one.of, method), {}).get(PEOPLE[0])
            is_told = first == "405" and asker.who != "nobody"
            if not is_told and (asker.who in OF_ADMIN or not one.address.is_of_admin):
                yield one

    def _look(self, asker: Asker) -> None:
        cache.clear()  # nobody asks too often
        for one in self._to_ask(asker, "GET"):
            for method, said, response in _looks(asker, one.path):
                self._put(one, method, asker.who, said)
                if said.endswith("+"):
                    self.wrote.append(f"{method} {one.path} ({asker.who})")
                self._learn(one, asker.who, response)

    def _learn(self, one: Asked, who: str, response: Any) -> None:
        """Note what the forms of a page send."""
        if response is None or response.status_code != 200 or response.streaming or not response.content.strip():
            return
        if not response["Content-Type"].startswith("text/html"):
            return
        for form in forms_of(response.content.decode(), one.path):
            target = self.at.get(urlsplit(form.to).path)
            if form.method == "post" and target and len(form.kinds) > len(target.bodies.get(who, "")):
                typed = {name: WORDS if text == TEXT else text for name, text in form.fields.items()}
                target.bodies[who] = {**typed, **dict.fromkeys(form.files, PDF)}

    def _upload(self, asker: Asker) -> None:
        """A clerk sends back the lists that they took, so that there is something to confirm."""
        for (name, of), one in self.by_name.items():
            if of != "own" or "file" not in one.bodies.get(asker.who, {}) or "import" not in name:
                continue
            source = "sheet-excel" if name == "sheet-import" else name.replace("import", "export")
            taken = asker.ask("GET", self.by_name[source, of].path)[1]
            one.bodies[asker.who]["file"] = ("list.xlsx", taken.getvalue())
            self._learn(one, asker.who, asker.ask("POST", one.path, _fresh(one.bodies[asker.who]))[1])

    def _send(self, asker: Asker) -> None:
        cache.clear()
        for one in self._to_ask(asker, "POST"):
            said = asker.ask("POST", one.path)[0]
            self._put(one, "POST", asker.who, said)
            body = self._body(one, asker)
            if body and not (one.of != "own" and said in REFUSED):  # what the address names is looked for first
                self._put(one, "ACT", asker.who, asker.ask("POST", one.path, _fresh(body))[0])

    def _body(self, one: Asked, asker: Asker) -> Body:
        """What the person's own page sends, else what somebody else's does, else what is sent to the own object."""
        own = self.by_name[one.address.name, "own"]
        bodies = one.bodies or own.bodies
        found = bodies.get(asker.who) or next(iter(bodies.values()), {})
        return {**found, **self.more[one.of].get(re.sub(r"^save-view-.*", "save-view", one.address.name), {})}

    def _drop_repetitions(self) -> None:
        """Rows of htmx stay only where it is answered otherwise."""
        for row in [row for row in self.table if row[2] == "HTMX"]:
            like = self.table[row[0], row[1], "GET"]
            self.table[row] = {who: said or like[who] for who, said in self.table[row].items()}
            if self.table[row] == like:
                del self.table[row]


def _more(place: Place) -> dict[str, Body]:
    """What stands on no form, or has to be another than it is."""
    tomorrow, later = (str(timezone.localdate() + datetime.timedelta(days=days)) for days in (1, 10))
    return {
        "block-add-figures": {"code": "food.done"},
        "cells": {"figures": {place.code: "5"}},
        "check": {"new": "warning"},
        "check-period": {"period": place.sheet.period_id},
        "deputy": {"first_day": later, "last_day": later},
        "edit-firm": {"code": ""},
        "edit-period": {"opens": "2023-10-01", "due": "2023-10-15"},
        "extend": {"until": tomorrow},
        "fill-part": {f"figure:{place.code}": "5", "remark": ""},
        "finding-verdict": {"verdict": "accept"},
        "match-firm": {"none": "1"},
        "new-firm": {"name": "丁店", "kind": "school", "code": ""},
        "open-period": {"opens": "2024-04-01", "due": "2024-04-20"},
        "part-by-link": {f"figure:{place.code}": "5", "remark": ""},
        "paste-stations": {"lines": "丙所\t卫生院", "store": "yes"},
        "report-cover": {"title": WORDS},
        "save-view": {"name": "常看", "query": "q=甲"},
        "target": {"value": "90", "since": "2023"},
        "wording": {"text": "全年如下。"},
    }


def _looks(asker: Asker, path: str) -> Iterator[tuple[str, str, Any]]:
    """GET, and with htmx where the view has looked whether it is htmx that asks."""
    with htmx.looked_for() as looked:
        yield "GET", *asker.ask("GET", path)
    if looked:
        yield "HTMX", *asker.ask("GET", path, with_htmx=True)


def _fresh(body: Body) -> Body:
    """With files that nobody has read yet."""
    return {name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for name, value in body.items()}


def read() -> Table:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["address"], row["object"], row["method"]): {who: row[who] for who in PEOPLE} for row in rows}


def write(table: Table) -> None:
    def order(row: Row) -> tuple[str, int, int]:
        return row[0], OBJECTS.index(row[1]), METHODS.index(row[2])

    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*KEYS, *PEOPLE])
        out.writerows([*row, *(table[row][who] for who in PEOPLE)] for row in sorted(table, key=order))


def of_piece(table: Table, piece: str) -> Table:
    """Rows of what is no address any more are of the last piece."""
    pieces = {address.name: piece_of(address) for address in addresses()}
    return {row: said for row, said in table.items() if pieces.get(row[0], PIECES[-1]) == piece}


def differences(expected: Table, found: Table) -> list[str]:
    """What differs, in words."""
    how = f"no row; `{WRITE}=1 pytest tests/test_scope.py` writes one"
    new = [f"{' '.join(row)}: {how}" for row in found.keys() - expected.keys()]
    gone = [f"{' '.join(row)}: a row, and nothing is asked so" for row in expected.keys() - found.keys()]
    changed = [
        f"{' '.join(row)}: {who} is answered {found[row][who] or 'nothing'}, not {expected[row][who] or 'nothing'}"
        for row in expected.keys() & found.keys()
        for who in PEOPLE
        if found[row][who] != expected[row][who]
    ]
    return sorted([*new, *gone, *changed])
