"""What an event of the audit record is about. The texts are stored and exported, so they do not change."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    SIGN_IN = "sign_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SIGN_OUT = "sign_out", _("Signed out")
    PASSWORD = "password", _("Password changed")
    SECOND_FACTOR = "second_factor", _("Second factor set up, used or ended")
    FIGURES = "figures", _("Figures changed")
    WORDS = "words", _("Words changed")
    TRANSITION = "transition", _("Step of a submission")
    FINDING = "finding", _("Finding answered")
    SEVERITY = "severity", _("Severity of a check changed")
    COMMENT = "comment", _("Comment")
    FILE = "file", _("File attached or removed")
    RECORD = "record", _("Record of the registry changed")
    CATALOGUE = "catalogue", _("Catalogue loaded")
    RULE = "rule", _("Rule changed")
    WORDING = "wording", _("Wording changed")
    ADMINISTRATION = "administration", _("Administration changed")
    CALENDAR = "calendar", _("Time or deputy given")
    REPORT = "report", _("Report changed")
    REPORT_STEP = "report_step", _("Step of a report")
    TOKEN = "token", _("API token made or ended")
    API = "api", _("API read")
    DOWNLOAD = "download", _("File downloaded")
    EXPORT = "export", _("Exported")
    AUDIT_READ = "audit_read", _("Audit record read")
    ARCHIVED = "archived", _("Audit record archived")
