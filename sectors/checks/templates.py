"""The sentences of the checks, and what they say to whom reads no repairs.

The keys of the templates are on record in the database: a key stays, its words may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Template(TextChoices):
    """The sentences of the checks by their keys, and what these sentences are put together from."""

    SUM = "sum", _("%(name)s: %(parts)s %(expected)s, %(declared)s is reported.")
    SUM_CUT_OFF = (
        "sum_cut_off",
        _("%(name)s: %(parts)s %(expected)s; %(declared)s is cut off, rounded it would be %(rounded)s."),
    )
    SUM_WITH_BLANKS = (
        "sum_with_blanks",
        ngettext_lazy(
            "%(name)s: the parts (%(split)s) give %(expected)s already, and %(count)d is still empty; %(declared)s is "
            "reported.",
            "%(name)s: the parts (%(split)s) give %(expected)s already, and %(count)d are still empty; %(declared)s is "
            "reported.",
            "count",
        ),
    )
    PARTS = "parts", _("the parts (%(split)s) give")
    PARTS_NAMED = "parts_named", _("its parts (%(names)s) add up to")
    ROWS = "rows", _("the rows (%(names)s) add up to")
    COLUMNS = "columns", _("the columns (%(names)s) add up to")
    CELL = "cell", _("“%(column)s” in row %(row)s")
    IN_ROW = "in_row", _("Row %(row)s: %(message)s")
    NOT_APPLICABLE = "not_applicable", _("n/a")
    ABSENT = (
        "absent",
        _("n/a (%(names)s) says that there is none here, and counts as 0: correct the number, or what is n/a."),
    )
    PART = "part", _("%(part)s (%(value)s) is more than %(total)s (%(limit)s), of which it is a part.")
    DECLARED = "declared", _("%(name)s is declared as %(declared)s, but its figures give %(computed)s.")
    DECLARED_CUT_OFF = (
        "declared_cut_off",
        _(
            "%(name)s is declared as %(declared)s, which is cut off: its figures give %(computed)s, rounded "
            "%(rounded)s."
        ),
    )
    GROWTH = (
        "growth",
        _(
            "%(name)s is declared as %(declared)s. What %(total)s and its parts (%(split)s) are now, and how else they "
            "grew, gives %(expected)s."
        ),
    )
    GROWTH_NONE = (
        "growth_none",
        _(
            "%(name)s is declared as %(declared)s. With how %(total)s and its parts (%(split)s) grew otherwise, the "
            "parts did not make their total before."
        ),
    )
    GROWTH_BETWEEN = (
        "growth_between",
        _(
            "%(total)s: its growth is declared as %(declared)s, that of its parts (%(split)s) as %(low)s to %(high)s. "
            "The growth of a total lies between those of its parts, so one of these rates is wrong; which one, they do "
            "not tell."
        ),
    )
    ANOTHER = "another", _("Or another one of these figures is wrong.")
    GROWTH_TO_ZERO = (
        "growth_to_zero",
        _("%(name)s is declared as %(declared)s, but %(of)s is 0 now: only %(expected)s leaves nothing."),
    )
    GROWTH_FROM_ZERO = (
        "growth_from_zero",
        _("%(name)s is declared as %(declared)s, but of %(of)s there was nothing before: nothing grows from 0."),
    )
    GROWTH_NOT_TO_ZERO = (
        "growth_not_to_zero",
        _("%(name)s is declared as %(declared)s, which leaves nothing, but %(of)s is %(level)s now."),
    )
    GROWTH_OVER_LEVEL = (
        "growth_over_level",
        _("%(name)s is declared as %(declared)s, but %(of)s is only %(level)s now: it cannot have grown by more."),
    )
    SHARES = "shares", _("%(name)s: the shares of its parts add up to %(total)s%% instead of 100%%.")
    SHARES_CUT_OFF = (
        "shares_cut_off",
        _("%(name)s: the shares of its parts add up to %(total)s%%, as if cut off instead of rounded."),
    )
    SHARES_OVER = (
        "shares_over",
        _("%(name)s: the shares of some of its parts add up to %(total)s%% already, which is more than 100%%."),
    )
    RULE = "rule", _("%(message)s (%(left)s %(sign)s %(right)s)")
    REGISTRY = (
        "registry",
        ngettext_lazy(
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d record). Correct the "
            "figure or the records, or say why they differ.",
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d records). Correct the "
            "figure or the records, or say why they differ.",
            "count",
        ),
    )

    REGISTRY_EMPTY = (
        "registry_empty",
        _(
            "%(name)s: the sheet says %(value)s, which was counted, but no record of it is left in the registry. Empty "
            "the cell or restore the records, or say why it stays."
        ),
    )
    FALL = "fall", _("%(name)s counts from the start of the year and fell from %(before)s to %(now)s.")
    ANNUAL = "annual", _("%(name)s: the periods of the year make %(expected)s, the annual figure is %(declared)s.")
    ANNUAL_REACHED = (
        "annual_reached",
        _("%(name)s: %(expected)s is reached by periods of the year already, the annual figure is %(declared)s."),
    )
    CHANGES = "changes", _("%(name)s: %(changes)s")
    CHANGE = "change", _("%(now)s after %(then)s in %(when)s (%(change)s).")
    CHANGE_OF_PERCENTAGE = "change_of_percentage", _("%(now)s after %(then)s in %(when)s.")
    CHANGE_BY_TIMES = (
        "change_by_times",
        _("%(now)s, %(times)s times the %(then)s of %(when)s: was it given in another unit?"),
    )
    CHANGE_TO_FRACTION = (
        "change_to_fraction",
        _("%(now)s, one in %(times)s of the %(then)s of %(when)s: was it given in another unit?"),
    )
    LAST_YEAR = "last_year", _("last year")
    PERIOD_BEFORE = "period_before", _("the period before")
    SAME_PERIOD_LAST_YEAR = "same_period_last_year", _("the same period last year")
    OUTLIER = (
        "outlier",
        _("%(name)s: %(now)s lies far from what the last %(count)d periods had (%(middle)s in the middle)."),
    )

    OUT_OF_RANGE = (
        "out_of_range",
        _(
            "%(name)s: %(now)s lies far out of what the %(count)d periods %(periods)s had (%(low)s to %(high)s, "
            "%(middle)s in the middle). Is it right?"
        ),
    )
    TIMES_THE_PAST = (
        "times_the_past",
        _(
            "%(name)s: %(now)s is %(times)s times what a period had before (%(middle)s, from %(periods)s). Was it "
            "given in another unit?"
        ),
    )
    FRACTION_OF_THE_PAST = (
        "fraction_of_the_past",
        _(
            "%(name)s: %(now)s is one in %(times)s of what a period had before (%(middle)s, from %(periods)s). Was it "
            "given in another unit?"
        ),
    )

    WHOLE = (
        "whole",
        _("%(name)s is declared as %(declared)s, which no whole number (%(of)s) gives: %(count)s would give %(fits)s."),
    )
    WHOLE_CUT_OFF = (
        "whole_cut_off",
        _(
            "%(name)s is declared as %(declared)s, which no whole number (%(of)s) gives: %(count)s would give "
            "%(fits)s, which seems to be cut off instead of rounded."
        ),
    )
    OF_TIME = "of_time", _("%(name)s, %(when)s")
    ROWS_MORE = (
        "rows_more",
        _(
            "%(name)s: %(value)s where %(of)s is %(count)s is %(times)s times what the other rows of the table have "
            "for each. Are the number and its unit right?"
        ),
    )
    ROWS_LESS = (
        "rows_less",
        _(
            "%(name)s: %(value)s where %(of)s is %(count)s is one in %(times)s of what the other rows of the table "
            "have for each. Are the number and its unit right?"
        ),
    )

    REGIONS_MORE = (
        "regions_more",
        _(
            "%(name)s: %(value)s where %(of)s is %(count)s is %(times)s times what other regions have for each. Are "
            "the number and its unit right?"
        ),
    )
    REGIONS_LESS = (
        "regions_less",
        _(
            "%(name)s: %(value)s where %(of)s is %(count)s is one in %(times)s of what other regions have for "
            "each. Are the number and its unit right?"
        ),
    )

    NEGATIVE = "negative", _("%(name)s is %(value)s, and cannot be negative.")
    NEGATIVE_PERCENTAGE = "negative_percentage", _("%(name)s is %(value)s%%, and cannot be negative.")
    FALLS_BELOW_NOTHING = (
        "falls_below_nothing",
        _("%(name)s is %(value)s%%, and nothing falls by more than 100%%."),
    )
    NOT_WHOLE = "not_whole", _("%(name)s is %(value)s, and is counted in whole units.")
    OVER_HUNDRED = "over_hundred", _("%(name)s is %(value)s%%, and cannot be more than 100%%.")
    BELOW_MINIMUM = "below_minimum", _("%(name)s is %(value)s, and is at least %(limit)s.")
    ABOVE_MAXIMUM = "above_maximum", _("%(name)s is %(value)s, and is at most %(limit)s.")
    REQUIRED = "required", _("%(name)s is required and empty. Fill it, or write n/a.")
    BLANK = "blank", _("%(name)s is empty while the cells beside it are filled. Write 0 or n/a if that is meant.")

    ALSO = "also", _("The same slip shows as well in: %(others)s.")
    TOO_LARGE = "too_large", _("It is %(times)s times too large: was it given in another unit?")
    TOO_SMALL = "too_small", _("It is %(times)s times too small: was it given in another unit?")
    CORRECTED_LATER = (
        "corrected_later",
        _(
            "%(name)s (%(period)s) was corrected from %(old)s to %(new)s on %(day)s, after this had been accepted: "
            "explain the growth, or ask for a return and declare it anew."
        ),
    )
    GROWTH_OF_RATE = (
        "growth_of_rate",
        _("This is the growth of the rate in per cent; a rate grows by percentage points."),
    )
    DIFFERENCE_IN_POINTS = (
        "difference_in_points",
        _("This is the difference in percentage points; growth is asked for in per cent."),
    )
    CONFIRMED = (
        "confirmed",
        _("The declared %(rate)s of %(value)s fits %(top)s of %(bottom)s, so %(old)s is suspect."),
    )
    SUSPECT = "suspect", _("%(name)s (%(repair)s would fit)")
    OFF_BY = "off_by", _(" (off by %(by)s)")
    OFF_BY_POINTS = "off_by_points", _(" (off by %(by)s percentage points)")
    OFF_ABSENT = "off_absent", _(" (n/a)")
    SUSPECTS = "suspects", _("Suspect: %(figures)s.")
    SUSPECTS_OR_MISSING = "suspects_or_missing", _("Suspect: %(figures)s; or a part of %(by)s is missing.")
    TOGETHER = "together", _("No single figure explains it; together these would: %(figures)s.")
    MOVED = (
        "moved",
        _("%(by)s seems to be counted in %(over)s instead of %(under)s; together these would fit: %(figures)s."),
    )
    MOVED_SOMEWHERE = (
        "moved_somewhere",
        _("One has as much too much as another has too little: %(by)s seems to be counted in the wrong place."),
    )
    OFF = "off", _("One of these figures is off by %(by)s.")
    OFF_OR_MISSING = "off_or_missing", _("One of these figures is off by %(by)s, or a part is missing.")
    TOO_MANY = (
        "too_many",
        _("No single figure explains %(by)s too many: one is counted twice, or several figures are wrong."),
    )
    TOO_FEW = (
        "too_few",
        _("No single figure explains %(by)s too few: something is left out, or several figures are wrong."),
    )
    ROW_TWICE = (
        "row_twice",
        _(
            "The parts of %(names)s are too many by the same %(by)s: one category is counted twice, or the totals are "
            "too small together: %(figures)s."
        ),
    )
    ROW_TOO_MANY = (
        "row_too_many",
        _(
            "The parts of %(names)s are too many by %(by)s, which is as much as one category has (%(row)s): it is "
            "counted twice or does not belong here, or the totals are too small together: %(figures)s."
        ),
    )
    ROWS_ALIKE = (
        "rows_alike",
        _("Rows %(rows)s have the same figures in every column: one may have been pasted over the other."),
    )
    COLUMNS_EXCHANGED = (
        "columns_exchanged",
        _(
            "Columns “%(one)s” and “%(other)s” look exchanged: with them exchanged every row holds. As they are: "
            "%(message)s"
        ),
    )
    ROWS_EXCHANGED = (
        "rows_exchanged",
        _(
            "Rows “%(one)s” and “%(other)s” look exchanged: with them exchanged everything holds. As they are: "
            "%(message)s"
        ),
    )
    CELLS_EXCHANGED = (
        "cells_exchanged",
        _("%(one)s and %(other)s look exchanged: with them exchanged everything holds. As they are: %(message)s"),
    )
    SHIFTED_DOWN = (
        "shifted_down",
        _(
            "“%(name)s”, from %(first)s to %(last)s, looks one row too low: with all moved up by a row everything "
            "holds. As it is: %(message)s"
        ),
    )
    SHIFTED_UP = (
        "shifted_up",
        _(
            "“%(name)s”, from %(first)s to %(last)s, looks one row too high: with all moved down by a row everything "
            "holds. As it is: %(message)s"
        ),
    )
    MISSING_CATEGORY = (
        "missing_category",
        _("Every figure is confirmed by others: one category of %(by)s is likely missing."),
    )
    MISSING_CATEGORY_ALIKE = (
        "missing_category_alike",
        _("%(names)s miss the same %(by)s: one category is likely missing."),
    )
    MISSING_CATEGORY_OF_SEVERAL = (
        "missing_category_of_several",
        _("%(names)s miss %(by)s: one category is likely missing."),
    )


# The sentences without what is to be written or done, where those of the templates say that.
WITHOUT_REPAIRS: Mapping[Template, Any] = {
    Template.SUM_CUT_OFF: _("%(name)s: %(parts)s %(expected)s; %(declared)s is cut off instead of rounded."),
    Template.DECLARED_CUT_OFF: _(
        "%(name)s is declared as %(declared)s, which is cut off instead of rounded: its figures give %(computed)s."
    ),
    Template.REGISTRY: ngettext_lazy(
        "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d record).",
        "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d records).",
        "count",
    ),
    Template.REGISTRY_EMPTY: _(
        "%(name)s: the sheet says %(value)s, which was counted, but no record of it is left in the registry."
    ),
    Template.GROWTH: _(
        "%(name)s is declared as %(declared)s. By what %(total)s and its parts (%(split)s) are now, and how else they "
        "grew, it comes to %(expected)s."
    ),
    Template.ABSENT: _("n/a (%(names)s) says that there is none here, and counts as 0."),
    Template.GROWTH_TO_ZERO: _("%(name)s is declared as %(declared)s, but %(of)s is 0 now."),
    Template.WHOLE: _("%(name)s is declared as %(declared)s, which no whole number (%(of)s) gives."),
    Template.WHOLE_CUT_OFF: _(
        "%(name)s is declared as %(declared)s, which no whole number (%(of)s) gives; it seems to be cut off."
    ),
    Template.ROWS_MORE: _(
        "%(name)s: %(value)s where %(of)s is %(count)s is %(times)s times what the other rows of the table have for "
        "each."
    ),
    Template.ROWS_LESS: _(
        "%(name)s: %(value)s where %(of)s is %(count)s is one in %(times)s of what the other rows of the table have "
        "for each."
    ),
    Template.REGIONS_MORE: _(
        "%(name)s: %(value)s where %(of)s is %(count)s is %(times)s times what other regions have for each."
    ),
    Template.REGIONS_LESS: _(
        "%(name)s: %(value)s where %(of)s is %(count)s is one in %(times)s of what other regions have for each."
    ),
    Template.REQUIRED: _("%(name)s is required and empty."),
    Template.BLANK: _("%(name)s is empty while the cells beside it are filled."),
    Template.CONFIRMED: _("%(old)s does not agree with the declared %(rate)s of %(value)s."),
    Template.SUSPECT: "%(name)s%(off)s",
    Template.SUSPECTS: _("Does not agree with the rest: %(figures)s."),
    Template.SUSPECTS_OR_MISSING: _("Does not agree with the rest: %(figures)s; or a part of %(by)s is missing."),
    Template.COLUMNS_EXCHANGED: _("Columns “%(one)s” and “%(other)s” do not agree with the rest: %(message)s"),
    Template.ROWS_EXCHANGED: _("Rows “%(one)s” and “%(other)s” do not agree with the rest: %(message)s"),
    Template.CELLS_EXCHANGED: _("%(one)s and %(other)s do not agree with the rest: %(message)s"),
    Template.SHIFTED_DOWN: _("“%(name)s”, from %(first)s to %(last)s, does not agree with the rest: %(message)s"),
    Template.SHIFTED_UP: _("“%(name)s”, from %(first)s to %(last)s, does not agree with the rest: %(message)s"),
    Template.MOVED: _(
        "%(by)s seems to be counted in %(over)s instead of %(under)s; these do not agree with the rest: %(figures)s."
    ),
    Template.TOGETHER: _("No single figure explains it; several do not agree with the rest: %(figures)s."),
}
