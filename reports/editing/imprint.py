"""What an issue prints on the cover: the document's number (发文字号), its verification code, and the address of the
page that verifies its files, which the QR code holds.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from reports.document.blocks import Cover, Document
from reports.models import AnnualReport

# Without 0 and O, 1, I and L, which look alike on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def proposed_number(report: AnnualReport) -> str:
    """The next one of the region in the year that the report is dated: 特质报〔2024〕1号."""
    prefix = f"{report.region.name[:1]}质报〔{report.dated.year}〕"
    used = AnnualReport.objects.filter(region=report.region_id, number__startswith=prefix)
    pattern = re.compile(re.escape(prefix) + "([0-9]{1,6})号")
    numbers = [
        int(found[1]) for number in used.values_list("number", flat=True) if (found := pattern.fullmatch(number))
    ]
    return f"{prefix}{1 + max(numbers, default=0)}号"


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """A code as somebody typed it: small letters and blanks do not matter. Empty for what is none."""
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else ""


def address(code: str) -> str:
    """Of the page that verifies; empty where the server's own address is not set."""
    return settings.SITE_URL.rstrip("/") + reverse("verify-file", args=[code]) if settings.SITE_URL else ""


def imprinted(document: Document, number: str, code: str) -> Document:
    """The document with number and code on its cover."""
    blocks = (
        replace(block, number=number, code=code, address=address(code)) if isinstance(block, Cover) else block
        for block in document.blocks
    )
    return replace(document, blocks=tuple(blocks))
