"""A person's own account: data, password, mails, sessions."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import mail_choices, second_factor, sessions
from accounts.factor_forms import asks_password
from accounts.forms import MailForm, OwnPasswordForm
from accounts.models import Session, SessionQuerySet
from audit import record
from audit.vocabulary import EventKind
from sectors.models import Deputy
from sectors.shell.http import PersonRequest
from sectors.vocabulary import DEPARTMENT_ROLES


@login_required
@require_http_methods(["GET", "HEAD"])
def account(request: PersonRequest) -> HttpResponse:
    """All that a person decides about their own account, in one place."""
    person = request.user
    context = {
        "sessions": Session.objects.of(person),
        "own": request.session.session_key,
        "password": person.passwords.first(),
        "has_password": asks_password(person),
        "has_second_factor": second_factor.device_of(person) is not None,
        "needs_second_factor": second_factor.is_required(person),
        "mails": MailForm(instance=mail_choices.of(person)) if person.role in DEPARTMENT_ROLES else None,
        "mail_is_sent": settings.EMAIL_CONFIGURED,
        "deputies": Deputy.objects.on(timezone.localdate()).filter(head=person).select_related("person"),
    }
    return render(request, "accounts/account.html", context)


@login_required
@require_POST
def choose_mails(request: PersonRequest) -> HttpResponse:
    if request.user.role not in DEPARTMENT_ROLES:
        raise PermissionDenied
    mail_choices.choose(by=request.user, **{name: name in request.POST for name in mail_choices.FIELDS})
    messages.success(request, _("Your choice of mails is stored."))
    return redirect("account")


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
