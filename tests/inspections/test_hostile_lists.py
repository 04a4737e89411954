"""Lists as no person fills them in: every cell becomes a value or a sentence, and no list holds up a request."""

import datetime
import io
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from inspections.models import SamplingBatch
from inspections.registers import REGISTERS
from inspections.spreadsheets import columns
from sectors.models import Job
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile, unpacked_size
from tests.inspections.test_lists import IMPORT, look, row, workbook
from tests.sectors.spreadsheets import workbooks

pytestmark = pytest.mark.django_db

ODD = [
    *("1e999999", "1E+99999999999999999999", "1e308", "NaN", "sNaN", "Infinity", "-1", "9" * 5000, "²", "٣", "1_000"),
    *("99999999999999-1-1", "2023-99999999999999999999-1", "9" * 5000 + "-1-1", "2023-02-30", "-1-1-1", "0x10"),
    *(float("nan"), float("inf"), 1e308, -0.0, True, "\ud800", "\0", "字" * 10**6, "", " "),
    *(
        datetime.time(1),
        datetime.timedelta(9),
        datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC),
        datetime.date(1, 1, 1),
    ),
]
NOT_WRITTEN_SO = ("NaN", "²", "٣", "1_000", "0x10", "1e308", "9" * 5000, "99999999999999-1-1", "1E2", "1,5")


def parsers(cast):
    for register in REGISTERS.values():
        for name in columns.names(register):
            of = register.model._meta.get_field(name)
            yield of, columns.parser(of, cast.market)


def test_every_cell_becomes_a_value_or_a_sentence(cast):
    for _of, parse in parsers(cast):
        for odd in ODD:
            with suppress(ValidationError):
                parse(odd)


@pytest.mark.parametrize("written", NOT_WRITTEN_SO)
def test_only_digits_0_to_9_make_a_number_or_a_day(cast, written):
    kinds = {"DateField", "DecimalField", "PositiveIntegerField", "PositiveSmallIntegerField"}
    for of, parse in parsers(cast):
        if of.get_internal_type() in kinds and not of.choices:
            with pytest.raises(ValidationError):
                parse(written)


@pytest.mark.parametrize(("written", "value"), [("１２", 12), ("1,200", 1200), (" 7 ", 7), (3.0, 3), ("7.00", 7)])
def test_what_people_write_is_understood(cast, written, value):
    of = SamplingBatch._meta.get_field("samples")
    assert columns.parser(of, cast.market)(written) == value


@pytest.mark.parametrize("odd", ["NaN", "INF"])
def test_the_faulty_rows_hold_what_is_no_number(client, cast, odd):
    client.force_login(cast.clerk)
    file = io.BytesIO(workbooks.with_page(workbook(row(samples=77)).getvalue(), lambda page: page.replace("77", odd)))
    file.name = "list.xlsx"
    looked = look(client, file)
    assert looked.context["preview"].bad_rows == 1
    answer = client.get(f"{IMPORT}failed/", {"ticket": looked.context["ticket"]})
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert str(page["G2"].value).lower() == odd.lower()


def test_a_small_file_with_much_in_it_is_read_by_a_job(client, cast, media, monkeypatch):
    """How long it takes is told by what is unpacked."""
    file = workbook(*[row() for _ in range(300)])
    packed = len(file.getvalue())
    assert unpacked_size(file, packed) > 3 * packed
    monkeypatch.setattr("inspections.views.transfer.LARGE", 2 * packed)
    client.force_login(cast.clerk)
    answer = look(client, file)
    assert answer.status_code == 302
    assert Job.objects.get().kind == "inspections.look"


def test_the_name_of_a_kept_file_is_one_that_was_given(client, cast, media):
    client.force_login(cast.clerk)
    stored = pending.keep(SimpleUploadedFile("list.xlsx", workbook(row()).getvalue()), cast.clerk, "batches")
    assert pending.own(stored, cast.clerk, "batches").path.is_file()
    about = f"{cast.clerk.pk}-batches-"
    for name in (about + "x" * 300, about + "../../" + stored, f"../uploads/{stored}", about, "", "\0"):
        with pytest.raises(BadFile):
            pending.own(name, cast.clerk, "batches")
        assert client.get(f"{IMPORT}look/", {"file": name}).status_code == 409
