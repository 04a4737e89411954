"""Firms and places that are inspected, sampled and complained about."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections import firm_names
from inspections.choices import FirmSize, RiskGrade
from inspections.personal_data import masked_name, masked_person
from sectors.models import Department, Region, User
from sectors.models.scopes import one_region
from sectors.vocabulary import Role, WordKind

from .words import WordField

MOST_A_YEAR = 52
LONGEST_NAME = 100


class FirmQuerySet(models.QuerySet["Firm"]):
    def for_user(self, user: User) -> Self:
        """The firms of one's region, whichever department inspects them; the administrator those of all."""
        return self if user.role == Role.ADMIN else self.filter(one_region(user))

    def current(self) -> Self:
        """Those that stand for themselves: not merged into another one."""
        return self.filter(merged_into=None)

    def within(self, first: datetime.date, last: datetime.date) -> Self:
        """Those that operated on any day of a span; without a day of opening, since ever."""
        opened = Q(opened_on=None) | Q(opened_on__lte=last)
        return self.current().filter(opened, Q(closed_on=None) | Q(closed_on__gte=first))


class Firm(models.Model):
    """A firm or a place of a region. `inspections.firms` writes it."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    key = models.CharField(max_length=LONGEST_NAME, editable=False)  # of the name, see `firm_names.key`
    is_person = models.BooleanField(default=False, editable=False)  # whether the name is that of a person
    code = models.CharField(
        _("Unified social credit code"),
        max_length=firm_names.CODE_LENGTH,
        blank=True,
        help_text=_("18 places; empty where there is none, as of a school or a stall."),
    )
    kind = WordField(_("Type of premises"), kind=WordKind.PREMISES_TYPE)
    size = models.CharField(_("Size of the firm"), max_length=8, choices=FirmSize.choices, blank=True)
    grade = models.CharField(_("Risk grade"), max_length=1, choices=RiskGrade.choices, blank=True)
    township = models.CharField(_("Township"), max_length=60, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("Responsible department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed down on"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged_firms"
    )
    # What the merging moved, so that it can be taken back: keys of records by the label of their model.
    moved = models.JSONField(default=dict, editable=False)
    is_demo = models.BooleanField(_("Demonstration data"), default=False, editable=False)
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    changed = models.DateTimeField(_("Changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Changed by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = FirmQuerySet.as_manager()

    class Meta:
        verbose_name = _("Firm or place")
        verbose_name_plural = _("Firms and places")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=~Q(code="") & Q(merged_into=None),
                name="firm_code_once_a_region",
                violation_error_message=_("A firm with this code is in the register already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="firm_closed_after_opening",
                violation_error_message=_("It cannot be closed down before it was opened."),
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="firm_not_merged_into_itself"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["region", "key"], name="firm_by_key"),
            models.Index(fields=["region", "kind", "grade"], name="firm_by_kind"),
        ]

    def __str__(self) -> str:
        return masked_person(self.name)  # it stands in lists, links and messages

    @property
    def is_closed(self) -> bool:
        """Whether the day has come: a closing may be known before."""
        return self.closed_on is not None and self.closed_on <= timezone.localdate()

    @property
    def state(self) -> str:
        if self.merged_into_id:
            return gettext("merged")
        return gettext("closed down") if self.is_closed else gettext("operating")

    def clean(self) -> None:
        super().clean()
        self.code = firm_names.written_code(self.code)
        wrong: dict[str, str] = {}
        if not firm_names.key(self.name):
            wrong["name"] = gettext("A name has letters or digits.")
        if self.code and not firm_names.is_code(self.code):
            wrong["code"] = code_fault(self.code)
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            wrong["closed_on"] = gettext("It cannot be closed down before it was opened.")
        if self.department and self.department.region_id != self.region_id:
            wrong["department"] = gettext("This department is of another region.")
        if wrong:
            raise ValidationError(wrong)


class FirmName(models.Model):
    """Another name of a firm: a former one, a short one, one that records have. `inspections.firms` writes it."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    key = models.CharField(max_length=LONGEST_NAME, db_index=True)
    merged = models.ForeignKey(Firm, null=True, on_delete=models.CASCADE, related_name="+")  # the firm it came with

    class Meta:
        verbose_name = _("Other name of a firm")
        verbose_name_plural = _("Other names of firms")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["firm", "key"], name="firm_name_once_a_firm")
        ]

    def __str__(self) -> str:
        return masked_person(self.name)


class NoFirm(models.Model):
    """A text of records that somebody said to be no firm: a street, a person. `inspections.firms` writes it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("Text"), max_length=LONGEST_NAME)
    key = models.CharField(max_length=LONGEST_NAME)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Said by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("Said at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Text that names no firm")
        verbose_name_plural = _("Texts that name no firm")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "key"], name="no_firm_once_a_region")
        ]

    def __str__(self) -> str:
        return masked_name(self.text)  # other departments read it too, and it is no name but what a record says


class InspectionFrequency(models.Model):
    """How many inspections a year a region asks for by risk grade. `inspections.firms` writes it."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    grade = models.CharField(_("Risk grade"), max_length=1, choices=RiskGrade.choices)
    a_year = models.PositiveSmallIntegerField(_("Inspections a year"), validators=[MaxValueValidator(MOST_A_YEAR)])

    class Meta:
        verbose_name = _("Frequency of inspections")
        verbose_name_plural = _("Frequencies of inspections")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "grade"], name="frequency_once_a_grade")
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()} {self.a_year}"


def code_fault(code: str) -> str:
    """What is wrong with a code that is none."""
    if len(code) != firm_names.CODE_LENGTH:
        return gettext("A unified social credit code has 18 places; these are %(count)d.") % {"count": len(code)}
    strange = [place for place in code if place not in firm_names.PLACES]
    if strange:
        return gettext("No unified social credit code has “%(place)s” in it.") % {"place": strange[0]}
    return gettext("The check digit does not fit: one of the 18 places is mistyped.")
