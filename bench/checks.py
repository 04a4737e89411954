"""The checks against the same rules evaluated by pre-parsed `simpleeval`, each with its own reading of the database.

Three questions, in one run and on one database:

- How long does it take to judge a submission of 150 figures by 200 rules, which name figures of the period, of the one
  before and of last year? And when one of them is a slip? Ours then also looks for the cause and names suspects, which
  the rival (see _simpleeval.py) does not.
- How long for a whole county-year, period by period?
- What does the check cost that a sheet asks for when a cell was saved, against that save?

Both must come to the same verdict. Nothing is declared for computed indicators in these figures; what ours does
besides (unusual changes, outliers, bounds) the rival leaves out.
"""

from __future__ import annotations

import datetime
import tempfile
from decimal import Decimal
from pathlib import Path

from django.test import Client
from django.urls import reverse

from bench import Result
from bench._pairs import Cost, compared, cost
from bench._scratch import COUNTY, DEPARTMENT, PERIODS, alternating, clerk, site, timed
from bench._simpleeval import Rival
from demo import accounts, reporting
from sectors.catalogue.loader import load
from sectors.checks import gathering
from sectors.checks.findings import Finding
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.models import Department, Indicator, Period, Region, Sheet, Submission
from sectors.transfer.figure_files import import_figures
from sectors.vocabulary import ChangeSource, Frequency

TARGET, LIVE_TARGET = Decimal(1) / 3, Decimal("1.5")
SUBMISSIONS, YEARS, CELLS = 60, 15, 150
HISTORY = Path(__file__).resolve().parent.parent / "data" / "654027-2022"
GROUPS, PARTS, PAIRS, RULES = 10, 9, 25, 200
ARITHMETIC = ("sum", "part", "rule")


def run() -> list[Result]:
    with site():
        load_rules()
        of = submission()
        return [
            judged(of, SUBMISSIONS),
            slip(of, SUBMISSIONS),
            *live(of, CELLS),
            *live_slip(of, CELLS),
            county_year(YEARS),
        ]


def judged(of: Submission, rounds: int) -> Result:
    return _of_submission("150 figures by 200 rules, against simpleeval", of, rounds, [], TARGET)


def slip(of: Submission, rounds: int) -> Result:
    _store(of, {"bench.g0.p0": "17"})
    result = _of_submission("the same with a slip, its suspects named", of, rounds, ["sum:bench.g0:分项"], None)
    _store(of, {"bench.g0.p0": _figure("bench.g0.p0")})
    return result


def _of_submission(part: str, of: Submission, rounds: int, broken: list[str], target: Decimal | None) -> Result:
    rival = Rival()
    assert [finding.rule for finding in gathering.of_submission(of)] == broken
    assert rival.of_submission(of) == set(broken)
    mine, theirs = alternating(
        rounds,
        lambda _turn: timed(lambda: gathering.of_submission(of)),
        lambda _turn: timed(lambda: rival.of_submission(of)),
    )
    return Result(part, mine, theirs, target)


def live(of: Submission, rounds: int) -> list[Result]:
    """The request by which a sheet has a saved cell checked, with all others, against the request that saves it."""
    return _live("a cell's check while it is filled in, against its save", of, rounds, {}, 0)


def live_slip(of: Submission, rounds: int) -> list[Result]:
    """The same on a sheet with a slip, which is explained, compared with what is on record, and shown."""
    return _live("the same on a sheet with a slip", of, rounds, {"bench.g0.p0": "17"}, 1)


def _live(part: str, of: Submission, rounds: int, wrong: dict[str, str], found: int) -> list[Result]:
    client = Client(headers={"host": "localhost"})
    client.force_login(clerk())
    address, page = reverse("cells", args=[of.pk]), reverse("sheet-findings", args=[of.pk])
    code, right = "bench.c0.done", {code: _figure(code) for code in wrong}

    def save(turn: int) -> Cost:
        """Another figure each time, and none that is unusual."""
        figure = 60 + turn % 10
        time = cost(lambda: client.post(address, {"figures": {code: str(figure)}}, content_type="application/json"))
        assert of.figures.get(indicator__code=code).value == figure, "the cell was not stored"
        return time

    def check(_turn: int) -> Cost:
        shown: list[bytes] = []
        time = cost(lambda: shown.append(client.post(page).content))
        assert shown[0].count(b'data-severity="') == found
        return time

    _store(of, wrong)
    found_costs = list(compared(part, rounds, check, save, LIVE_TARGET))
    _store(of, right)
    return found_costs


def county_year(rounds: int) -> Result:
    """The shipped 2022 and the demonstration's 2023, as far as it is accepted."""
    region = Region.objects.get(code=COUNTY)
    import_figures(sorted(HISTORY.glob("*.csv")), region=region, year=2022)
    accounts.make_accounts(region)
    Submission.objects.filter(region=region, period__year=2023).delete()
    Period.objects.filter(region=region, year=2023).delete()
    reporting.make_demo_years(region, datetime.date(2023, 12, 31))
    rival = Rival()
    for year in (2022, 2023):
        ours = {(finding.period, rule) for finding in gathering.of_year(region, year) for rule in _broken(finding)}
        assert ours == rival.of_year(region, year)
    mine, theirs = alternating(
        rounds,
        lambda _turn: timed(lambda: gathering.of_year(region, 2023)),
        lambda _turn: timed(lambda: rival.of_year(region, 2023)),
    )
    return Result("a county-year, against simpleeval", mine, theirs, TARGET)


def _broken(finding: Finding) -> set[str]:
    return {one.rule for one in (finding, *finding.also) if one.kind in ARITHMETIC}


def submission() -> Submission:
    """150 figures that keep all rules, with those of the period before and of last year."""
    region, sheet = Region.objects.get(code=COUNTY), Sheet.objects.get(number="B-200")
    department = Department.objects.get(region=region, code=DEPARTMENT)
    codes = list(Indicator.objects.filter(sheet=sheet, formula="").values_list("code", flat=True))
    assert len(codes) == GROUPS * (PARTS + 1) + PAIRS * 2 == 150
    for year, number in PERIODS:
        period = Period.objects.create(
            region=region, year=year, kind=Frequency.QUARTER, number=number, opens="2023-07-01", due="2023-07-10"
        )
        made = Submission.objects.create(sheet=sheet, period=period, region=region, department=department)
        _store(made, {code: _figure(code) for code in codes})
    return made


def _store(of: Submission, texts: dict[str, str]) -> None:
    indicators = Indicator.objects.filter(code__in=list(texts)).select_related("unit")
    cells = {indicator: read_cell(indicator, texts[indicator.code]) for indicator in indicators}
    writer.store(of, cells, by=None, way=ChangeSource.IMPORT)


def _figure(code: str) -> str:
    if code.endswith((".done", ".passed")):
        return "60" if code.endswith(".done") else "50"
    return "10" if ".p" in code else str(10 * PARTS)


def load_rules() -> None:
    """A sheet of 150 entered figures under 200 rules: 10 sums, 190 written ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.yaml"
        path.write_text(_catalogue(), encoding="utf-8")
        load(path)


def _catalogue() -> str:
    groups, pairs = [f"bench.g{n}" for n in range(GROUPS)], [f"bench.c{n}" for n in range(PAIRS)]
    written = [
        *(f"{pair}.passed <= {pair}.done" for pair in pairs),
        *(f"{pair}.rate >= 50%" for pair in pairs),
        *(f"{group} <= {after} * 10" for group, after in zip(groups, groups[1:] + groups[:1], strict=True)),
        *(f"{group}.p{n} <= previous({group}.p{n}) * 5 + 10" for group in groups for n in range(PARTS)),
        *(f"{pair}.done + {pair}.passed <= last_year({pair}.done) * 9 + 1000" for pair in pairs),
        *(f"{pair}.done * 2 - {pair}.passed >= 0" for pair in pairs[:15]),
    ]
    assert len(groups) + len(written) == RULES
    rate = 'unit: "%", decimals: 1, accumulation: ratio, formula:'
    lines = [
        "sector: bench", "name: 测量", "chapter: {code: product, name: 产品质量, position: 1}", "position: 90",
        "sheets:", "  - number: B-200", "    name: 测量表", "    frequency: quarter", f"    department: {DEPARTMENT}",
        "    tables:", "      - code: groups", "        name: 分组", "        indicators:",
    ]  # fmt: skip
    for group in groups:
        parts = ", ".join(f"{{code: {group}.p{n}, name: 分项{n}}}" for n in range(PARTS))
        split = f"[{{name: 分项, exhaustive: true, indicators: [{parts}]}}]"
        lines.append(f"          - {{code: {group}, name: 合计, unit: 批次, parts: {split}}}")
    for pair in pairs:
        for column, name in (("done", "完成"), ("passed", "合格")):
            lines.append(f"          - {{code: {pair}.{column}, name: {name}, unit: 批次}}")
        lines.append(f"          - {{code: {pair}.rate, name: 合格率, {rate} {pair}.passed / {pair}.done}}")
    lines += ["rules:"]
    lines += [f'  - {{code: bench.r{n}, expression: "{text}", message: 请核实}}' for n, text in enumerate(written)]
    return "\n".join(lines) + "\n"
