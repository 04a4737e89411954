"""Files of words: what is refused and where, what a second load does, and whose word is whose."""

import pytest
from django.core.management import call_command

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.words import words
from sectors.models import RegistryWord
from tests import base

# The rows of the cast are made first, in the language of the site.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast_rows", "english")]

SHARED = base.SHIPPED_CATALOGUE / "registry.yaml"


def file(path, text, name="words.yaml"):
    made = path / name
    made.write_text(text, encoding="utf-8")
    return made


def problems(*paths):
    with pytest.raises(CatalogueError) as caught:
        load(*paths)
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


def test_the_shipped_words_load_and_a_second_time_change_nothing():
    first = load(SHARED)
    assert "+ Word of the registry Category produce.meat 畜禽肉及副产品" in first.lines
    assert RegistryWord.objects.count() == len(first.lines)
    assert load(SHARED).lines == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("registry: shred", 1, "registry is “shred”; it must be made of shared, or the 6 or 9 digits of a region."),
        ('registry: "111111"\nsettings:\n  - {code: a, name: 甲}', 1, "of the region 111111, which there is not"),
        (
            "registry: shared\nsettings:\n  - {code: a.b, name: 甲}",
            3,
            "Setting a.b lies below a, which is no word here",
        ),
        (
            "registry: shared\nsettings:\n  - {code: a, name: 甲}\n  - {code: a, name: 乙}",
            4,
            "Setting a stands already",
        ),
        ("registry: shared\nsettings:\n  - {code: a, name: 甲}\n  - {code: b, name: 甲 }", 4, "has the name of a"),
        ("registry: shared\nsettings:\n  - {code: A, name: 甲}", 3, "code is “A”; it must be made of"),
        ("registry: shared\nsettings:\n  - {code: a, name: 甲, weight: 2}", 3, "Unknown key weight"),
        ("registry: shared\ncategories:\n  - {code: a, name: 甲, weight: 1001}", 3, "it may be at most 1000"),
        (f"registry: shared\nsettings:\n  - {{code: {'a' * 31}, name: 甲}}", 3, "at most 30 are kept"),
        (f"registry: shared\nitems: [{'甲' * 61}]", 2, "at most 60 are kept"),
        (
            "registry: shared\nsettings:\n  - {code: a, name: 甲, valid_from: 2023-02-01, valid_to: 2023-01-01}",
            3,
            "valid_to lies before valid_from",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_nothing_is_loaded(tmp_path, text, line, message):
    found = problems(file(tmp_path, text))
    assert any(at == line and message in said for at, said in found), found
    assert not RegistryWord.objects.exists()


def test_names_that_two_regions_give_are_no_fault_and_codes_are(cast, tmp_path):
    own = file(tmp_path, 'registry: "990101"\nsettings:\n  - {code: bazaar, name: 巴扎}')
    other = 'registry: "990102"\nsettings:\n  - {code: %s, name: %s}'
    load(own, file(tmp_path, other % ("fair", "巴扎"), "other.yaml"))
    assert problems(file(tmp_path, other % ("bazaar", "大巴扎"), "third.yaml"))[0][1].startswith("Setting bazaar is")
    # A shared name is read by both.
    assert "has the name of market" in problems(file(tmp_path, other % ("fair", "农贸市场"), "other.yaml"))[0][1]


def test_a_word_below_a_shared_one_is_counted_with_it_and_offered_at_home_only(cast, tmp_path):
    load(file(tmp_path, 'registry: "990101"\ncategories:\n  - {code: produce.nang, name: 馕}'))
    known = words()
    codes = list(known.of("category"))
    assert codes.index("produce") < codes.index("produce.nang") < codes.index("school")
    assert "produce.nang" in dict(known.choices("category", cast.county))
    assert "produce.nang" not in dict(known.choices("category", cast.other_county))
    # What it lies below stays as long as it is there.
    without = SHARED.read_text(encoding="utf-8").split("  - {code: produce, ")
    rest = without[1].partition("\n")[2]
    assert any("produce" in said for _line, said in problems(file(tmp_path, without[0] + rest, "shared.yaml")))


def test_a_list_that_a_file_does_not_have_stays_and_one_that_it_has_is_whole(cast, tmp_path):
    count = RegistryWord.objects.count()
    load(file(tmp_path, 'registry: "990101"\nsettings:\n  - {code: one, name: 一}\n  - {code: two, name: 二}'))
    changes = load(file(tmp_path, 'registry: "990101"\nsettings:\n  - {code: two, name: 贰}'))
    assert [line[0] for line in changes.lines] == ["~", "-"]
    assert RegistryWord.objects.count() == count + 1


def test_a_cell_that_is_counted_by_no_word_is_refused(cast, tmp_path):
    text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    rule = "counted: {of: batch, measure: samples, where: {category: produse}}"
    wrong = text.replace(
        "{code: food.passed, name: 抽检合格, unit: 批次}", f"{{code: food.passed, name: 抽检合格, unit: 批次, {rule}}}"
    )
    assert wrong != text
    ((_line, said),) = problems(file(tmp_path, wrong, "food.yaml"))
    assert "food.passed counts records by the Category “produse”" in said
    load(file(tmp_path, wrong.replace("produse", "produce"), "food.yaml"))


def test_files_of_words_are_checked_without_a_database(tmp_path, capsys):
    call_command("check_catalogue", file(tmp_path, "registry: shared\nprogrammes:\n  - {code: x, name: 甲}"))
    assert capsys.readouterr().err == ""


def test_another_name_is_read_by_who_asks_next_whatever_was_kept(cast, tmp_path):
    assert words().label("setting", "market") == "farmers' market"
    load(file(tmp_path, SHARED.read_text(encoding="utf-8").replace("farmers' market", "market hall"), "registry.yaml"))
    assert words().label("setting", "market") == "market hall"
