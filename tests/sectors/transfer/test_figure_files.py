"""Loading figure files: all or nothing, every bad line named, never into a department's hands."""

import datetime
import re
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from sectors.approval import moves
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import (
    Figure,
    FigureChange,
    Indicator,
    Narrative,
    Question,
    Region,
    Sheet,
    StoredFinding,
    Submission,
    Transition,
)
from sectors.transfer import figure_files, history, narrative_files
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HEAD = "indicator,period,value,declared,note\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="figures.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else (HEAD + text).encode())
        return path

    return write


def problems(cast, *paths, year=2022):
    with pytest.raises(HistoryFileError) as caught:
        import_figures(paths, region=cast.county, year=year)
    assert not Figure.objects.exists()
    assert not Submission.objects.exists()
    return caught.value.problems


def test_the_shipped_year_loads_once_as_accepted_history():
    load(base.SHIPPED_CATALOGUE)
    region = Region.objects.get(code="654027")
    paths = sorted(base.SHIPPED_DATA.glob("*.csv"))
    loaded = import_figures(paths, region=region, year=2022)
    assert loaded.figures == Figure.objects.count() == FigureChange.objects.count() > 350
    assert set(Submission.objects.values_list("status", flat=True)) == {"accepted"}
    assert Transition.objects.count() == loaded.submissions == Submission.objects.count()
    texts = import_narratives(sorted((base.SHIPPED_DATA / "narratives").glob("*.yaml")), region=region, year=2022)
    assert texts.narratives == Narrative.objects.count() > 16
    again = import_figures(paths, region=region, year=2022)
    assert (again.figures, again.submissions) == (0, 0)
    assert Transition.objects.count() == loaded.submissions


def test_values_declared_ones_and_their_decimals_are_kept(cast, file):
    path = file(
        "food.done,2022,134,,\nfood.rate,2022,,75.0,原文如此\nfood.firms,2022,n/a,,\nfood.done,2022Q3,40 批次,,\n"
    )
    assert import_figures([path], region=cast.county, year=2022).submissions == 2
    stored = Figure.objects.values_list(
        "indicator__code", "submission__period__kind", "state", "value", "places", "note"
    )
    assert set(stored) == {
        ("food.done", "year", "number", 134, 0, ""),
        ("food.rate", "year", "number", 75, 1, "原文如此"),
        ("food.firms", "year", "na", None, 0, ""),
        ("food.done", "quarter", "number", 40, 0, ""),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no.such,2022,5,,", "Unknown indicator no.such"),
        ("food.dnoe,2022,5,,", "Is it one of these: food.done"),
        ("Food.Done,2022,5,,", "Is it one of these: food.done"),
        ("food.done,2022,1,548,", "Is 1,548 one number?"),
        ("food.done,2022,1,548,注", "Is 1,548 one number?"),
        ("food.price,2022,1,548.25,", "Is 1,548.25 one number?"),
        ("food.done,2022,5 吨,,", "The unit here is 批次"),
        ("food.done,2022,many,,", "is not a number"),
        ("food.done,2022,-5,,", "cannot be negative"),
        ("food.done,2022,,,", "has no value"),
        ("food.done,2021,5,,", "is not in the year 2022"),
        ("food.done,last year,5,,", "is no period"),
        ("food.done,9999,5,,", "is no period"),
        ("food.done,2022-07,5,,", "is reported by Quarterly"),
        ("food.done,2022,,5,", "is entered: put it under value"),
        ("food.rate,2022,97,,", "is computed: put what the document says under declared"),
        ("food.done,2022,5", "not exactly 5 columns"),
        ("food.rate,2022,,1,548", "Is 1,548 one number?"),
        ("food.done,2022,5,,,,", "not exactly 5 columns"),
        (f"food.done,2022,5,,{'很' * 201}", "longer than 200"),
        ("food.task,2022,5,,", "stands already at"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(cast, file, line, message):
    (problem,) = problems(cast, file(f"food.task,2022,1,,\n{line}\n"))
    assert "figures.csv:3: " in problem
    assert message in problem


@pytest.mark.parametrize(("year", "good", "bad"), [(2025, "2025Q1", "2025-01"), (2026, "2026-01", "2026Q1")])
def test_a_line_has_a_period_of_the_frequency_of_its_year(cast, file, year, good, bad):
    base.report_otherwise("T-01", "month", 2025, "quarter")
    (problem,) = problems(cast, file(f"food.task,{bad},1,,\n"), year=year)
    assert "is reported by" in problem
    assert import_figures([file(f"food.task,{good},1,,\n")], region=cast.county, year=year).figures == 1


@pytest.mark.parametrize("model", [Sheet, Indicator])
def test_a_line_for_a_period_at_whose_end_nothing_is_valid_is_refused(cast, file, model):
    rows = Sheet.objects.filter(number="T-01") if model is Sheet else Indicator.objects.filter(code="food.task")
    base.change_catalogue(rows, valid_from=datetime.date(2022, 7, 1))
    (problem,) = problems(cast, file("food.task,2022Q3,1,,\nfood.task,2022Q2,1,,\n"))
    assert "figures.csv:3: " in problem
    assert "is not valid on 2022-06-30" in problem
    assert import_figures([file("food.task,2022Q3,1,,\n")], region=cast.county, year=2022).figures == 1


def test_a_year_to_come_has_no_history(cast, file, on):
    on("2023-12-31")
    assert problems(cast, file("food.task,2024,1,,\n"), year=2024) == [
        "2024 is still to come: there is no history of it."
    ]
    on("2024-01-01")
    assert import_figures([file("food.task,2024,1,,\n")], region=cast.county, year=2024).figures == 1


@pytest.mark.parametrize(
    "cell",
    [
        *('"备注', '"备注""', '"备"注', '"备注"又"'),  # never closed, closed by the next quote, something behind it
        '"备注\nfood.firms,2022,1,,"',  # a line break in a cell swallows a figure as well
    ],
)
def test_a_quote_that_is_not_closed_swallows_no_figure(cast, file, cell):
    said = problems(cast, file(f"food.task,2022,1,,{cell}\nfood.done,2022,1,,\n"))
    assert "figures.csv:2: A quote is not closed in its line" in said[0]


def test_every_quote_that_is_not_closed_is_named(cast, file):
    said = problems(cast, file('food.task,2022,1,,"甲\nfood.done,2022,"1,,\nx.y,2022,1,,\n'))
    assert [line.partition("figures.csv:")[2][:1] for line in said] == ["2", "3", "4"]


def test_a_quoted_cell_may_have_commas_and_doubled_quotes(cast, file):
    path = file('food.output,2022,"1,234.5",,"原文""如此"", 摘录"\n\nfood.done,2022,5,,a"b\n')
    assert import_figures([path], region=cast.county, year=2022).figures == 2
    notes = dict(Figure.objects.values_list("indicator__code", "note"))
    assert notes == {"food.output": '原文"如此", 摘录', "food.done": 'a"b'}


def test_a_file_as_windows_writes_it_is_read(cast, file):
    content = (HEAD + "food.done,2022,5,,注\n").replace("\n", "\r\n").encode("utf-8-sig")
    assert import_figures([file(content)], region=cast.county, year=2022).figures == 1


def test_all_bad_lines_of_all_files_are_named(cast, file):
    one, two = file("food.task,2022,1,,\nx.y,2022,1,,\n"), file("food.task,2022,1,,\nx.z,2022,1,,\n", "two.csv")
    assert len(problems(cast, one, two)) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"code,value\nfood.task,5\n", "the first line must be"),
        ("indicator,period,value,declared,note\n农产品合格率\n".encode("gb18030"), "The file is in GBK"),
        (b"", "The file is empty."),
        (HEAD.encode(), "has no figures"),
    ],
)
def test_a_wrong_file_is_refused(cast, file, content, message):
    assert any(message in problem for problem in problems(cast, file(content)))


def test_a_sheet_that_the_region_does_not_report_is_refused(cast, file):
    with pytest.raises(HistoryFileError, match="No department of"):
        import_figures([file("water.tests,2022,5,,\n")], region=cast.other_county, year=2022)
    assert not Submission.objects.exists()


def test_a_submission_in_a_departments_hands_is_never_touched(cast, file):
    sheet = base.submission(cast.county, in_period="2022Q1")
    writer.save(sheet, writer.Typed({"food.task": "5", "food.done": "4"}), by=cast.clerk)
    path = file("food.task,2022Q1,9,,\n")
    for status in ("draft", "submitted", "signed", "accepted"):
        if status != "draft":
            step = {
                "submitted": ("submit", cast.clerk),
                "signed": ("sign", cast.head),
                "accepted": ("accept", cast.office),
            }
            moves.move(submission=sheet, action=step[status][0], by=step[status][1])
        with pytest.raises(HistoryFileError, match="department's hands"):
            import_figures([path], region=cast.county, year=2022)
        assert Figure.objects.get(indicator__code="food.task").value == 5


@pytest.mark.parametrize(
    ("region", "content", "message"), [("999999", "", "no region"), ("990101", "x.y,2022,1,,\n", "x.y")]
)
def test_the_command_fails_with_a_sentence(cast, file, region, content, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_figures", file(content), region=region, year=2022)


def test_the_command_judges_what_it_loaded(cast, file):
    call_command("import_figures", file("food.done,2022,5,,\nfood.passed,2022,6,,\n"), region="990101", year=2022)
    assert StoredFinding.objects.get().rule == "food.passed_within_done"


def test_narratives_name_unknown_questions_and_missing_sheets(cast, tmp_path):
    path = tmp_path / "words.yaml"
    path.write_text("food.work: 抽检\nno.such: x\n", encoding="utf-8")
    with pytest.raises(HistoryFileError) as caught:
        import_narratives([path], region=cast.county, year=2022)
    assert len(caught.value.problems) == 2
    assert not Narrative.objects.exists()


def test_words_to_a_question_that_is_not_asked_then_are_refused(cast, words):
    base.submission(cast.county, "T-03", "2022")
    Question.objects.filter(code="plants.measure").update(valid_to="2021-12-31")
    with pytest.raises(HistoryFileError, match=r"plants\.measure is not asked on 2022-12-31"):
        import_narratives([words("plants.measure: 措施\n")], region=cast.county, year=2022)
    assert not Narrative.objects.exists()


@pytest.fixture
def words(tmp_path):
    def write(text, name="words.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("\n  - 一是抽检三家市场。\n  - 二是整改到位。", "plants.measure must be a text."),
        ("{一是: 抽检}", "plants.measure must be a text."),
        ("010", 'in quotes, "010"'),
        ("1.50", 'in quotes, "1.50"'),
        ("0x1F", 'in quotes, "0x1F"'),
        ("true", 'in quotes, "true"'),
        ("2023-01-01", 'in quotes, "2023-01-01"'),
        ("抽检 #3 号样品", "cuts a text off before “#3 号样品”"),
        ("抽检三家 # 市场", "cuts a text off before “# 市场”"),
        ("抽检: 三家", "The file is no YAML here."),
        ('"抽检三家', "The file is no YAML here."),
        ("抽检\nplants.measure: 又", "plants.measure stands already in line 2."),
    ],
)
def test_an_answer_is_a_text_and_all_of_it(cast, file, words, answer, message):
    import_figures([file("plants.count,2022,3,,\n")], region=cast.county, year=2022)
    with pytest.raises(HistoryFileError) as caught:
        import_narratives([words(f"# 措施\nplants.measure: {answer}\n")], region=cast.county, year=2022)
    (problem,) = caught.value.problems
    assert re.search(r"words\.yaml:[234]: ", problem)
    assert message in problem
    assert not Narrative.objects.exists()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('"010"', "010"),
        ("'抽检 #3 号'", "抽检 #3 号"),
        ("|\n  一是抽检。# 一\n  二是整改。", "一是抽检。# 一\n二是整改。"),
        ("抽检#3 号", "抽检#3 号"),
        ("yes", "yes"),
    ],
)
def test_an_answer_is_stored_as_it_is_written(cast, file, words, answer, text):
    import_figures([file("plants.count,2022,3,,\n")], region=cast.county, year=2022)
    import_narratives([words(f"plants.measure: {answer}\n# 完\n")], region=cast.county, year=2022)
    assert Narrative.objects.get().text == text


def test_what_is_wrong_with_answers_has_its_line(cast, file, words):
    import_figures([file("plants.count,2022,3,,\n")], region=cast.county, year=2022)
    with pytest.raises(HistoryFileError) as caught:
        import_narratives([words("plants.measure: 甲\nno.such: 乙\nfood.work: [丙]\n")], region=cast.county, year=2022)
    assert sorted(problem.rpartition("words.yaml:")[2][:2] for problem in caught.value.problems) == ["2:", "3:"]


def test_narratives_of_a_department_are_never_touched(cast, words):
    sheet = base.submission(cast.county, "T-03", "2022")
    writer.save(sheet, writer.Typed(narratives={"plants.measure": "自己写的"}), by=cast.outsider_clerk)
    for status in ("draft", "submitted", "accepted"):
        if status != "draft":
            action, by = ("submit", cast.outsider_clerk) if status == "submitted" else ("accept", cast.office)
            moves.move(submission=sheet, action=action, by=by)
        with pytest.raises(HistoryFileError, match="department's hands"):
            import_narratives([words("plants.measure: 文件里的\n")], region=cast.county, year=2022)
    assert Narrative.objects.get().text == "自己写的"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of", ["figures", "words"])
def test_whoever_moves_a_submission_waits_for_an_import(cast, file, words, monkeypatch, of):
    """Else a department could take back into its hands what is being overwritten."""
    base.report(cast.county, "2022", {"plants.count": "3"})
    sheet = base.submission(cast.county, "T-03", "2022", "accepted")
    answered, is_theirs = threading.Event(), history.is_theirs

    def reopen():
        moves.move(submission=sheet, action="reopen", by=cast.office, reason="请核对")
        answered.set()
        connections.close_all()

    def overtaken(submission):
        found = is_theirs(submission)
        thread.start()
        assert not answered.wait(0.5)
        return found

    thread = threading.Thread(target=reopen)
    monkeypatch.setattr(figure_files if of == "figures" else narrative_files, "is_theirs", overtaken)
    if of == "figures":
        import_figures([file("plants.count,2022,9,,\n")], region=cast.county, year=2022, replace=True)
    else:
        import_narratives([words("plants.measure: 文件里的\n")], region=cast.county, year=2022)
    thread.join(30)
    assert answered.is_set()


def test_an_empty_answer_is_no_text_and_two_answers_are_a_problem(cast, file, words):
    import_figures([file("plants.count,2022,3,,\n")], region=cast.county, year=2022)
    assert import_narratives([words("plants.measure:\n")], region=cast.county, year=2022).narratives == 0
    both = [words("plants.measure: 甲\n"), words("plants.measure: 乙\n", "more.yaml")]
    with pytest.raises(HistoryFileError, match=r"more\.yaml:1: plants\.measure stands already at .*words\.yaml:1"):
        import_narratives(both, region=cast.county, year=2022)
    assert not Narrative.objects.exists()


@pytest.mark.parametrize("content", ["- 一\n", "food.work: [", "只有一句话\n"])
def test_a_file_of_narratives_that_is_no_mapping_is_refused(cast, words, content):
    with pytest.raises(HistoryFileError, match="words"):
        import_narratives([words(content)], region=cast.county, year=2022)


def test_the_command_for_narratives_loads_them_or_fails_with_a_sentence(cast, file, words, capsys):
    import_figures([file("food.done,2022,5,,\n")], region=cast.county, year=2022)
    call_command("import_narratives", words("food.work: 抽检五批次\n"), region="990101", year=2022)
    assert Narrative.objects.get().text == "抽检五批次"
    for region, text, message in (
        ("999999", "food.work: x", "no region"),
        ("990101", "no.such: x", "Unknown question"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("import_narratives", words(text), region=region, year=2022)


def test_what_nobody_can_have_typed_is_left_out_of_files(cast, file, words):
    assert (
        import_figures([file("food.done,2022,1\x0034,,原\x0b文\x00如此\n")], region=cast.county, year=2022).figures == 1
    )
    figure = Figure.objects.get()
    assert (figure.value, figure.note) == (134, "原文如此")
    import_narratives([words('food.work: "抽\\ud800检\\0五\\x0B批次"\n')], region=cast.county, year=2022)
    assert Narrative.objects.get().text == "抽检五批次"


def test_a_file_of_narratives_that_nests_endlessly_is_refused(cast, words):
    with pytest.raises(HistoryFileError, match="cannot be read"):
        import_narratives([words("food.work: " + "[" * 3000)], region=cast.county, year=2022)


def test_an_indicator_is_known_by_a_name_that_no_other_has(cast, file):
    import_figures([file("抽检完成,2022,5,,\n")], region=cast.county, year=2022)
    assert Figure.objects.get().indicator.code == "food.done"
    base.change_catalogue(Indicator.objects.filter(code="food.task"), name="抽检完成")
    with pytest.raises(HistoryFileError, match=r"Is it one of these: food\.done, food\.task\? Write its code"):
        import_figures([file("抽检完成,2022,5,,\n")], region=cast.county, year=2022)
