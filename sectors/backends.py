"""Signing in: every page names the person's department and region, so they come with the person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from sectors.models import User


class PersonBackend(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        person = User.objects.select_related("department__region").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
