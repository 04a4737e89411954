"""What a field of a report may hold. Imports no model."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Of a change in per cent; one in points has the decimals of its rate.
DECIMALS_OF_CHANGE = 1
# In a report, which is Chinese whatever the language of the screens.
NOT_APPLICABLE = "不适用"


class ReportStatus(TextChoices):
    DRAFT = "draft", _("Draft report")
    ISSUED = "issued", _("Issued")


class Audience(TextChoices):
    """Whom a report is written for. One draft makes a document for each."""

    INTERNAL = "internal", _("Internal edition")
    PUBLIC = "public", _("Public edition")
    LEADER = "leader", _("Leader's edition")

    @property
    def short(self) -> str:
        """Beside a block, where there is little room."""
        return str({"internal": _("inside"), "public": _("public"), "leader": _("leader")}[self.value])


# In names of files, which are Chinese as the report is.
AUDIENCE_NAMES = {Audience.INTERNAL: "内部版", Audience.PUBLIC: "公开版", Audience.LEADER: "领导版"}


class Annex(TextChoices):
    """An annex of which the office chooses the length; its value is the key of the heading."""

    FIGURES = "figures", _("Tables of figures")
    REMARKS = "remarks", _("Findings and what was said about them")
    SOURCES = "sources", _("Who reported what")


class AnnexLength(TextChoices):
    NONE = "none", _("left out")
    SUMMARY = "summary", _("summary")
    FULL = "full", _("in full")


# The lengths that the office may choose, the usual one first; what is not here is left out.
ANNEX_LENGTHS: Mapping[tuple[Audience, Annex], tuple[AnnexLength, ...]] = {
    (Audience.INTERNAL, Annex.FIGURES): (AnnexLength.FULL, AnnexLength.SUMMARY, AnnexLength.NONE),
    (Audience.INTERNAL, Annex.REMARKS): (AnnexLength.FULL, AnnexLength.SUMMARY, AnnexLength.NONE),
    (Audience.INTERNAL, Annex.SOURCES): (AnnexLength.FULL, AnnexLength.SUMMARY, AnnexLength.NONE),
    (Audience.PUBLIC, Annex.FIGURES): (AnnexLength.SUMMARY, AnnexLength.FULL, AnnexLength.NONE),
}


class AddedKind(TextChoices):
    """What the office added to a report."""

    PARAGRAPH = "paragraph", _("Paragraph")
    HEADING = "heading", _("Heading")
    TABLE = "table", _("Table")
    CHART = "chart", _("Chart")


class EditKind(TextChoices):
    TEXT = "text", _("text changed")
    TAKEN = "taken", _("new figures taken over")
    KEPT = "kept", _("kept as it is")
    HIDDEN = "hidden", _("hidden")
    SHOWN = "shown", _("shown again")
    ADDED = "added", _("added")
    REMOVED = "removed", _("removed")
    MOVED = "moved", _("moved")
    RESTORED = "restored", _("restored to the generated text")
    UNDONE = "undone", _("last change undone")
    COVER = "cover", _("cover changed")
    READERS = "readers", _("editions changed")
    ANNEXES = "annexes", _("annexes changed")


class ReportFormat(TextChoices):
    DOCX = "docx", "Word"
    PDF = "pdf", "PDF"
    HTML = "html", _("Web page")


class StepKind(TextChoices):
    """Of a draft on its way to being issued. The first three are of three different people."""

    SENT = "sent", _("Drafted and sent for review")
    REVIEWED = "reviewed", _("Reviewed")
    APPROVED = "approved", _("Approved")
    OFFLINE = "offline", _("Approved on paper")
    RETURNED = "returned", _("Returned to the drafter")
    VOIDED = "voided", _("Void: the draft was changed")
    ISSUED = "issued", _("Issued and sent out")


class PaperKind(TextChoices):
    """What is kept beside the files of a report."""

    SHEET_DOCX = "docx", _("Approval sheet (Word)")
    SHEET_PDF = "pdf", _("Approval sheet (PDF)")
    SCAN = "scan", _("Scan of the signed sheet")
    SEALED = "sealed", _("Sealed PDF")


class StampKind(TextChoices):
    """What a change is of, as far as boards are concerned."""

    MOVED = "moved", _("Moved")  # what is accepted, expected, delivered, and of whom
    WORKED = "worked", _("Worked on")  # figures of drafts, findings, urges
