"""What is measured: units, indicators, and how totals are broken down."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sectors.calculation.cells import Kind, Limits, kind_of
from sectors.models.scopes import valid_between
from sectors.vocabulary import Accumulation, Rounding, TargetBound, ValueKind

from .catalogue import Sheet, Table, Validity
from .history import History

MOST_DECIMALS = 6


class UnitQuerySet(models.QuerySet["Unit"]):
    def by_name(self) -> dict[str, Unit]:
        return {unit.name: unit for unit in self}

    def spellings(self) -> dict[str, str]:
        """The name of each unit by all that is written for it; without the unit of plain numbers, which is not
        written."""
        rows = [(name, also) for name, also in self.values_list("name", "also") if name != "1"]
        return {written: name for name, also in rows for written in (name, *also)}


class Unit(models.Model):
    """A unit of measure; `scale` of them in base units, so 1 万吨 is 10000 吨. `counts`: things are counted in it."""

    name = models.CharField(_("Name"), max_length=20, unique=True)
    base = models.CharField(_("Base unit"), max_length=20)
    scale = models.DecimalField(_("Scale"), max_digits=20, decimal_places=8, default=Decimal(1))
    counts = models.BooleanField(_("Things are counted in it"), default=False)
    # What people write for it too: `kg` for 公斤.
    also = models.JSONField(_("Also written"), default=list, blank=True)

    objects = UnitQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("Unit")
        verbose_name_plural = _("Units")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(scale__gt=0), name="unit_scale_positive")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_percent(self) -> bool:
        return self.name == "%"


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def valid_on(self, day: datetime.date) -> IndicatorQuerySet:
        """Those that are valid on the day, and their sheets too."""
        return self.filter(valid_between(day), valid_between(day, "sheet__"))

    def names(self, codes: Collection[str]) -> dict[str, str]:
        return dict(self.filter(code__in=codes).values_list("code", "name"))

    def units(self) -> dict[str, Unit]:
        """Units by code."""
        units = Unit.objects.in_bulk()
        return {code: units[unit] for code, unit in self.values_list("code", "unit")}

    def for_report(self, day: datetime.date) -> IndicatorQuerySet:
        """Those that `valid_on` gives, in the order of the report, with what printing needs."""
        return self.valid_on(day).select_related("unit", "table", "sheet__sector__chapter").in_report_order()

    def in_report_order(self) -> IndicatorQuerySet:
        sheet = ("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position")
        return self.order_by(*sheet, "table__position", "row", "column")


class Indicator(Validity):
    """One measured thing. With a formula it is computed; without one it is entered."""

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.PROTECT, related_name="indicators")
    table = models.ForeignKey(Table, verbose_name=_("Table"), on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(_("Code"), max_length=100, unique=True)
    name = models.CharField(_("Name"), max_length=100)
    row_name = models.CharField(_("Row head"), max_length=80)
    row = models.PositiveSmallIntegerField(_("Row"))
    column = models.PositiveSmallIntegerField(_("Column"), default=0)
    indent = models.PositiveSmallIntegerField(_("Indent"), default=0)
    group_name = models.CharField(_("Head over the row"), max_length=60, blank=True)
    unit = models.ForeignKey(Unit, verbose_name=_("Unit"), on_delete=models.PROTECT, related_name="+")
    value_kind = models.CharField(_("Kind of value"), max_length=6, choices=ValueKind.choices, default=ValueKind.NUMBER)
    # Of a choice: code and words of each, in their order.
    options = models.JSONField(_("Options"), default=list, blank=True)
    decimals = models.PositiveSmallIntegerField(_("Decimals"), default=0)
    accumulation = models.CharField(_("Accumulation"), max_length=10, choices=Accumulation.choices)
    rounding = models.CharField(_("Rounding"), max_length=9, choices=Rounding.choices, default=Rounding.HALF_UP)
    formula = models.TextField(_("Formula"), blank=True)
    # Without limits of its own, see `sectors.calculation.cells.kind_of`.
    signed = models.BooleanField(_("May be negative"), default=False)
    minimum = models.DecimalField(_("At least"), max_digits=20, decimal_places=6, null=True, blank=True)
    maximum = models.DecimalField(_("At most"), max_digits=20, decimal_places=6, null=True, blank=True)
    required = models.BooleanField(_("Required"), default=False)
    change_limit = models.PositiveSmallIntegerField(
        _("Largest ordinary change"),
        null=True,
        blank=True,
        help_text=_("In per cent, for a percentage in points; 0 asks nobody. Without it, what is usual for its kind."),
    )
    is_key = models.BooleanField(_("Key indicator"), default=False, help_text=_("Stands on the leadership board."))
    is_pass_rate = models.BooleanField(
        _("Pass rate of its sector"),
        default=False,
        help_text=_("Compared on the leadership board with others'."),
    )
    target = models.DecimalField(_("Target"), max_digits=20, decimal_places=6, null=True, blank=True)
    target_is = models.CharField(
        _("The target is reached with"), max_length=8, choices=TargetBound.choices, default=TargetBound.AT_LEAST
    )
    target_source = models.CharField(
        _("Source of the target"), max_length=80, blank=True, help_text=_("The plan or law that sets it.")
    )
    target_since = models.CharField(
        _("The target holds since"), max_length=10, blank=True, help_text=_("A year or a day: 2021, 2021-03-11.")
    )
    help = models.TextField(_("Help"), blank=True)
    # As `sectors.catalogue.counted` completes it; empty for what no registry counts.
    counted = models.JSONField(_("Counted from the registry"), default=dict, blank=True)
    # What it makes of the rows of its open table: `sum(length)`, `max(length)`, `count`; empty for others.
    of_rows = models.CharField(_("Made of open rows"), max_length=60, blank=True)

    objects = IndicatorQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("Indicator")
        verbose_name_plural = _("Indicators")
        ordering: ClassVar[list[str]] = ["sheet", "table__position", "row", "column"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(accumulation=Accumulation.RATIO) | ~Q(formula=""), name="indicator_ratio_has_formula"
            ),
            models.CheckConstraint(condition=Q(decimals__lte=MOST_DECIMALS), name="indicator_decimals_at_most_six"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="indicator_validity_in_order",
            ),
            models.CheckConstraint(
                condition=Q(value_kind=ValueKind.NUMBER) | Q(formula="", accumulation=Accumulation.STOCK),
                name="indicator_words_are_entered",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")),
                name="indicator_limits_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def is_computed(self) -> bool:
        return bool(self.formula)

    @property
    def is_words(self) -> bool:
        """Whether it is reported in words and not in a number."""
        return self.value_kind != ValueKind.NUMBER

    @property
    def unit_text(self) -> str:
        """As it stands behind a number: nothing for what has no unit."""
        return "" if self.unit.name == "1" else self.unit.name

    @property
    def target_text(self) -> str:
        """`≥98%`; empty without one."""
        return "" if self.target is None else self.written_target(self.target, self.target_is)

    def written_target(self, value: Decimal, bound: str) -> str:
        """What is to be reached of it, as it is shown: `≥98%`."""
        sign = "≥" if bound == TargetBound.AT_LEAST else "≤"
        return f"{sign}{value.normalize():f}{self.unit_text}"

    @property
    def kind(self) -> Kind:
        """What its cells may hold; with `unit` fetched."""
        return kind_of(unit=self.unit.name, decimals=self.decimals, computed=self.is_computed, limits=self.limits)

    @property
    def limits(self) -> Limits:
        return Limits(self.signed, self.minimum, self.maximum)

    @property
    def may_be_negative(self) -> bool:
        """Of an entered one whether it takes numbers below 0; of a computed one it is not known."""
        least = self.kind.minimum
        return least is None or least < 0

    def reaches_target(self, value: Decimal | None) -> bool | None:
        """Whether the unrounded value does, as GB/T 8170 compares with a limit; None where either is missing."""
        if value is None or self.target is None:
            return None
        return value >= self.target if self.target_is == TargetBound.AT_LEAST else value <= self.target


class BreakdownQuerySet(models.QuerySet["Breakdown"]):
    def part_codes(self) -> dict[str, list[str]]:
        """Codes of the parts of each total's first exhaustive breakdown: what `parts(code)` adds up."""
        found: dict[str, list[str]] = {}
        first: dict[str, int] = {}
        rows = (
            self.filter(exhaustive=True)
            .order_by("position", "memberships__position")
            .values_list("total__code", "pk", "memberships__indicator__code")
        )
        for total, breakdown, part in rows:
            if first.setdefault(total, breakdown) == breakdown:
                found.setdefault(total, []).append(part)
        return found


class Breakdown(models.Model):
    """One way to split a total. Exhaustive parts add up to it; others (其中) are each at most it."""

    total = models.ForeignKey(Indicator, verbose_name=_("Total"), on_delete=models.CASCADE, related_name="breakdowns")
    name = models.CharField(_("Name"), max_length=60)
    exhaustive = models.BooleanField(_("Exhaustive"))
    position = models.PositiveSmallIntegerField(_("Position"))
    parts: models.ManyToManyField[Indicator, BreakdownPart] = models.ManyToManyField(
        Indicator, through="BreakdownPart", related_name="part_of"
    )

    objects = BreakdownQuerySet.as_manager()

    class Meta:
        verbose_name = _("Breakdown")
        verbose_name_plural = _("Breakdowns")
        ordering: ClassVar[list[str]] = ["total", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["total", "name"], name="breakdown_name_once_a_total")
        ]

    def __str__(self) -> str:
        return f"{self.total.code}: {self.name}"


class BreakdownPart(models.Model):
    breakdown = models.ForeignKey(Breakdown, on_delete=models.CASCADE, related_name="memberships")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="memberships")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["breakdown", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["breakdown", "indicator"], name="part_once_a_breakdown")
        ]

    def __str__(self) -> str:
        return self.indicator.code
