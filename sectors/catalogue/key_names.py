"""What the keys of catalogue files are called on the screen."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "accumulation": _("How periods make a year"),
    "also": _("Also written"),
    "at_least": _("Target: at least"),
    "at_most": _("Target: at most"),
    "base": _("Base unit"),
    "change_limit": _("Largest ordinary change"),
    "chapter": _("Chapter"),
    "code": _("Code"),
    "columns": _("Columns that it adds up"),
    "computed": _("Computed, not entered"),
    "counted": _("Counted from the registry"),
    "counts": _("Things are counted in it"),
    "decimals": _("Decimals"),
    "department": _("Department code"),
    "exhaustive": _("The parts add up to the total"),
    "expression": _("Expression"),
    "formerly": _("Former frequencies"),
    "formula": _("Formula"),
    "frequency": _("Frequency"),
    "help": _("Definition and note"),
    "key": _("Key indicator"),
    "kind": _("Kind"),
    "matrix": _("Beginning of its codes"),
    "max": _("At most"),
    "message": _("Message"),
    "min": _("At least"),
    "missing": _("Missing figures"),
    "name": _("Name"),
    "number": _("Sheet number"),
    "options": _("Options"),
    "pass_rate": _("Pass rate of its sector"),
    "position": _("Position"),
    "required": _("Required"),
    "rounding": _("Rounding"),
    "scale": _("Scale"),
    "sector": _("Sector code"),
    "severity": _("Severity"),
    "signed": _("May be below 0"),
    "since": _("The target holds since"),
    "source": _("Source of the target"),
    "subject": _("Subject"),
    "table": _("Under the table"),
    "target": _("Target"),
    "text": _("Question"),
    "total": _("In the total row"),
    "unit": _("Unit"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
    "wording": _("Wording"),
}
KINDS: dict[str, str | Promise] = {
    "sector": _("Sector"),
    "chapter": _("Chapter"),
    "sheets": _("Sheet"),
    "tables": _("Table"),
    "indicators": _("Indicator"),
    "rows": _("Row"),
    "columns": _("Column"),
    "parts": _("Breakdown"),
    "total_row": _("Total row"),
    "total_column": _("Total column"),
    "questions": _("Question"),
    "rules": _("Rule"),
    "units": _("Unit"),
}


def label(key: str) -> str:
    return str(LABELS.get(key, key))
