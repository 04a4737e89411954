"""What a field may hold: one class a kind of value, and what several places say about such values, said once.

Imports no model. The texts are stored in the database, and exported, so they do not change. What a class is for stands
in a comment: a docstring would stand in the published specification of the interface.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegionLevel(TextChoices):
    NATION = "nation", _("Nation")
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")


class Role(TextChoices):
    CLERK = "clerk", _("Clerk")
    HEAD = "head", _("Department head")
    OFFICE = "office", _("Leadership office")
    LEADER = "leader", _("County leader")
    ADMIN = "admin", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


# Read what belongs to their own department.
DEPARTMENT_ROLES = frozenset({Role.CLERK, Role.HEAD})
# Read what belongs to any department of their region.
REGION_ROLES = frozenset({Role.OFFICE, Role.LEADER})
# Belong to no department and no region; the others do.
PLACELESS_ROLES = frozenset({Role.ADMIN, Role.AUDITOR})
# Read the records of more than one department.
OVERVIEW_ROLES = REGION_ROLES | {Role.ADMIN}


# Which words records of the registry are filled with; of the last three they are proposals beside a free text.
class WordKind(TextChoices):
    CATEGORY = "category", _("Category")
    SETTING = "setting", _("Setting")
    PREMISES_TYPE = "premises_type", _("Type of premises")
    PROGRAMME = "programme", _("Programme")
    INSPECTION = "inspection_kind", _("Kind of inspection")
    CHANNEL = "channel", _("Channel")
    COMPLAINT = "complaint_kind", _("Kind of complaint")
    ITEM = "item", _("Test item")
    UNIT = "test_unit", _("Unit of a test")
    CAUSE = "cause", _("Cause")


# How often a sheet is reported, and so what kind of period it is reported for; the shortest first.
class Frequency(TextChoices):
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    HALF = "half", _("Half-yearly")
    YEAR = "year", _("Yearly")


# How many periods of a kind make a year.
PERIODS_A_YEAR: Mapping[str, int] = {
    Frequency.MONTH: 12,
    Frequency.QUARTER: 4,
    Frequency.HALF: 2,
    Frequency.YEAR: 1,
}


# How the periods of a year make its value.
class Accumulation(TextChoices):
    FLOW = "flow", _("adds up over the year")
    CUMULATIVE = "cumulative", _("year to date: the latest counts")
    STOCK = "stock", _("level: the latest counts")
    AVERAGE = "average", _("mean of the periods")
    RATIO = "ratio", _("computed from annual figures")


# Amounts of a span of time: they grow in the course of a year, so that a part of one says little about the whole.
AMOUNTS = frozenset({Accumulation.FLOW, Accumulation.CUMULATIVE})


class Rounding(TextChoices):
    HALF_UP = "half_up", _("half up")
    HALF_EVEN = "half_even", _("half to even (GB/T 8170)")


class TargetBound(TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


# How grave a finding is, the gravest first: an error is mended or let stand by the office, a warning needs a reason,
# a hint needs none.
class Severity(TextChoices):
    ERROR = "error", _("error")
    WARNING = "warning", _("please verify")
    HINT = "hint", _("hint")


# Of severities by their texts: the graver, the less.
GRAVITY: Mapping[str, int] = {severity: place for place, severity in enumerate(Severity)}


class RuleSource(TextChoices):
    CATALOGUE = "catalogue", _("catalogue file")
    ADMIN = "admin", _("administration")


# What a rule does where figures that it reads are missing.
class MissingFigures(TextChoices):
    SKIP_ANY = "any", _("skip when any figure is missing")
    SKIP_ALL = "all", _("skip when all figures are missing, else count them as 0")
    COUNT_ZERO = "zero", _("count missing figures as 0")


class QuestionKind(TextChoices):
    WORK = "work", _("Work done")
    PROBLEM_MACRO = "problem_macro", _("Problems of quality management at large")
    PROBLEM_MICRO = "problem_micro", _("Problems and causes")
    MEASURE = "measure", _("Next measures")


# Of a sheet that is edited in the browser.
class DraftStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("put in force")
    DISCARDED = "discarded", _("discarded")


# The subject of a question that is about the region as a whole and no sector of it.
GENERAL = "general"


class SubmissionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SIGNED = "signed", _("Signed")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


# The clerk enters and corrects figures.
OPEN_STATUSES = frozenset({SubmissionStatus.DRAFT, SubmissionStatus.RETURNED})


# What is reported of an indicator.
class ValueKind(TextChoices):
    NUMBER = "number", _("number")
    CHOICE = "choice", _("one of some options")
    TEXT = "text", _("short text")
    DATE = "date", _("day")


class RowsOfYear(TextChoices):
    """Which rows of an open table are those of a year."""

    ALL = "all", _("those of all its periods")
    LAST = "last", _("those of its latest period")


class RowTotal(TextChoices):
    """What a figure makes of the rows of an open table."""

    SUM = "sum", _("sum of a column")
    MAX = "max", _("largest of a column")
    COUNT = "count", _("number of rows")


# A number (or words, where the indicator asks for them), not applicable and blank are three different things, and 0 is
# a number.
class FigureState(TextChoices):
    NUMBER = "number", _("number")
    TEXT = "text", _("in words")
    NOT_APPLICABLE = "na", _("not applicable")
    BLANK = "blank", _("blank")


# What a number says of the value, if not that it is exactly that: 120余, 95以上, 5以下, 约30, 近2000. The words are
# those of Chinese reports in every language, as units are.
class Qualifier(TextChoices):
    EXACT = "", _("exact")
    OVER = "over", "余"
    AT_LEAST = "at_least", "以上"
    AT_MOST = "at_most", "以下"
    ABOUT = "about", "约"
    NEARLY = "nearly", "近"


# By which way in a figure was changed.
class ChangeSource(TextChoices):
    FORM = "form", _("form")
    IMPORT = "import", _("import")
    EXCEL = "excel", _("Excel")
    REGISTRY = "registry", _("registry")
    PROGRAM = "program", _("program")  # of another system, by a token that writes for a clerk
    ROWS = "rows", _("rows")  # made of the rows of an open table


class FindingState(TextChoices):
    OPEN = "open", _("unresolved")
    NOTED = "noted", _("needs no reason")  # a hint, which nobody has to do anything about
    EXPLAINED = "explained", _("explained")
    ACCEPTED = "accepted", _("accepted by the office")
    CORRECTED = "mended", _("mended")


class FindingNoteKind(TextChoices):
    REASON = "reason", _("Reason of the department")
    ACCEPTED = "accepted", _("Accepted by the office")
    REFUSED = "refused", _("Refused by the office")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RobotKind(TextChoices):
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


class UrgeKind(TextChoices):
    URGE = "urge", _("urged")
    BEFORE = "before", _("reminded before the due day")
    DUE = "due", _("reminded on the due day")
    AFTER = "after", _("reminded after the due day")


class DeliveryWay(TextChoices):
    NOTICE = "notice", _("notice")
    EMAIL = "email", _("e-mail")
    ROBOT = "robot", _("group chat")


class DeliveryOutcome(TextChoices):
    WAITING = "waiting", _("not sent yet")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
