"""Units that come with the program: a site that loads none of its sheets still knows what % and 万元 are."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from sectors.catalogue import yaml_files


@cache
def usual_units() -> dict[str, dict[str, Any]]:
    """Each as a catalogue file says it, by its name; a base stands before what is built on it."""
    path = settings.BASE_DIR / "catalogue" / "units.yaml"
    return {str(unit["name"]): unit for unit in yaml_files.from_yaml(path)["units"]}
