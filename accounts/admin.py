"""People in the administration: their first and their forgotten passwords, and their second factors.

An administrator resets a second factor by deleting it; nobody sees a secret or makes a factor for somebody else.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_protect
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from import_export.results import RowResult

from accounts import lists, passwords, second_factor
from accounts.models import SecondFactor
from audit import record
from audit.vocabulary import EventKind
from sectors.admin.base import ReadOnly
from sectors.admin.people import PersonAdmin
from sectors.models import User
from sectors.texts import whole_number


class NewPersonForm(forms.ModelForm):
    """Without a password: a one-time password is made and shown."""

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name", "email", "department", "role")
        field_classes = {"username": UsernameField}

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        person: User = super().save(commit)
        return person


admin.site.unregister([Group, User, StaticDevice, TOTPDevice])  # roles are what gives rights here


@admin.register(User)
class AccountAdmin(PersonAdmin):
    add_form = NewPersonForm
    actions = ("unlock",)

    @admin.action(description=gettext_lazy("Let sign in again at once who is locked out"), permissions=["change"])
    @transaction.atomic
    def unlock(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        people = list(chosen)
        passwords.unlock(people)
        record.write_all(record.Happened(EventKind.PASSWORD, person, more={"how": "unlocked"}) for person in people)
        text = ngettext("%(count)d person can try again.", "%(count)d people can try again.", len(people))
        messages.success(request, text % {"count": len(people)})

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._told(request, [obj])

    @method_decorator(csrf_protect)
    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """In place of a password that the administrator would choose and know."""
        person = self.get_object(request, id) if whole_number(id) else None
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if request.method == "POST":
            self.log_change(request, person, _("One-time password given"))
            return self._told(request, [person])
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person}
        return TemplateResponse(request, "admin/one_time_password.html", context)

    @transaction.atomic
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """People and their one-time passwords are stored together."""
        return super().process_import(request, **kwargs)

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        answer = super().process_result(result, request)
        failed = result.has_errors() or result.has_validation_errors()
        new = [row.instance for row in result.rows if row.import_type == RowResult.IMPORT_TYPE_NEW]
        return answer if failed or not new else self._told(request, new)

    def _told(self, request: HttpRequest, people: list[User]) -> HttpResponse:
        """The only page that ever shows these passwords, on the screen and as a file."""
        given = [(person, passwords.give_one_time(person)) for person in people]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "given": given,
            "file": lists.as_data_address(given),
        }
        return TemplateResponse(request, "admin/one_time_passwords.html", context)


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
