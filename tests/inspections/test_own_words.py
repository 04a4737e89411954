"""A county that samples what no shipped word names: with files alone, from the form to the report."""

import datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from inspections import spreadsheets, tally
from inspections.models import Inspection, PlanTask, SamplingBatch, SamplingPlan
from inspections.registers import REGISTERS
from reports.chapters import compliance
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.words import words
from sectors.models import Figure, Indicator, RegistryWord, Sector, Submission
from sectors.vocabulary import WordKind
from tests import base
from tests.inspections.recorded import batch
from tests.inspections.test_lists import confirm, look, row, workbook

ORCHARD = base.DATA / "orchard"
DRIED = "code: apricot.dried, name: 杏干"


@pytest.fixture
def orchard(cast):
    """The county's first quarter in the new sheet."""
    load(ORCHARD)
    return base.submission(cast.county, "T-09")


def cells(of):
    rows = Figure.objects.filter(submission=of, value__isnull=False).values_list("indicator__code", "value")
    return {code.removeprefix("apricots."): value for code, value in rows}


def changed(path, text, new):
    """A copy of the words with something else in them."""
    words_text = (ORCHARD / "words.yaml").read_text(encoding="utf-8")
    assert text in words_text
    file = path / "words.yaml"
    file.write_text(words_text.replace(text, new), encoding="utf-8")
    return file


def posted(sector="apricots", **fields):
    start = {
        "taken_on": "2023-02-14", "category": "apricot.fresh", "product": "吊干杏", "samples": "3", "place": "大巴扎",
        "setting": "bazaar", "programme": "harvest", "sector": Sector.objects.get(code=sector).pk,
    }  # fmt: skip
    return {**start, **fields}


def test_records_of_the_form_are_counted_by_the_countys_own_words(client, cast, orchard):
    client.force_login(cast.clerk)
    for fields in (
        {},
        {"category": "apricot.dried.sulphur", "samples": "2", "setting": "bazaar.night", "place": "夜市"},
        {"category": "apricot.dried", "samples": "5", "programme": "strip", "failed": "1", "place": "晾房"},
        {"category": "produce.fruit", "samples": "7", "setting": "shop", "place": "店"},
    ):
        assert client.post(reverse("new-batches"), posted(**fields)).status_code == 302
    inspection = {
        "held_on": "2023-03-01", "premises_type": "drying", "premises": "一号晾房", "places": "4", "kind": "patrol",
        "people": "2", "vehicles": "1", "problems": "0", "sector": Sector.objects.get(code="apricots").pk,
    }  # fmt: skip
    assert client.post(reverse("new-inspections"), inspection).status_code == 302
    assert Inspection.objects.count() == 1
    assert cells(orchard) == {"samples": 5, "dried": 7, "bazaar": 3, "screened": 5, "houses": 4}
    screened = SamplingBatch.objects.get(programme="strip")
    assert (screened.stage, screened.deadline, screened.missing_samples) == ("tested", None, 0)
    assert not SamplingBatch.objects.late(datetime.date(2023, 12, 1)).filter(pk=screened.pk).exists()


def test_a_word_of_another_county_is_none_of_the_choices(client, cast, orchard):
    other = base.user("clerk", cast.other_county.departments.get(code="market"), "there")
    client.force_login(other)
    page = client.get(reverse("new-batches"))
    assert "鲜杏" not in page.content.decode()
    assert "畜禽肉及副产品" in page.content.decode()
    answer = client.post(reverse("new-batches"), posted("food"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) >= {"category", "setting", "programme"}
    assert not SamplingBatch.objects.exists()


def test_a_list_names_words_as_the_screen_does_or_in_english_or_by_code(client, cast, orchard):
    client.force_login(cast.clerk)
    file = workbook(
        row(sector="杏产业质量", category="鲜杏", programme="采收季专项"),
        row(sector="杏产业质量", category="Dried apricots", programme="harvest", place="西门"),
        row(sector="杏产业质量", category="apricot.dried.sulphur", programme="harvest campaign", place="南门"),
        row(sector="杏产业质量", category="鲜杏子", programme="采收季专项", place="北门"),
    )
    looked = look(client, file)
    preview = looked.context["preview"]
    assert (preview.good, preview.bad_rows) == (3, 1)
    assert preview.faults[0][3].startswith("请填下列之一：鲜杏、")
    assert confirm(client, looked).status_code == 302
    assert cells(orchard)["samples"] == 6
    assert cells(orchard)["dried"] == 4
    sheet = load_workbook(spreadsheets.write(REGISTERS["batches"], SamplingBatch.objects.order_by("pk"))).active
    heads, *rows = sheet.iter_rows(values_only=True)
    assert [line[heads.index("品类")] for line in rows] == ["鲜杏", "杏干", "熏硫杏干"]


def test_the_empty_list_offers_the_countys_words_and_no_retired_one(cast, orchard, tmp_path):
    load(changed(tmp_path, DRIED, f"{DRIED}, valid_to: 2023-01-31"))
    book = load_workbook(spreadsheets.write_template(REGISTERS["batches"], cast.market))
    listed = [cell for column in book.worksheets[1].iter_cols(values_only=True) for cell in column]
    assert {"鲜杏", "夜市", "试纸筛查", "蔬菜"} <= set(listed)
    assert "杏干" not in listed
    elsewhere = spreadsheets.write_template(REGISTERS["batches"], cast.other_county.departments.get(code="market"))
    assert "鲜杏" not in str([list(s.iter_cols(values_only=True)) for s in load_workbook(elsewhere).worksheets])


def test_a_retired_word_holds_for_days_before_and_its_records_stay(client, cast, orchard, tmp_path):
    client.force_login(cast.clerk)
    assert client.post(reverse("new-batches"), posted(category="apricot.dried")).status_code == 302
    load(changed(tmp_path, DRIED, f"{DRIED}, valid_to: 2023-03-01"))
    assert cells(orchard)["dried"] == 3
    late = client.post(reverse("new-batches"), posted(category="apricot.dried", taken_on="2023-03-02"))
    assert late.status_code == 422
    assert "2023-03-01" in late.context["form"].errors["category"][0]
    again = posted(category="apricot.dried", taken_on="2023-03-01", place="西巴扎")
    assert client.post(reverse("new-batches"), again).status_code == 302
    # What is not asked anew is not judged anew: a note may be written to the old record.
    made = SamplingBatch.objects.earliest("pk")
    page = client.get(reverse("change-batches", args=[made.pk]))
    assert "杏干" in page.content.decode()
    noted = posted(category="apricot.dried", note="补记", seen=page.context["form"].version)
    assert client.post(reverse("change-batches", args=[made.pk]), noted).status_code == 302
    file = workbook(
        row(sector="杏产业质量", category="杏干", programme="采收季专项"),
        row(sector="杏产业质量", category="杏干", programme="采收季专项", taken_on="2023-03-09", place="西门"),
    )
    preview = look(client, file).context["preview"]
    assert (preview.good, [address for address, *_rest in preview.faults]) == (1, ["D3"])


def test_a_rename_shows_everywhere(client, cast, orchard, tmp_path):
    apricots = Sector.objects.get(code="apricots")
    made = batch(cast, category="apricot.fresh", programme="harvest", failed=1, sector=apricots)
    load(changed(tmp_path, "name: 鲜杏", "name: 鲜食杏"))
    client.force_login(cast.clerk)
    where = f"{reverse('where-to-look')}?year=2023&by=category"
    for address in (reverse("batches"), reverse("change-batches", args=[made.pk]), where):
        text = client.get(address).content.decode()
        assert "鲜食杏" in text, address
        assert "鲜杏" not in text, address
    assert words().label(WordKind.CATEGORY, "apricot.fresh") == "鲜食杏"


def test_a_plan_asks_for_own_categories_and_its_progress_counts_what_lies_below(client, cast, orchard):
    plan = SamplingPlan.objects.create(
        region=cast.county, department=cast.market, sector=Sector.objects.get(code="apricots"), year=2023,
        name="杏", programme="harvest", issued_on="2023-01-02",
    )  # fmt: skip
    client.force_login(cast.clerk)
    forms = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "seen": ""}
    line = {"category": "apricot.dried", "setting": "bazaar", "due_on": "2023-03-31", "batches": "8"}
    lines = {f"form-0-{name}": value for name, value in line.items()}
    lines |= {"form-1-category": "apricot.fresh", "form-1-setting": "", "form-1-due_on": "2023-06-30"}
    page = client.get(reverse("plan-tasks", args=[plan.pk]))
    answer = client.post(
        reverse("plan-tasks", args=[plan.pk]), {**forms, **lines, "form-1-batches": "6", "seen": page.context["seen"]}
    )
    assert answer.status_code == 302
    assert cells(orchard)["task"] == 8
    batch(
        cast, plan=plan, category="apricot.dried.sulphur", setting="bazaar.night", programme="harvest",
        sector=plan.sector,
    )  # fmt: skip
    progress = client.get(reverse("plan-tasks", args=[plan.pk])).context["progress"]
    assert {(one.task.category, one.taken) for one in progress} == {("apricot.dried", 1), ("apricot.fresh", 0)}
    facts = compliance.of_year(cast.county, 2023, datetime.date(2023, 12, 31))
    assert facts.unsampled == {plan.sector_id: (("鲜杏", 6),)}


def test_the_proposal_weighs_and_plans_by_own_words(client, cast, orchard):
    apricots = Sector.objects.get(code="apricots")
    for n in range(5):
        batch(
            cast, category="apricot.fresh", setting="bazaar", programme="harvest", failed=n % 2, place=f"{n}",
            sector=apricots,
        )  # fmt: skip
    batch(cast, category="apricot.dried", programme="strip", failed=1, sector=apricots)  # screens: nothing to plan by
    client.force_login(cast.office)
    context = client.get(reverse("proposal")).context
    lines = {line.category: line for line in context["lines"]}
    assert set(lines) == {"apricot.fresh", "apricot.dried", "apricot.dried.sulphur"}
    assert [weight for code, _word, weight in context["weights"] if code == "apricot.fresh"] == [4]
    assert context["programme"] == "harvest"
    assert "strip" not in dict(context["programmes"])
    asked = {name: context["form"][name].value() for name in context["form"].fields}
    numbers = {line.name: "4" for line in context["lines"]}
    answer = client.post(reverse("proposal"), {**asked, **numbers, "name": "杏计划", "programme": "harvest"})
    assert answer.status_code == 302
    assert PlanTask.objects.filter(plan__programme="harvest", category="apricot.dried.sulphur").exists()


def test_lists_are_narrowed_by_a_word_with_what_lies_below_it(client, cast, orchard):
    batch(cast, setting="bazaar.night", category="apricot.dried")
    batch(cast, setting="shop", place="店")
    client.force_login(cast.office)
    page = client.get(reverse("batches"), {"setting": "bazaar"})
    assert [one.setting for one in page.context["page"]] == ["bazaar.night"]
    assert "bazaar" in dict(next(c for c in page.context["found"].choices if c.name == "setting").options)


def test_a_list_asks_for_its_words_once(client, cast, orchard):
    def asked(count):
        for n in range(count):
            batch(cast, place=f"{count} {n}", category="apricot.dried", programme="harvest")
        client.force_login(cast.clerk)
        client.get(reverse("batches"))
        return base.queries(lambda: client.get(reverse("batches")))

    assert asked(2) == asked(20)


def test_what_is_in_use_is_not_left_out_and_nothing_is_loaded(cast, orchard, tmp_path):
    batch(cast, category="apricot.fresh")
    for line in ("  - {code: apricot.fresh, name: 鲜杏, english: Fresh apricots, weight: 4}\n",):
        with pytest.raises(CatalogueError) as caught:
            load(changed(tmp_path, line, ""))
        assert "apricot.fresh" in str(caught.value)
    assert RegistryWord.objects.filter(code="apricot.fresh").exists()
    with pytest.raises(CatalogueError, match="bazaar"):  # a cell is counted by it
        load(changed(tmp_path, "  - {code: bazaar, name: 巴扎}\n", ""))
    load(changed(tmp_path, "  - {code: bazaar.night, name: 夜市}\n", ""))
    assert not RegistryWord.objects.filter(code="bazaar.night").exists()
    assert RegistryWord.objects.filter(code="market", region=None).exists()  # the shared list is another one


def test_a_record_keeps_its_code_where_its_word_is_not_loaded(cast):
    made = batch(cast, category="apricot.fresh")
    assert made.get_category_display() == "apricot.fresh"


def test_a_word_that_is_not_loaded_is_shown_and_never_changed_to_another(client, cast):
    made = batch(cast, category="apricot.fresh")
    client.force_login(cast.clerk)
    address = reverse("change-batches", args=[made.pk])
    page = client.get(address)
    assert '<option value="apricot.fresh" selected>' in page.content.decode()
    seen = {"seen": page.context["form"].version, "programme": "supervision", "setting": ""}
    assert client.post(address, posted("food", **seen, category="apricot.fresh")).status_code == 422
    assert client.post(address, posted("food", **seen, category="produce.fruit")).status_code == 302


def test_a_plan_of_next_year_may_be_issued_in_this_one(client, cast, orchard, tmp_path):
    load(
        changed(tmp_path, "code: harvest, name: 采收季专项", "code: harvest, valid_from: 2024-01-01, name: 采收季专项")
    )
    client.force_login(cast.clerk)
    start = {"name": "杏", "programme": "harvest", "sector": Sector.objects.get(code="apricots").pk}
    early = client.post(reverse("new-plans"), {**start, "year": "2023", "issued_on": "2023-01-01"})
    assert early.status_code == 422
    assert "2024-01-01" in early.context["form"].errors["programme"][0]
    assert client.post(reverse("new-plans"), {**start, "year": "2024", "issued_on": "2023-11-20"}).status_code == 302


def test_texts_are_proposed_beside_what_was_written(client, cast, orchard):
    client.force_login(cast.clerk)
    page = client.get(reverse("new-samples")).content.decode()
    assert '<option value="二氧化硫">' in page
    assert '<option value="g/kg">' in page
    assert "超范围使用食品添加剂" in client.get(reverse("new-cases")).content.decode()


def test_the_cells_stay_right_when_counted_again(cast, orchard):
    batch(cast, category="apricot.dried.sulphur", programme="harvest", sector=Sector.objects.get(code="apricots"))
    before = cells(orchard)
    assert tally.refresh(Submission.objects.select_related("sheet", "period").get(pk=orchard.pk)) == 0
    assert cells(orchard) == before != {}
    assert Indicator.objects.get(code="apricots.dried").counted["where"] == {"category": ["apricot.dried"]}
