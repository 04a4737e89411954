"""Whether the names that a person sees beside a cell are those of its hidden code. Pure: no database.

Rows that were sorted, shifted or inserted without the hidden column would else bring each figure to another indicator.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from sectors.calculation.numerals import squeezed
from sectors.spreadsheets.mark_prefix import PREFIX
from sectors.spreadsheets.positions import Position
from sectors.spreadsheets.worksheet import Worksheet


def of_row(page: Worksheet, place: Position, names: set[str]) -> str:
    """What is wrong with a row that should show one of the names; empty where it does."""
    texts = _texts(page, place)
    if {plain(name) for name in names} & {plain(text) for text in texts}:
        return ""
    what = {"shown": texts[0].split("\n")[0] if texts else "–", "name": min(names)}
    wrong = _("This row shows “%(shown)s”, and its hidden code is that of “%(name)s”: rows were sorted or moved alone.")
    return f"{wrong % what} {_again()}"


def of_column(head: object, name: str) -> str:
    """What is wrong with a column that should have this name as its head."""
    if plain(str(head)) == plain(name):
        return ""
    what = {"shown": str(head).split("\n")[0] or "–", "name": name}
    wrong = _("The head of this column is “%(shown)s”, and its hidden code is that of “%(name)s”.")
    return f"{wrong % what} {_again()}"


def of_answer(page: Worksheet, place: Position, question: str) -> str:
    """What is wrong with an answer that should stand under its question."""
    above = _texts(page, (place[0] - 1, place[1] + 1))
    if any(plain(text).startswith(plain(question)) for text in above):
        return ""
    wrong = _("The question “%(name)s” does not stand over this answer: rows were moved.")
    return f"{wrong % {'name': question}} {_again()}"


def plain(text: str) -> str:
    """The name without the star of what is required, the notes below it, and blanks."""
    return squeezed(text.strip().split("\n")[0]).rstrip("*")


def _again() -> str:
    return _("Download the sheet again, and copy each figure to its name.")


def _texts(page: Worksheet, place: Position) -> list[str]:
    """What stands in the row to the left of a place, but for hidden codes."""
    cells = page.rows[place[0]][: place[1]] if 0 <= place[0] < len(page.rows) else []
    return [cell for cell in cells if isinstance(cell, str) and cell.strip() and not cell.startswith(PREFIX)]
