"""An annual report: one edition of a region's year, a draft until it is issued and frozen from then on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reports.models.frozen import FreezableQuerySet
from reports.vocabulary import ReportStatus, StepKind
from sectors.models import Department, Region, User
from sectors.models.scopes import one_region
from sectors.vocabulary import Role

from .frozen import Freezable

# After these steps the way of a draft begins anew.
ENDS = frozenset({StepKind.RETURNED, StepKind.VOIDED})
# After these it lies with the leader.
WITH_LEADER = (StepKind.REVIEWED, StepKind.APPROVED, StepKind.OFFLINE)


class ReportQuerySet(FreezableQuerySet["AnnualReport"]):
    def for_user(self, user: User) -> ReportQuerySet:
        """Own region; the office sees everything, the leader what is issued and the draft that has been reviewed, a
        head of the office's department the draft that is on its way; the administrator all, nobody else any."""
        if user.role == Role.ADMIN:
            return self.all()
        if user.role == Role.OFFICE:
            return self.filter(one_region(user))
        if user.role == Role.LEADER:
            with_leader = self._drafts_after(*WITH_LEADER).values("pk")
            return self.filter(Q(status=ReportStatus.ISSUED) | Q(pk__in=with_leader), one_region(user))
        if user.role == Role.HEAD and user.department is not None:
            offices = Department.objects.offices(user.department.region).filter(pk=user.department.pk)
            return self._drafts_after(StepKind.SENT, *WITH_LEADER).filter(one_region(user), Exists(offices))
        return self.none()

    def _drafts_after(self, *kinds: StepKind) -> ReportQuerySet:
        """Drafts whose last step is one of these."""
        # By the relation, since the module of the steps imports this one.
        model: Any = self.model._meta.get_field("steps").related_model
        steps = model._default_manager.filter(report=OuterRef("pk")).order_by("-pk").values("kind")
        return self.drafts().annotate(last_step=Subquery(steps[:1])).filter(last_step__in=kinds)

    def drafts(self) -> ReportQuerySet:
        return self.filter(status=ReportStatus.DRAFT)

    def issued(self) -> ReportQuerySet:
        return self.filter(status=ReportStatus.ISSUED)

    def latest_issued(self, region: Region) -> ReportQuerySet:
        """The last edition of each year of a region, the latest year first."""
        later = self.model._default_manager.filter(
            region=OuterRef("region"),
            year=OuterRef("year"),
            edition__gt=OuterRef("edition"),
            status=ReportStatus.ISSUED,
        )
        return self.issued().filter(~Exists(later), region=region).order_by("-year")

    def with_people(self) -> ReportQuerySet:
        return self.select_related("region", "created_by__department", "issued_by__department")

    def without_texts(self) -> ReportQuerySet:
        """For lists: a snapshot is half a megabyte."""
        return self.defer("snapshot", "order")


def steps_since_sent(steps: Sequence[Any]) -> tuple[Any, ...]:
    """Those since the draft was last sent for review; none where it was returned or changed since."""
    sent = max((place for place, step in enumerate(steps) if step.kind == StepKind.SENT), default=len(steps))
    current = tuple(steps[sent:])
    return () if any(step.kind in ENDS for step in current) else current


class AnnualReport(Freezable):
    """`snapshot` is the document as issued, as `reports.document.snapshots` writes it, and `sha256` its hash; both are
    empty in a draft, whose text is made of the last `Draft` and the `Edit` rows. `number` (发文字号) and `code`, by
    which anybody finds the page that verifies a file, are given when it is issued. `order` lists the keys of all blocks
    once the office has moved one; `annexes` lists audience, annex and length where the office chose one.
    """

    frozen = "status"

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("Year"))
    edition = models.PositiveSmallIntegerField(_("Number of the edition"), default=1)
    status = models.CharField(_("Status"), max_length=6, choices=ReportStatus.choices, default=ReportStatus.DRAFT)
    title = models.CharField(_("Title"), max_length=120)
    issuer = models.CharField(_("Issuing body"), max_length=120)
    dated = models.DateField(_("Date of the report"))
    order = models.JSONField(_("Order of the blocks"), default=list, blank=True)
    annexes = models.JSONField(_("Lengths of the annexes"), default=list, blank=True)
    created_at = models.DateTimeField(_("Begun at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Begun by"), on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(_("Issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Issued by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField(_("Why it was issued all the same"), blank=True)
    open_points = models.JSONField(_("What was open when it was issued"), default=list, blank=True)
    revision_reason = models.TextField(_("Why it was revised"), blank=True)
    number = models.CharField(_("Document number"), max_length=60, blank=True)
    code = models.CharField(_("Verification code"), max_length=12, blank=True)
    snapshot = models.TextField(_("Snapshot"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Annual report")
        verbose_name_plural = _("Annual reports")
        ordering: ClassVar[list[str]] = ["-year", "-edition"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "year", "edition"], name="edition_once_a_year"),
            models.UniqueConstraint(
                fields=["region", "year"], condition=Q(status=ReportStatus.DRAFT), name="one_draft_report_a_year"
            ),
            models.UniqueConstraint(fields=["region", "number"], condition=~Q(number=""), name="number_once_a_region"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="verification_code_once"),
            models.CheckConstraint(
                condition=Q(
                    status=ReportStatus.DRAFT,
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                    snapshot="",
                    sha256="",
                    reason="",
                )
                | (
                    Q(status=ReportStatus.ISSUED, issued_at__isnull=False, issued_by__isnull=False)
                    & ~Q(snapshot="")
                    & ~Q(sha256="")
                ),
                name="issued_report_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}: {self.edition}"

    @cached_property
    def every_step(self) -> list[Any]:
        """As a page shows them; stages ask anew."""
        return list(self.steps.select_related("by__department", "scan").order_by("pk"))

    @property
    def last_step_key(self) -> int:
        """What a page that changes the draft sends along; 0 before the first step."""
        return self.every_step[-1].pk if self.every_step else 0

    @property
    def steps_taken(self) -> tuple[Any, ...]:
        """Those that a change would void."""
        return steps_since_sent(self.every_step)

    @property
    def is_draft(self) -> bool:
        return self.status == ReportStatus.DRAFT


class DraftQuerySet(FreezableQuerySet["Draft"]):
    def without_texts(self) -> DraftQuerySet:
        return self.defer("generated", "left")


class Draft(Freezable):
    """The document as generated from the figures of one moment. `left` is what the office had made of it when the next
    one was generated, so that two drafts can be held against each other; empty in the current one.
    """

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField(_("Number"))
    at = models.DateTimeField(_("At"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed = models.PositiveSmallIntegerField(_("Figures changed since the draft before"), default=0)
    generated = models.TextField()
    left = models.TextField(blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("Draft of a report")
        verbose_name_plural = _("Drafts of reports")
        ordering: ClassVar[list[str]] = ["report", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "number"], name="draft_number_once_a_report")
        ]

    def __str__(self) -> str:
        return f"{self.report} #{self.number}"
