"""Filling a sheet: a saved cell against Django's admin, a large sheet against the same table as plain HTML.

Three questions, in one run and on one database:

- How long does the server take to store one cell, sent as the sheet sends it, against the same figure through the
  admin's change form? Both signed in, through all middleware; CSRF is checked for neither.
- How long does a page with 1,500 cells take to its load event, against a plain table with the same rows, columns and
  texts: no field, no script, no style sheet? Both read the same grid from the database.
- How long is it from the key (Enter) to the cell's saved state, in a sheet of 150 cells and in one of 1,500?
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Template
from django.test import Client, override_settings
from django.urls import path, reverse
from playwright.sync_api import Page

from bench import Result
from bench._pairs import Cost, compared, cost
from bench._scratch import alternating, browser, clerk, server, site, submission
from config.urls import urlpatterns as site_urls
from sectors.entry import grid
from sectors.models import Figure, Submission

SMALL, LARGE = 150, 1500
SAVES, LOADS, KEYS = 150, 15, 20
SAVE_TARGET, CHECKED_TARGET, OPEN_TARGET = Decimal("0.5"), Decimal(1), Decimal(2)

plain_template = Template(Path(__file__).with_name("plain.html").read_text(encoding="utf-8"))

# In the page: from the Enter key to the moment the cell is marked as saved.
WATCH = """id => {
  const field = document.getElementById(id), box = field.closest("td");
  window.saved = new Promise((done) => {
    let began = 0;
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") began = event.timeStamp; }, true);
    new MutationObserver((_changes, observer) => {
      if (!began || box.dataset.state !== "saved") return;
      observer.disconnect();
      done(performance.now() - began);
    }).observe(box, { attributes: true, attributeFilter: ["data-state"] });
  });
  field.focus();
  field.select();
}"""
LOADED = """() => new Promise((done) => {
  const look = () => {
    const end = performance.getEntriesByType("navigation")[0].loadEventEnd;
    if (end) done(end); else setTimeout(look, 5);
  };
  look();
})"""

rival = admin.AdminSite("rival")


@admin.register(Figure, site=rival)
class FigureAdmin(admin.ModelAdmin):
    """As Django makes it: every field of a figure, every relation a choice."""


@login_required
def plain(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Submission.objects.for_reading(), pk=pk)
    return HttpResponse(plain_template.render(Context({"title": found.sheet, "grid": grid.read(found)})))


urlpatterns = [*site_urls, path("rival/", rival.urls), path("plain/<int:pk>/", plain, name="plain")]


def run() -> list[Result]:
    with site(), override_settings(ROOT_URLCONF="bench.entry"):
        sheets = {cells: submission(cells) for cells in (SMALL, LARGE)}
        saves = [result for cells, of in sheets.items() for result in save(of, cells, SAVES)]
        with server() as address, browser() as started:
            context = started.new_context(base_url=address, locale="zh-CN", viewport={"width": 1366, "height": 768})
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session(), "url": address}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            opened = opening(page, sheets[LARGE], LARGE, LOADS)
            keys = [key_to_saved(page, of, cells, KEYS) for cells, of in sheets.items()]
        return [*saves, opened, *keys]


def session() -> str:
    client = Client()
    client.force_login(clerk())
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def save(of: Submission, cells: int, rounds: int) -> list[Result]:
    """One cell through the sheet's endpoint, and the figure beside it through the admin's change form.

    The answer to a cell says what stands there now and what follows from it; the admin's answer to its form leads to
    the page that does. So the second part takes that page in.
    """
    client = Client(headers={"host": "localhost"})
    client.force_login(clerk())
    ours, theirs = of.figures.select_related("indicator").order_by("indicator__row", "indicator__column")[:2]
    results = []
    for follow, what in ((False, "the admin's form alone"), (True, "the admin's form and the page it leads to")):
        ways = _by_cell(client, of, ours), _by_admin(client, theirs, follow=follow)
        mine, admins = alternating(rounds, *(_clock(way) for way in ways))
        results.append(Result(f"saving one cell of {cells} on the server, against {what}", mine, admins, SAVE_TARGET))
    part = f"saving one cell of {cells} and checking the sheet, against the admin's form and the page it leads to"
    ways = _by_cell(client, of, ours, checked=True), _by_admin(client, theirs, follow=True)
    return [*results, *compared(part, rounds, *ways, CHECKED_TARGET)]


def _clock(way: Callable[[int], Cost]) -> Callable[[int], Decimal]:
    return lambda turn: way(turn)[0]


def _by_cell(client: Client, of: Submission, figure: Figure, *, checked: bool = False) -> Callable[[int], Cost]:
    """With `checked` also what the sheet asks for as soon as the cell is saved."""
    findings = reverse("sheet-findings", args=[of.pk])
    address, code = reverse("cells", args=[of.pk]), figure.indicator.code

    def way(turn: int) -> Cost:
        before, after = (_stored(figure), str(1000 + turn))
        body = {"figures": {code: after}, "seen": {code: [before]}}

        def act() -> None:
            client.post(address, body, content_type="application/json")
            if checked:
                assert client.post(findings).status_code == 200

        time = cost(act)
        assert _stored(figure) == after, "the cell was not stored"
        return time

    return way


def _by_admin(client: Client, figure: Figure, *, follow: bool) -> Callable[[int], Cost]:
    address = reverse("rival:sectors_figure_change", args=[figure.pk])
    form: dict[str, Any] = {
        "region": figure.region_id,
        "submission": figure.submission_id,
        "indicator": figure.indicator_id,
        "state": figure.state,
        "places": 0,
        "note": "",
    }

    def way(turn: int) -> Cost:
        body = form | {"value": str(1000 + turn)}
        time = cost(lambda: client.post(address, body, follow=follow))
        assert _stored(figure) == body["value"], "the figure was not stored"
        client.cookies.pop("messages", None)  # nobody reads them here, so they would grow from save to save
        return time

    return way


def _stored(figure: Figure) -> str:
    figure.refresh_from_db(fields=["value"])
    return f"{figure.value:.0f}"


def opening(page: Page, of: Submission, cells: int, rounds: int) -> Result:
    """The sheet and the plain table, each to its load event; the browser has their files already."""

    def load(name: str) -> Decimal:
        page.goto(reverse(name, args=[of.pk]))
        return Decimal(page.evaluate(LOADED)) / 1000

    for name in ("sheet", "plain"):
        load(name)
    mine, theirs = alternating(rounds, lambda _turn: load("sheet"), lambda _turn: load("plain"))
    return Result(f"opening {cells} cells, against a plain table", mine, theirs, OPEN_TARGET)


def key_to_saved(page: Page, of: Submission, cells: int, rounds: int) -> Result:
    page.goto(reverse("sheet", args=[of.pk]))
    fields = [grid.field_id(figure.indicator.code) for figure in _spread(of, rounds)]
    times = []
    for turn, field in enumerate(fields):
        page.evaluate(WATCH, field)
        # Findings are asked for afterwards; the next cell waits for them, so that each is measured by itself.
        with page.expect_response(f"**{reverse('sheet-findings', args=[of.pk])}"):
            page.keyboard.type(str(5000 + turn))
            page.keyboard.press("Enter")
            times.append(Decimal(page.evaluate("window.saved")) / 1000)
    return Result(f"from the key to the saved cell, in a sheet of {cells}", median(times))


def _spread(of: Submission, count: int) -> list[Figure]:
    """Figures from all over the sheet."""
    found = list(of.figures.select_related("indicator").order_by("indicator__table__position", "indicator__row"))
    return found[:: max(1, len(found) // count)][:count]
