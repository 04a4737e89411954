"""A person's own account: data, password, sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.forms import OwnPasswordForm
from accounts.models import Session, SessionQuerySet
from audit import record
from audit.vocabulary import EventKind
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD"])
def account(request: PersonRequest) -> HttpResponse:
    last = request.user.passwords.first()
    context = {"sessions": Session.objects.of(request.user), "own": request.session.session_key, "password": last}
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def password(request: PersonRequest) -> HttpResponse:
    form = OwnPasswordForm(request.user, request.POST or None, request=request)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        request.session.pop("change_password", None)
        _others(request).delete()
        messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
        return redirect("account")
    context = {"form": form, "why": request.session.get("change_password")}
    return render(request, "accounts/password.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@transaction.atomic
def end_sessions(request: PersonRequest) -> HttpResponse:
    """The one that is named, or all but the one that asks."""
    named = request.POST.get("session")
    if named:
        keys = [row.session_key for row in Session.objects.of(request.user) if row.handle == named]
        Session.objects.filter(session_key__in=keys).delete()
        record.write(EventKind.SIGN_OUT, request.user, sessions=len(keys))
        messages.success(request, _("Signed out there."))
    else:
        count, _by_model = _others(request).delete()
        record.write(EventKind.SIGN_OUT, request.user, sessions=count)
        messages.success(request, _("Everywhere else you are signed out."))
    return redirect("account")


def _others(request: PersonRequest) -> SessionQuerySet:
    return Session.objects.filter(person=request.user).exclude(session_key=request.session.session_key)


@require_http_methods(["GET", "HEAD", "POST"])
def session_state(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and for how long: `{"person": key or null, "left": seconds, "longest": seconds}`.

    Posted, the session is used by it and lasts on; `longest` is what is left whatever is done.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"person": None})
    session = sessions.of(request)
    return JsonResponse({"person": request.user.pk, "left": session.left, "longest": session.longest})
