import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import docx
import pytest
from django.urls import reverse
from docx.oxml.ns import qn

from bench import Result
from bench.__main__ import names
from reports.document.figures import Note
from reports.writers.docx import write_docx
from sectors.entry import grid
from sectors.models import Figure, FigureChange, Submission
from tests.reports import sample_report
from tests.reports.writers.documents import figure

BASE_DIR = Path(__file__).resolve().parent.parent


def test_result_is_written_as_promised():
    result = Result("saving", ours=Decimal("0.5"), rival=Decimal(2), target=Decimal("0.25"))
    assert result.as_json("entry") == {
        "name": "entry",
        "part": "saving",
        "unit": "s",
        "ours": 0.5,
        "rival": 2.0,
        "ratio": 0.25,
        "target": 0.25,
        "holds": True,
    }
    assert str(result) == "saving: ours 0.5000 s, rival 2.0000 s, ratio 0.25 (target 0.25): holds"
    missed = Result("saving", ours=Decimal(1), rival=Decimal(2), target=Decimal("0.4"))
    assert not missed.holds
    assert str(missed).endswith("MISSED")


def test_a_result_comes_back_from_what_is_written():
    for result in (Result("a", Decimal("0.5"), Decimal(2), Decimal("0.25")), Result("b", Decimal(3), unit="MB")):
        assert Result.from_json(result.as_json("entry")) == result


def test_a_part_without_a_rival_only_tells():
    result = Result("opening", ours=Decimal("0.5"))
    assert str(result) == "opening: ours 0.5000 s"
    assert result.holds
    assert result.as_json("entry") == {
        "name": "entry",
        "part": "opening",
        "unit": "s",
        "ours": 0.5,
        "rival": None,
        "ratio": None,
        "target": None,
        "holds": True,
    }


def test_a_target_without_a_rival_is_the_largest_that_is_allowed():
    assert Result("unmarked", Decimal(0), target=Decimal(0), unit="faults").holds
    missed = Result("unmarked", Decimal(1), target=Decimal(0), unit="faults")
    assert str(missed) == "unmarked: ours 1.0000 faults (target 0.00): MISSED"


def test_benchmarks_are_found_without_the_runner_and_what_they_share():
    assert names() == sorted(path.stem for path in (BASE_DIR / "bench").glob("[!_]*.py"))
    assert "entry" in names()


def test_unknown_benchmark_is_named(tmp_path):
    path = tmp_path / "results.json"
    command = [sys.executable, "-m", "bench", "no_such", "--json", str(path)]
    result = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("There is no benchmark 'no_such'. There are: ")
    assert not path.exists()


@pytest.fixture
def of(shipped_catalogue, settings):
    """A filled sheet of 150 cells, as the benchmark of entry makes it."""
    from bench import _scratch

    settings.ROOT_URLCONF = "bench.entry"
    return _scratch.submission(150)


def cells_of(of):
    return [cell for table in grid.read(of).tables for row in table.rows for cell in row.cells if cell]


def test_a_sheet_to_measure_is_filled_totalled_and_compared(of):
    cells = cells_of(of)
    assert len([cell for cell in cells if not cell.indicator.is_computed]) == 150
    assert all(cell.text and cell.previous and cell.last_year for cell in cells)
    totals = [cell for cell in cells if cell.indicator.is_computed]
    assert [cell.text for cell in totals] == [str(sum(23 + 20 + row for row in range(30)))] * 5


def test_both_ways_of_saving_store_their_figure(of):
    from bench import entry

    results = entry.save(of, 150, rounds=3)
    first, second = of.figures.order_by("indicator__row", "indicator__column")[:2]
    assert first.value == second.value == 1002
    assert all(result.ratio for result in results)
    assert [result.target for result in results] == [entry.SAVE_TARGET] * 2 + [entry.CHECKED_TARGET] * 2
    # Ours leaves its history; the rival's way in is open in the benchmark only.
    assert FigureChange.objects.filter(source="form", by__username="bench").count() == 3 * 3 + 1


def test_the_plain_table_has_the_same_texts(of, client):
    from bench import _scratch

    client.force_login(_scratch.clerk())
    plain = client.get(reverse("plain", args=[of.pk])).content.decode()
    cells = cells_of(of)
    assert plain.count("<td>") == len(cells)
    assert all(f"<td>{cell.text}<br>{cell.compared}</td>" in plain for cell in cells)
    assert "<input" not in plain
    assert "<script" not in plain


def test_the_checks_and_their_rival_come_to_the_same_verdict(shipped_catalogue):
    from bench import checks

    checks.load_rules()
    sheet = checks.submission()
    for result in (checks.judged(sheet, 1), checks.slip(sheet, 1), *checks.live(sheet, 2), *checks.live_slip(sheet, 2)):
        assert result.ours
        assert result.rival
    assert checks.county_year(1).target == checks.TARGET


def test_the_report_and_its_rival_say_the_same():
    from bench import _docxtpl

    document = sample_report.report(sample_report.chart(), sample_report.change_chart())
    note = Note(("p1",), "与分项之和不符。")
    blocks = (*document.blocks, *sample_report.annexes("主要指标数据", "数据核查说明"))
    document = replace(document, blocks=blocks, figures=(figure("p1", 37),), notes=(note,))
    files = report_file(document), _docxtpl.render(*_docxtpl.ready(document))
    ours, rival = (_said(docx.Document(BytesIO(file))) for file in files)
    assert ours == rival
    texts, counts, charts = ours
    assert len(texts) > 150
    assert all(counts)
    assert charts == 2


def report_file(document):
    write_docx(document, file := BytesIO())
    return file.getvalue()


def _said(word):
    """Texts of paragraphs, how many there are of what else is printed, and parts with charts."""
    body = word.element.body
    paragraphs = ("".join(node.text or "" for node in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))
    counts = [sum(1 for _ in body.iter(qn(f"w:{tag}"))) for tag in ("tbl", "tr", "drawing", "footnoteReference")]
    charts = sum("/charts/" in str(part.partname) for part in word.part.package.iter_parts())
    return [text for text in paragraphs if text], counts, charts


def test_a_result_may_be_of_memory():
    result = Result("memory", ours=Decimal(16), rival=Decimal(64), target=Decimal(1), unit="MB")
    assert str(result) == "memory: ours 16.0000 MB, rival 64.0000 MB, ratio 0.25 (target 1.00): holds"


@pytest.mark.django_db
@pytest.mark.usefixtures("english", "media")
def test_planted_faults_are_followed_to_the_report():
    from bench import _faults, truth
    from bench._county_year import make_world

    world = make_world()
    names = ("figure mistyped after return", "wording changed after the draft", "quarter missing")
    kinds = [kind for kind in _faults.KINDS if kind.name in names]
    followed = truth.follow(world, [kind for kind in kinds for _time in range(3)])
    outcomes = {name: {one.outcome for one in followed if one.kind == name} for name in names}
    assert [one.number for one in followed] == list(range(1, 10))
    assert outcomes["wording changed after the draft"] == {"blocked"}
    assert outcomes["quarter missing"] == {"marked"}
    assert outcomes["figure mistyped after return"] <= {"marked", "blocked", "not detectable"}
    assert not Submission.objects.exclude(status="accepted").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("english", "media")
def test_a_wrong_figure_that_no_check_named_gets_through_unmarked():
    from bench import truth
    from bench._county_year import make_world
    from bench._faults import Kind

    def silently(world):
        """Past every step: nothing is checked."""
        Figure.objects.filter(submission=world.at(2), indicator__code="food.price").update(value=-5)

    (one,) = truth.follow(make_world(), [Kind("silent", silently)])
    assert one.outcome == "unmarked"
    assert "a negative figure in quarter 2" in one.what
    assert not truth.results([one])[0].holds
