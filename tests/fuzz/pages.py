"""Every address of the site, asked with parameters that it reads and with what nobody types in them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin.views.main import (
    ALL_VAR,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
)
from django.test import Client

from tests import htmx
from tests.addresses import addresses
from tests.fuzz.inputs import Inputs
from tests.world import Place

APPS = ("accounts", "audit", "config", "inspections", "reports", "sectors")
# How a name of a parameter stands in the source: asked for, a field of a form or of the interface, in a template.
READ = re.compile(r"""(?:GET|asked|query|params|data)(?:\.get|\.getlist|\.pop)?[\[(]\s*"([\w-]{1,30})\"""")
PARAMETER = re.compile(r"""\bparameter(?:: str)? ?= ?"([\w-]{1,30})\"""")
FIELD = re.compile(r"^    (\w{1,30})(?: = forms\.\w+\(|: \w[^\n]* = (?:Query|Field|None)\b)", re.MULTILINE)
IN_TEMPLATE = re.compile(r"""name="([\w-]{1,30})"|[?&]([\w-]{1,30})=""")
OF_LISTS = (
    ALL_VAR,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    "_popup",
    "_to_field",
    "_changelist_filters",
)
ODD_FILTERS = (
    "id__exact",
    "region__id__exact",
    "id__in",
    "code__regex",
    "pk__isnull",
    "at__year",
    "field__gte",
    "x__y",
)
SAMPLES = (
    "2023",
    "2023Q1",
    "1",
    "food",
    "food.done",
    "2023-04-18",
    "990101",
    "internal",
    "-samples",
    "region",
    "food/text/1",
)


def parameters() -> list[str]:
    """The names of everything that a page may read out of its address."""
    found: set[str] = set()
    for app in APPS:
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            found |= {*READ.findall(source), *FIELD.findall(source), *PARAMETER.findall(source)}
    for file in (settings.BASE_DIR / "templates").rglob("*.html"):
        found |= {name for pair in IN_TEMPLATE.findall(_text(file)) for name in pair if name}
    return sorted(found | {*OF_LISTS, *ODD_FILTERS})


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@dataclass
class Asked:
    """What became of the requests: faults by address, and the slowest ones, as seconds of this process and address."""

    requests: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, seconds: float, what: str) -> None:
        self.requests += 1
        self.slowest = sorted([*self.slowest, (seconds, what)], reverse=True)[:10]


def everywhere(world: Place) -> list[tuple[str, str]]:
    """Who asks for which address: the office and administrator whatever is theirs."""
    return [("admin" if one.is_of_admin else "office", one.at(world)) for one in addresses()]


def ask(client: Client, address: str, inputs: Inputs, known: list[str], asked: Asked, secret: str) -> None:
    """Ask for one address with some parameters, with htmx or without."""
    sent = inputs.parameters(known, SAMPLES)
    headers = (
        {"Authorization": f"Bearer {secret}"} if address.startswith("/api/") else inputs.choice(({}, htmx.HEADERS))
    )
    what, began = f"{address} {sent!r:.300}", time.process_time()
    try:
        query = urlencode(sent, doseq=True, errors="surrogatepass")
        answer = client.get(f"{address}?{query}", headers=headers)
        if answer.streaming:
            list(answer)
    except Exception as error:  # whatever it is, it is what this looks for
        asked.wrong.append(f"{what}: {error!r:.300}")
    else:
        if answer.status_code >= 500:
            asked.wrong.append(f"{what}: {answer.status_code}")
    asked.note(time.process_time() - began, what)
