"""The administration is for administrators: no tick on anybody else's account opens it."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Administration(AdminSite):
    site_header = site_title = _("Zhibao administration")
    index_title = _("What is kept here")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and getattr(request.user, "role", "") == "admin"


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"
