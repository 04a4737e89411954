"""Regions, the departments of a region, and the people in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import PLACELESS_ROLES, RegionLevel, Role, SubmissionStatus

from .history import History

# What stands before the name of a department in lists of its own county: 县市场监管局; 市场监管局 begins with none.
LEVELS, NO_LEVELS, MOST_PLAIN = "省州市县区旗", ("市场", "市政", "市容", "区域"), 3


class Region(models.Model):
    """An administrative division with its GB/T 2260 code; townships add three digits."""

    code = models.CharField(_("Code"), max_length=9, unique=True, validators=[RegexValidator(r"^\d{6}(\d{3})?$")])
    name = models.CharField(_("Name"), max_length=60)
    level = models.CharField(_("Level"), max_length=12, choices=RegionLevel.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Within"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    makes_sheets = models.BooleanField(
        _("Office makes sheets"),
        default=False,
        help_text=_("Its office drafts sheets that only this region reports, and puts them in force."),
    )

    history = History()

    class Meta:
        verbose_name = _("Region")
        verbose_name_plural = _("Regions")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        above, seen = self.parent, {self.code}
        while above is not None:
            if above.code in seen:
                raise ValidationError({"parent": _("This region lies in the region itself.")})
            seen.add(above.code)
            above = above.parent


class RegionClosure(models.Model):
    """That a region lies in an area, itself a region, at any depth; each lies in itself. The database keeps these rows
    (`sectors.triggers`): nobody writes them."""

    # Rows go with their regions, by the same triggers.
    area = models.ForeignKey(Region, on_delete=models.DO_NOTHING, related_name="inside", db_index=False)
    region = models.ForeignKey(Region, on_delete=models.DO_NOTHING, related_name="around")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area", "region"], name="region_once_an_area")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} ∋ {self.region_id}"


def plain_name(name: str, region: str) -> str:
    """A department's name without its region's, or the word for it: 禾丰县民政局 and 县民政局 are 民政局."""
    plain = name.removeprefix(region)
    return plain[1:] if plain[:1] in LEVELS and len(plain) > MOST_PLAIN and not plain.startswith(NO_LEVELS) else plain


class DepartmentQuerySet(models.QuerySet["Department"]):
    def called(self, text: str) -> DepartmentQuerySet:
        """Those that a text names, by the whole name or the short one, with or without their region's before it."""
        rows = self.values_list("pk", "name", "short_name", "region__name")
        exact = [pk for pk, name, short, _region in rows if text in (name, short)]
        found = exact or [
            pk
            for pk, name, short, region in rows
            if plain_name(text, region) in (plain_name(name, region), plain_name(short, region))
        ]
        return self.filter(pk__in=found)

    def reporting(self, region: Region) -> DepartmentQuerySet:
        """Departments of the region that have a sheet to report."""
        return self.filter(region=region, assignments__isnull=False).distinct()

    def offices(self, region: Region) -> DepartmentQuerySet:
        """The leadership office of the region: where its people are."""
        return self.filter(region=region, users__role=Role.OFFICE).distinct()


class Department(models.Model):
    """An organisation of one region; the leadership office is one too."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="departments")
    code = models.SlugField(_("Code"), max_length=30)
    name = models.CharField(_("Name"), max_length=80)
    short_name = models.CharField(_("Short name"), max_length=30)
    signs = models.BooleanField(
        _("Head signs"), default=True, help_text=_("Without it a submission goes straight to the office.")
    )

    objects = DepartmentQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")
        ordering: ClassVar[list[str]] = ["region", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "code"], name="department_code_once_a_region")
        ]

    def __str__(self) -> str:
        return self.name


class PeopleManager(UserManager["User"]):
    """Makes the first person of a new site an administrator: createsuperuser asks for no department."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> User:
        return super().create_superuser(username, email, password, **{"role": Role.ADMIN, **extra_fields})


class User(AbstractUser):
    """A person with one department and one role."""

    department = models.ForeignKey(
        Department,
        verbose_name=_("Department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
    )
    role = models.CharField(_("Role"), max_length=8, choices=Role.choices, default=Role.CLERK)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()
    history = History(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(department__isnull=False) | models.Q(role__in=sorted(PLACELESS_ROLES)),
                name="user_has_department_unless_admin",
            ),
            # With one, they would see what belongs to it.
            models.CheckConstraint(
                condition=models.Q(department__isnull=True) | ~models.Q(role=Role.AUDITOR),
                name="auditor_has_no_department",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Family name first, without a blank, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}" or self.username

    def get_session_auth_hash(self) -> str:
        """With another password, role or department whoever is signed in as the person is so no more."""
        return self._with_place(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._with_place, super().get_session_auth_fallback_hash())

    def _with_place(self, of_password: str) -> str:
        return f"{of_password} {self.role} {self.department_id or ''}"

    @property
    def region(self) -> Region | None:
        return self.department.region if self.department else None

    @cached_property
    def heads_stood_in_for(self) -> list[User]:
        """Heads of the own department whose deputy this clerk is today. Asked of the database once a request."""
        from .deputies import Deputy

        if self.role != Role.CLERK:
            return []
        today = Deputy.objects.on(timezone.localdate()).filter(person=self).select_related("head")
        return [row.head for row in today]

    @cached_property
    def own_work(self) -> frozenset[int]:
        """Keys of what waits for a head or the office in the own department and this person filled in or submitted.
        Asked of the database once a request."""
        if self.department is None:
            return frozenset()
        waiting = (SubmissionStatus.SUBMITTED, SubmissionStatus.SIGNED)
        rows = self.department.submissions.filter(status__in=waiting).worked_on_by(self)
        return frozenset(rows.values_list("pk", flat=True))

    @cached_property
    def own_sheets(self) -> frozenset[int]:
        """Keys of the sheets that the own department is to report. Asked of the database once a request."""
        if self.department is None:
            return frozenset()
        rows = self.department.assignments.filter(region=self.department.region_id)
        return frozenset(rows.values_list("sheet_id", flat=True))

    def forget(self) -> None:
        """Have the database asked anew whom they stand in for, and what they worked on."""
        for name in ("heads_stood_in_for", "own_work", "own_sheets"):
            self.__dict__.pop(name, None)

    def clean(self) -> None:
        super().clean()
        if self.role not in PLACELESS_ROLES and self.department is None:
            text = _("Everyone but an administrator or auditor belongs to a department.")
            raise ValidationError({"department": text})
        if self.role == Role.AUDITOR and self.department is not None:
            raise ValidationError({"department": _("An auditor belongs to no department: leave it empty.")})
