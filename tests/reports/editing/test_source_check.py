"""The page that holds sentences against figures, and against each other."""

import pytest

from reports.editing import assembly, drafts, edits, source_check
from reports.models import Edit
from sectors.models import Narrative, Submission, Unit
from tests import base
from tests.reports.editing import draft_reports
from tests.reports.writers import documents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]


def begun(cast, *words):
    """A draft with the words of a department, a quarter each."""
    for number, text in enumerate(words, start=1):
        base.report(cast.county, f"2023Q{number}", {"food.done": "1", "food.firms": "2"})
        of = Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, f"2023Q{number}"))
        Narrative.objects.create(submission=of, question=of.sheet.questions.get(code="food.work"), text=text)
    return drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)


def repeated(report):
    found = source_check.repeated(draft_reports.working(report).placed)
    return [(pair.first.key, pair.second.key) for pair in found]


Q1, Q2 = "food/words/food.work/2023Q1/1", "food/words/food.work/2023Q2/1"


@pytest.mark.parametrize(
    "later",
    [
        "对全县小餐饮店开展专项检查。检查了全部学校食堂和托幼机构。",
        "对全县小餐饮店开展专项检查，检查了全部学校食堂！",
        "本季度对全县小餐饮店开展专项检查，检查了全部学校食堂。",
    ],
)
def test_a_quarter_that_repeats_the_one_before(cast, later):
    report = begun(cast, "对全县小餐饮店开展专项检查。检查了全部学校食堂。", later)
    assert repeated(report) == [(Q1, Q2)]


def test_quarters_that_say_different_things(cast):
    report = begun(cast, "对全县小餐饮店开展专项检查。", "组织检测员参加自治区培训，走访企业二十余家。")
    assert repeated(report) == []


def test_sentences_of_different_figures_repeat_nothing(cast):
    report = begun(cast, "对全县小餐饮店开展专项检查。")
    for code in ("food.done", "food.firms"):
        text = f"按年度计划开展食品安全监督抽检，共{{{{{code}}}}}。"
        edits.add(report=report, after="food/text/1", text=text, by=cast.office)
    assert repeated(report) == []


def test_the_page_shows_both_with_their_places(client, cast):
    begun(cast, "对全县小餐饮店开展专项检查。", "对全县的小餐饮店开展专项检查。")
    client.force_login(cast.office)
    page = base.html(client.get("/reports/2023/draft/sources/"))
    assert f"#{Q1}" in page
    assert f"#{Q2}" in page
    assert "重复的段落" in page


def test_a_number_in_any_unit_of_the_catalogue_is_one_without_a_source(shipped_catalogue):
    """With all that is written for the units."""
    spellings = [written for written in Unit.objects.spellings() if written != "日"]  # that of a date
    assert len(spellings) > 75
    text = "，".join(f"执法检查9{written}" for written in spellings)
    edit = Edit(key="added/1", added="paragraph", after="food/text/1", text=f"{text}。2023年5月20日第3次会议。")
    (found,) = source_check.typed(assembly.assemble(documents.report(), [edit]), Unit.objects.spellings())
    assert set(found.wanting) == {f"9{written}" for written in spellings}
