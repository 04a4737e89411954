"""The administration is for administrators: no tick on anybody else's account opens it. Its first page has an order."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import Role

# Subjects of the first page; models of the app `sectors` that stand nowhere else come under the last of them.
PEOPLE = ("Region", "Department", "User", "Assignment")
CATALOGUE = ("Chapter", "Sector", "Sheet", "Indicator", "Unit", "Rule")


class Administration(AdminSite):
    site_header = site_title = _("Zhibao administration")
    index_title = _("What is kept here")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and getattr(request.user, "role", "") == Role.ADMIN

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By subject; what libraries register has its own pages on the site, or none."""
        apps: dict[str, Any] = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        own = [apps[label] for label in ("sectors", "inspections", "reports") if label in apps]
        if app_label or "sectors" not in apps:
            return own
        sectors = own.pop(0)
        models = {model["object_name"]: model for model in sectors["models"]}
        rest = [model for name, model in models.items() if name not in PEOPLE + CATALOGUE]
        people, catalogue = ([models[name] for name in names if name in models] for names in (PEOPLE, CATALOGUE))
        subjects = ((_("Regions and people"), people), (_("Catalogue and rules"), catalogue), (_("Reporting"), rest))
        return [*({**sectors, "name": name, "models": found} for name, found in subjects), *own]


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"
