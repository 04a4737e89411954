"""The run of a year's assessment: who is assessed, what each has of each criterion, appeals and results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models.schemes import SUBJECTS, Scheme
from assessment.schemes.specification import Specification, Subjects
from assessment.vocabulary import RunState
from reports.models.frozen import Freezable, FreezableQuerySet
from sectors.models import Department, KeptFile, Region, User
from sectors.vocabulary import DEPARTMENT_ROLES, REGION_ROLES, Role

PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}


class OfRun(Freezable):
    """Nothing of a closed run is written any more, wherever the attempt comes from."""

    frozen_as = RunState.CLOSED

    class Meta:
        abstract = True


class Run(OfRun):
    """The assessment of a region's year by the scheme that was in force when it was opened. `version` counts what
    changed in it as a whole: its state, days, reviewers and vetoes."""

    frozen = "state"

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="runs")
    year = models.PositiveSmallIntegerField(_("Year"))
    scheme = models.ForeignKey(Scheme, verbose_name=_("Scheme"), on_delete=models.PROTECT, related_name="runs")
    subjects_are = models.CharField(_("Who is assessed"), max_length=11, choices=SUBJECTS)
    state = models.CharField(_("State"), max_length=8, choices=RunState.choices, default=RunState.OPENED)
    version = models.PositiveIntegerField(_("Version"), default=1)
    self_until = models.DateField(_("Self-scores until"))
    review_until = models.DateField(_("Review until"))
    appeal_until = models.DateField(_("Appeals until"))
    rectify_until = models.DateField(_("To be put right until"), null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("Opened by"), **PERSON)
    opened_at = models.DateTimeField(_("Opened at"), default=timezone.now)
    counted_at = models.DateTimeField(_("Points counted at"), default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("Closed by"), null=True, **PERSON)
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    objects = FreezableQuerySet["Run"].as_manager()

    class Meta:
        verbose_name = _("Assessment")
        verbose_name_plural = _("Assessments")
        ordering: ClassVar[list[str]] = ["-year", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "year", "subjects_are"], name="run_once_a_year"),
            models.CheckConstraint(
                condition=Q(self_until__lte=models.F("review_until"), review_until__lte=models.F("appeal_until")),
                name="run_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.CLOSED, closed_at__isnull=False)
                | (~Q(state=RunState.CLOSED) & Q(closed_at__isnull=True)),
                name="run_closed_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme.name} {self.year}"

    @property
    def specification(self) -> Specification:
        return self.scheme.specification

    @property
    def is_of_regions(self) -> bool:
        return self.subjects_are == Subjects.REGIONS.value

    @property
    def is_closed(self) -> bool:
        return self.state == RunState.CLOSED


class RunSubjectQuerySet(FreezableQuerySet["RunSubject"]):
    def for_user(self, user: User) -> RunSubjectQuerySet:
        """The office and leaders of the assessing region read all; who is assessed reads its own."""
        if user.role == Role.ADMIN:
            return self
        if user.department is None:
            return self.none()
        own = Q(department=user.department) if user.role in DEPARTMENT_ROLES else Q(pk__in=[])
        if user.role in REGION_ROLES:
            own = Q(place=user.department.region_id) | Q(run__region=user.department.region_id)
        return self.filter(own)


class RunSubject(OfRun):
    """A department, or a region (`place`), that is assessed, called as it was when the run was opened. `left_out` says
    why it has no result: it was merged or handed its sheets over. `vetoes` are codes with what proves each."""

    frozen = "run__state"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="subjects")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="assessed")
    place = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="assessed")
    code = models.CharField(_("Code"), max_length=30)
    name = models.CharField(_("Name"), max_length=80)
    left_out = models.CharField(_("Left out because"), max_length=200, blank=True)
    vetoes = models.JSONField(_("Vetoes"), default=dict)

    objects = RunSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Assessed")
        verbose_name_plural = _("Assessed")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "code"], name="subject_once_a_run"),
            models.CheckConstraint(
                condition=Q(department__isnull=True, place__isnull=False)
                | Q(department__isnull=False, place__isnull=True),
                name="subject_department_or_region",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> int:
        """Of the department or region."""
        return self.department_id or self.place_id or 0

    def is_own(self, user: User) -> bool:
        """Whether the person belongs to whom is assessed."""
        place = user.department
        return place is not None and (place.pk == self.department_id or place.region_id == self.place_id)

    @property
    def is_of_office(self) -> bool:
        """Whether people of the office belong to the department that is assessed."""
        rows = User.objects.filter(role=Role.OFFICE, department=self.department_id, is_active=True)
        return self.department_id is not None and rows.exists()


class Score(OfRun):
    """A criterion of a subject. `system` is what follows from facts: `points` (text or None), `state`, `lack`, `shown`,
    `indicator`, and the derivation that the points came from. `points` are those of the reviewer, `reviewed_on` the
    system's points that they saw; `before_appeal` what an appeal changed."""

    frozen = "subject__run__state"

    subject = models.ForeignKey(RunSubject, on_delete=models.PROTECT, related_name="scores")
    criterion = models.CharField(_("Criterion"), max_length=60)
    place = models.PositiveSmallIntegerField(_("Place"))
    system = models.JSONField(_("Points by facts"))
    self_score = models.DecimalField(_("Self-score"), max_digits=8, decimal_places=2, null=True)
    remark = models.TextField(_("Remark"), max_length=1000, blank=True)
    self_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    self_at = models.DateTimeField(null=True)
    points = models.DecimalField(_("Reviewed score"), max_digits=8, decimal_places=2, null=True)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    reviewed_on = models.CharField(_("Points by facts then"), max_length=12, blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    reviewed_at = models.DateTimeField(null=True)
    before_appeal = models.DecimalField(_("Before the appeal"), max_digits=8, decimal_places=2, null=True)

    objects = FreezableQuerySet["Score"].as_manager()

    class Meta:
        verbose_name = _("Score")
        verbose_name_plural = _("Scores")
        ordering: ClassVar[list[str]] = ["subject", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "criterion"], name="score_once_a_criterion"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="score_reviewed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.criterion}"

    @property
    def region_id(self) -> int:
        """Of the run; for the record of its files."""
        return self.subject.run.region_id

    @property
    def by_facts(self) -> Decimal | None:
        text = self.system["points"]
        return None if text is None else Decimal(text)


class ScoreFile(KeptFile, OfRun):
    """Evidence for a criterion."""

    frozen = "score__subject__run__state"

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)

    objects = FreezableQuerySet["ScoreFile"].as_manager()

    class Meta:
        verbose_name = _("Supporting file")
        verbose_name_plural = _("Supporting files")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="evidence_removed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["score", "sha256"], condition=Q(removed_at__isnull=True), name="evidence_once_a_score"
            ),
        ]


class ReviewerAssignmentQuerySet(FreezableQuerySet["ReviewerAssignment"]):
    def of(self, user: User) -> ReviewerAssignmentQuerySet:
        """A person's, while they belong to the region that assesses."""
        return self.filter(person=user, run__region=user.department.region_id) if user.department else self.none()


class ReviewerAssignment(OfRun):
    """Somebody reviews a criterion of all subjects but their own department."""

    frozen = "run__state"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="reviewers")
    criterion = models.CharField(_("Criterion"), max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")

    objects = ReviewerAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Reviewer")
        verbose_name_plural = _("Reviewers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "criterion", "person"], name="reviewer_once_a_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.person}"


class Appeal(OfRun):
    """What a subject says against its results, once, and what came of it."""

    frozen = "subject__run__state"

    subject = models.OneToOneField(RunSubject, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField(_("Appeal"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    at = models.DateTimeField(default=timezone.now)
    is_accepted = models.BooleanField(_("Accepted"), null=True)
    answer = models.TextField(_("Answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    answered_at = models.DateTimeField(null=True)

    objects = FreezableQuerySet["Appeal"].as_manager()

    class Meta:
        verbose_name = _("Appeal")
        verbose_name_plural = _("Appeals")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, is_accepted__isnull=True)
                | (Q(answered_at__isnull=False, is_accepted__isnull=False) & ~Q(answer="")),
                name="appeal_answered_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}"


class Result(OfRun):
    """What a subject has in the end, stored when results are shown and again when the run is closed. Without a score,
    or with criteria that nobody has scored (`open`), there is no rank."""

    frozen = "subject__run__state"

    subject = models.OneToOneField(RunSubject, on_delete=models.PROTECT, related_name="result")
    points = models.DecimalField(max_digits=8, decimal_places=2)
    possible = models.DecimalField(max_digits=8, decimal_places=2)
    open = models.DecimalField(max_digits=8, decimal_places=2)
    excluded = models.DecimalField(max_digits=8, decimal_places=2)
    bonus = models.DecimalField(max_digits=8, decimal_places=2)
    total = models.DecimalField(_("Total"), max_digits=8, decimal_places=2, null=True)
    grade = models.CharField(_("Grade"), max_length=10, blank=True)
    rank = models.PositiveSmallIntegerField(_("Rank"), null=True)
    is_tied = models.BooleanField(_("Tied"), default=False)

    objects = FreezableQuerySet["Result"].as_manager()

    class Meta:
        verbose_name = _("Result")
        verbose_name_plural = _("Results")

    def __str__(self) -> str:
        return f"{self.subject} {self.total}"


class RunFile(OfRun):
    """The notice as it was issued: the bytes of the official document, and of the list of what is to be put right."""

    frozen = "run__state"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(
        max_length=14, choices=[("notice", _("Notice of results")), ("rectifications", _("To be put right"))]
    )
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = FreezableQuerySet["RunFile"].as_manager()

    class Meta:
        verbose_name = _("File of an assessment")
        verbose_name_plural = _("Files of assessments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "kind"], name="run_file_once_a_kind")
        ]

    def __str__(self) -> str:
        return self.name
