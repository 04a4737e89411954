"""Files of past years over what is accepted: nothing is overwritten, emptied or cut off without being asked for."""

import pytest
from django.core.management import CommandError, call_command

from sectors.models import Figure, FigureChange, Narrative, NarrativeChange, Period, Submission
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HEAD = "indicator,period,value,declared,note\n"
LINES = "food.done,2022,134,,原文\nfood.firms,2022,n/a,,\nfood.rate,2022,,75.0,\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, head=HEAD):
        path = tmp_path / "figures.csv"
        path.write_bytes(text if isinstance(text, bytes) else (head + text).encode())
        return path

    return write


@pytest.fixture
def words(tmp_path):
    def write(text):
        path = tmp_path / "words.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def history(cast, csv, words):
    """Accepted figures and words of a year."""
    import_figures([csv(LINES + "plants.count,2022,3,,\n")], region=cast.county, year=2022)
    import_narratives([words("food.work: 抽检了\nplants.measure: 措施\n")], region=cast.county, year=2022)


def rows():
    models = (Figure, FigureChange, Narrative, NarrativeChange, Submission, Period)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def command(name, path, **options):
    call_command(name, path, region="990101", year=2022, **options)


# What is accepted


CHANGED = [
    ("food.done,2022,140,,原文\n", "T-01 食品抽检情况表, 抽检完成 (food.done), 2022, 云泽县: 134 → 140"),
    ("food.firms,2022,5,,\n", "食品企业 (food.firms), 2022, 云泽县: n/a → 5"),
    ("food.done,2022,n/a,,原文\n", "134 → n/a"),
    ("food.rate,2022,,75,\n", "75.0 → 75"),
    ("food.done,2022,134,,\n", "134 → 134 (note: 原文 → –)"),
    ("food.done,2022,134,,别的\n", "134 → 134 (note: 原文 → 别的)"),
]


@pytest.mark.parametrize(("line", "told"), CHANGED)
def test_an_accepted_figure_is_overwritten_only_when_it_is_asked_for(history, csv, capsys, line, told):
    path, before = csv(f"food.task,2022,9,,\n{line}"), rows()
    for dry_run in (False, True):
        with pytest.raises(CommandError, match="--replace") as caught:
            command("import_figures", path, dry_run=dry_run)
        assert "figures.csv:3: " in str(caught.value)
        assert told in str(caught.value)
        assert rows() == before
    command("import_figures", path, replace=True, dry_run=True)
    said = capsys.readouterr().out
    assert told in said
    assert "Nothing was changed" in said
    assert rows() == before
    command("import_figures", path, replace=True)
    assert told in capsys.readouterr().out
    assert FigureChange.objects.count() == len(before[FigureChange]) + 2
    command("import_figures", path)
    assert capsys.readouterr().out == "Nothing changes: all of it is there already.\n"
    assert FigureChange.objects.count() == len(before[FigureChange]) + 2


def test_all_accepted_figures_that_a_file_has_otherwise_are_listed(cast, history, csv):
    with pytest.raises(HistoryFileError) as caught:
        import_figures([csv("".join(line for line, _told in CHANGED[:2]))], region=cast.county, year=2022)
    asked, *listed = caught.value.problems
    assert "--replace" in asked
    assert [line.partition("figures.csv:")[2][:2] for line in listed] == ["2:", "3:"]


def test_a_changed_figure_leaves_its_row_in_the_history(cast, history, csv):
    import_figures([csv("food.done,2022,140,,\n")], region=cast.county, year=2022, replace=True)
    last = FigureChange.objects.filter(indicator__code="food.done").latest("pk")
    assert (last.old, last.new, last.by, last.source) == ("134", "140", None, "import")


def test_a_figure_that_was_not_there_is_none_that_is_overwritten(cast, history, csv):
    loaded = import_figures([csv(f"{LINES}food.task,2022,9,,\n")], region=cast.county, year=2022)
    assert (loaded.figures, loaded.replaced) == (1, [])


def test_a_dry_run_makes_no_period_and_no_submission(cast, csv, capsys):
    command("import_figures", csv(LINES), dry_run=True)
    assert "3 figures stored, 1 submissions new." in capsys.readouterr().out
    assert [model.objects.count() for model in (Period, Submission, Figure)] == [0, 0, 0]


@pytest.mark.parametrize("answer", ["又抽检了", '"抽检了。"', "|\n  抽检了\n  三家"])
def test_an_accepted_answer_is_overwritten_only_when_it_is_asked_for(history, words, capsys, answer):
    path, before = words(f"food.problem: 少\nfood.work: {answer}\n"), rows()
    for dry_run in (False, True):
        with pytest.raises(CommandError, match=r"--replace.*\n.*words.yaml:2: food.work: 抽检了 → "):
            command("import_narratives", path, dry_run=dry_run)
    command("import_narratives", path, replace=True, dry_run=True)
    assert "2 narratives stored." in capsys.readouterr().out
    assert rows() == before
    command("import_narratives", path, replace=True)
    assert NarrativeChange.objects.count() == len(before[NarrativeChange]) + 2
    capsys.readouterr()
    command("import_narratives", path)
    assert capsys.readouterr().out == "Nothing changes: all of it is there already.\n"


@pytest.mark.parametrize("answer", ["", "~", '""', '"  "', '" \\n "', "|\n\n", '"\\u200b"', "'　'"])
@pytest.mark.parametrize("replace", [False, True])
def test_no_file_empties_an_answer(cast, history, words, answer, replace):
    before = rows()
    with pytest.raises(HistoryFileError, match=r"words\.yaml:2: food\.work .*Leave the question out"):
        import_narratives(
            [words(f"food.problem: 少\nfood.work: {answer}\n")], region=cast.county, year=2022, replace=replace
        )
    assert rows() == before


# What is cut off


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("food.work: 一是抽检\n  # 二是整改\n", 2),
        ("food.work:\n  一是抽检\n  二是\n  # 三是\n", 4),
        ("food.work: 一是抽检\n  # 二是整改\n  三是\n", 2),
        ("food.work:\n  # 一是抽检\n  二是整改\n", 2),
        ("food.work: # 一是抽检\n", 1),
        ("food.work: # 一是\n  二是\n", 1),
        ("food.work: |\n    一是抽检\n  # 二是整改\n", 3),
        ("food.work: | # 一是\n  二是\n", 1),
        ("food.work: >-\n   一是抽检\n\n # 二是\n", 4),
        ("food.work: 一是\n\n    # 二是\nfood.problem: 少\n", 3),
        ('food.work: "一是" # 二是\n', 1),
        ("  food.work: 一是\n  food.problem: 少\n    # 二是\n", 3),
    ],
)
def test_a_comment_takes_no_part_of_an_answer(cast, history, words, text, line):
    before = rows()
    with pytest.raises(HistoryFileError) as caught:
        import_narratives([words(text)], region=cast.county, year=2022, replace=True)
    assert f"words.yaml:{line}: The # cuts a text off before “# " in caught.value.problems[0]
    assert rows() == before


def test_a_comment_at_the_left_is_one_and_a_block_keeps_its_signs(cast, history, words):
    text = "# 一\nfood.work: |\n  一是 # 抽检\n  # 二是\n  #三是\n# 完\nfood.problem: '少 # 多'\n# 完\n"
    import_narratives([words(text)], region=cast.county, year=2022, replace=True)
    texts = dict(Narrative.objects.values_list("question__code", "text"))
    assert texts["food.work"] == "一是 # 抽检\n# 二是\n#三是"
    assert texts["food.problem"] == "少 # 多"


# What is no file of figures, and what is all the same


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ((HEAD + "food.task,2022,1,,\nfood.done,2022,1,,备注\n").encode("gb18030"), 3, "The file is in GBK"),
        ((HEAD + "food.task,2022,1,,备注\n").encode("utf-16"), 1, "The file is in UTF-16"),
        ((HEAD + "food.task,2022,1,,").encode() + b"\xff\xfe\n", 2, "The file is not in UTF-8"),
        (b"\n \n\t\n", 1, "The file is empty."),
        (b",,,,\n,,,,\n", 1, "The file is empty."),
        (HEAD.replace(",", ";").encode() + b"food.task;2022;1;;\n", 1, "Columns are separated by commas"),
        (HEAD.replace(",", "\t").encode() + b"food.task\t2022\t1\t\t\n", 1, "Columns are separated by commas"),
        (HEAD.replace(",", "，").encode(), 1, "Columns are separated by commas"),
        (b"\n,,,,\ncode,value\n", 3, "the first line must be indicator,period,value,declared,note, not “code,value”"),
    ],
)
def test_what_is_wrong_with_a_file_of_figures_has_its_line(cast, csv, content, place, message):
    with pytest.raises(HistoryFileError) as caught:
        import_figures([csv(content)], region=cast.county, year=2022)
    (problem,) = caught.value.problems
    assert f"figures.csv:{place}: {message}" in problem


@pytest.mark.parametrize("head", [HEAD, f"\n,,,,\n{HEAD}", '"indicator","period","value","declared","note"\n'])
def test_lines_without_anything_are_none(cast, csv, head):
    path = csv("food.task,2022,1,,\n,,,,\n \n\nfood.done\u200b,2022,1,,\n,,,,\n", head)
    assert import_figures([path], region=cast.county, year=2022).figures == 2


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("# 抽检\nfood.work: 抽检\n".encode("gb18030"), 1, "The file is in GBK"),
        ("# a\nfood.work: 抽检\n".encode("gb18030"), 2, "The file is in GBK"),
        (b"\n  \n\n", 1, "The file is empty."),
        ('food.work: 抽检\nfood.problem: "少\n# 完\n'.encode(), 2, "A quote that begins here"),
    ],
)
def test_what_is_wrong_with_a_file_of_words_has_its_line(cast, words, content, line, message):
    with pytest.raises(HistoryFileError) as caught:
        import_narratives([words(content)], region=cast.county, year=2022)
    assert f"words.yaml:{line}: " in caught.value.problems[0]
    assert message in caught.value.problems[0]
