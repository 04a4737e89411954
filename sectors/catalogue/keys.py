"""The keys of catalogue files, described in docs/catalogue.md: what `files` reads, and the schema of the files."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sectors.calculation.tokens import CODE as INDICATOR_CODE
from sectors.catalogue.counted import COUNTABLE
from sectors.catalogue.shapes import (
    Child,
    Children,
    Day,
    Either,
    Flag,
    Kind,
    Number,
    OneOrMore,
    Pairs,
    Shape,
    Text,
    Texts,
    Whole,
    YearOrDay,
    of_field,
)
from sectors.models import (
    Breakdown,
    Chapter,
    Department,
    FormerFrequency,
    Indicator,
    Question,
    Region,
    RegistryWord,
    Rule,
    Sector,
    Sheet,
    Table,
    Unit,
)
from sectors.models.indicators import MOST_DECIMALS
from sectors.models.registry import LONGEST_CODE, MOST_WEIGHT
from sectors.vocabulary import (
    Accumulation,
    MissingFigures,
    Rounding,
    RowsOfYear,
    Severity,
    TargetBound,
    ValueKind,
    WordKind,
)

LONGEST_POSITION = 32_767  # what a small column takes in every database

WORD: dict[str, Any] = {
    "pattern": "[a-z][a-z0-9_]*",
    "form": _("lower-case letters, digits and _, beginning with a letter"),
}
PART: dict[str, Any] = {
    "pattern": "[a-z0-9][a-z0-9_]*",
    "form": _("lower-case letters, digits and _, not beginning with _"),
}
DOTTED: dict[str, Any] = {
    "pattern": r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*",
    "form": _("lower-case letters, digits, _ and dots, beginning with a letter"),
}
CODE: dict[str, Any] = {
    "pattern": INDICATOR_CODE.pattern,
    "form": _("two parts or more of lower-case letters, digits and _, with dots"),
}
OPTION: dict[str, Any] = {
    "pattern": "[A-Za-z0-9][A-Za-z0-9_+-]{0,19}",
    "form": _("up to 20 letters, digits, _, + and -, beginning with a letter or digit"),
}
LONGEST_OPTION = 40
ROW_TOTAL = r"count|(?:sum|max)\([a-z0-9][a-z0-9_]*\)"
MOST_ROWS, USUAL_ROWS = 500, 100  # of an open table
REGION: dict[str, Any] = {"pattern": "[0-9]{6}|[0-9]{9}", "form": _("6 or 9 digits")}
YEAR: dict[str, Any] = {"pattern": "(19|20)[0-9]{2}", "form": _("the four digits of a year, such as 2025")}

POSITION = Whole(most=LONGEST_POSITION)
DAYS: dict[str, Kind] = {"valid_from": Day(), "valid_to": Day()}
MOVED_FROM = of_field(Sector, "code", default="", **WORD)


def _decimal_field(model: type[models.Model], name: str, **more: Any) -> Number:
    column: Any = model._meta.get_field(name)
    return Number(digits=column.max_digits, places=column.decimal_places, **more)


UNIT = Shape(
    "unit",
    {
        "name": of_field(Unit, "name"),
        "base": of_field(Unit, "base", default=""),
        "scale": _decimal_field(Unit, "scale", positive=True, default=None),
        "counts": Flag(default=False),
        "also": Texts(),
    },
)

UNITS = Children(shape=lambda: UNIT, default=())

# Regions

REGION_KEYS: dict[str, Kind] = {"name": of_field(Region, "name"), "level": of_field(Region, "level")}
SHORT = of_field(Department, "short_name", default="")
DEPARTMENT = Shape(
    "department",
    {
        "code": of_field(Department, "code", **WORD),
        "name": of_field(Department, "name"),
        "short": SHORT,
        "signs": Flag(default=None),
    },
)
WITHIN = Shape("within", {"code": of_field(Region, "code", **REGION), **REGION_KEYS})
REGION_FILE = Shape(
    "region",
    {
        "region": of_field(Region, "code", **REGION),
        **REGION_KEYS,
        "renamed_from": of_field(Region, "name", default=""),
        "within": Children(shape=lambda: WITHIN, default=()),
        "office": Child(shape=DEPARTMENT),
        "departments": Children(shape=lambda: DEPARTMENT),
        "assignments": Pairs(names=Text(), values=of_field(Department, "code", **WORD)),
    },
)

# Words of the registry

SHARED = "shared"
WORD_KEYS: dict[str, Kind] = {
    "code": Text(longest=LONGEST_CODE, **DOTTED),
    "name": of_field(RegistryWord, "name"),
    "english": of_field(RegistryWord, "english", default=""),
    **DAYS,
}
REGISTRY_WORD = Shape("registry_word", WORD_KEYS)
# The lists of a file: what a record keeps the code of, and the texts that are proposed.
CODED_WORDS: dict[str, tuple[WordKind, Shape]] = {
    "categories": (
        WordKind.CATEGORY,
        Shape("category", {**WORD_KEYS, "weight": Whole(most=MOST_WEIGHT, default=1)}),
    ),
    "settings": (WordKind.SETTING, REGISTRY_WORD),
    "premises_types": (WordKind.PREMISES_TYPE, REGISTRY_WORD),
    "programmes": (
        WordKind.PROGRAMME,
        Shape("programme", {**WORD_KEYS, "screening": Flag(default=False), "planned": Flag(default=True)}),
    ),
    "inspection_kinds": (WordKind.INSPECTION, REGISTRY_WORD),
    "channels": (WordKind.CHANNEL, REGISTRY_WORD),
    "complaint_kinds": (WordKind.COMPLAINT, REGISTRY_WORD),
}
PROPOSED_WORDS: dict[str, WordKind] = {
    "items": WordKind.ITEM,
    "test_units": WordKind.UNIT,
    "causes": WordKind.CAUSE,
}


def _words(shape: Shape) -> Children:
    return Children(shape=lambda: shape, default=None)


REGISTRY_FILE = Shape(
    "registry",
    {
        "registry": Text(pattern=f"{SHARED}|{REGION['pattern']}", form=_("shared, or the 6 or 9 digits of a region")),
        **{key: _words(shape) for key, (_kind, shape) in CODED_WORDS.items()},
        **dict.fromkeys(PROPOSED_WORDS, Texts(default=None)),
    },
)

# Rules and questions

RULE_KEYS: dict[str, Kind] = {
    "expression": Text(lines=True),
    "severity": of_field(Rule, "severity", default=Severity.ERROR),
    "message": of_field(Rule, "message"),
    "missing": of_field(Rule, "missing", default=MissingFigures.SKIP_ANY),
    **DAYS,
    "moved_from": MOVED_FROM,
}
RULE = Shape("rule", {"code": of_field(Rule, "code", **DOTTED), **RULE_KEYS})
MATRIX_RULE = Shape("matrix_rule", {"code": of_field(Rule, "code", default="", **DOTTED), **RULE_KEYS})
QUESTION = Shape(
    "question",
    {
        "code": of_field(Question, "code", **DOTTED),
        "kind": of_field(Question, "kind"),
        "text": of_field(Question, "text"),
        "table": of_field(Table, "code", default="", **PART),
        "subject": of_field(Question, "subject", default="", **WORD),
        **DAYS,
        "moved_from": MOVED_FROM,
    },
)

# Indicators

COUNTED = Shape(
    "counted",
    {
        "of": Text(choices=tuple(COUNTABLE)),
        "measure": Text(choices=tuple(sorted({name for known in COUNTABLE.values() for name in known.measures}))),
        "by": Text(choices=tuple(sorted({day for known in COUNTABLE.values() for day in known.days})), default=""),
        "where": Pairs(
            names=Text(choices=tuple(sorted({name for known in COUNTABLE.values() for name in known.filters}))),
            values=OneOrMore(),
        ),
    },
)
TARGET_ORIGIN: dict[str, Kind] = {
    "source": of_field(Indicator, "target_source", default=""),
    "since": YearOrDay(default=""),
}
TARGET = Either(
    {
        str(way): Shape(f"target_{way}", {str(way): _decimal_field(Indicator, "target"), **TARGET_ORIGIN})
        for way in TargetBound.values
    }
)
# What a part has of its total, where it says nothing else.
INHERITED: dict[str, Any] = {
    "decimals": 0,
    "accumulation": Accumulation.FLOW,
    "change_limit": None,
    "signed": False,
}


def _measured(*, is_part: bool = False) -> dict[str, Kind]:
    """The keys of whatever has a unit: indicators and columns of a matrix."""
    unit = of_field(Unit, "name", default=None) if is_part else of_field(Unit, "name")
    return {
        "unit": unit,
        "kind": of_field(Indicator, "value_kind", default=ValueKind.NUMBER),
        "options": Pairs(names=Text(**OPTION), values=Text(longest=LONGEST_OPTION)),
        "decimals": Whole(most=MOST_DECIMALS, default=None),
        "accumulation": of_field(Indicator, "accumulation", default=None),
        "change_limit": Whole(most=LONGEST_POSITION, default=None),
        "signed": Flag(default=None),
        "min": _decimal_field(Indicator, "minimum", default=None),
        "max": _decimal_field(Indicator, "maximum", default=None),
        "formula": Text(lines=True, default=""),
        "rounding": of_field(Indicator, "rounding", default=Rounding.HALF_UP),
        "required": Flag(default=False),
        "help": Text(lines=True, default=""),
        "counted": Child(shape=COUNTED, default=None),
        "key": Flag(default=False),
        "pass_rate": Flag(default=False),
        "target": Child(shape=TARGET, default=None),
        **DAYS,
    }


def _split(of: str, key: str, shape: Any) -> Shape:
    keys = {"name": of_field(Breakdown, "name"), "exhaustive": Flag(), key: Children(shape=shape)}
    return Shape(f"{of}_parts", keys)


# An indicator's name is the head of its row too.
NAMED: dict[str, Kind] = {"code": of_field(Indicator, "code", **CODE), "name": of_field(Indicator, "row_name")}
PARTS: dict[str, Kind] = {"parts": Children(shape=lambda: INDICATOR_PARTS, default=())}
OF_ROWS = of_field(Indicator, "of_rows", default="", pattern=ROW_TOTAL, form=_("sum(column), max(column) or count"))
INDICATOR = Shape("indicator", {**NAMED, **_measured(), "of_rows": OF_ROWS, **PARTS})
INDICATOR_PART = Shape("indicator_part", {**NAMED, **_measured(is_part=True), "of_rows": OF_ROWS, **PARTS})
INDICATOR_PARTS: Shape = _split("indicator", "indicators", lambda: INDICATOR_PART)

# Tables

ROW = Shape(
    "row",
    {
        "code": Text(**PART),
        "name": of_field(Indicator, "row_name"),
        "computed": Flag(default=False),
        "parts": Children(shape=lambda: ROW_PARTS, default=()),
    },
)
ROW_PARTS: Shape = _split("row", "rows", lambda: ROW)
COLUMN = Shape(
    "column", {"code": Text(**PART), "name": of_field(Indicator, "name"), **_measured(), "total": Flag(default=True)}
)
TOTAL_KEYS: dict[str, Kind] = {
    "code": Text(**PART),
    "name": of_field(Breakdown, "name"),
    "computed": Flag(default=True),
}
TOTAL_ROW = Shape("total_row", TOTAL_KEYS)
TOTAL_COLUMN = Shape("total_column", {**TOTAL_KEYS, "columns": Texts()})
TABLE_KEYS: dict[str, Kind] = {"code": of_field(Table, "code", **PART), "name": of_field(Table, "name")}
LIST_TABLE = Shape(
    "list_table",
    {
        **TABLE_KEYS,
        "indicators": Children(shape=lambda: INDICATOR),
        "rules": Children(shape=lambda: RULE, default=()),
    },
)
MATRIX_TABLE = Shape(
    "matrix_table",
    {
        **TABLE_KEYS,
        "matrix": of_field(Indicator, "code", **DOTTED),
        "rows": Children(shape=lambda: ROW),
        "columns": Children(shape=lambda: COLUMN),
        "total_row": Child(shape=TOTAL_ROW, default=None),
        "total_column": Child(shape=TOTAL_COLUMN, default=None),
        "rules": Children(shape=lambda: MATRIX_RULE, default=()),
    },
)
# What an open column has of what indicators have.
OPEN_KEYS = ("kind", "options", "decimals", "signed", "min", "max", "required", "help")
OPEN_COLUMN = Shape(
    "open_column",
    {
        "code": Text(longest=40, **PART),
        "name": of_field(Table, "name"),
        "unit": of_field(Unit, "name", default="1"),
        **{key: kind for key, kind in _measured().items() if key in OPEN_KEYS},
    },
)
OPEN_TABLE = Shape(
    "open_table",
    {
        **TABLE_KEYS,
        "open_columns": Children(shape=lambda: OPEN_COLUMN),
        "most_rows": Whole(most=MOST_ROWS, default=USUAL_ROWS),
        "rows_of_year": of_field(Table, "rows_of_year", default=RowsOfYear.ALL),
        "indicators": Children(shape=lambda: INDICATOR),
        "rules": Children(shape=lambda: RULE, default=()),
    },
)

# Sectors

TABLES = Either({"matrix": MATRIX_TABLE, "open_columns": OPEN_TABLE}, otherwise=LIST_TABLE)
CHAPTER = Shape(
    "chapter", {"code": of_field(Chapter, "code", **WORD), "name": of_field(Chapter, "name"), "position": POSITION}
)
SHEET = Shape(
    "sheet",
    {
        "number": of_field(Sheet, "number"),
        "name": of_field(Sheet, "name"),
        "frequency": of_field(Sheet, "frequency"),
        "formerly": Pairs(names=Text(**YEAR), values=of_field(FormerFrequency, "frequency")),
        "department": of_field(Sheet, "department_code", **WORD),
        "moved_from": MOVED_FROM,
        **DAYS,
        **{key: of_field(Sheet, key, default="") for key in ("document", "authority")},
        "approved_until": Day(),
        "tables": Children(shape=lambda: TABLES, default=()),
        "questions": Children(shape=lambda: QUESTION, default=()),
    },
)
SECTOR_FILE = Shape(
    "sector",
    {
        "sector": of_field(Sector, "code", **WORD),
        "region": of_field(Region, "code", **REGION, default=""),
        "name": of_field(Sector, "name"),
        "chapter": Child(shape=CHAPTER),
        "position": POSITION,
        "sheets": Children(shape=lambda: SHEET),
        "rules": Children(shape=lambda: RULE, default=()),
        "units": UNITS,
        "wording": Text(lines=True, default=""),
    },
)
UNITS_FILE = Shape("units", {"units": Children(shape=lambda: UNIT)})
FILE = Either({"sector": SECTOR_FILE, "region": REGION_FILE, "registry": REGISTRY_FILE, "units": UNITS_FILE})
