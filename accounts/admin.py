"""People in the administration: links for their first and their lost passwords, and their second factors.

An administrator resets a second factor by deleting it; nobody sees a secret or makes a factor for somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_protect
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from import_export.results import RowResult

from accounts import invitations, lists, passwords, qr, second_factor
from accounts.models import Invitation, SecondFactor
from audit import record
from audit.vocabulary import EventKind
from sectors.admin.base import ReadOnly
from sectors.admin.people import PersonAdmin
from sectors.models import User
from sectors.texts import whole_number


class NewPersonForm(forms.ModelForm):
    """Without a password: the person chooses it by a link."""

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name", "email", "department", "role")
        field_classes = {"username": UsernameField}

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        person: User = super().save(commit)
        return person


@dataclass(frozen=True)
class Slip:
    """What one person is handed."""

    person: User
    address: str
    qr: str

    @classmethod
    def of(cls, person: User, address: str) -> Slip:
        return cls(person, address, qr.data_address(address))


admin.site.unregister([Group, User, StaticDevice, TOTPDevice])  # roles are what gives rights here


@admin.register(User)
class AccountAdmin(PersonAdmin):
    add_form = NewPersonForm
    add_form_template = "admin/add_person.html"
    actions = ("invite", "unlock")

    @admin.action(description=gettext_lazy("Let sign in again at once who is locked out"), permissions=["change"])
    @transaction.atomic
    def unlock(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        people = list(chosen)
        passwords.unlock(people)
        record.write_all(record.Happened(EventKind.PASSWORD, person, more={"how": "unlocked"}) for person in people)
        text = ngettext("%(count)d person can try again.", "%(count)d people can try again.", len(people))
        messages.success(request, text % {"count": len(people)})

    @admin.action(description=gettext_lazy("Make links and QR codes to hand out"), permissions=["change"])
    def invite(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse:
        return self._invited(request, list(chosen))

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._invited(request, [obj])

    @method_decorator(csrf_protect)
    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """In place of a password that the administrator would choose and know: a link, its end, or one that is good
        once."""
        person = self.get_object(request, id) if whole_number(id) else None
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person}
        match request.POST.get("action", "") if request.method == "POST" else None:
            case None:
                context |= {"invitation": Invitation.objects.open().filter(person=person).first()}
                return TemplateResponse(request, "admin/let_in.html", context)
            case "end":
                invitations.end([person])
                messages.success(request, _("The link opens nothing any more."))
                return redirect("admin:auth_user_password_change", person.pk)
            case "password":
                self.log_change(request, person, _("One-time password given"))
                context |= {"password": passwords.give_one_time(person), "days": settings.ONE_TIME_PASSWORD_DAYS}
                return _kept_nowhere(TemplateResponse(request, "admin/one_time_password.html", context))
        self.log_change(request, person, _("Link to choose a password made"))
        return self._invited(request, [person])

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            invitations.end([obj])

    @transaction.atomic
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """People and their links are stored together."""
        return super().process_import(request, **kwargs)

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        answer = super().process_result(result, request)
        if result.has_errors() or result.has_validation_errors():
            return answer
        invitations.end([row.instance for row in result.rows if row.instance and not row.instance.is_active])
        new = [row.instance for row in result.rows if row.import_type == RowResult.IMPORT_TYPE_NEW]
        return self._invited(request, new) if new else answer

    def _invited(self, request: HttpRequest, people: list[User]) -> HttpResponse:
        """The only page that ever shows these links: as slips to print, and as a file."""
        made = invitations.make(people, by=request.user)  # type: ignore[arg-type]
        slips = [Slip.of(person, _address(request, secret)) for person, secret in made.items()]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "slips": slips,
            "left_out": [person for person in people if person not in made],
            "days": settings.ONE_TIME_PASSWORD_DAYS,
            "site": request.build_absolute_uri("/"),
            "file": lists.as_data_address([(slip.person, slip.address) for slip in slips]),
        }
        return _kept_nowhere(TemplateResponse(request, "admin/invitations.html", context))


def _address(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[secret]))


def _kept_nowhere(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, no_store=True, private=True)
    return answer


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnly):
    list_display = ("person", "set_up", "last_used", "wrong_codes")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__last_name", "user__first_name")
    fields = readonly_fields = ("person", "set_up", "last_used", "wrong_codes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SecondFactor]:
        return super().get_queryset(request).filter(confirmed=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: SecondFactor) -> None:
        second_factor.reset([obj.user])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SecondFactor]) -> None:
        second_factor.reset([device.user for device in queryset])

    @admin.display(description=gettext_lazy("User"), ordering="user__last_name")
    def person(self, device: SecondFactor) -> str:
        return str(device.user)

    @admin.display(description=gettext_lazy("Set up"), ordering="created_at")
    def set_up(self, device: SecondFactor) -> Any:
        return device.created_at

    @admin.display(description=gettext_lazy("Last used"), ordering="last_used_at")
    def last_used(self, device: SecondFactor) -> Any:
        return device.last_used_at

    @admin.display(description=gettext_lazy("Wrong codes since"), ordering="throttling_failure_count")
    def wrong_codes(self, device: SecondFactor) -> int:
        return int(device.throttling_failure_count)
