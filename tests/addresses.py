"""Every address of the site, with values for what it has in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from assessment.models import Run, RunSubject, Scheme, Score, Target
from assessment.vocabulary import TargetState
from audit.models import Event
from collection.models import PartRequest, Station, StationPart
from inspections.models import Firm, SamplingPlan, SavedView
from inspections.registers import REGISTERS
from reports.models import AnnualReport, ApiToken, ReportPaper
from sectors.findings import storage
from sectors.models import Deputy, Extension, Job, Notice, Period, Region, Sheet, SheetDraft
from sectors.vocabulary import JobState
from tests.world import NO_REPORT, Place, first, link_of

DRAFT = ("draft", "block", "report-", "issue-report", "regenerate", "sign-report", "approv", "answer-")
SHEET_DRAFT = (
    "sheet-draft",
    "edit-draft",
    "look-at-draft",
    "put-in-force",
    "discard-draft",
    "sheet-draft-file",
    "draft-indicators",
)
REQUEST = (
    *("part-request", "change-request", "withdraw-request", "make-links", "urge-stations"),
    *("take-over", "station-values", "station-files", "upload-parts"),
)
PART = ("part", "fill-part", "move-part", "end-links")
JOBS = {"cancel-job": JobState.WAITING, "retry-job": JobState.FAILED}

RUN = ("run", "move-run", "count-run", "run-days", "run-reviewers", "run-ranking", "run-file", "review-queue")
SUBJECT = (
    *("run-subject", "self-scores-file", "upload-self-scores", "appeal", "answer-appeal"),
    *("veto-subject", "leave-out-subject"),
)
SCORE = ("score", "review-score", "attach-evidence", "evidence-file", "remove-evidence", "restore-evidence")


@dataclass(frozen=True)
class Address:
    """One of the resolver: its name with its namespace, what it has in it, the app whose addresses it is among, and the
    whole route for one without name."""

    name: str
    wanted: tuple[str, ...]
    app: str
    route: str = ""

    @property
    def is_of_admin(self) -> bool:
        return self.name.startswith("admin:")

    @property
    def is_of_api(self) -> bool:
        return self.name.startswith(("api:", "writing-api:"))

    def at(self, place: Place) -> str:
        """The address with what a place has."""
        values = arguments(self.name, self.wanted, place)
        if not self.route:
            return reverse(self.name, kwargs=values)
        return "/" + re.sub(
            r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>.*?\)\$", lambda m: str(values[str(m[1] or m[2])]), self.route
        )


def addresses() -> Iterator[Address]:
    for app in get_resolver().url_patterns:
        assert isinstance(app, URLResolver), f"{app}: not among the addresses of an app"
        name = app.namespace or getattr(app.urlconf_name, "__name__", "").partition(".")[0]
        yield from _addresses(app, name)


def _addresses(resolver: URLResolver, app: str, above: str = "", space: str = "") -> Iterator[Address]:
    space += f"{resolver.namespace}:" if resolver.namespace else ""
    above += str(resolver.pattern)
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, app, above, space)
        elif isinstance(pattern, URLPattern):
            route = above + str(pattern.pattern)
            yield Address(f"{space}{pattern.name or route}", _wanted(pattern), app, "" if pattern.name else route)


def _wanted(pattern: URLPattern) -> tuple[str, ...]:
    form = pattern.pattern
    return tuple(form.regex.groupindex) if isinstance(form, RegexPattern) else tuple(form.converters)


def arguments(name: str, wanted: tuple[str, ...], place: Place) -> dict[str, Any]:
    """Values for what an address has in it."""
    slug = next((slug for slug in REGISTERS if name == slug or name.endswith(f"-{slug}")), "")
    values: dict[str, Any] = {
        "key": "food/text/1",
        "code": place.code if "pk" in wanted else _code(name, place),
        "year": NO_REPORT if name in ("report", "begin-report") else 2022 if name.startswith(DRAFT) else 2023,
        "number": 1,
        "to": "csv" if name == "audit-export" else "docx",
        "action": "hide",
        "way": "undo",
        "area": "batches",
        "kind": "batches" if name.startswith("writing-api:") else "notice" if name == "run-file" else "change",
        "period": "2023Q1",
        "sheet": "T-01",
        "table": "none",
        "app_label": "sectors",
        "secret": link_of(place.department),
        "url": "nowhere/",
        "content_type_id": ContentType.objects.get_for_model(Region).pk,
        "id": place.clerk.pk,
        "stored": f"{place.clerk.pk}-report-{place.department.region_id}-2022-{'0' * 32}",
    }
    if name.startswith("finding-"):
        values["key"] = next((one.key for one in storage.current(place.sheet)), "none")
    if name == "block-change-figures":
        values["key"] = "added/1"
    if name == "sign-report-act":
        values["action"] = "send"
    if "attachment" in wanted:
        values["attachment"] = _file(place.sheet.attachments, name)
    if "pk" in wanted:
        values["pk"] = _key(name, values["year"], slug, place)
    if "file" in wanted:
        values["file"] = _file(REGISTERS[slug].model._default_manager.get(pk=values["pk"]).files, name)
    if "evidence" in wanted:
        values["evidence"] = _file(Score.objects.get(pk=values["pk"]).files, name)
    if "object_id" in wanted:
        values["object_id"] = first(_administered(name))
    return {name: values[name] for name in wanted}


def _key(name: str, year: int, slug: str, place: Place) -> Any:
    region, department = place.department.region, place.department
    if name in ("edition-paper", "report-scan"):
        return first(ReportPaper, report__region=region, report__year=year)
    if name.endswith("job") or name == "job-file":
        return first(Job, owner=place.clerk, state=JOBS.get(name, JobState.DONE))
    period: tuple[Any, dict[str, Any]] = Period, {"pk": place.sheet.period_id}
    sheet: tuple[Any, dict[str, Any]] = Sheet, {"pk": place.sheet.sheet_id}
    found = {
        **dict.fromkeys(("begin-draft", "catalogue-file", "sheet-versions"), sheet),
        **dict.fromkeys(SHEET_DRAFT, (SheetDraft, {})),
        **dict.fromkeys(REQUEST, (PartRequest, {"submission": place.sheet})),
        **dict.fromkeys(PART, (StationPart, {"request__submission": place.sheet})),
        "change-station": (Station, {"department": department}),
        **dict.fromkeys(("period", "edit-period", "hand-out", "take-back-period", "extend", "urge"), period),
        "notice": (Notice, {"to": place.clerk, "link": "/"}),
        "end-extension": (Extension, {"department": department}),
        "end-deputy": (Deputy, {"head": place.head}),
        "end-api-token": (ApiToken, {"department": department}),
        "audit-event": (Event, {}),
        "plan-tasks": (SamplingPlan, {"department": department}),
        **dict.fromkeys(("firm", "edit-firm", "merge-firm"), (Firm, {"region": region})),
        "part-firm": (Firm, {"region": region, "merged_into__isnull": False}),
        **dict.fromkeys(("scheme", "put-scheme-in-force"), (Scheme, {"region": region})),
        **dict.fromkeys(RUN, (Run, {"region": region})),
        **dict.fromkeys(SUBJECT, (RunSubject, {"department": department})),
        **dict.fromkeys(SCORE, (Score, {"subject__department": department})),
        "decide-target": (Target, {"department": department, "state": TargetState.PROPOSED}),
    }
    if name in found:
        model, chosen = found[name]
        return first(model, **chosen)
    if slug:
        is_view = "view" in name
        mine = {"register": slug, "user": place.clerk} if is_view else {"department": department}
        return first(SavedView if is_view else REGISTERS[slug].model, **mine)
    return place.sheet.pk


def _file(files: Any, name: str) -> Any:
    """One that is there, or for who restores one that was removed."""
    return files.filter(removed_at__isnull="restore" not in name).order_by("pk").first().pk


def _administered(name: str) -> Any:
    if name == "admin:view_on_site":
        return Region
    of = re.sub(r"^admin:(admin/)?", "", name)
    if "/" in of:
        app, model, *_rest = of.split("/")
        return apps.get_model(app, model)
    app, model, _action = of.rsplit("_", 2)
    return apps.get_model(app, model)


def _code(name: str, place: Place) -> str:
    if name == "verify-file":
        return AnnualReport.objects.issued().get(region=place.department.region).code
    return "food" if name.startswith(("wording", "sector")) else "food.done"
