"""Forms over what stands in a draft: one field a key of the files, which the loader checks and not the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sectors.catalogue import keys
from sectors.catalogue.editing import kind
from sectors.catalogue.key_names import label
from sectors.catalogue.shapes import REQUIRED, Day, Flag, Kind, Number, Shape, Text, Texts, Whole
from sectors.catalogue.specification_source import Place
from sectors.catalogue.yaml_files import NUMBERS, number_of_text
from sectors.models import FormerFrequency, Indicator, Question, Rule, Table
from sectors.vocabulary import TargetBound

TARGET_KEYS = ("source", "since")
# What has a place of its own, and words that only move things between files.
LEFT_OUT = frozenset({"moved_from", "formerly", "counted", "target", "chapter", "region"})
# What is asked most stands first, and what is asked seldom folded up.
FIRST = (
    *("name", "text", "message", "number", "unit", "kind", "options", "decimals", "accumulation", "frequency"),
    *("department", "signed", "min", "max", "most_rows", "rows_of_year"),
    *("required", "exhaustive", "computed", "total", "formula", "expression", "help", "code"),
)
SELDOM = frozenset({"change_limit", "rounding", "key", "pass_rate", *TargetBound.values, *TARGET_KEYS})
FIELDS = (Text, Texts, Flag, Day, Whole, Number)
OPTIONS, YES, NO = "options", "yes", "no"
LONG = frozenset({"formula", "expression", "help", "wording", OPTIONS})
HELP = {
    **dict.fromkeys(("columns", "also"), gettext_lazy("Codes with blanks between them.")),
    OPTIONS: gettext_lazy("One in a line: its code, a blank, its words."),
    "of_rows": gettext_lazy("count, sum(code of a column) or max(code of a column); of a table with rows alone."),
}
# The words of lists, by key.
CHOICES: dict[str, Any] = {
    "accumulation": Indicator._meta.get_field("accumulation").flatchoices,
    "rounding": Indicator._meta.get_field("rounding").flatchoices,
    "frequency": FormerFrequency._meta.get_field("frequency").flatchoices,
    "rows_of_year": Table._meta.get_field("rows_of_year").flatchoices,
    "severity": Rule._meta.get_field("severity").flatchoices,
    "missing": Rule._meta.get_field("missing").flatchoices,
}
KINDS_OF_QUESTIONS: Any = Question._meta.get_field("kind").flatchoices
KINDS_OF_VALUES: Any = Indicator._meta.get_field("value_kind").flatchoices
SHAPES: dict[str, Shape] = {
    "sector": keys.SECTOR_FILE,
    "chapter": keys.CHAPTER,
    "sheets": keys.SHEET,
    "rows": keys.ROW,
    "columns": keys.COLUMN,
    "open_columns": keys.OPEN_COLUMN,
    "total_row": keys.TOTAL_ROW,
    "total_column": keys.TOTAL_COLUMN,
    "questions": keys.QUESTION,
    "rules": keys.RULE,
    "units": keys.UNIT,
}


def is_open(element: Mapping[str, Any]) -> bool:
    return "open_columns" in element


def shape_of(place: Place, element: Mapping[str, Any]) -> Shape:
    what = kind(place)
    if what == "tables":
        return keys.MATRIX_TABLE if "matrix" in element else keys.OPEN_TABLE if is_open(element) else keys.LIST_TABLE
    if what == "indicators":
        return keys.INDICATOR_PART if "parts" in place else keys.INDICATOR
    if what == "parts":
        return keys.INDICATOR_PARTS if "indicators" in element else keys.ROW_PARTS
    return SHAPES[what]


class ElementForm(forms.Form):
    """What a place holds. `settings` gives the values of its keys, None for a key to be taken away."""

    def __init__(self, data: Any, *, place: Place, element: Mapping[str, Any], fixed: bool, units: list[str]) -> None:
        self.place, self.element = place, element
        self.shape = shape_of(place, element)
        self.has_target = "target" in self.shape.keys
        super().__init__(data, initial=dict(_initial(element)), auto_id=f"id_{'-'.join(map(str, place))}_%s")
        for key, of in self.shape.keys.items():
            if key not in LEFT_OUT and (isinstance(of, Text | Flag | Day | Texts) or key in (*NUMBERS, OPTIONS)):
                self.fields[key] = _field(key, of, units, is_question=kind(place) == "questions")
        if self.has_target:
            for way in TargetBound.values:
                self.fields[way] = _text(way)
            for key in TARGET_KEYS:
                self.fields[key] = _text(key)
        if fixed:
            self._fix()
        self.order_fields(FIRST)
        if first := next((field for field in self.fields.values() if not field.disabled), None):
            first.widget.attrs["autofocus"] = True

    @property
    def plain(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in SELDOM]

    @property
    def seldom(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in SELDOM]

    def _fix(self) -> None:
        """What is in force keeps what it is known by."""
        for key in {"number", "sector", "code", "matrix"} & self.fields.keys():
            self.fields[key].disabled = True
            self.fields[key].help_text = _("In force already, so it stays.")

    @property
    def settings(self) -> dict[str, Any]:
        """Of a bound form."""
        found: dict[str, Any] = {}
        for key, field in self.fields.items():
            if field.disabled or key in TARGET_KEYS or key in TargetBound.values:
                continue
            found[key] = _setting(key, self.shape.keys[key], field.widget.value_from_datadict(self.data, {}, key))
        return found | self._target() if self.has_target else found

    def _target(self) -> dict[str, Any]:
        typed: dict[str, Any] = {
            key: str(self.data.get(key, "")).strip() for key in (*TargetBound.values, *TARGET_KEYS)
        }
        typed |= {key: number_of_text(typed[key]) for key in TargetBound.values}
        target = {key: value for key, value in typed.items() if value != ""}
        return {"target": target or None}


def _initial(element: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in element.items():
        if key == "target" and isinstance(value, Mapping):
            yield from value.items()
        elif key == OPTIONS and isinstance(value, Mapping):
            yield key, "\n".join(f"{code} {words}" for code, words in value.items())
        elif isinstance(value, bool) and key == "signed":
            yield key, YES if value else NO
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield key, " ".join(value)
        else:
            yield key, value


def _field(key: str, of: Kind, units: list[str], *, is_question: bool) -> forms.Field:
    is_needed = of.default is REQUIRED
    if isinstance(of, Flag) and of.default is None:  # a part has what its total has
        ways = [("", _("as usual")), (YES, _("yes")), (NO, _("no"))]
        return forms.ChoiceField(required=False, label=label(key), choices=ways)
    if isinstance(of, Flag):
        return forms.BooleanField(required=False, label=label(key), initial=bool(of.default) and not is_needed)
    if isinstance(of, Day):
        widget = forms.DateInput(attrs={"type": "date"})
        return forms.CharField(required=False, label=label(key), widget=widget)
    kinds = KINDS_OF_QUESTIONS if is_question else KINDS_OF_VALUES
    if choices := {**CHOICES, "kind": kinds}.get(key):
        blank = [] if is_needed else [("", _("as usual"))]
        return forms.ChoiceField(required=False, label=label(key), choices=[*blank, *choices])
    if key == "unit":
        blank = [("", "" if is_needed else _("as the total"))]
        return forms.ChoiceField(required=False, label=label(key), choices=[*blank, *((name, name) for name in units)])
    return _text(key)


def _text(key: str) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 6 if key == "wording" else 2}) if key in LONG else forms.TextInput()
    return forms.CharField(required=False, label=label(key), widget=widget, help_text=HELP.get(key, ""))


def _setting(key: str, of: Kind, value: Any) -> Any:
    """As a specification has it; None where nothing was typed, or what is so without being said. A text that must be
    there stays, empty, and is named by the loader."""
    if isinstance(of, Flag) and of.default is None:
        return {YES: True, NO: False}.get(str(value))
    if isinstance(of, Flag):
        return None if bool(value) is of.default else bool(value)
    if key == OPTIONS:
        return _options(str(value or "")) or None
    text = str(value or "").strip().replace("\r\n", "\n")
    if isinstance(of, Texts):
        return text.split() or None
    if not text:
        return "" if of.default is REQUIRED else None
    return number_of_text(text) if key in NUMBERS else text


def _options(text: str) -> dict[str, str]:
    """By code; one without words is called as its code."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, _blank, words = line.partition(" ")
        found[code] = words.strip() or code
    return found
