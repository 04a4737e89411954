"""What is reported: chapters, sectors, sheets, tables and questions; what is measured in them stands in `indicators`.

Rows come from catalogue files (see docs/catalogue.md) and are shared by all regions, but for sectors of one `region`
with all that is in them; an `Assignment` belongs to one region.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import (
    Frequency,
    QuestionKind,
    RowsOfYear,
)

from .history import History
from .people import Department, Region


class Validity(models.Model):
    """Something that holds from one day to another; open at both ends when blank."""

    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)

    class Meta:
        abstract = True

    def valid_on(self, day: datetime.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class CatalogueVersionQuerySet(models.QuerySet["CatalogueVersion"]):
    def renew(self) -> None:
        """Tell all processes that the catalogue is another one: to be called in the transaction that changes it."""
        self.bulk_create(
            [CatalogueVersion(version=uuid.uuid4())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["version"],
        )


class CatalogueVersion(models.Model):
    """One row, with another value after every change of a unit, sector, sheet, indicator, breakdown, question or rule,
    and of a severity that an office gives a check.

    A random value and no number: one that was rolled back never comes again for something else.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = CatalogueVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="catalogue_version_once")
        ]

    def __str__(self) -> str:
        return str(self.version)


class Chapter(models.Model):
    code = models.SlugField(_("Code"), max_length=30, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("Position"))

    class Meta:
        verbose_name = _("Chapter")
        verbose_name_plural = _("Chapters")
        ordering: ClassVar[list[str]] = ["position"]

    def __str__(self) -> str:
        return self.name


def reported_in(sector: str, region: Region | int | None) -> Q:
    """Rows whose sector, reached by `sector` (with its underscores), is shared or the region's own."""
    shared = Q(**{f"{sector}region": None})
    return shared if region is None else shared | Q(**{f"{sector}region": region})


class SectorQuerySet(models.QuerySet["Sector"]):
    def reported_in(self, region: Region | int | None) -> SectorQuerySet:
        """Those that all regions share, and the region's own."""
        return self.filter(reported_in("", region))


class Sector(models.Model):
    """Shared by all regions, or of one: then its code, and those of all in it, begin with the region's
    (`sectors.catalogue.own_codes`)."""

    region = models.ForeignKey(
        Region,
        verbose_name=_("Region"),
        on_delete=models.PROTECT,
        related_name="own_sectors",
        null=True,
        blank=True,
        help_text=_("The only one that reports its sheets; empty: all do."),
    )
    chapter = models.ForeignKey(Chapter, verbose_name=_("Chapter"), on_delete=models.PROTECT, related_name="sectors")
    code = models.SlugField(_("Code"), max_length=30, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("Position"))
    wording = models.TextField(_("Wording"), blank=True)

    objects = SectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sector")
        verbose_name_plural = _("Sectors")
        ordering: ClassVar[list[str]] = ["chapter__position", "position"]

    def __str__(self) -> str:
        return self.name


class Sheet(Validity):
    """A form of one sector with a number and a frequency."""

    sector = models.ForeignKey(Sector, verbose_name=_("Sector"), on_delete=models.PROTECT, related_name="sheets")
    number = models.CharField(_("Sheet number"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    # As it is reported now; of a year, `CompiledCatalogue.frequency` says it.
    frequency = models.CharField(_("Frequency"), max_length=8, choices=Frequency.choices)
    department_code = models.SlugField(
        _("Department code"), max_length=30, help_text=_("Reports it in every region without an assignment.")
    )
    position = models.PositiveSmallIntegerField(_("Position"))
    # By which document a department is asked, and until when.
    document = models.CharField(_("Approval number"), max_length=60, blank=True)
    authority = models.CharField(_("Approving authority"), max_length=60, blank=True)
    approved_until = models.DateField(_("Approved until"), null=True, blank=True)
    edition = models.UUIDField(_("Edition"), default=uuid.uuid4, editable=False)

    history = History(excluded_fields=["edition"])

    class Meta:
        verbose_name = _("Sheet")
        verbose_name_plural = _("Sheets")
        ordering: ClassVar[list[str]] = ["sector__chapter__position", "sector__position", "position"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def approval(self) -> list[tuple[str, str]]:
        """What stands of its approval under the title of a form: names with values, as far as they are known."""
        until = f"{self.approved_until:%Y-%m-%d}" if self.approved_until else ""
        facts = (("document", self.document), ("authority", self.authority), ("approved_until", until))
        fields: dict[str, Any] = {name: self._meta.get_field(name) for name, _value in facts}
        return [(str(fields[name].verbose_name), value) for name, value in facts if value]

    def has_lapsed(self, day: datetime.date) -> bool:
        """Whether its approval has ended before the day."""
        return self.approved_until is not None and self.approved_until < day

    def is_reported_in(self, region: int | None) -> bool:
        """None stands for all regions together."""
        return self.sector.region_id in (None, region)


class FormerFrequency(models.Model):
    """How a sheet was reported until the end of a year; `Sheet.frequency` is how it is since the last of these."""

    sheet = models.ForeignKey(
        Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="former_frequencies"
    )
    frequency = models.CharField(_("Frequency"), max_length=8, choices=Frequency.choices)
    until = models.PositiveSmallIntegerField(_("Until the end of"))

    class Meta:
        verbose_name = _("Former frequency")
        verbose_name_plural = _("Former frequencies")
        ordering: ClassVar[list[str]] = ["sheet", "until"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "until"], name="former_frequency_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.sheet.number} → {self.until}: {self.get_frequency_display()}"


class Assignment(models.Model):
    """Which department of a region reports a sheet."""

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="assignments")
    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.CASCADE, related_name="assignments")
    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="assignments"
    )

    history = History()

    class Meta:
        verbose_name = _("Assignment")
        verbose_name_plural = _("Assignments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "region"], name="sheet_assigned_once_a_region")
        ]

    def __str__(self) -> str:
        return f"{self.sheet.number} → {self.department.short_name}"

    def clean(self) -> None:
        super().clean()
        if self.department_id and self.region_id and self.department.region_id != self.region_id:
            raise ValidationError({"department": _("This department belongs to another region.")})
        if self.sheet_id and self.region_id and not self.sheet.is_reported_in(self.region_id):
            raise ValidationError(
                {"sheet": _("Only %(region)s reports this sheet.") % {"region": self.sheet.sector.region}}
            )


class Table(models.Model):
    """A table of a sheet. Without `columns` it is a list of indicators, one a row.

    With `open_columns` the department adds rows of its own to it (`OpenRow`), and its indicators are made of these.
    """

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="tables")
    code = models.SlugField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("Position"))
    columns = models.JSONField(_("Column heads"), default=list, blank=True)
    # Each as `sectors.catalogue.open_tables.stored` gives it.
    open_columns = models.JSONField(_("Columns of its open rows"), default=list, blank=True)
    most_rows = models.PositiveSmallIntegerField(_("At most so many open rows"), default=0)
    rows_of_year = models.CharField(
        _("Open rows of a year"), max_length=4, choices=RowsOfYear.choices, default=RowsOfYear.ALL
    )

    class Meta:
        verbose_name = _("Table")
        verbose_name_plural = _("Tables")
        ordering: ClassVar[list[str]] = ["sheet", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "code"], name="table_code_once_a_sheet")
        ]

    def __str__(self) -> str:
        return self.name


class Question(Validity):
    """Asks a department for words: what it did, its problems and causes, its next measures."""

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(_("Code"), max_length=100, unique=True)
    kind = models.CharField(_("Kind"), max_length=14, choices=QuestionKind.choices)
    text = models.CharField(_("Question"), max_length=200)
    table = models.ForeignKey(
        Table,
        verbose_name=_("Under the table"),
        on_delete=models.SET_NULL,
        related_name="questions",
        null=True,
        blank=True,
    )
    # A code, since a question may be loaded before the sector that it is about.
    subject = models.SlugField(
        _("Subject"),
        max_length=30,
        blank=True,
        help_text=_("Code of the sector that the answers are about, or general; without it the sheet's own."),
    )
    position = models.PositiveSmallIntegerField(_("Position"))

    class Meta:
        verbose_name = _("Question")
        verbose_name_plural = _("Questions")
        ordering: ClassVar[list[str]] = ["sheet", "position"]

    def __str__(self) -> str:
        return self.text
