"""What the chips of a wording say in place of its code: functions, conditions and names of the language of wordings."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def chip_words() -> dict[str, str]:
    """By the function or keyword as it is written; %s stands for the names of the figures, or for the condition.
    What is not named here is shown as it is written."""
    return {
        "comma": pgettext("between names", ", "),
        "n": "%s",
        "v": _("%s (number only)"),
        "cn": _("%s (in Chinese numerals)"),
        "change": _("%s: compared with last year, after a comma"),
        "compared": _("%s: compared with last year"),
        "last_n": _("%s of last year"),
        "abs_n": _("%s without its sign"),
        "target": _("target of %s"),
        "as_of": _("day of %s"),
        "span_of": _("time of %s"),
        "listed": _("list of %s"),
        "by_size": _("by size: %s"),
        "ranked": _("by size: %s"),
        "val": "%s",
        "last": _("%s of last year"),
        "has": _("%s is reported"),
        "rose": _("%s rose"),
        "fell": _("%s fell"),
        "reached": _("%s reached its target"),
        "year": pgettext("chip", "year"),
        "region": pgettext("chip", "region"),
        "span": pgettext("chip", "time"),
        "whole": pgettext("chip", "time"),
        "if": _("if %s:"),
        "elif": _("or if %s:"),
        "else": _("otherwise:"),
        "endif": _("end of “if”"),
        "for": _("each %s:"),
        "endfor": _("end of “each”"),
        "set": _("let %s"),
        "and": pgettext("chip", "and"),
        "or": pgettext("chip", "or"),
        "not": pgettext("chip", "not"),
    }
