"""The second step of signing in, and a person's own second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import second_factor, single_sign_on
from accounts.factor_forms import CodeForm, ConfirmedForm, asks_password
from accounts.factor_middleware import AskedRequest
from accounts.models import SECOND_FACTOR
from config import encryption
from sectors.models import User
from sectors.shell.http import PersonRequest, next_address

SECRET = "second_factor_secret"  # in a session: what the page of the set-up shows, encrypted


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: AskedRequest) -> HttpResponse:
    if request.asked is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = CodeForm(request.POST or None)
    form.fields["code"].widget.attrs["autofocus"] = True
    if form.is_valid():
        try:
            device = second_factor.verify(person=request.asked, typed=form.cleaned_data["code"])
        except second_factor.WrongCode as error:
            form.add_error("code", str(error))
        else:
            request.session.cycle_key()
            request.session[second_factor.VERIFIED] = device
            _say_codes_left(request, request.asked, form)
            return redirect(next_address(request, settings.LOGIN_REDIRECT_URL))
    context = {"form": form, "person": request.asked, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, "accounts/second_step.html", context, status=_status(form))


def _say_codes_left(request: HttpRequest, person: User, form: CodeForm) -> None:
    if not second_factor.is_recovery_code(form.cleaned_data["code"]):
        return
    left = second_factor.codes_left(person)
    messages.warning(
        request,
        ngettext(
            "You used a recovery code; %(left)d is left. If the phone is lost, set up the second factor anew.",
            "You used a recovery code; %(left)d are left. If the phone is lost, set up the second factor anew.",
            left,
        )
        % {"left": left},
    )


@never_cache
@login_required
@require_safe
def second_factor_page(request: PersonRequest) -> HttpResponse:
    is_on = second_factor.device_of(request.user) is not None
    context = {
        "is_on": is_on,
        "is_required": second_factor.is_required(request.user),
        "left": second_factor.codes_left(request.user) if is_on else 0,
    }
    return render(request, "accounts/second_factor.html", context)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: PersonRequest) -> HttpResponse:
    if second_factor.device_of(request.user) is not None:
        return redirect("second-factor")
    if not asks_password(request.user) and not single_sign_on.is_fresh(request.session):
        return render(request, "accounts/sign_in_anew.html", status=403)
    secret = _secret(request)
    form = ConfirmedForm(request.POST or None, request=request)
    if form.is_valid():
        try:
            device, codes = second_factor.set_up(person=request.user, secret=secret, typed=form.cleaned_data["code"])
        except second_factor.WrongCode as error:
            form.add_error("code", str(error))
        except second_factor.Refused as error:
            messages.error(request, str(error))
            return redirect("second-factor")
        else:
            del request.session[SECRET]
            request.session.cycle_key()
            request.session[second_factor.VERIFIED] = device
            return _show_codes(request, codes, is_new=True)
    context = {
        "form": form,
        "secret": second_factor.shown(request.user, secret),
        "is_required": second_factor.is_required(request.user),
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "accounts/second_factor_setup.html", context, status=_status(form))


def _secret(request: PersonRequest) -> str:
    """The same each time the page is shown; in the session it is encrypted, for that is in the database."""
    person, kept = request.user.pk, request.session.get(SECRET, "")
    try:
        return encryption.decrypted(kept, SECOND_FACTOR, person).hex()
    except encryption.Unreadable:
        secret = second_factor.new_secret()
        request.session[SECRET] = encryption.encrypted(bytes.fromhex(secret), SECOND_FACTOR, person)
        return secret


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def renew_codes(request: PersonRequest) -> HttpResponse:
    if second_factor.device_of(request.user) is None:
        return redirect("second-factor")
    form = ConfirmedForm(request.POST or None, request=request)
    if _is_confirmed(request, form):
        return _show_codes(request, second_factor.renew_codes(request.user), is_new=False)
    return render(request, "accounts/second_factor_codes_renew.html", {"form": form}, status=_status(form))


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def turn_off(request: PersonRequest) -> HttpResponse:
    if second_factor.device_of(request.user) is None or second_factor.is_required(request.user):
        return redirect("second-factor")
    form = ConfirmedForm(request.POST or None, request=request)
    if _is_confirmed(request, form):
        second_factor.turn_off(request.user)
        messages.success(request, _("The second factor is off. The password alone signs you in."))
        return redirect("second-factor")
    return render(request, "accounts/second_factor_off.html", {"form": form}, status=_status(form))


def _is_confirmed(request: PersonRequest, form: ConfirmedForm) -> bool:
    if not form.is_valid():
        return False
    try:
        second_factor.verify(person=request.user, typed=form.cleaned_data["code"])
    except second_factor.WrongCode as error:
        form.add_error("code", str(error))
        return False
    return True


def _show_codes(request: PersonRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    """Once: nobody can ask for them again."""
    context: dict[str, Any] = {"codes": codes, "is_new": is_new, "next": next_address(request, "")}
    return render(request, "accounts/recovery_codes.html", context)


def _status(form: CodeForm) -> int:
    return 422 if form.is_bound else 200
