"""Forms over a draft: what is stored as it stands stays as it is, and kinds, options and signs are typed as words."""

import pytest

from sectors.catalogue import yaml_files
from sectors.catalogue.draft_forms import SHAPES, ElementForm
from sectors.catalogue.editing import LISTS, changed, kind
from tests import base
from tests.sectors.catalogue.test_writing import SUMS, WOOL

FILES = {
    "words": (base.DATA / "kinds" / "climate.yaml").read_text(encoding="utf-8"),
    "computed rows": SUMS,
    "a matrix and a list": WOOL,
    **{path.stem: path.read_text(encoding="utf-8") for path in sorted(base.SHIPPED_CATALOGUE.glob("sectors/*.yaml"))},
}
KNOWN = {*SHAPES, "tables", "indicators", "parts"}


def places(element, place=()):
    """Of all that has a form."""
    if kind(place) in KNOWN:
        yield place, element
    for key, value in element.items():
        if isinstance(value, dict) and key in KNOWN:
            yield from places(value, (*place, key))
        elif key in LISTS and isinstance(value, list) and key != "rules":
            for number, one in enumerate(value):
                if isinstance(one, dict):
                    yield from places(one, (*place, key, number))


def form_of(place, element, data=None):
    units = [str(element.get("unit", ""))]
    return ElementForm(data, place=place, element=element, fixed=False, units=units)


def typed(form):
    values = {field.name: field.value() for field in form if field.value() is not None}
    return {
        name: "on" if value is True else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


@pytest.mark.parametrize("name", FILES)
def test_what_is_stored_as_it_stands_stays_as_it_is(name, tmp_path):
    (tmp_path / "file.yaml").write_text(FILES[name], encoding="utf-8")
    whole = yaml_files.from_yaml(tmp_path / "file.yaml")
    count = 0
    for place, element in places(whole):
        settings = form_of(place, element, typed(form_of(place, element))).settings
        assert yaml_files.ordered(changed(whole, place, settings)) == yaml_files.ordered(whole), place
        count += 1
    assert count > 5


PLACE = ("sheets", 0, "tables", 0, "indicators", 0)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"signed": "yes"}, {"signed": True}),
        ({"signed": "no"}, {"signed": False}),
        ({"signed": ""}, {}),
        ({"min": "-5", "max": "12.5"}, {"min": "-5", "max": "12.5"}),
        (
            {"kind": "choice", "options": "I Ⅰ类\r\n\r\nII  Ⅱ类 以上\n好"},
            {"kind": "choice", "options": {"I": "Ⅰ类", "II": "Ⅱ类 以上", "好": "好"}},
        ),
        ({"kind": "", "options": "  "}, {}),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_what_a_file_says(sent, expected):
    element = {"code": "a.b", "name": "甲", "unit": "1"}
    data = {**typed(form_of(PLACE, element)), **sent}
    settings = form_of(PLACE, element, data).settings
    given = {key: settings[key] for key in ("kind", "options", "signed", "min", "max") if settings[key] is not None}
    assert given == expected


def test_a_question_has_kinds_of_its_own():
    question = form_of(("sheets", 0, "questions", 0), {"code": "q", "kind": "work", "text": "?"})
    indicator = form_of(PLACE, {"code": "a.b", "name": "甲", "unit": "1"})
    assert "work" in dict(question.fields["kind"].choices)
    assert set(dict(indicator.fields["kind"].choices)) == {"", "number", "choice", "text", "date"}
