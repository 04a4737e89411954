"""The tokens by which other systems read a department's figures, and how they do it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.access import can_make_tokens
from reports.api import tokens as api_tokens
from reports.api.access import REQUESTS_A_MINUTE
from reports.api.endpoints import api
from reports.api.forms import TokenForm
from reports.models import ApiToken
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: PersonRequest) -> HttpResponse:
    """One's department's tokens. A new one's secret is shown on the answer to the form, and nowhere again."""
    if not can_make_tokens(request.user):
        raise PermissionDenied
    form, secret = TokenForm(request.POST or None, by=request.user), ""
    if form.is_valid():
        try:
            _token, secret = api_tokens.make(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            form = TokenForm(by=request.user)
    rows = ApiToken.objects.for_user(request.user).select_related("created_by", "ended_by", "writes_as")
    context = {"form": form, "tokens": rows, "secret": secret}
    answer = render(request, "reports/api_tokens.html", context, status=422 if form.is_bound else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def end(request: PersonRequest, pk: int) -> HttpResponse:
    if not can_make_tokens(request.user):
        raise PermissionDenied
    token = get_object_or_404(ApiToken.objects.for_user(request.user), pk=pk)
    api_tokens.end(token, by=request.user)
    messages.success(request, _("“%(name)s” reads nothing any more.") % {"name": token.name})
    return redirect("api-tokens")


@login_required
@require_safe
def manual(request: PersonRequest) -> HttpResponse:
    """The specification for people: every address with what it takes, as the program itself has it."""
    specification = api.get_openapi_schema(path_prefix="/api/v1/")
    operations = [
        {"path": path, "summary": item["get"]["summary"], "parameters": item["get"].get("parameters", [])}
        for path, item in specification["paths"].items()
    ]
    context = {
        "operations": operations,
        "address": request.build_absolute_uri("/api/v1/"),
        "rate": REQUESTS_A_MINUTE,
        "can_make_tokens": can_make_tokens(request.user),
    }
    return render(request, "reports/api_manual.html", context)
