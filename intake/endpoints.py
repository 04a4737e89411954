"""What other systems may store: figures of drafts, and records. Its specification is made from this file:
/api/v1/write/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path
from ninja.errors import AuthenticationError
from ninja.parser import Parser

from audit import record
from audit.vocabulary import EventKind
from inspections.registers import REGISTERS, Register
from intake import drafts, records, rows
from intake.access import token_of, writer_of, writing
from intake.schemas import (
    Draft,
    DraftAnswer,
    DraftChange,
    DraftRow,
    FieldRow,
    FindingRow,
    Problems,
    RecordList,
    RecordsAnswer,
    Refusal,
    TableChange,
    TableRows,
)
from reports.api.access import REQUESTS_A_MINUTE, Bearer, TokenRequest, TokenThrottle, note_refusal
from reports.api.schemas import Code, Problem
from sectors.calculation.periods import PeriodKey
from sectors.checks.messages import worded
from sectors.entry.writer import NotEverythingStored, Saved
from sectors.guard import WrongState
from sectors.models import Submission
from sectors.shell.http import json_sent

PROBLEMS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problems, 422: Problems, 429: Problem}


class ReadableParser(Parser):
    """A body with what nobody can have typed is refused: without it, another value might be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = json_sent(request)
        if found != json.loads(request.body):
            raise ValueError
        return found


api = NinjaAPI(
    title="质报写入接口",
    version="1",
    description="业务系统代部门填报人写入未报送的报表数据和台账记录，权限、校验与手工填写相同；"
    "每次请求全部保存或全部不保存，重复发送不会重复记录。"
    f"令牌由部门负责人生成并指定填报人；每个令牌每分钟最多{REQUESTS_A_MINUTE}次请求。",
    urls_namespace="writing-api",
    docs_url=None,
    # No user name and password, which a browser would send by itself from any page.
    auth=[Bearer()],
    throttle=[TokenThrottle()],
    parser=ReadableParser(),
)


@api.exception_handler(AuthenticationError)
def unknown_token(request: HttpRequest, error: object) -> HttpResponse:
    note_refusal(request)
    answer = api.create_response(request, {"detail": _("No valid token was given.")}, status=401)
    answer["WWW-Authenticate"] = 'Bearer realm="Zhibao"'
    return answer


@api.exception_handler(WrongState)
def not_now(request: HttpRequest, error: WrongState) -> HttpResponse:
    return api.create_response(request, {"detail": str(error)}, status=409)


@api.exception_handler(Submission.DoesNotExist)
def no_draft(request: HttpRequest, error: object) -> HttpResponse:
    detail = _("Your department has no such sheet in this period. /drafts lists those that it fills now.")
    return api.create_response(request, {"detail": detail}, status=404)


@api.exception_handler(rows.NoTable)
def no_table(request: HttpRequest, error: rows.NoTable) -> HttpResponse:
    return api.create_response(request, {"detail": str(error)}, status=404)


@api.exception_handler(NotEverythingStored)
def not_everything(request: HttpRequest, error: NotEverythingStored) -> HttpResponse:
    """422 for what cannot be stored, else 409 for what would overwrite something."""
    refused = [*_refused(error.saved), *_conflicts(error.saved)]
    status = 422 if error.saved.refused else 409
    return _nothing_stored(request, refused, status)


@api.exception_handler(records.Refused)
def refused_records(request: HttpRequest, error: records.Refused) -> HttpResponse:
    refused = [Refusal(row=one.row, what=one.field, sent=one.text, why=one.why) for one in error.faults]
    return _nothing_stored(request, refused, 422)


@api.get("/drafts", response={200: list[DraftRow], **PROBLEMS}, summary="现在可以填写的报表")
def list_drafts(request: TokenRequest) -> Any:
    found = [_draft(one) for one in drafts.open_drafts(writer_of(request))]
    _record(request)
    return found


@api.get("/drafts/{period}/{sheet}", response={200: Draft, **PROBLEMS}, summary="一张报表要填的单元格")
def show_draft(request: TokenRequest, period: Path[Code], sheet: Path[Code]) -> Any:
    found = drafts.draft(writer_of(request), _period(period), sheet)
    _record(request)
    return {**_draft(found), "cells": drafts.cells(found), "open_tables": drafts.open_tables(found)}


@api.put("/drafts/{period}/{sheet}", response={200: DraftAnswer, **PROBLEMS}, summary="写入数据")
def save_draft(request: TokenRequest, period: Path[Code], sheet: Path[Code], sent: DraftChange) -> Any:
    with writing(request) as writer:
        stored = drafts.save(writer, _period(period), sheet, sent.figures, replace=sent.replace)
        _record(request)
    return _answer(stored)


@api.get(
    "/drafts/{period}/{sheet}/rows/{table}", response={200: TableRows, **PROBLEMS}, summary="一张可增行的表现有的行"
)
def show_rows(request: TokenRequest, period: Path[Code], sheet: Path[Code], table: Path[Code]) -> Any:
    found = rows.read(writer_of(request), _period(period), sheet, table)
    _record(request)
    return asdict(found) | {"rows": [{"key": row.key, "cells": row.cells} for row in found.rows]}


@api.put("/drafts/{period}/{sheet}/rows/{table}", response={200: DraftAnswer, **PROBLEMS}, summary="写入行")
def save_rows(
    request: TokenRequest, period: Path[Code], sheet: Path[Code], table: Path[Code], sent: TableChange
) -> Any:
    listed = [(row.key, row.cells) for row in sent.rows]
    with writing(request) as writer:
        stored = rows.save(writer, _period(period), sheet, table, listed, whole=sent.whole, replace=sent.replace)
        _record(request)
    return _answer(stored)


def _answer(stored: drafts.Stored) -> dict[str, Any]:
    findings = [
        FindingRow(severity=one.severity, text=worded(one.statement, repairs=True), cells=list(one.indicators))
        for one in stored.findings
    ]
    return {"changed": stored.changed, "missing": stored.missing, "findings": findings}


@api.get("/records/{kind}", response={200: list[FieldRow], **PROBLEMS}, summary="一种台账记录的字段")
def show_register(request: TokenRequest, kind: Path[Code]) -> Any:
    found = records.fields(_register(kind), writer_of(request))
    _record(request)
    return found


@api.put("/records/{kind}", response={200: RecordsAnswer, **PROBLEMS}, summary="写入台账记录")
def save_records(request: TokenRequest, kind: Path[Code], sent: RecordList) -> Any:
    with writing(request) as writer:
        stored = records.save(_register(kind), sent.records, by=writer, token=token_of(request), doubles=sent.doubles)
        _record(request)
    return asdict(stored)


def _period(code: str) -> PeriodKey:
    try:
        return PeriodKey.parse(code)
    except ValueError as error:
        raise Submission.DoesNotExist from error


def _register(slug: str) -> Register:
    found = REGISTERS.get(slug)
    if found is None:
        raise Http404
    return found


def _draft(submission: Submission) -> dict[str, Any]:
    return {
        "sheet": submission.sheet.number,
        "sheet_name": submission.sheet.name,
        "period": submission.period.code,
        "status": submission.status,
        "due": submission.due,
    }


def _refused(saved: Saved) -> Iterable[Refusal]:
    return (Refusal(row=None, what=code, sent=text, why=why) for code, (text, why) in saved.refused.items())


def _conflicts(saved: Saved) -> Iterable[Refusal]:
    there = _("“%(text)s” stands there, which was not sent by a program. Send “replace”: true to overwrite it.")
    found = saved.conflicts.items()
    return (Refusal(row=None, what=code, sent=one.mine, why=there % {"text": one.theirs}) for code, one in found)


def _nothing_stored(request: HttpRequest, refused: list[Refusal], status: int) -> HttpResponse:
    detail = _("Nothing was stored: mend what is listed and send all of it again.")
    answer = {"detail": detail, "refused": [one.model_dump() for one in refused]}
    return api.create_response(request, answer, status=status)


def _record(request: TokenRequest) -> None:
    """One event a request: which token asked for what."""
    token = token_of(request)
    record.write(EventKind.API, token, name=f"{request.method} {request.path}", via=f"token {token.pk} {token}")
