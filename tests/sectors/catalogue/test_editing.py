"""Changes of a draft and what differs between two: pure."""

import pytest

from sectors.catalogue import editing
from sectors.catalogue.comparing import differences

MATRIX = {
    "sector": "a",
    "sheets": [
        {
            "number": "A-1",
            "name": "表",
            "tables": [
                {
                    "code": "t",
                    "name": "甲",
                    "matrix": "a.t",
                    "rows": [{"code": "x", "name": "某"}, {"code": "xx", "name": "另"}],
                    "columns": [
                        {"code": "n", "name": "数", "unit": "个"},
                        {"code": "nn", "name": "数二", "unit": "个"},
                        {"code": "r", "name": "率", "unit": "%", "formula": "{row}.n / a.t.x.nn"},
                    ],
                    "total_column": {"code": "s", "name": "计", "columns": ["n", "nn"]},
                }
            ],
            "questions": [{"code": "a.q", "kind": "work", "text": "问", "table": "t"}],
        }
    ],
    "rules": [{"code": "a.r1", "expression": "a.t.x.n <= a.t.xx.n + a.t.x.nn", "message": "m"}],
    "wording": "{{ n('a.t.x.n') }}",
}
TABLE = ("sheets", 0, "tables", 0)


def table(specification):
    return editing.at(specification, TABLE)


def test_what_a_code_is_changed_to_is_named_everywhere():
    column = editing.changed(MATRIX, (*TABLE, "columns", 0), {"code": "m"})
    assert table(column)["columns"][2]["formula"] == "{row}.m / a.t.x.nn"
    assert table(column)["total_column"]["columns"] == ["m", "nn"]
    assert column["rules"][0]["expression"] == "a.t.x.m <= a.t.xx.m + a.t.x.nn"
    assert column["wording"] == "{{ n('a.t.x.m') }}"
    row = editing.changed(MATRIX, (*TABLE, "rows", 0), {"code": "y"})
    assert row["rules"][0]["expression"] == "a.t.y.n <= a.t.xx.n + a.t.y.nn"
    assert table(row)["columns"][2]["formula"] == "{row}.n / a.t.y.nn"
    named = editing.changed(MATRIX, TABLE, {"code": "u"})
    assert named["sheets"][0]["questions"][0]["table"] == "u"
    assert table(MATRIX)["code"] == "t"  # nothing is changed in its place


@pytest.mark.parametrize(
    ("formula", "sign", "found"),
    [
        ("", "/", "a.b"),
        ("a.c", "+", "a.c + a.b"),
        ("a.c + a.d", "/", "(a.c + a.d) / a.b"),
        ("(a.c + a.d)", "/", "(a.c + a.d) / a.b"),
        ("a.c / a.d", "*", "a.c / a.d * a.b"),
        ("max(a.c, a.d - 1)", "/", "max(a.c, a.d - 1) / a.b"),
        ("a.c - a.d", "+", "a.c - a.d + a.b"),
    ],
)
def test_a_formula_goes_on_as_a_pocket_calculator(formula, sign, found):
    assert editing.extended(formula, sign, "a.b") == found


def test_a_copy_has_codes_of_its_own():
    copy = editing.copied(MATRIX, "A-2", "a", {"a.t.x.n", "a.r1", "a.q"})
    assert table(copy)["matrix"] == "a.t_2"
    assert copy["rules"][0] == {"code": "a.r1_2", "expression": "a.t_2.x.n <= a.t_2.xx.n + a.t_2.x.nn", "message": "m"}
    other = editing.copied(MATRIX, "B-1", "b", set())
    assert (other["sector"], table(other)["matrix"], other["sheets"][0]["number"]) == ("b", "b.t", "B-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sheets": {}},
        {"sheets": ["A"]},
        {"sheets": [{"tables": [{"rows": "x"}]}]},
        {"chapter": []},
        {"rules": [1]},
        {"sheets": [{"tables": [{"columns": [{"code": "a"}, "b"]}]}]},
    ],
)
def test_what_is_no_file_by_its_shape_is_known(wrong):
    assert not editing.is_well_formed(wrong)
    assert editing.is_well_formed(MATRIX)


def test_places():
    assert editing.at(MATRIX, (*TABLE, "name")) == "甲"
    for place in (("sheets", 1), ("sheets", "x"), ("sector", 0), ("sector", "x"), ("none",)):
        with pytest.raises(LookupError):
            editing.at(MATRIX, place)


def turned(value):
    """With the keys in another order, as a database may keep them."""
    if isinstance(value, list):
        return [turned(one) for one in value]
    return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


def test_differences_are_told_by_code():
    changed = editing.changed(MATRIX, (*TABLE, "columns", 0), {"unit": "家"})
    changed, _place = editing.added_after(changed, (*TABLE, "rows", 1), {"code": "z", "name": "新"})
    changed = editing.removed(changed, ("rules", 0))
    found = [(line.sign, line.where.split(" ")[-2:], line.before, line.after) for line in differences(MATRIX, changed)]
    assert [(sign, before, after) for sign, _where, before, after in found if sign == "~"] == [("~", "个", "家")]
    assert [sign for sign, *_rest in found] == ["+", "~", "-"]
    moved, _place = editing.moved(MATRIX, (*TABLE, "columns", 0), 1)
    assert [line.sign for line in differences(MATRIX, moved)] == ["~"]
    assert differences(MATRIX, MATRIX) == []
    assert differences(MATRIX, turned(MATRIX)) == []
