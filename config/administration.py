"""The administration is for administrators: no tick on anybody else's account opens it. Its first page has an order."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied
from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sectors.texts import LONGEST_SEARCH, whole_number
from sectors.vocabulary import Role

# Subjects of the first page; models of the app `sectors` that stand nowhere else come under the last of them.
# Second factors are of the app `accounts`.
PEOPLE = ("Region", "Department", "User", "SecondFactor", "Assignment")
CATALOGUE = ("Chapter", "Sector", "Sheet", "Indicator", "Unit", "RegistryWord", "Rule")


# Of Django's own pages, which lack a Chinese text: they are collected here for the catalogue of translations.
UNTRANSLATED = (gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link"))


class Administration(AdminSite):
    site_header = site_title = _("Zhibao administration")
    index_title = _("What is kept here")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Django's own pages trust that what a list sends is what it showed."""

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.GET = _short_search(request.GET)  # type: ignore[assignment]
            if ACTION_CHECKBOX_NAME in request.POST:
                request.POST = _only_keys(request.POST)  # type: ignore[assignment]
            try:
                found: HttpResponse = view(request, *args, **kwargs)
            except OverflowError as error:  # SQLite's, of a number that is no key
                raise BadRequest("a number is too large") from error
            except FieldDoesNotExist as error:  # of an address that says by which field a row is named
                raise BadRequest("a parameter is no field") from error
            except IncorrectLookupParameters as error:  # which lists answer by themselves, and exports do not
                raise BadRequest("a parameter is none of this list") from error
            return found

        return super().admin_view(answered, cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and getattr(request.user, "role", "") == Role.ADMIN

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one page to sign in."""
        address = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect(reverse("login", query={REDIRECT_FIELD_NAME: address}))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one way to sign out, which may lead to the provider of the single sign-on."""
        return resolve(reverse("logout")).func(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By subject; what libraries register has its own pages on the site, or none."""
        apps: dict[str, Any] = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        own = [apps[label] for label in ("sectors", "accounts", "inspections", "reports") if label in apps]
        if app_label or "sectors" not in apps:
            return own
        sectors, accounts, *own = own
        models = {model["object_name"]: model for model in (*sectors["models"], *accounts["models"])}
        rest = [model for name, model in models.items() if name not in PEOPLE + CATALOGUE]
        people, catalogue = ([models[name] for name in names if name in models] for names in (PEOPLE, CATALOGUE))
        subjects = ((_("Regions and people"), people), (_("Catalogue and rules"), catalogue), (_("Reporting"), rest))
        return [*({**sectors, "name": name, "models": found} for name, found in subjects), *own]


def _short_search(sent: QueryDict) -> QueryDict:
    """SQLite looks for no long text."""
    text = str(sent.get(SEARCH_VAR, ""))
    if len(text) <= LONGEST_SEARCH:
        return sent
    found = sent.copy()
    found[SEARCH_VAR] = text[:LONGEST_SEARCH]
    return found


def _only_keys(sent: QueryDict) -> QueryDict:
    """The rows that were ticked, without what names none."""
    found = sent.copy()
    found.setlist(ACTION_CHECKBOX_NAME, [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if whole_number(key)])
    return found


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"

    def ready(self) -> None:
        """What a row belongs to is called as the other model is, where the field has no name of its own: Django would
        show its English name in code."""
        super().ready()
        for model in admin.site._registry:
            for field in model._meta.fields:
                if isinstance(field, ForeignKey) and getattr(field, "_verbose_name", None) is None:
                    field.verbose_name = field.remote_field.model._meta.verbose_name or field.verbose_name
