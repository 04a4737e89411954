"""What a token reads: the same as whoever made it on their pages.

The token of a head reads the department's own submissions in every status. That of the leadership office reads its
region's, and of the regions in it what they have accepted.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from reports.models import ApiToken
from sectors.models import Figure, Indicator, OpenRow, Period, Region, Submission
from sectors.models.catalogue import reported_in
from sectors.models.indicators import IndicatorQuerySet
from sectors.models.submissions import SubmissionQuerySet
from sectors.sql.regions import regions_within
from sectors.vocabulary import FigureState, Role, SubmissionStatus


def is_office(token: ApiToken) -> bool:
    """As its maker was: a department may have heads and people of the leadership office side by side."""
    return token.role == Role.OFFICE


def submissions(token: ApiToken) -> SubmissionQuerySet:
    rows = Submission.objects.select_related("sheet__sector", "period", "department", "region")
    if not is_office(token):
        return rows.filter(department=token.department_id)
    region = token.department.region
    # One condition of the region and not two: with an OR between them no index is used.
    return rows.filter(Q(region=region) | Q(status=SubmissionStatus.ACCEPTED), region__in=regions_within(region))


def figures(token: ApiToken) -> QuerySet[Figure]:
    """Those that are not blank: a blank cell says nothing."""
    return (
        Figure.objects.filter(submission__in=submissions(token).select_related(None).values("pk"))
        .exclude(state=FigureState.BLANK)
        .select_related("indicator__unit", "submission__period", "submission__sheet", "region")
    )


def open_rows(token: ApiToken) -> QuerySet[OpenRow]:
    """Of the same submissions as figures."""
    return OpenRow.objects.filter(submission__in=submissions(token).select_related(None).values("pk")).select_related(
        "table", "submission__period", "submission__sheet", "submission__region"
    )


def regions(token: ApiToken) -> QuerySet[Region]:
    own = token.department.region
    rows = regions_within(own) if is_office(token) else Region.objects.filter(pk=own.pk)
    return rows.select_related("parent")


def periods(token: ApiToken) -> QuerySet[Period]:
    return Period.objects.filter(submissions__in=submissions(token).select_related(None).values("pk")).distinct()


def indicators(token: ApiToken) -> IndicatorQuerySet:
    """An office reads the shared catalogue whole and its region's own, a department what stands in its sheets."""
    if is_office(token):
        return Indicator.objects.filter(reported_in("sheet__sector__", token.department.region_id))
    sheets = Q(sheet__assignments__department=token.department_id) | Q(sheet__in=submissions(token).values("sheet"))
    return Indicator.objects.filter(pk__in=Indicator.objects.filter(sheets).values("pk"))
