"""What other systems may ask for. Its specification is made from this file: /api/v1/openapi.json."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError

from audit import record
from audit.vocabulary import EventKind
from reports.aggregation import cube
from reports.api import rows, scope, sdmx
from reports.api.access import REQUESTS_A_MINUTE, Basic, Bearer, TokenRequest, TokenThrottle, note_refusal
from reports.api.schemas import (
    AnnualFilter,
    AnnualRow,
    FigureFilter,
    FigureRow,
    IndicatorFilter,
    IndicatorRow,
    OpenRowRow,
    Page,
    Paging,
    PeriodFilter,
    PeriodRow,
    Problem,
    RegionRow,
    SubmissionFilter,
    SubmissionRow,
)
from reports.models import ApiToken
from sectors.catalogue.compiled import catalogue
from sectors.models import Figure

M = TypeVar("M", bound=Model)
PROBLEMS = {401: Problem, 404: Problem, 429: Problem}
CHUNK = 2000

api = NinjaAPI(
    title="质报数据接口",
    version="1",
    description=f"只读。每个部门用自己的令牌读取与其页面相同范围的数据；每个令牌每分钟最多{REQUESTS_A_MINUTE}次请求。",
    urls_namespace="api",
    docs_url=None,
    auth=[Bearer(), Basic()],
    throttle=[TokenThrottle()],
)


@api.exception_handler(AuthenticationError)
def unknown_token(request: HttpRequest, error: object) -> HttpResponse:
    """Asks for a token in the way that lets Excel and browsers ask their person for it."""
    note_refusal(request)
    answer = api.create_response(request, {"detail": _("No valid token was given.")}, status=401)
    answer["WWW-Authenticate"] = 'Basic realm="Zhibao", charset="UTF-8"'
    return answer


@api.get("/regions", response={200: Page[RegionRow], **PROBLEMS}, summary="行政区划")
def regions(request: TokenRequest, paging: Query[Paging]) -> Any:
    return _page(request, scope.regions(request.auth), rows.region, paging)


@api.get("/periods", response={200: Page[PeriodRow], **PROBLEMS}, summary="报告期")
def periods(request: TokenRequest, paging: Query[Paging], chosen: Query[PeriodFilter]) -> Any:
    found = scope.periods(request.auth).select_related("region").filter(_of_period(chosen))
    return _page(request, found, rows.period, paging)


@api.get("/indicators", response={200: Page[IndicatorRow], **PROBLEMS}, summary="指标目录")
def indicators(request: TokenRequest, paging: Query[Paging], chosen: Query[IndicatorFilter]) -> Any:
    found = scope.indicators(request.auth).select_related("unit", "sheet__sector").filter(_of_indicator(chosen))
    return _page(request, found, rows.indicator, paging)


@api.get("/submissions", response={200: Page[SubmissionRow], **PROBLEMS}, summary="报送及其状态")
def submissions(request: TokenRequest, paging: Query[Paging], chosen: Query[SubmissionFilter]) -> Any:
    found = scope.submissions(request.auth).filter(_of_submission(chosen)).with_delivery()
    return _page(request, found, rows.submission, paging)


@api.get("/figures", response={200: Page[FigureRow], **PROBLEMS}, summary="各期填报的数据")
def figures(request: TokenRequest, paging: Query[Paging], chosen: Query[FigureFilter]) -> Any:
    return _page(request, _figures(request, chosen), rows.figure, paging)


@api.get("/rows", response={200: Page[OpenRowRow], **PROBLEMS}, summary="逐项填报的行（项目、企业等）")
def open_rows(request: TokenRequest, paging: Query[Paging], chosen: Query[SubmissionFilter]) -> Any:
    found = scope.open_rows(request.auth).filter(_of_submission(chosen, "submission__"))
    units = catalogue().units
    return _page(request, found, lambda row: rows.open_row(row, units), paging)


@api.get(
    "/sdmx/figures",
    response={200: None, **PROBLEMS},
    summary="各期填报的数据，SDMX-CSV 2.0",
    openapi_extra={
        "responses": {200: {"content": {"application/vnd.sdmx.data+csv": {"schema": {"type": "string"}}}}},
    },
)
def sdmx_figures(request: TokenRequest, chosen: Query[FigureFilter]) -> StreamingHttpResponse:
    found = _figures(request, chosen).order_by("pk")
    _record(request)
    return StreamingHttpResponse(sdmx.lines(found.iterator(CHUNK)), content_type=sdmx.MEDIA_TYPE)


@api.get("/annual", response={200: list[AnnualRow], **PROBLEMS}, summary="年度值，与报告和看板一致")
def annual(request: TokenRequest, chosen: Query[AnnualFilter]) -> Any:
    """Only accepted figures count. Without a region it is the token's own."""
    code = chosen.region or request.auth.department.region.code
    found = scope.regions(request.auth).filter(code=code).first()
    if found is None:
        raise Http404
    _record(request)
    wanted = scope.indicators(request.auth).filter(_of_indicator(chosen)).select_related("unit", "sheet")
    values = cube.annual(found, chosen.year, wanted.order_by("pk"))
    return [rows.annual(value, region=found.code, year=chosen.year) for value in values.values()]


def _figures(request: TokenRequest, chosen: FigureFilter) -> QuerySet[Figure]:
    of = _of_submission(chosen, "submission__") & _among("indicator__code", chosen.indicator)
    return scope.figures(request.auth).filter(of)


def _among(field: str, values: list[Any]) -> Q:
    return Q(**{f"{field}__in": values}) if values else Q()


def _of_period(chosen: PeriodFilter, prefix: str = "") -> Q:
    return (
        _among(f"{prefix}year", chosen.year)
        & _among(f"{prefix}kind", chosen.kind)
        & _among(f"{prefix}number", chosen.number)
        & _among(f"{prefix}region__code", chosen.region)
    )


def _of_submission(chosen: SubmissionFilter, prefix: str = "") -> Q:
    return (
        _of_period(chosen, f"{prefix}period__")
        & _among(f"{prefix}sheet__number", chosen.sheet)
        & _among(f"{prefix}sheet__sector__code", chosen.sector)
        & _among(f"{prefix}status", chosen.status)
    )


def _of_indicator(chosen: IndicatorFilter) -> Q:
    return (
        _among("sheet__number", chosen.sheet)
        & _among("sheet__sector__code", chosen.sector)
        & _among("code", chosen.indicator)
    )


def _page(request: HttpRequest, found: QuerySet[M], row: Callable[[M], rows.Fields], paging: Paging) -> Any:
    """Pages begin behind a key, not at a count: rows that come meanwhile move nothing."""
    _record(request)
    part = list(found.filter(pk__gt=paging.after).order_by("pk")[: paging.limit + 1])
    shown = part[: paging.limit]
    following = _address(request, shown[-1].pk) if len(part) > len(shown) else None
    return {"count": found.count(), "next": following, "results": [row(each) for each in shown]}


def _record(request: HttpRequest) -> None:
    """One event a request: which token read what."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    via = f"token {token.pk} {token}"
    record.write(EventKind.API, token, name=request.path, via=via, query=request.GET.urlencode())


def _address(request: HttpRequest, after: int) -> str:
    asked = [(name, value) for name, values in request.GET.lists() for value in values if name != "after"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*asked, ('after', after)])}")
