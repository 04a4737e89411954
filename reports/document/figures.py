"""What a document says of its figures beside its blocks: where they come from, what they do not agree with, and what
they are to reach."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FigureUsed:
    """One figure of the report and where it comes from.

    `value`, `last_value` and `declared` are in `unit`, None when missing. `change` is against last year: in
    percentage points when the unit is %, else in per cent. `coverage` is (periods with a value, periods due), `span`
    the months of a value that is not of the whole year (1—6月), where they are the same everywhere; `text` is the
    value as printed. Where it is not exact, the texts with units say how, and `last_text` the same of last year's;
    `is_change_about` says that a change is no exact one.
    """

    code: str
    name: str
    unit: str
    value: Decimal | None
    text: str
    last_value: Decimal | None
    change: Decimal | None
    coverage: tuple[int, int]
    declared: Decimal | None
    source: str
    text_with_unit: str = ""
    last_text: str = ""
    last_text_with_unit: str = ""
    is_change_about: bool = False
    span: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a figure of the report does not agree with: the codes of all figures that it is about, and the sentence,
    which tells what the department said where that is `explained`."""

    codes: tuple[str, ...]
    text: str
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is to reach, as sentences print it, and whose target it is since when; a target without
    that `source` is not told in public."""

    code: str
    text: str
    source: str
