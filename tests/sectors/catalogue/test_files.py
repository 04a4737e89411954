"""What may stand in a catalogue file: all else is refused with its line and what to do, and nothing is loaded."""

import re
import shutil
from pathlib import Path

import pytest
from django.utils import translation

from sectors.catalogue.files import read
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Assignment, Breakdown, Chapter, Sector
from tests import base

pytestmark = pytest.mark.usefixtures("english")

TOYS = """\
sector: toys
name: 玩具
chapter: {code: product, name: 产品质量, position: 1}
position: 9
sheets:
  - number: A-01
    name: 玩具抽查情况表
    frequency: quarter
    department: market
    valid_from: 2022-01-01
    tables:
      - code: sampling
        name: 抽查
        indicators:
          - code: toys.samples
            name: 抽查样品
            unit: 批次
            decimals: 2
            help: 全部样品
            change_limit: 50
            required: true
            target: {at_least: 98, source: 计划}
            parts:
              - name: 按环节
                exhaustive: true
                indicators:
                  - {code: toys.samples.made, name: 生产}
                  - {code: toys.samples.sold, name: 销售}
          - {code: toys.passed, name: 合格样品, unit: 批次}
      - code: kinds
        name: 分品种
        matrix: toys.kinds
        rows:
          - {code: dolls, name: 玩偶}
        columns:
          - {code: done, name: 抽查, unit: 批次}
          - {code: bad, name: 不合格, unit: 批次}
        total_row: {code: all, name: 合计}
    questions:
      - {code: toys.work, kind: work, table: sampling, text: 工作开展情况}
rules:
  - {code: toys.within, expression: toys.passed <= toys.samples, message: 合格数不能多于抽查数}
wording: |
  抽查{{ n('toys.samples') }}。
"""
REGION = """\
region: "990109"
name: 新泽县
level: county
within:
  - {code: "990100", name: 云州市, level: prefecture}
office: {code: office, name: 质强办, short: 质强}
departments:
  - {code: market, name: 新泽县市场监督管理局, short: 市场监管局, signs: true}
assignments:
  T-01: market
"""
UNITS = "units:\n  - {name: 箱, base: 箱, scale: 1}\n"


@pytest.fixture
def file(tmp_path):
    """Writes a text, changed in one place, and gives the file with the line of the change."""

    def write(text, old, new):
        assert text.count(old) == 1, old
        path = tmp_path / "file.yaml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path, text[: text.index(old)].count("\n") + 1

    return write


def problems(path, reader=read):
    with pytest.raises(CatalogueError) as caught:
        reader(path)
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "name"), [(TOYS, "toys"), (REGION, "region"), (UNITS, "units")])
def test_the_files_of_these_tests_are_right(cast, tmp_path, text, name):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path).lines
    assert load(path).lines == []


TEXTS = [  # every key whose value is a text of one's own
    *[
        (TOYS, old)
        for old in ("number: A-01", "name: 玩具抽查情况表", "name: 抽查样品", "help: 全部样品", "name: 按环节")
    ],
    *[(TOYS, old) for old in ("name: 玩偶", "name: 不合格", "name: 合计", "text: 工作开展情况", "source: 计划")],
    *[
        (TOYS, old)
        for old in ("message: 合格数不能多于抽查数", "expression: toys.passed <= toys.samples", "name: 产品质量")
    ],
    *[(TOYS, old) for old in ("sector: toys", "code: product", "department: market", "code: kinds", "code: dolls")],
    *[
        (REGION, old)
        for old in ('region: "990109"', "name: 新泽县\n", "short: 质强}", 'code: "990100"', "T-01: market")
    ],
    *[(UNITS, old) for old in ("name: 箱", "base: 箱")],
]
NO_TEXTS = [("[甲, 乙]", "must be a text."), ("{甲: 乙}", "must be a text."), ("001", 'quotes, "001"')]
NO_TEXTS += [("true", 'quotes, "true"'), ("2023-01-01", "quotes"), ("1.10", 'quotes, "1.10"'), ("0x10", "quotes")]


@pytest.mark.parametrize(("value", "message"), NO_TEXTS)
@pytest.mark.parametrize(("text", "old"), TEXTS)
def test_a_text_is_nothing_that_yaml_takes_for_something_else(file, text, old, value, message):
    key, _colon, rest = old.partition(": ")
    end = rest[len(rest.rstrip("}\n")) :]
    path, line = file(text, old, f"{key}: {value}{end}")
    ((at, said),) = problems(path)
    assert at == line
    assert said.startswith((f"{key} ", "assignments T-01 "))
    assert message in said


@pytest.mark.parametrize(
    "old",
    [
        *("sector: toys", "code: product", "department: market", "code: sampling\n", "code: toys.samples\n"),
        *("code: toys.samples.made", "matrix: toys.kinds", "code: dolls", "code: done", "code: all", "code: toys.work"),
        *("code: toys.within", "table: sampling"),
    ],
)
@pytest.mark.parametrize(
    "code", ["玩具", "Toys", "toys-1", "toys samples", "_toys", "toys.", "toys..a", "toys/a", "玩.a"]
)
def test_a_code_is_lower_case_letters_digits_and_underscores(file, old, code):
    key = old.partition(":")[0]
    path, line = file(TOYS, old, f"{key}: {code}" + ("\n" if old.endswith("\n") else ""))
    assert (line, f"{key} is “{code}”; it must be made of ") in [
        (at, said[: said.index(" of ") + 4]) for at, said in problems(path)
    ]


@pytest.mark.parametrize("code", ["99010", "9901O9", "99010912", "九九〇一〇九", "990109a"])
def test_a_region_code_has_6_or_9_digits(file, code):
    path, line = file(REGION, '"990109"', f'"{code}"')
    assert problems(path) == [(line, f"region is “{code}”; it must be made of 6 or 9 digits.")]


@pytest.mark.parametrize(
    ("text", "old", "most"),
    [
        *[
            (TOYS, "name: 玩具\n", 60),
            (TOYS, "name: 产品质量", 60),
            (TOYS, "A-01", 20),
            (TOYS, "name: 玩具抽查情况表", 80),
        ],
        *[
            (TOYS, "name: 抽查\n", 80),
            (TOYS, "name: 抽查样品", 80),
            (TOYS, "name: 按环节", 60),
            (TOYS, "name: 玩偶", 80),
        ],
        *[(TOYS, "name: 合计", 60), (TOYS, "text: 工作开展情况", 200), (TOYS, "message: 合格数不能多于抽查数", 200)],
        *[(TOYS, "source: 计划", 80), (REGION, "name: 新泽县\n", 60), (REGION, "name: 云州市", 60)],
        *[(REGION, "short: 市场监管局", 30), (REGION, "name: 新泽县市场监督管理局", 80), (UNITS, "name: 箱", 20)],
    ],
)
def test_a_text_is_no_longer_than_the_database_keeps(file, text, old, most):
    key, colon, _rest = old.partition(": ")
    start = f"{key}: " if colon else ""
    path, line = file(text, old, start + "长" * (most + 1) + ("\n" if old.endswith("\n") else ""))
    ((at, said),) = problems(path)
    assert at == line
    assert said.endswith(f" has {most + 1} characters; at most {most} are kept.")


def test_a_code_is_no_longer_than_the_database_keeps(file):
    path, line = file(TOYS, "code: sampling\n", "code: " + "a" * 41 + "\n")
    assert (line, "code has 41 characters; at most 40 are kept.") in problems(path)


@pytest.mark.parametrize("column", ["name: 长" + "长" * 60, "code: c" + "c" * 90])
def test_what_a_matrix_puts_together_is_no_longer_either(cast, file, column):
    key = column.partition(":")[0]
    row = {"name": "name: 玩偶", "code": "code: dolls"}[key]
    text = TOYS.replace(row, f"{key}: " + "a" * 45)
    path, _line = file(text, {"name": "name: 不合格", "code": "code: bad"}[key], column)
    assert any(f"{key} " in said and "at most 100 are kept" in said for _at, said in problems(path, load))


def test_a_department_with_a_long_name_says_its_short_one(file):
    path, line = file(REGION, "{code: office, name: 质强办, short: 质强}", "{code: office, name: " + "长" * 31 + "}")
    assert problems(path) == [(line, "short has 31 characters; at most 30 are kept.")]


NUMBERS = [  # what is no number of its range, and what is said of it
    (TOYS, "decimals: 2", "decimals is 20; it may be at most 6.", ["20"]),
    (TOYS, "decimals: 2", "decimals must be a whole number", ["-1", "2.5", "two", "02", '"2"', "[2]"]),
    (TOYS, "change_limit: 50", "change_limit is", ["32768", "99999999999999999999"]),
    (TOYS, "position: 9", "position must be a whole number", ["-3", "1e3", "true", "2023-01-01", "1_000"]),
    (TOYS, "position: 9", "position is 70000; it may be at most 32767.", ["70000"]),
    (TOYS, "position: 1}", "position is 40000", ["40000}"]),
    (TOYS, "at_least: 98", "at_least must be a number", ["viel", ".nan", ".inf", "[1]", '"98"', "09"]),
    (TOYS, "at_least: 98", "at_least may have 14 digits before the point and 6", ["1e14", "0.0000001", "-1e20"]),
    (UNITS, "scale: 1", "scale must be greater than 0", ["0", "-10", "0.0"]),
    (UNITS, "scale: 1", "scale may have 12 digits before the point and 8", ["1e12", "0.000000001", "1e99"]),
    (TOYS, "required: true", "required must be true or false", ["yes", "1", '"true"', "on", "[true]"]),
    (TOYS, "exhaustive: true", "exhaustive must be true or false", ["是", "0"]),
]


@pytest.mark.parametrize(
    ("text", "old", "message", "value"),
    [(text, old, message, value) for text, old, message, values in NUMBERS for value in values],
)
def test_a_number_is_one_and_within_its_range(file, text, old, message, value):
    key = old.partition(":")[0]
    path, line = file(text, old, f"{key}: {value}")
    ((at, said),) = problems(path)
    assert (at, said[: len(message)]) == (line, message)


@pytest.mark.parametrize("place", ["sheet", "indicator", "question", "rule"])
@pytest.mark.parametrize("key", ["valid_from", "valid_to"])
@pytest.mark.parametrize(
    "day",
    ["2023-13-01", "2023-02-30", "2023-1-1", "2023/01/01", "2023", "20230101", "1023-01-01", "9999-12-31", "明年"],
)
def test_a_day_is_one_of_the_calendar(file, place, key, day):
    olds = {"sheet": "frequency: quarter", "indicator": "code: toys.passed", "question": "code: toys.work"}
    old = olds.get(place, "code: toys.within")
    text = TOYS.replace("    valid_from: 2022-01-01\n", "")
    new = f"{old}\n    {key}: {day}" if place == "sheet" else f"{key}: {day}, {old}"
    path, line = file(text, old, new)
    ((at, said),) = problems(path)
    assert at == line + (place == "sheet")
    assert said.startswith(f"{key} must be a date such as 2023-01-01")
    assert f"“{day}”" in said


def test_a_day_may_stand_in_quotes(cast, file):
    path, _line = file(TOYS, "2022-01-01", '"2022-01-01"')
    load(path)
    assert str(Sector.objects.get(code="toys").sheets.get().valid_from) == "2022-01-01"


@pytest.mark.parametrize(
    ("old", "new", "below", "message"),
    [
        ("help: 全部样品", "help: 全部: 样品", 0, "A colon with a blank behind it"),
        ("help: 全部样品", "help: %全部", 0, "cannot begin with this character"),
        ("help: 全部样品", "help: @全部", 0, "cannot begin with this character"),
        ("help: 全部样品", 'help: "全部" 样品', 0, "behind the closing quote"),
        ("help: 全部样品", "help: *全部", 0, "refers to something that is not there"),
        ("help: 全部样品", "help: [全部", 0, "is not closed"),
        ("            help: 全部样品", "           help: 全部样品", 0, "indented"),
        ("            help: 全部样品", "\thelp: 全部样品", 0, "not with tabs"),
        ("help: 全部样品", 'help: "全部\\样品"', 0, "backslash"),
        ("text: 工作开展情况", 'text: "工作开展情况', 0, "never closed"),
        ("help: 全部样品", 'help: "全部样品', 0, "never closed"),
        ("help: 全部样品", 'help: "全部样品\n            key: "true"', 0, "behind the closing quote"),
        ("sector: toys", "sector: toys\n---", 1, "one document"),
    ],
)
def test_what_yaml_stumbles_over_is_said_in_the_language_of_the_site(file, old, new, below, message):
    path, line = file(TOYS, old, new)
    ((at, said),) = problems(path)
    assert at == line + below
    assert message in said
    assert "stands in quotes" in said
    with translation.override("zh-hans"), pytest.raises(CatalogueError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert not re.search("[a-z]{4}", problem.message.replace("YAML", ""))
    assert "引号" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    frequency: quarter",
            "    frequency: quarter\n    frequency: month",
            "frequency stands already in line 8.",
        ),
        ("position: 9", "position: 9\n[a]: 1", "A key must be a text."),
        ("help: 全部样品", "help: 第 #3 号样品", "The # cuts help off before “#3 号样品”"),
        ("name: 抽查样品", "name: 抽查 #样品", "The # cuts name off before “#样品”"),
        (
            "name: 抽查样品",
            "name: |\n              抽查\n              样品",
            "name must be one line, without tabs in it.",
        ),
        ("name: 抽查样品", 'name: ""', "name is empty."),
        ("name: 抽查样品", "name:", "name is missing."),
        ("name: 抽查样品", "name: ~", "name is missing."),
        ("sheets:", "sheet:", "Unknown key sheet. Known here: sector, region, name,"),
        ("      - {code: toys.work, kind: work, table: sampling, text: 工作开展情况}", "      - 工作", "A mapping"),
    ],
)
def test_what_else_is_wrong_in_a_file_is_named(file, old, new, message):
    path, _line = file(TOYS, old, new)
    assert any(said.startswith(message) for _at, said in problems(path))


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("{of: moon, measure: samples}", "moon"),
        ("{of: batch, measure: craters}", "craters"),
        ("{of: batch, measure: samples, by: dusk}", "dusk"),
        ("{of: batch, measure: samples, whe: {}}", "whe"),
    ],
)
def test_what_is_counted_is_said_in_the_words_that_there_are(file, rule, word):
    passed = "{code: toys.passed, name: 合格样品, unit: 批次"
    path, line = file(TOYS, passed, f"{passed}, counted: {rule}")
    assert any(at == line and word in said for at, said in problems(path))


def test_a_comment_may_stand_behind_a_text(file):
    path, _line = file(TOYS, "help: 全部样品", "help: 全部样品  # 不含备样")
    read(path)


@pytest.mark.parametrize("content", ["", "# 空\n", "- 一\n", "一\n", "sector: " + "[" * 3000, "\udcb1\udcd8"])
def test_a_file_that_says_nothing_is_refused(tmp_path, content):
    path = tmp_path / "file.yaml"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    ((_line, _said),) = problems(path)


def test_a_file_of_windows_with_a_mark_at_its_beginning_is_read(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_bytes(TOYS.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read(path).sectors[0].fields["wording"] == "抽查{{ n('toys.samples') }}。"


# What files say about each other


def refused(path):
    found = problems(path, load)
    assert not Sector.objects.filter(code="toys").exists()
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: 产品质量, position: 1", f"name: {name}, position: {position}")
        for name, position in [("产品", 1), ("产品质量", 5)]
    ]
    + [("code: product", "code: produce"), ("code: product, name: 产品质量", "code: toys, name: 玩具质量")],
)
def test_a_shared_chapter_is_neither_renamed_nor_moved_nor_doubled(cast, file, old, new):
    path, line = file(TOYS, old, new)
    ((at, said),) = refused(path)
    assert at == line
    assert "“产品质量” in position 1 (the database)" in said
    assert list(Chapter.objects.values_list("code", "name", "position")) == [
        ("product", "产品质量", 1),
        ("engineering", "工程质量", 2),
    ]


def test_a_sector_does_not_have_the_name_of_another(cast, file):
    name = Sector.objects.get(code="food").name
    path, _line = file(TOYS, "name: 玩具\n", f"name: {name}\n")
    ((line, said),) = refused(path)
    assert line == 1
    assert "The sector toys has the name of the sector food (the database)" in said


def test_a_file_in_a_folder_is_read_whether_it_ends_in_yaml_or_yml(cast, tmp_path):
    (tmp_path / "toys.yml").write_text(TOYS, encoding="utf-8")
    assert [spec.code for spec in read(tmp_path).sectors] == ["toys"]


def test_two_files_that_say_something_else_of_a_chapter_are_refused_with_both_places(cast, tmp_path):
    folder = shutil.copytree(base.SMALL, tmp_path / "catalogue")
    (folder / "toys.yaml").write_text(TOYS.replace("产品质量", "产品"), encoding="utf-8")
    ((_line, said),) = [found for found in refused(folder) if "chapter" in found[1]]
    assert "food.yaml:3" in said


def test_a_chapter_does_not_change_with_one_of_its_sectors(cast, tmp_path):
    path = tmp_path / "food.yaml"
    text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("name: 产品质量", "name: 产品"), encoding="utf-8")
    ((line, said),) = problems(path, load)
    assert line == 3
    assert "“产品质量” in position 1 (the database)" in said
    assert Chapter.objects.get(code="product").name == "产品质量"


def test_a_chapter_changes_with_all_its_sectors(cast, tmp_path):
    folder = shutil.copytree(base.SMALL, tmp_path / "catalogue")
    for path in folder.glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("name: 产品质量", "name: 产品"), encoding="utf-8")
    load(folder)
    assert Chapter.objects.get(code="product").name == "产品"


@pytest.mark.parametrize("name", ["按环节", "按 环节", "按环节\u3000"])
def test_two_breakdowns_of_a_total_have_two_names(cast, file, name):
    part = "indicators: [{code: toys.samples.x, name: 其他}]"
    second = f'              - {{name: "{name}", exhaustive: false, {part}}}\n'
    path, line = file(TOYS, "          - {code: toys.passed,", f"{second}          - {{code: toys.passed,")
    ((at, said),) = refused(path)
    assert at == line
    assert re.match("toys.samples is broken down “按 ?环节” already at ", said)
    assert f"{Path(path).name}:{line - 5}" in said


def test_a_breakdown_of_the_same_name_in_another_file_is_refused_with_its_sector(cast, file):
    path, _line = file(TOYS, "position: 9", "position: 9")
    shutil.copy(path, path.with_name("more.yaml"))
    said = {message for _at, message in problems(path.parent, load)}
    assert any(one.startswith("sector toys stands already at") for one in said)
    assert not Sector.objects.filter(code="toys").exists()


def test_breakdowns_that_change_names_stay_two(cast, file):
    load(file(TOYS, "position: 9", "position: 9")[0])
    second = "              - {name: 按批, exhaustive: true, indicators: [{code: toys.samples.x, name: 其他}]}\n"
    more = TOYS.replace("          - {code: toys.passed,", f"{second}          - {{code: toys.passed,")
    path, _line = file(more, "position: 9", "position: 9")
    load(path)
    exchanged = more.replace("按批", "甲").replace("按环节", "按批").replace("甲", "按环节")
    load(file(exchanged, "position: 9", "position: 9")[0])
    rows = Breakdown.objects.filter(total__code="toys.samples").values_list("name", "memberships__indicator__code")
    assert ("按环节", "toys.samples.x") in rows
    assert len({name for name, _code in rows}) == 2


def test_two_breakdowns_of_a_row_of_a_matrix_have_two_names(cast, file):
    part = "{name: 其中, exhaustive: false, rows: [{code: %s, name: 布偶}]}"
    row = f"{{code: dolls, name: 玩偶, parts: [{part % 'a'}, {part % 'b'}]}}"
    path, line = file(TOYS, "{code: dolls, name: 玩偶}", row)
    assert {at for at, said in refused(path) if "toys.kinds.dolls.done is broken down “其中”" in said} == {line}


@pytest.mark.parametrize("code", ["markt", "marketing", "weather"])
def test_a_department_that_no_region_has_is_doubtful(cast, file, code):
    """Departments made in the browser have codes of their own; the sheet is nobody's until it is assigned."""
    path, line = file(TOYS, "department: market", f"department: {code}")
    (said,) = (text for text in load(path).lines if text.startswith("?") and "goes to" in text)
    _start, at, text = said.split(":", 2)
    assert line - 3 <= int(at) <= line
    sentence = f"Sheet A-01 goes to the department {code}, which no region has. There are: market, office, water."
    assert text == f" {sentence}"
    assert not Assignment.objects.filter(sheet__number="A-01").exists()


def test_a_department_that_a_region_of_the_same_files_has_not_is_refused(cast, file):
    path, _line = file(TOYS, "department: market", "department: markt")
    shutil.copy(base.SMALL / "990101.yaml", path.parent)
    (said,) = (said for _at, said in refused(path.parent) if "goes to the department" in said)
    assert said.startswith("Sheet A-01 goes to the department markt, which no region has.")


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (TOYS, "code: kinds", "code: sampling", "table sampling stands already at"),
        (TOYS, "unit: 批次\n            decimals", "unit: 批\n            decimals", "Unknown unit 批."),
        (REGION, "T-01: market", "T-99: market", "assignments names sheet T-99, which no file has."),
        (REGION, "T-01: market", "T-01: water", "T-01 is assigned to water, which is no department here."),
        (
            REGION,
            "name: 云州市",
            "name: 云洲市",
            "The region 990100 is “云州市”, prefecture (the database): write the same.",
        ),
        (REGION, "level: prefecture", "level: province", "The region 990100 is “云州市”"),
        (REGION, "{code: office,", "{code: market,", "department market stands already at"),
    ],
)
def test_files_agree(cast, file, text, old, new, message):
    path, _line = file(text, old, new)
    assert any(said.startswith(message) for _at, said in refused(path))


def test_a_unit_of_a_column_is_named_in_the_line_of_the_column(cast, file):
    path, line = file(TOYS, "name: 不合格, unit: 批次", "name: 不合格, unit: 批")
    ((at, said),) = refused(path)
    assert at == line
    assert said.startswith("Unknown unit 批. ")


PARTS = "{{code: toys.q{0}, name: 甲{0}, unit: 批次, parts: [{{name: 按, exhaustive: true, indicators: [{1}]}}]}}"


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("\n\nsector: " + "[" * 100_000, 3, "too deep"),
        ("\n\nsector: " + "{a: " * 50_000, 3, "too deep"),
        ("\n" + "- " * 200_000, 2, "too deep"),
        ("\n" + "? " * 100_000, 2, "too deep"),
        ("a: &a [*a]", 1, "too many values"),
        ("".join(f"k{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9) if n else 1}]\n" for n in range(12)), 1, "too many"),
        (
            TOYS.replace(
                "          - {code: toys.passed,",
                "".join(
                    f"          - &q{n} {PARTS.format(n, ', '.join([f'*q{n - 1}'] * 9) if n else '{code: toys.z}')}\n"
                    for n in range(12)
                )
                + "          - {code: toys.passed,",
            ),
            1,
            "too many values",
        ),
    ],
)
def test_a_file_that_would_keep_the_parser_busy_is_refused(tmp_path, text, at, said):
    path = tmp_path / "toys.yaml"
    path.write_text(text)
    with pytest.raises(CatalogueError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.place.line == at
    assert said in problem.message


def test_what_is_repeated_by_an_alias_is_read(tmp_path):
    path = tmp_path / "toys.yaml"
    path.write_text(TOYS.replace("help: 全部样品", "help: &words 全部样品").replace("name: 分品种", "name: *words"))
    assert "全部样品" in {table["name"] for table in read(path).sectors[0].tables}


def test_a_comment_far_down_is_in_its_line(tmp_path):
    text = TOYS.replace("    frequency: quarter\n", "    frequency: #quarter\n")
    path = tmp_path / "toys.yaml"
    path.write_text("# 甲\n" * 50 + text)
    with pytest.raises(CatalogueError) as caught:
        read(path)
    assert caught.value.problems[0].place.line == 50 + text[: text.index("#quarter")].count("\n") + 1


COMPUTED_ROW = """\
          - code: plush
            name: 毛绒小计
            computed: true
            parts:
              - name: 分项
                exhaustive: EXHAUSTIVE
                rows: [{code: bears, name: 熊}, {code: cats, name: 猫}]
"""


def test_a_row_of_a_matrix_is_computed_from_its_parts(tmp_path):
    row = "          - {code: dolls, name: 玩偶}\n"
    file = tmp_path / "toys.yaml"
    file.write_text(TOYS.replace(row, row + COMPUTED_ROW.replace("EXHAUSTIVE", "true")))
    formulas = {one.code: one.fields["formula"] for one in read(file).sectors[0].indicators}
    assert formulas["toys.kinds.plush.done"] == "parts(toys.kinds.plush.done)"
    assert formulas["toys.kinds.bears.done"] == formulas["toys.kinds.dolls.done"] == ""
    file.write_text(TOYS.replace(row, row + COMPUTED_ROW.replace("EXHAUSTIVE", "false")))
    with pytest.raises(CatalogueError, match="no parts that add up to it"):
        read(file)
