"""Periods of a region, with their calendar."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, F, Func, Q, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors.calculation.periods import PeriodKey
from sectors.models.catalogue import Sheet
from sectors.models.history import History
from sectors.models.people import Region, User
from sectors.models.scopes import one_region
from sectors.vocabulary import PERIODS_A_YEAR, Frequency, Role, SubmissionStatus

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class LastDay(Func):
    """The last day of a month, by its year and number."""

    output_field = models.DateField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        template = "(MAKE_DATE(%(expressions)s, 1) + INTERVAL '1 month -1 day')::date"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        template, joiner = "DATE(%(expressions)s, -2) || '-01', '+1 month', '-1 day')", " || '-' || SUBSTR('0' || "
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **extra)


FIRST_YEAR = 1990  # of what is reported


def last_day_expression(period: str = "") -> LastDay:
    """`Period.last_day` in the database, of a period that is reached by `period`."""
    months = [When(**{f"{period}kind": kind}, then=12 // count) for kind, count in PERIODS_A_YEAR.items()]
    last_month = F(f"{period}number") * Case(*months, output_field=models.IntegerField())
    return LastDay(F(f"{period}year"), last_month)


class PeriodQuerySet(models.QuerySet["Period"]):
    def for_user(self, user: User) -> PeriodQuerySet:
        return self.all() if user.role == Role.ADMIN else self.filter(one_region(user))

    def with_counts(self) -> PeriodQuerySet:
        """Adds `expected` and `accepted`: numbers of submissions."""
        return self.annotate(
            expected=Count("submissions"),
            accepted=Count("submissions", filter=Q(submissions__status=SubmissionStatus.ACCEPTED)),
        )


class Period(models.Model):
    """A month, quarter, half-year or year of one region, with its calendar."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="periods")
    year = models.PositiveSmallIntegerField(_("Year"))
    kind = models.CharField(_("Kind"), max_length=8, choices=Frequency.choices)
    number = models.PositiveSmallIntegerField(_("Number in the year"), default=1)
    opens = models.DateField(_("Opens"))
    due = models.DateField(_("Due"))
    closes = models.DateField(
        _("Closes"),
        null=True,
        blank=True,
        help_text=_("The last day on which departments can enter and submit. Empty: it stays open."),
    )
    # What is meant by a day that has moved, by its name: [years after the period's, month, day], or null for none; see
    # `sectors.calendar.periods`. A day that is not named here is meant as it stands.
    nominal = models.JSONField(default=dict, blank=True, editable=False)
    left_out = models.ManyToManyField(
        Sheet, verbose_name=_("Sheets left out"), related_name="+", blank=True, help_text=_("Not handed out.")
    )

    objects = PeriodQuerySet.as_manager()
    history = History()  # who moved its days, when and why

    class Meta:
        verbose_name = _("Period")
        verbose_name_plural = _("Periods")
        ordering: ClassVar[list[str]] = ["-year", "-kind", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["region", "year", "kind", "number"],
                name="period_once_a_region",
                violation_error_message=_("This period is open already. Its sheets are with the departments."),
            ),
            models.CheckConstraint(
                condition=Q(kind=Frequency.MONTH, number__range=(1, 12))
                | Q(kind=Frequency.QUARTER, number__range=(1, 4))
                | Q(kind=Frequency.HALF, number__range=(1, 2))
                | Q(kind=Frequency.YEAR, number=1),
                name="period_number_fits_kind",
            ),
            models.CheckConstraint(condition=Q(due__gte=F("opens")), name="period_due_after_opening"),
            models.CheckConstraint(
                condition=Q(closes__isnull=True) | Q(closes__gte=F("due")), name="period_closes_after_due"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        super().clean()
        wrong: dict[str, str] = {}
        if self.year is not None and not FIRST_YEAR <= self.year <= timezone.localdate().year + 1:
            wrong["year"] = gettext("Write the year with four digits, at the latest the coming one.")
        most = PERIODS_A_YEAR.get(self.kind)
        if most and self.number is not None and not 1 <= self.number <= most:
            message = gettext("A year has %(count)d of these periods; choose a number from 1 to %(count)d.")
            wrong["number"] = message % {"count": most}
        if self.opens and self.due and self.due < self.opens:
            wrong["due"] = gettext("The due day lies before the opening day.")
        if self.closes and self.due and self.closes < self.due:
            wrong["closes"] = gettext("The closing day lies before the due day.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def key(self) -> PeriodKey:
        return PeriodKey(self.year, self.kind, self.number)

    @property
    def label(self) -> str:
        return self.key.label

    @property
    def code(self) -> str:
        return self.key.code

    @property
    def last_day(self) -> datetime.date:
        return self.key.last_day

    def days_left(self, today: datetime.date | None = None) -> int:
        """Days until due; negative when late."""
        return (self.due - (today or timezone.localdate())).days

    @property
    def days_late(self) -> int:
        return -self.days_left()

    @property
    def is_planned(self) -> bool:
        """Its day has not come: its sheets go out then."""
        return timezone.localdate() < self.opens
