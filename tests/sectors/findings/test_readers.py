"""The department reads what would repair a finding; everybody else what does not agree and by how much."""

import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from reports.aggregation.cube import annual
from reports.chapters import verification
from sectors.findings import reasons, storage
from tests import base

pytestmark = pytest.mark.django_db

REPAIR, OFF = "改为 265 即相符", "（差 6批次）"


@pytest.fixture
def error(cast):
    base.report(cast.county, "2023Q1", {"food.done": "271", "food.done.farm": "200", "food.done.school": "65"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    return found


@pytest.mark.parametrize("status", ["draft", "accepted"])
@pytest.mark.parametrize(
    ("name", "reads_repairs"), [("clerk", True), ("head", True), ("office", False), ("leader", False), ("admin", False)]
)
def test_pages_word_a_finding_for_who_reads_them(client, cast, error, name, reads_repairs, status):
    base.submission(cast.county, status=status)
    client.force_login(getattr(cast, name))
    addresses = [reverse("findings"), reverse("submission", args=[error.submission_id])]
    if name == "admin":
        addresses += [
            reverse("admin:sectors_storedfinding_changelist"),
            reverse("admin:sectors_storedfinding_change", args=[error.pk]),
        ]
    for address in addresses:
        text = base.html(client.get(address))
        assert (REPAIR in text) == reads_repairs, address
        assert (OFF in text) != reads_repairs, address
        assert "可能有误的是" in text if reads_repairs else "与其他数据不符的是" in text
        assert "&quot;265&quot;" not in text


def test_a_sheet_and_the_answer_to_a_reason_are_the_departments(client, cast, error):
    client.force_login(cast.clerk)
    assert REPAIR in base.html(client.get(reverse("sheet-findings", args=[error.submission_id])))
    for name, address, typed in (
        ("clerk", "finding-reason", {"next": "/findings/"}),
        ("office", "finding-verdict", {"verdict": "accept"}),
    ):
        client.force_login(getattr(cast, name))
        typed |= {f"reason-{error.key}": "无", f"basis-{error.key}": error.basis}
        answer = client.post(
            reverse(address, args=[error.submission_id, error.key]), typed, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 422
        assert (REPAIR in base.html(answer)) == (name == "clerk")


@pytest.mark.parametrize(("name", "reads_repairs"), [("clerk", True), ("office", False), ("admin", False)])
def test_an_export_is_worded_for_who_asks_for_it(client, cast, error, name, reads_repairs):
    client.force_login(getattr(cast, name))
    answer = client.post(reverse("exports"), {"what": "findings", "ending": "csv", "year": "2023"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert (REPAIR in text) == reads_repairs
    assert (OFF in text) != reads_repairs


def test_the_annex_names_no_value_to_write(cast, error):
    base.submission(cast.county, status="accepted")
    reasons.explain(finding=error, text="6批次由乡镇抽检，尚未分到环节", by=cast.clerk)
    lines = verification.remarks(cast.county, 2023, annual(cast.county, 2023))
    assert any(OFF in line.text for line in lines)
    assert not any("即相符" in line.text or "改为" in line.text for line in lines)


def test_the_command_gives_repairs_where_they_are_asked_for(cast, error):
    base.submission(cast.county, status="accepted")

    def said(**options):
        out = io.StringIO()
        call_command("check_figures", region=cast.county.code, year=2023, stdout=out, **options)
        return out.getvalue()

    assert "即相符" not in said()
    assert REPAIR in said(repairs=True)
    (found,) = [one for one in json.loads(said(format="json")) if one["rule"] == error.rule]
    assert found["suspects"][0].keys() == {"indicator", "period", "together"}
    assert "即相符" not in found["message"]
    (found,) = [one for one in json.loads(said(format="json", repairs=True)) if one["rule"] == error.rule]
    assert {"indicator": "food.done", "period": "2023Q1", "together": [], "repair": "265"} in found["suspects"]
    assert REPAIR in found["message"]
