"""The link by which somebody chooses a password and comes in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import invitations, sessions
from accounts.backends import BACKEND
from audit.origin import address
from sectors.models import User
from sectors.shell.limits import MINUTE, asks_too_often

REQUESTS_A_MINUTE = 60  # of an address; offices share one


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The same answer for a link that never was, was used, was ended or has run out."""
    if asks_too_often(f"invitation-{address(request)}", REQUESTS_A_MINUTE):
        answer = render(request, "accounts/no_invitation.html", {"is_too_often": True}, status=429)
        answer["Retry-After"] = str(MINUTE)
        return _unlisted(answer)
    try:
        return _unlisted(_open(request, secret, invitations.find(secret)))
    except invitations.Unusable:
        return _unlisted(render(request, "accounts/no_invitation.html", status=404))


def _open(request: HttpRequest, secret: str, person: User) -> HttpResponse:
    """Whoever is signed in as somebody else chooses no password for another. Raises Unusable."""
    context = {"person": person, "days": settings.ONE_TIME_PASSWORD_DAYS}
    if request.user.is_authenticated and request.user.pk != person.pk:
        return render(request, "accounts/invitation_other.html", context, status=409)
    form: SetPasswordForm[User] = SetPasswordForm(person, request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/invitation.html", {**context, "form": form}, status=status)
    person = invitations.use(secret, form.cleaned_data["new_password1"])
    login(request, person, backend=BACKEND)
    sessions.describe(request)
    request.session["change_password"] = ""
    messages.success(request, _("Your password is set."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """No search engine lists it and no browser keeps it."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    patch_cache_control(answer, no_store=True, private=True)
    return answer
