"""Everything that reads is given what nobody types: it reads it or says why not, and soon.

`make test` tries a few hundred inputs, the same ones each time; `make fuzz` many (FUZZ says how many in all), with
others from run to run, and tells the slowest. An input that broke something belongs into a test of its own.
"""

import os
import time

import pytest
from django.core.cache import cache

from reports.api import tokens
from tests.fuzz import pages, parsers
from tests.fuzz.inputs import seeded

pytestmark = pytest.mark.django_db

MANY = int(os.environ.get("FUZZ", "0"))
ROUND = int(os.environ.get("FUZZ_ROUND", "0"))  # another number, other inputs
TOGETHER = MANY or 500
OF_PAGES = TOGETHER // 5
LONGEST = 2.0  # seconds of this process; the clock would count what others do on the machine


def test_every_parser_reads_or_refuses_what_it_is_given(cast, media, capsys):
    found, tried = parsers.all_parsers(cast), 0
    wrong: list[str] = []
    slowest: list[tuple[float, str, str]] = []
    for parser in found:
        inputs = seeded(parser.name, ROUND)
        for _number in range((TOGETHER - OF_PAGES) // len(found)):
            given, began = parser.make(inputs), time.process_time()
            wrong += filter(None, [parser.try_one(given)])
            slowest = sorted([*slowest, (time.process_time() - began, parser.name, f"{given!r:.200}")], reverse=True)[
                :10
            ]
            tried += 1
    if MANY:
        with capsys.disabled():
            print(f"\n{tried} inputs of {len(found)} parsers, the slowest:")
            print(*(f"{seconds:.2f} s {name}: {given}" for seconds, name, given in slowest), sep="\n")
    assert wrong == []
    assert slowest[0][0] < LONGEST, slowest[0]


def test_every_page_answers_whatever_its_address_asks(client, cast, world, capsys, settings):
    secret = tokens.make("程序", by=cast.office)[1]
    inputs, known, asked = seeded("pages", ROUND), pages.parameters(), pages.Asked()
    assert {"year", "period", "q", "page", "sort", "since", "indicator", "counted", "after"} <= {*known}
    everywhere = pages.everywhere(world)
    for number in range(OF_PAGES):
        who, address = everywhere[number % len(everywhere)] if MANY else inputs.choice(everywhere)
        cache.clear()  # a token may ask so often a minute
        client.force_login(getattr(cast, who))
        pages.ask(client, address, inputs, known, asked, secret)
    if MANY:
        with capsys.disabled():
            print(f"\n{asked.requests} requests to {len(everywhere)} addresses, {len(known)} parameters, the slowest:")
            print(*(f"{seconds:.2f} s {what}" for seconds, what in asked.slowest), sep="\n")
    assert asked.wrong == []
    assert asked.slowest[0][0] < LONGEST, asked.slowest[0]
