"""The registry with 100,000 batches: brought in from Excel, then listed, against the bare SQL of the same page.

It runs on PostgreSQL, as a site with so many records does; without one in DATABASE_URL it starts one of its own.
A page is the whole answer, rendered; its rival are the two statements on batches that the page itself makes (how many,
and which 50), sent as they stand and fetched.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bench import Result
from bench._scratch import COUNTY, alternating, site, timed
from inspections import records as record_writer
from inspections import spreadsheets
from inspections.models import SamplingBatch
from inspections.registers import BATCHES
from sectors.models import Department, User

ON_A_SERVER = True
ROWS, ROUNDS = 100_000, 21
TARGET = Decimal(3)
PAGES = {
    "first page": ("/sampling/", TARGET),
    "filtered": ("/sampling/?category=produce&programme=supervision&since=2022-01-01", TARGET),
    "sorted by product": ("/sampling/?sort=product", TARGET),
    "searched": ("/sampling/?q=第77摊", TARGET),
    "page 1000": ("/sampling/?page=1000", TARGET),
}
COLUMNS = ("programme", "sector", "taken_on", "category", "product", "place", "samples", "failed", "report_number")
KINDS = ("produce.vegetable", "produce.meat", "school.oil", "processed")


def run() -> list[Result]:
    with site(), override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        department = Department.objects.get(region__code=COUNTY, code="market")
        person = User.objects.create_user("registry-bench", role="clerk", department=department)
        results = _bring_in(person, department)
        client = Client()
        client.force_login(person)
        return results + [_page(client, part, *asked) for part, asked in PAGES.items()]


def _bring_in(person: User, department: Department) -> list[Result]:
    file = _workbook()
    found: list[spreadsheets.Reading] = []
    read = timed(lambda: found.append(spreadsheets.read(BATCHES, file, file.getbuffer().nbytes, department)))
    records = found[0].records
    assert len(records) == ROWS, (found[0].faults[:3], found[0].doubles[:3])
    stored = timed(lambda: record_writer.bulk_create(records, department=department, by=person))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    exported = timed(lambda: spreadsheets.write(BATCHES, SamplingBatch.objects.filter(department=department)).close())
    return [
        Result(f"{ROWS} batches read and checked", read),
        Result(f"{ROWS} batches stored and counted", stored),
        Result(f"{ROWS} batches exported", exported),
    ]


def _workbook() -> io.BytesIO:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    heads: dict[str, Any] = {field.name: field.verbose_name for field in SamplingBatch._meta.fields}
    sheet.write_row(0, 0, [str(heads[name]) for name in COLUMNS])
    for n in range(ROWS):
        day = f"{2021 + n % 3}-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        programme = "supervision" if n % 3 else "risk"
        row = (programme, "食品及相关产品", day, KINDS[n % 4], f"样品{n % 503}", f"第{n % 900}摊", 1, 0, f"R{n}")
        sheet.write_row(n + 1, 0, row)
    book.close()
    out.seek(0)
    return out


def _page(client: Client, part: str, address: str, target: Decimal) -> Result:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    queries = len(asked)  # the next request empties the list
    listed = [query["sql"] for query in asked.captured_queries if 'FROM "inspections_samplingbatch"' in query["sql"]]
    # The row for quick entry asks for the last record; that is no part of the list.
    bare = [sql for sql in listed if "COUNT(" in sql or "LIMIT 50" in sql]
    assert len(bare) == 2, listed
    ways = (lambda _n: timed(lambda: client.get(address))), (lambda _n: timed(lambda: _send(bare)))
    ours, rival = alternating(ROUNDS, *ways)
    return Result(f"{part} ({queries} queries)", ours, rival, target)


def _send(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.cursor.execute(statement)
            cursor.fetchall()
