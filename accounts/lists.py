"""A list of links of invitations as an Excel file that stands in its page: the server keeps none."""

from __future__ import annotations

import base64
from io import BytesIO

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from sectors.models import User
from sectors.spreadsheets import escaping

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_data_address(given: list[tuple[User, str]]) -> str:
    """A `data:` address of the file: a line for each person."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(_("Invitations"))
        page.set_column(0, 2, 24)
        page.set_column(3, 3, 80)
        heads = [_("User name"), _("Name"), _("Department"), _("Link"), _("Days it is good for")]
        page.write_row(0, 0, heads)
        for line, (person, link) in enumerate(given, start=1):
            where = person.department.name if person.department else ""
            texts = [escaping.escape(text) for text in (person.username, person.full_name, where)]
            page.write_row(line, 0, [*texts, link, settings.ONE_TIME_PASSWORD_DAYS])
    return f"data:{TYPE};base64,{base64.b64encode(data.getvalue()).decode()}"
