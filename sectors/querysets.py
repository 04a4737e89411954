"""Every fetch a page needs, by name. Scopes start here: what `for_user` leaves out does not exist for that user."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

if TYPE_CHECKING:
    # ruff does not see the names inside `QuerySet["..."]`.
    from sectors.models import (  # noqa: F401
        Breakdown,
        Department,
        Deputy,
        Indicator,
        Job,
        Notice,
        Period,
        Region,
        Rule,
        StoredFinding,
        Submission,
        User,
    )

# A region tree is at most four deep, so a subtree is one query.
ANCESTRY = ("", "__parent", "__parent__parent", "__parent__parent__parent")


def within(region: Region, field: str = "") -> Q:
    """Rows whose region (reached by `field`, or the row itself) is `region` or lies in it."""
    condition = Q()
    for step in ANCESTRY:
        condition |= Q(**{(field + step).removeprefix("__") or "pk": region.pk})
    return condition


def regions_within(region: Region) -> list[Region]:
    """The region and all that lie in it, by code."""
    from sectors.models import Region

    names = [field.attname for field in Region._meta.concrete_fields]
    columns = ", ".join(f"r.{name}" for name in names)
    statement = f"""
        WITH RECURSIVE inside (id) AS (
            SELECT id FROM sectors_region WHERE id = %s
            UNION ALL SELECT r.id FROM sectors_region r JOIN inside ON r.parent_id = inside.id
        )
        SELECT {columns} FROM sectors_region r JOIN inside ON inside.id = r.id ORDER BY r.code"""
    return [Region.from_db(connection.alias, names, row) for row in fetched(statement, [region.pk])]


def one_region(user: User) -> Q:
    return Q(region=user.department.region_id if user.department else None)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def reporting(self, region: Region) -> DepartmentQuerySet:
        """Departments of the region that have a sheet to report."""
        return self.filter(region=region, assignments__isnull=False).distinct()

    def offices(self, region: Region) -> DepartmentQuerySet:
        """The leadership office of the region: where its people are."""
        return self.filter(region=region, users__role="office").distinct()


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def on(self, day: datetime.date) -> DeputyQuerySet:
        """Those in force on the day. Whoever left the department, or is no head any more, has lost it."""
        return self.filter(
            first_day__lte=day,
            last_day__gte=day,
            ended_at=None,
            head__role="head",
            person__role="clerk",
            person__department=F("head__department"),
        )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)


class JobQuerySet(models.QuerySet["Job"]):
    def for_user(self, user: User) -> JobQuerySet:
        """One's own; what was asked for in another department stays behind there."""
        return self.filter(owner=user, department=user.department_id)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def valid_on(self, day: datetime.date) -> IndicatorQuerySet:
        return self.filter(valid_between(day))

    def missing_in(self, submission: Submission) -> IndicatorQuerySet:
        """Required ones without a figure, in the order of the sheet. "Not applicable" is an answer."""
        answered = submission.figures.exclude(state="blank").values("indicator")
        required = self.filter(sheet=submission.sheet_id, formula="", required=True)
        return required.valid_on(submission.period.last_day).exclude(pk__in=answered)

    def names(self, codes: Collection[str]) -> dict[str, str]:
        return dict(self.filter(code__in=codes).values_list("code", "name"))

    def for_report(self, day: datetime.date) -> IndicatorQuerySet:
        """Those valid on the day, in the order of the report, with what printing needs."""
        return self.valid_on(day).select_related("unit", "table", "sheet__sector__chapter").in_report_order()

    def in_report_order(self) -> IndicatorQuerySet:
        sheet = ("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position")
        return self.order_by(*sheet, "table__position", "row", "column")


class RuleQuerySet(models.QuerySet["Rule"]):
    def in_force(self, day: datetime.date) -> RuleQuerySet:
        """Those switched on and valid on the day: at most one version of each code."""
        return self.filter(valid_between(day), is_on=True)


class PeriodQuerySet(models.QuerySet["Period"]):
    def for_user(self, user: User) -> PeriodQuerySet:
        return self.all() if user.role == user.Role.ADMIN else self.filter(one_region(user))

    def with_counts(self) -> PeriodQuerySet:
        """Adds `expected` and `accepted`: numbers of submissions."""
        return self.annotate(
            expected=Count("submissions"), accepted=Count("submissions", filter=Q(submissions__status="accepted"))
        )


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def for_user(self, user: User) -> SubmissionQuerySet:
        """Own department for clerk and head, own region for office and leader, all for the administrator."""
        roles = user.Role
        if user.role == roles.ADMIN:
            return self.all()
        if user.role in (roles.OFFICE, roles.LEADER):
            return self.filter(one_region(user))
        return self.filter(department=user.department_id)

    def for_period(self, period: Period) -> SubmissionQuerySet:
        return self.filter(period=period)

    def with_names(self) -> SubmissionQuerySet:
        return self.select_related("sheet__sector__chapter", "period", "department", "region")

    def for_listing(self) -> SubmissionQuerySet:
        """Submissions with their names and progress, soonest due first."""
        return (
            self.select_related("sheet__sector", "period", "department", "region")
            .with_progress()
            .order_by(
                due_day(),
                "period_id",
                "sheet__sector__chapter__position",
                "sheet__sector__position",
                "sheet__position",
                "pk",
            )
        )

    def for_agenda(self) -> SubmissionQuerySet:
        """Those that are not accepted yet, with their moves and the cells that a return named."""
        from sectors.models import Transition

        moves = Transition.objects.select_related("by__department").prefetch_related("cells")
        return self.exclude(status="accepted").for_listing().prefetch_related(Prefetch("transitions", moves))

    def with_department(self) -> SubmissionQuerySet:
        """Those that the department has still to deliver: nothing submitted, or its head has not signed."""
        return self.filter(Q(status__in=("draft", "returned")) | Q(status="submitted", department__signs=True))

    def late(self, day: datetime.date) -> SubmissionQuerySet:
        return self.with_department().alias(last_day=due_day()).filter(last_day__lt=day)

    def with_progress(self) -> SubmissionQuerySet:
        """Adds `cells` (to be entered), `filled`, `required_cells` and `required_filled`."""
        from sectors.models import Figure, Indicator

        entered = Indicator.objects.filter(sheet=OuterRef("sheet"), formula="")
        filled = Figure.objects.filter(submission=OuterRef("pk"), indicator__formula="").exclude(state="blank")
        return self.annotate(
            cells=counted(entered, "sheet"),
            required_cells=counted(entered.filter(required=True), "sheet"),
            filled=counted(filled, "submission"),
            required_filled=counted(filled.filter(indicator__required=True), "submission"),
        )

    def held(self) -> SubmissionQuerySet:
        """Kept from others until the transaction ends, with what saving a cell asks of it and nothing more."""
        own = ("status", "region", "department", "extended_until")
        sheet, period = ("edition", "frequency"), ("year", "kind", "number", "closes")
        names = [*own, *(f"sheet__{name}" for name in sheet), *(f"period__{name}" for name in period)]
        return self.select_for_update(of=("self",)).select_related("sheet", "period").only(*names)

    def to_judge(self) -> SubmissionQuerySet:
        """With what checking asks of it and nothing more."""
        period = ("year", "kind", "number")
        return self.select_related("period").only("sheet", "region", *(f"period__{name}" for name in period))

    def for_reading(self) -> SubmissionQuerySet:
        """One submission with its timeline, ready for a page."""
        from sectors.models import Transition

        named = self.with_names().with_progress()
        steps = Transition.objects.select_related("by__department", "on_behalf_of")
        return named.prefetch_related(Prefetch("transitions", steps))


class FindingQuerySet(models.QuerySet["StoredFinding"]):
    def for_user(self, user: User) -> FindingQuerySet:
        """The findings of the submissions that `SubmissionQuerySet.for_user` gives."""
        roles = user.Role
        if user.role == roles.ADMIN:
            return self.all()
        if user.role in (roles.OFFICE, roles.LEADER):
            return self.filter(one_region(user))
        return self.filter(submission__department=user.department_id)

    def standing(self) -> FindingQuerySet:
        """Those that are not mended, whatever was said about them."""
        return self.exclude(state="mended")

    def for_listing(self) -> FindingQuerySet:
        """With their place and all that was said, the latest period and the errors first."""
        from sectors.models import FindingNote

        return (
            self.select_related("submission__sheet__sector", "submission__department", "period", "region")
            .prefetch_related(Prefetch("notes", FindingNote.objects.select_related("by__department")))
            .order_by("-period__due", "severity", "submission__sheet__number", "pk")
        )

    def counts(self) -> dict[str, int]:
        """What is left to do, by whom."""
        error, warning = Q(severity="error"), Q(severity="warning")
        return self.aggregate(
            errors=Count("pk", filter=error & Q(state="open")),
            waiting=Count("pk", filter=error & Q(state="explained")),
            warnings=Count("pk", filter=warning & Q(state="open")),
        )


def counted(rows: models.QuerySet[Any], group: str) -> Coalesce:
    count = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def due_day() -> Greatest:
    """A submission's due day: its period's, or the later one that was granted."""
    return Greatest("period__due", Coalesce("extended_until", "period__due"))


def valid_between(day: datetime.date) -> Q:
    return Q(Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & Q(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def breakdown_parts(breakdowns: models.QuerySet[Breakdown]) -> dict[str, list[str]]:
    """Codes of the parts of each total's first exhaustive breakdown: what `parts(code)` adds up."""
    found: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    rows = (
        breakdowns.filter(exhaustive=True)
        .order_by("position", "memberships__position")
        .values_list("total__code", "pk", "memberships__indicator__code")
    )
    for total, breakdown, part in rows:
        if first.setdefault(total, breakdown) == breakdown:
            found.setdefault(total, []).append(part)
    return found


def fetched(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of a statement that is written out, as the database gives them: SQLite dates that were reckoned as texts,
    and decimals as floating point.

    For what every board or every saved cell asks: to put such a statement together takes Django several times as long
    as the database takes to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def day(value: datetime.date | str) -> datetime.date:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def time(value: datetime.datetime | str) -> datetime.datetime:
    """With its zone, which SQLite does not keep."""
    found = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def marks(values: Collection[object]) -> str:
    """Places for as many values in a written statement."""
    return ", ".join(["%s"] * len(values))


def catalogue_stamp() -> str:
    """Another text whenever a catalogue was loaded."""
    return _joined(_stamp_query(connection.vendor))


def catalogue_text() -> str:
    """Another text whenever a catalogue was loaded or a rule edited."""
    return _joined(_text_query(connection.vendor))


def _joined(statement: str) -> str:
    (row,) = fetched(statement)
    return "#".join(str(text or "") for text in row)


def _stamp_query(vendor: str) -> str:
    from sectors.models import BreakdownPart, Indicator, Sheet

    last = [f"(SELECT MAX(id) FROM {model._meta.db_table})" for model in (Indicator, BreakdownPart)]
    return f"SELECT {', '.join([*last, _gathered(vendor, Sheet, ('edition',))])}"


@lru_cache
def _text_query(vendor: str) -> str:
    from sectors.models import Rule

    rules = ("id", "code", "expression", "severity", "message", "missing", "is_on", "valid_from", "valid_to")
    return f"{_stamp_query(vendor)}, {_gathered(vendor, Rule, rules)}"


def _gathered(vendor: str, model: type[models.Model], names: Collection[str]) -> str:
    """All rows' fields as one text. Field by field: to put rows together takes the database longer."""
    gather, quoted = "GROUP_CONCAT" if vendor == "sqlite" else "STRING_AGG", connection.ops.quote_name
    columns = [quoted(field.column) for field in model._meta.concrete_fields if field.name in names]
    fields = " || '#' || ".join(f"{gather}(COALESCE(CAST({column} AS TEXT), ''), '|')" for column in columns)
    return f"(SELECT {fields} FROM {quoted(model._meta.db_table)})"


# Indicator, kind, year and number of the period, value (None when not applicable), decimals given.
FigureRow = tuple[int, str, int, int, Decimal | None, int]


def figure_rows(
    region: int,
    years: tuple[int, int],
    *,
    kind: str = "",
    sheets: Iterable[int] = (),
    indicators: Collection[int] = (),
    accepted: bool = False,
) -> list[FigureRow]:
    """Reported figures of a region from the first to the last of some years, of one kind of period (for years also of
    the last year's other periods) and of some sheets or indicators, where such are named.

    The checks ask for it with every cell that is saved, and so does what follows from the cell.
    """
    sheets = list(sheets)
    where = ["f.region_id = %s", "f.state <> 'blank'", "p.year BETWEEN %s AND %s"]
    values: list[Any] = [region, *years]
    if kind:
        where.append("(p.kind = %s OR p.year = %s)" if kind == "year" else "p.kind = %s")
        values += [kind, years[1]] if kind == "year" else [kind]
    if sheets:
        where.append(f"f.indicator_id IN (SELECT id FROM sectors_indicator WHERE sheet_id IN ({marks(sheets)}))")
    if indicators:
        where.append(f"f.indicator_id IN ({marks(indicators)})")
    if accepted:
        where.append("s.status = 'accepted'")
    query = (
        "SELECT f.indicator_id, p.kind, p.year, p.number, f.value, f.places FROM sectors_figure f "
        "JOIN sectors_submission s ON s.id = f.submission_id JOIN sectors_period p ON p.id = s.period_id "
        f"WHERE {' AND '.join(where)}"
    )
    rows: list[FigureRow] = fetched(query, [*values, *sheets, *indicators])
    if connection.vendor == "postgresql":
        return rows
    return [(key, of_kind, year, number, _decimal(value), places) for key, of_kind, year, number, value, places in rows]


# State, value, decimals given and note.
FigureCell = tuple[str, Decimal | None, int, str]


def has_findings(submission: int) -> bool:
    """Whether any finding stands on record."""
    return bool(
        fetched(
            "SELECT 1 FROM sectors_storedfinding WHERE submission_id = %s AND state <> 'mended' LIMIT 1", [submission]
        )
    )


def figures_in(submission: int, indicators: Collection[int]) -> dict[int, FigureCell]:
    """What stands in some cells of a submission, by the indicator's key."""
    query = (
        "SELECT indicator_id, state, value, places, note FROM sectors_figure "
        f"WHERE submission_id = %s AND indicator_id IN ({marks(indicators)})"
    )
    rows = fetched(query, [submission, *indicators])
    return {key: (state, _decimal(value), places, note) for key, state, value, places, note in rows}


def _decimal(value: Any) -> Decimal | None:
    """SQLite keeps decimals as floating point; their shortest text is what was stored."""
    return value if value is None or isinstance(value, Decimal) else Decimal(str(value))
