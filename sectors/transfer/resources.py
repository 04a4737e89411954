"""Regions, departments, people, assignments and indicators as rows of a file, by django-import-export.

A row is known by its natural key, and rows are saved one by one, not in bulk: a region may lie within another of the
same file, history is kept by row, and so are errors. Nothing is deleted by a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from tablib import Dataset

from sectors.catalogue.past_regions import of_moved_region, of_region_level
from sectors.models import Assignment, Department, Indicator, Region, User
from sectors.models.naming import is_short_for
from sectors.models.people import DepartmentQuerySet, plain_name
from sectors.people import deputies
from sectors.spreadsheets import escaping
from sectors.transfer import lists
from sectors.transfer.widgets import YES_OR_NO, Choice, OfDepartment, OfRegion, OfSheet, Text, as_text, spellings
from sectors.vocabulary import Accumulation, RegionLevel, Role

SHORT = 30  # characters of a short name


class Differences(Diff):
    """What a row is and will be; the library's own marks need styles that the site forbids."""

    def compare_with(self, resource: Any, instance: models.Model) -> None:
        super().compare_with(resource, instance)
        if self.new:  # what a row has before anything is known of it says nothing, and a new code means nothing yet
            department = getattr(instance, "department", None)
            shown = {"department": f"{department.name} ({department.code})"} if department else {}
            cells: list[Any] = self.right  # type: ignore[has-type]
            self.left = self.right = [shown.get(name, cell) for name, cell in zip(resource.names, cells, strict=True)]

    def as_html(self) -> list[str]:
        pairs = zip(self.left, self.right, strict=True)
        return [new if old == new else format_html("<del>{}</del> <ins>{}</ins>", old, new) for old, new in pairs]


class Rows(ModelResource):
    """Columns bear the words of the pages; cells are text. Errors are sentences that name their column."""

    names: ClassVar[dict[str, str | Promise]] = {}  # column -> its head
    also: ClassVar[dict[str, tuple[str, ...]]] = {}  # column, or what columns are made of -> heads of offices' lists
    left_out: ClassVar[tuple[str, ...]] = ()  # heads of such lists that are not taken over

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True

    def get_diff_class(self) -> type[Diff]:
        return Differences

    # Out

    def export_field(self, field: Field, instance: models.Model, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return escaping.escape(value) if isinstance(value, str) else value

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [str(self.names[name]) for name in super().get_export_headers(selected_fields)]

    def get_diff_headers(self) -> list[str]:
        """Names and not heads: the library takes the cells of a wrong row by them."""
        return list(self.names)

    # In

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Columns in any order and language; without a key, or with one that nobody knows, nothing is read."""
        self.importer: User | None = kwargs.get("user")
        self.seen: dict[tuple[str, ...], int] = {}
        self.first_line = getattr(dataset, "lines_above", 0) + 1
        known = {text.casefold(): name for name, texts in self.also.items() for text in texts}
        known |= {text.casefold(): name for name, head in self.names.items() for text in {name, *spellings(head)}}
        all_heads = [str(head) for head in dataset.headers]
        ours = [known.get(head.casefold(), known.get("".join(head.split()).casefold(), "")) for head in all_heads]
        kept = [place for place, head in enumerate(all_heads) if ours[place] or not self._is_left_out(head)]
        self.without = [head for place, head in enumerate(all_heads) if place not in kept and head]
        heads, columns = [all_heads[place] for place in kept], [ours[place] for place in kept]
        rows = [[row[place] for place in kept] for row in dataset]
        dataset.wipe()
        self._check_columns(heads, columns)
        self.given = frozenset(columns)
        told = [key for key in self._meta.import_id_fields if key not in columns]  # by other columns: see `complete`
        dataset.headers = [*columns, *told]
        dataset.extend([*row, *[""] * len(told)] for row in rows)

    def _is_left_out(self, head: str) -> bool:
        return "".join(head.split()) in self.left_out

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """For the preview: from which line of the file the rows are counted, and what is not taken over."""
        result.first_line = self.first_line
        result.left_out = _(", ").join(self.without)

    def _check_columns(self, heads: list[str], columns: list[str]) -> None:
        unknown = [head or "–" for head, column in zip(heads, columns, strict=True) if not column]
        missing = [str(self.names[key]) for key in self._meta.import_id_fields if not self._can_tell(key, columns)]
        expected = _(", ").join(map(str, self.names.values()))
        for text, found in (
            (_("Nobody knows these columns: %(names)s. The file may have: %(expected)s."), unknown),
            (_("These columns are missing: %(names)s. The file may have: %(expected)s."), missing),
            (
                _("These columns stand there twice: %(names)s."),
                [h for h, c in zip(heads, columns, strict=True) if columns.count(c) > 1],
            ),
        ):
            if found:
                raise ValueError(text % {"names": _(", ").join(found), "expected": expected})

    def _can_tell(self, key: str, columns: list[str]) -> bool:
        """Whether a part of the key is known without a column of its own."""
        return key in columns

    def complete(self, row: Any) -> None:
        """What columns of an office's list say in other words."""

    def may_repeat(self, row: Any) -> bool:
        """Whether a row may say once more what one above it said."""
        return False

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        for name in row:
            row[name] = as_text(row[name])
        self.complete(row)
        key = tuple(row[name] for name in self._meta.import_id_fields)
        if not all(key):
            return  # its own sentence says what is empty
        first = self.seen.setdefault(key, kwargs["row_number"])
        if first != kwargs["row_number"] and not self.may_repeat(row):
            # Files are counted with the line of heads.
            what = {"key": " ".join(key), "line": first + self.first_line}
            raise ValidationError(_("%(key)s stands already in line %(line)d.") % what)

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None  # its column is told of below

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        try:
            super().validate_instance(instance, import_validation_errors, validate_unique)
        except ValidationError as error:
            raise ValidationError(self._sentences(error.message_dict)) from None

    def _sentences(self, errors: Mapping[str, list[str]]) -> list[str]:
        """The first of each column, and all that are about the whole row."""
        problems = []
        for name, texts in errors.items():
            if name == NON_FIELD_ERRORS:
                problems += texts
            else:
                problems.append(_("%(column)s: %(text)s") % {"column": self.names.get(name, name), "text": texts[0]})
        return problems

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        text = _("Imported from %(file)s") % {"file": kwargs.get("file_name") or ""}
        instance._change_reason = text[:100]  # as much as the history takes


class RegionResource(Rows):
    names = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "level": gettext_lazy("Level"),
        "parent": gettext_lazy("Code of the region around it"),
    }
    code = Field("code", "code", Text())
    name = Field("name", "name", Text())
    level = Field("level", "level", Choice(RegionLevel.choices))
    parent = Field("parent", "parent", OfRegion())

    class Meta(Rows.Meta):
        model = Region
        fields = import_order = export_order = ("code", "name", "level", "parent")
        import_id_fields = ("code",)

    def validate_instance(
        self, instance: Region, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        refused = [*of_moved_region(instance.code, instance.parent), *of_region_level(instance.code, instance.level)]
        if refused:
            raise ValidationError(refused)


class DepartmentResource(Rows):
    """A list of people has departments in it too: each is made once, with a code that nobody has to think of."""

    names = {
        "region": gettext_lazy("Region code"),
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "short_name": gettext_lazy("Short name"),
        "signs": gettext_lazy("Head signs"),
    }
    also = {"name": lists.UNITS}
    left_out = (*lists.LEFT_OUT, *lists.NAMES, *lists.TELEPHONES, *lists.POSTS, *lists.MAILS)
    region = Field("region", "region", OfRegion())
    code = Field("code", "code", Text())
    name = Field("name", "name", Text())
    short_name = Field("short_name", "short_name", Text())
    signs = Field("signs", "signs", YES_OR_NO)

    class Meta(Rows.Meta):
        model = Department
        fields = import_order = export_order = ("region", "code", "name", "short_name", "signs")
        import_id_fields = ("region", "code")

    def _can_tell(self, key: str, columns: list[str]) -> bool:
        if key == "region":
            return key in columns or Region.objects.count() == 1
        return key in columns or "name" in columns

    def complete(self, row: Any) -> None:
        """Of a list without codes: those that are there keep theirs, the others get one. A list that names no region is
        of the only one."""
        if "region" not in self.given:
            row["region"] = Region.objects.values_list("code", flat=True).get()
        if "code" in self.given or not row["name"]:
            return
        there = Department.objects.filter(region__code=row["region"])
        known = there.called(row["name"]).first() or self._in_short(row["name"], there)
        if known is not None:
            row |= {"code": known.code, "name": known.name}
            return
        taken = {
            *there.values_list("code", flat=True),
            *(code for region, code in self.seen if region == row["region"]),
        }
        row["code"] = self._code(row["name"], taken)
        region = Region.objects.filter(code=row["region"]).first()
        row.setdefault("short_name", plain_name(row["name"], region.name if region else "")[:SHORT])
        row.setdefault("signs", str(YES_OR_NO.render(not lists.is_office(row["name"]))))

    def _in_short(self, name: str, there: DepartmentQuerySet) -> Department | None:
        """The only one that an abbreviation such as 文旅局 stands for, or that is called by one: it is made once, and a
        list of its people finds it so too. Of other names (第一中学, 第十一中学) it says nothing."""
        if not name.endswith(lists.ABBREVIATED):
            return None
        found = []
        for one in there.select_related("region"):
            names = [plain_name(text, one.region.name) for text in (name, one.name)]
            if is_short_for(*names) or is_short_for(*reversed(names)):
                found.append(one)
        return found[0] if len(found) == 1 else None

    def _code(self, name: str, taken: set[str]) -> str:
        if lists.is_office(name) and "office" not in taken:
            return "office"
        return next(code for number in range(1, len(taken) + 2) if (code := f"d{number:02}") not in taken)

    def may_repeat(self, row: Any) -> bool:
        return "code" not in self.given


class UserResource(Rows):
    """Without passwords and without what opens the administration: both are given by hand, person by person."""

    names = {
        "username": gettext_lazy("Username"),
        "last_name": gettext_lazy("Family name"),
        "first_name": gettext_lazy("Given name"),
        "email": gettext_lazy("E-mail"),
        "region": gettext_lazy("Region code"),
        "department": gettext_lazy("Department code"),
        "role": gettext_lazy("Role"),
        "is_active": User._meta.get_field("is_active").verbose_name,  # as the person's page calls it
    }
    also = {
        "department": lists.UNITS,
        "name": lists.NAMES,
        "telephone": lists.TELEPHONES,
        "post": lists.POSTS,
        "email": lists.MAILS,
    }
    left_out = lists.LEFT_OUT
    username = Field("username", "username", Text())
    last_name = Field("last_name", "last_name", Text())
    first_name = Field("first_name", "first_name", Text())
    email = Field("email", "email", Text())
    region = Field("department__region__code", "region", Text(), readonly=True)
    department = Field("department", "department", OfDepartment())
    role = Field("role", "role", Choice(Role.choices))
    is_active = Field("is_active", "is_active", YES_OR_NO)

    class Meta(Rows.Meta):
        model = User
        fields = import_order = export_order = (
            *("username", "last_name", "first_name", "email", "region", "department", "role", "is_active"),
        )
        import_id_fields = ("username",)

    def _can_tell(self, key: str, columns: list[str]) -> bool:
        return key in columns or "telephone" in columns

    def complete(self, row: Any) -> None:
        """Of a list that has names, posts and telephones: who has no username signs in by the telephone; a role that is
        there already is none of the list's."""
        if "username" not in self.given:
            row["username"] = lists.username(row["telephone"])
        if row.get("name") and not self.given & {"last_name", "first_name"}:
            row["last_name"], row["first_name"] = lists.split_name(row["name"])
        if "username" not in self.given:
            self._check_holder(row)
        if "role" not in self.given and not User.objects.filter(username=row["username"]).exists():
            row["role"] = self._role(row)

    def _check_holder(self, row: Any) -> None:
        """A telephone goes from one person to the next, and an account would go with it. Raises ValidationError."""
        holder = User.objects.filter(username=row["username"]).select_related("department").first()
        if holder is None or not holder.last_name + holder.first_name:
            return
        if lists.is_same_name(f"{row.get('last_name', '')}{row.get('first_name', '')}", holder.full_name):
            return
        message = _(
            "With %(telephone)s signs in %(name)s (%(department)s). Is it the same person, write that name; is it "
            "another one, give the person another number or a username in a column of its own."
        )
        what = {"telephone": row["telephone"], "name": holder.full_name, "department": holder.department or "–"}
        raise ValidationError(message % what)

    def _role(self, row: Any) -> str:
        try:
            department = self.fields["department"].clean(row)
        except (KeyError, ValueError):
            department = None  # its column is told of
        if department is not None and (department.code == "office" or lists.is_office(department.name)):
            return Role.OFFICE
        return lists.role(row.get("post", ""))

    def after_save_instance(self, instance: User, row: Any, **kwargs: Any) -> None:
        if not instance.is_active:
            deputies.end_all(instance)

    def after_init_instance(self, instance: User, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.set_unusable_password()

    def validate_instance(
        self, instance: User, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        own = self.importer is not None and instance.pk == self.importer.pk
        if own and not (instance.is_active and instance.role == Role.ADMIN):
            raise ValidationError(_("This is yourself: the file would shut you out of the administration."))


class AssignmentResource(Rows):
    names = {
        "region": gettext_lazy("Region code"),
        "sheet": gettext_lazy("Sheet number"),
        "department": gettext_lazy("Department code"),
    }
    region = Field("region", "region", OfRegion())
    sheet = Field("sheet", "sheet", OfSheet())
    department = Field("department", "department", OfDepartment())

    class Meta(Rows.Meta):
        model = Assignment
        fields = import_order = export_order = ("region", "sheet", "department")
        import_id_fields = ("region", "sheet")


class IndicatorResource(Rows):
    """Out only: the catalogue is written in its files."""

    names = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "sheet": gettext_lazy("Sheet number"),
        "sheet_name": gettext_lazy("Sheet"),
        "sector": gettext_lazy("Sector"),
        "unit": gettext_lazy("Unit"),
        "decimals": gettext_lazy("Decimals"),
        "accumulation": gettext_lazy("Accumulation"),
        "formula": gettext_lazy("Formula"),
        "required": gettext_lazy("Required"),
        "valid_from": gettext_lazy("Valid from"),
        "valid_to": gettext_lazy("Valid to"),
    }
    sheet = Field("sheet__number", "sheet")
    sheet_name = Field("sheet__name", "sheet_name")
    sector = Field("sheet__sector__name", "sector")
    unit = Field("unit__name", "unit")
    accumulation = Field("accumulation", "accumulation", Choice(Accumulation.choices))
    required = Field("required", "required", YES_OR_NO)

    class Meta(Rows.Meta):
        model = Indicator
        fields = export_order = (
            *("code", "name", "sheet", "sheet_name", "sector", "unit", "decimals", "accumulation", "formula"),
            *("required", "valid_from", "valid_to"),
        )
