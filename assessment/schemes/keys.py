"""What may stand in a file of a scheme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml.nodes import Node as YamlNode
from ruamel.yaml.nodes import SequenceNode

from assessment.schemes.specification import Counted, Missing, Subjects
from sectors.catalogue.nodes import Source
from sectors.catalogue.shapes import (
    LAST_YEAR,
    Child,
    Children,
    Flag,
    Kind,
    Number,
    Pairs,
    Schema,
    Shape,
    Text,
    Texts,
    Whole,
)

CODE: dict[str, Any] = {
    "pattern": r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*",
    "form": "a-z, 0-9, _ .",
    "longest": 60,
}


@dataclass(frozen=True, kw_only=True)
class Numbers(Kind):
    """A list of numbers."""

    each: Number

    def read(self, node: YamlNode, key: str, source: Source) -> list[Decimal]:
        if not isinstance(node, SequenceNode) or not node.value:
            raise ValueError(_("%(key)s must be a list of numbers.") % {"key": key})
        return [self.each.read(child, key, source) for child in node.value]

    def schema(self) -> Schema:
        return {"type": "array", "items": self.each.schema(), "minItems": 1}


POINTS = Number(digits=7, places=2, positive=True)
VALUE = Number(digits=20, places=6)
ANY = Number(digits=20, places=6, default=None)
INDICATOR: dict[str, Kind] = {"of": Text(longest=100)}
LEVELS = 3  # of criteria
LETTER = Text(pattern="[A-Y]", form="A-Y")


GIVEN = Number(digits=7, places=2)
STEP = Shape(
    "scheme_step",
    {
        "from": Number(digits=20, places=6, default=None),
        "below": Number(digits=20, places=6, default=None),
        "points": Number(digits=7, places=2),
    },
)
METHODS: dict[str, Shape] = {
    "linear": Shape("scheme_linear", {**INDICATOR, "zero": VALUE, "full": VALUE}),
    "change": Shape("scheme_change", {**INDICATOR, "zero": VALUE, "full": VALUE}),
    "steps": Shape("scheme_steps", {**INDICATOR, "steps": Children(shape=lambda: STEP)}),
    "gap": Shape(
        "scheme_gap",
        {
            **INDICATOR,
            "full": ANY,
            "each": Number(digits=20, places=6, positive=True),
            "deduct": POINTS,
            "falls": Flag(default=False),
            "begun": Flag(default=False),
        },
    ),
    "target": Shape("scheme_target", {**INDICATOR, "share": Flag(default=False)}),
    "own_targets": Shape("scheme_own_targets", {}),
    "rank": Shape(
        "scheme_rank",
        {
            **INDICATOR,
            "points": Numbers(each=GIVEN),
            "best": Text(choices=("high", "low"), default="high"),
        },
    ),
    "count": Shape(
        "scheme_count",
        {
            "of": Text(choices=tuple(one.value for one in Counted)),
            "deduct": POINTS,
            "free": Whole(most=1000, default=0),
        },
    ),
}
CRITERION: Shape = Shape(
    "scheme_criterion",
    {
        "code": Text(**CODE),
        "name": Text(longest=200),
        "points": POINTS,
        "lead": Text(longest=30, default=""),
        "for": Texts(),
        "floor": Number(digits=7, places=2, default=None),
        "missing": Text(choices=tuple(one.value for one in Missing), default=Missing.HAND.value),
        "criteria": Children(shape=lambda: CRITERION, default=()),
        "hand": Text(longest=500, lines=True, default=""),
        **{name: Child(shape=shape, default=None) for name, shape in METHODS.items()},
    },
)
VETO = Shape(
    "scheme_veto", {"code": Text(**CODE), "name": Text(longest=200), "proof": Text(longest=500, lines=True, default="")}
)
SCHEME = Shape(
    "scheme",
    {
        "scheme": Text(**CODE),
        "name": Text(longest=100),
        "year": Whole(most=LAST_YEAR),
        "subjects": Text(choices=tuple(one.value for one in Subjects)),
        "points": Number(digits=7, places=2, positive=True, default=None),
        "criteria": Children(shape=lambda: CRITERION),
        "bonus": Children(shape=lambda: CRITERION, default=()),
        "vetoes": Children(shape=lambda: VETO, default=()),
        "grades": Pairs(names=LETTER, values=Number(digits=7, places=2)),
    },
)
