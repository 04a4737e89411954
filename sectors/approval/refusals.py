"""Why a step is not taken; each message is a sentence for the person."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sectors.models import Indicator

NAMED = 5  # of the cells, in a sentence


class ReasonMissing(Exception):
    """The step needs a reason and none was given, or none that fits."""


class OwnWork(PermissionDenied):
    """A deputy takes no step over what they filled in or submitted; the message says who can."""


class NothingToEnter(Exception):
    """Of the cells that a return names none could be entered by the department."""

    def __init__(self, named: Collection[Indicator]) -> None:
        names = "、".join(indicator.name for indicator in named)
        if not names:
            super().__init__(_("No cell is chosen. Choose the cells that may be changed, or let all be changed."))
            return
        text = _(
            "Nothing could be entered in the cells that are chosen: %(names)s. They are not filled in this period, or "
            "the office locked them. Choose others, or none."
        )
        super().__init__(text % {"names": names})


class Incomplete(Exception):
    """Required cells are empty."""

    def __init__(self, missing: list[str]) -> None:
        message = ngettext(
            "Not submitted: %(count)d required cell is empty (%(names)s). Fill it, or write n/a.",
            "Not submitted: %(count)d required cells are empty (%(names)s …). Fill them, or write n/a.",
            len(missing),
        )
        super().__init__(message % {"count": len(missing), "names": "、".join(missing[:NAMED])})


class Unresolved(Exception):
    """Findings stand in the way of the submission: errors, errors that wait for the office, warnings without reason."""

    def __init__(self, errors: int, waiting: int, warnings: int) -> None:
        self.errors, self.waiting, self.warnings = errors, waiting, warnings
        parts = [
            (
                errors,
                ngettext(
                    "%(count)d error is to be mended or explained",
                    "%(count)d errors are to be mended or explained",
                    errors,
                ),
            ),
            (
                waiting,
                ngettext(
                    "%(count)d explained error waits for the office",
                    "%(count)d explained errors wait for the office",
                    waiting,
                ),
            ),
            (warnings, ngettext("%(count)d warning needs a reason", "%(count)d warnings need a reason", warnings)),
        ]
        listed = _("; ").join(text % {"count": count} for count, text in parts if count)
        super().__init__(_("Not submitted yet: %(what)s.") % {"what": listed})


class Unanswered(Exception):
    """A return names cells that are neither changed nor answered."""

    def __init__(self, cells: Collection[Indicator]) -> None:
        text = ngettext(
            "Not submitted: the return names %(count)d cell that is neither changed nor answered (%(names)s). Change "
            "it, or say beside it why it stays.",
            "Not submitted: the return names %(count)d cells that are neither changed nor answered (%(names)s). Change "
            "them, or say beside each why it stays.",
            len(cells),
        )
        names = "、".join(cell.name for cell in list(cells)[:NAMED])
        super().__init__(text % {"count": len(cells), "names": names + (" …" if len(cells) > NAMED else "")})
