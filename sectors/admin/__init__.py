"""Django's own admin, for administrators only (`config.administration`): people and regions are written here, also by
file; the catalogue, figures and statuses have their own writers and are only looked at."""

from . import catalogue, people, reporting, rules

__all__ = ["catalogue", "people", "reporting", "rules"]
