"""By which document a sheet is asked, who approved it, until when: in its file, under its title, in the ledger."""

import datetime
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from sectors.catalogue import writing, yaml_files
from sectors.catalogue.loader import load
from sectors.models import Period, Sheet
from tests import base

pytestmark = pytest.mark.django_db

FACTS = "    document: 国统制〔2024〕12号\n    authority: 国家统计局\n    approved_until: {until}\n"


@pytest.fixture
def approved(cast, tmp_path):
    def load_with(until):
        text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
        path = tmp_path / "food.yaml"
        path.write_text(
            text.replace("    frequency: quarter\n", f"    frequency: quarter\n{FACTS.format(until=until)}"), "utf-8"
        )
        load(path)
        return Sheet.objects.get(number="T-01")

    return load_with


def test_the_file_says_it_and_says_it_again(approved, tmp_path):
    sheet = approved("2027-12-31")
    assert (sheet.document, sheet.authority) == ("国统制〔2024〕12号", "国家统计局")
    assert sheet.approved_until == datetime.date(2027, 12, 31)
    path = tmp_path / "again.yaml"
    path.write_text(yaml_files.as_yaml(writing.of_sectors("food")["food"]), encoding="utf-8")
    assert load(path).lines == []
    load(base.SMALL / "food.yaml")
    sheet.refresh_from_db()
    assert (sheet.approval, sheet.has_lapsed(datetime.date(2099, 1, 1))) == ([], False)


def test_it_lapses_after_its_last_day(approved):
    sheet = approved("2027-12-31")
    assert not sheet.has_lapsed(datetime.date(2027, 12, 31))
    assert sheet.has_lapsed(datetime.date(2028, 1, 1))


def test_it_stands_under_the_title_and_in_the_excel_form(cast, approved, client):
    approved("2027-12-31")
    submission = base.submission(cast.county)
    client.force_login(cast.clerk)
    page = base.html(client.get(reverse("sheet", args=[submission.pk])))
    assert all(text in page for text in ("批准文号", "国统制〔2024〕12号", "国家统计局", "2027-12-31"))
    answer = client.get(reverse("sheet-excel", args=[submission.pk]))
    content = b"".join(answer) if answer.streaming else answer.content
    rows = openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    said = [str(value) for row in rows for value in row if value]
    assert any("国统制〔2024〕12号" in text and "2027-12-31" in text for text in said)


@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, False)])
def test_the_office_is_told_of_what_has_lapsed_and_opens_it_all_the_same(cast, approved, client, days, is_told):
    approved(timezone.localdate() + datetime.timedelta(days=days))
    client.force_login(cast.office)
    asked = client.get(reverse("open-period"))
    assert ("已过有效期" in base.html(asked)) == is_told
    sent = {name: str(value) for name, value in asked.context["initial"].items()}
    assert client.post(reverse("open-period"), {**sent, "which": "all"}).status_code == 302
    assert Period.objects.filter(region=cast.county, year=sent["year"], number=sent["number"]).exists()
    assert ("已过有效期" in base.html(client.get(reverse("ledger")))) == is_told
