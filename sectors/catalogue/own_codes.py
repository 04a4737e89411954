"""How the codes of a region's own sectors, and of all in them, begin: none can clash with a shared one, or with that of
another region, whichever is loaded first. Pure."""

from __future__ import annotations

import re

OWN = re.compile(r"r(\d{9}|\d{6})_")
OWN_CODE = re.compile(r"\br(?:\d{9}|\d{6})_[a-z0-9_.]+")  # in a text
OWN_NUMBER = re.compile(r"(\d{9}|\d{6})-")


def code_prefix(region: str) -> str:
    """Of sectors, indicators, rules, questions and chapters: r654027_."""
    return f"r{region}_" if region else ""


def number_prefix(region: str) -> str:
    """Of sheet numbers: 654027-."""
    return f"{region}-" if region else ""


def region_of(code: str) -> str:
    """The code of the region whose own this is; empty for what is shared."""
    found = OWN.match(code)
    return found[1] if found else ""


def region_of_number(number: str) -> str:
    found = OWN_NUMBER.match(number)
    return found[1] if found else ""
