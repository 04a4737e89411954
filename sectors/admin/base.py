"""What the pages of the administration have in common: looking only, keeping what something rests on, history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from audit import record
from audit.vocabulary import EventKind
from sectors.texts import whole_number
from sectors.versions import UNKNOWN, Conflict, VersionedForm, version_of, version_of_all

# What a row that goes would take along, or would be forgotten by.
RESTS = (models.PROTECT, models.RESTRICT, models.SET_NULL)


class ReadOnly(admin.ModelAdmin):
    """What has its own writer: to be looked at, never edited here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProtectedAdmin(admin.ModelAdmin):
    """Deletes nothing that something rests on: a sentence says what that is, and what to do `instead`.

    One object or many selected ones: where one is kept, none is deleted.
    """

    instead: str | Promise = ""
    delete_confirmation_template = "admin/delete_one.html"
    delete_selected_confirmation_template = "admin/delete_selected.html"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whatever stands in the last place stops a deletion, here as in Django's own pages."""
        kept = list(self.sentences(list(objs)))
        if kept:
            return [], {}, set(), kept
        going, counts, read_only, protected = super().get_deleted_objects(objs, request)
        if read_only:
            what = _(", ").join(sorted(map(str, read_only)))
            text = _("Records that are only looked at would go along: %(what)s.") % {"what": what}
            protected = [f"{text} {self.instead}"]
        return going, counts, set(), protected

    def sentences(self, objs: list[Any]) -> Iterator[str]:
        """Why which of them stays."""
        resting = rests_on(self.model, objs)
        for row in objs:
            if resting.get(row.pk):
                what = _(", ").join(f"{name} {count}" for name, count in resting[row.pk].most_common())
                yield (
                    _("“%(name)s” stays, for other records rest on it: %(what)s.")
                    % {
                        "name": row,
                        "what": what,
                    }
                    + f" {self.instead}"
                )


def rests_on(model: type[models.Model], objs: Iterable[Any]) -> dict[Any, Counter[str]]:
    """How many rows of what rest on each of the objects, by its key: one query a relation, however many they are."""
    found: dict[Any, Counter[str]] = {row.pk: Counter() for row in objs}
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete in RESTS:
            field = relation.field
            related: Any = relation.related_model
            rows = related._base_manager.filter(**{f"{field.name}__in": list(found)}).order_by()
            for key, count in rows.values_list(field.attname).annotate(count=models.Count("pk")):
                found[key][str(related._meta.verbose_name)] += count
    return found


class SeenForm(VersionedForm):
    """The form of a row of the administration, which `Versioned` has locked."""

    instance: Any
    seen_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen_fields = tuple(name for name, field in self.fields.items() if not field.disabled)
        self.version = version_of(self.instance, fields=self.seen_fields)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # of a model's form
        if self.seen == self.version:
            return
        there = type(self.instance)._base_manager.get(pk=self.instance.pk)
        last = there.history.select_related("history_user").first() if hasattr(there, "history") else None
        who = (last.history_user, last.history_date) if last else UNKNOWN
        self.conflict = Conflict(there, self.version, who)
        if self.differences:
            self.add_error(None, str(self.conflict))
        else:
            self.conflict = None


class Versioned(admin.ModelAdmin):
    """Two administrators do not overwrite, or delete, each other's work, see `sectors.versions`."""

    delete_confirmation_template = "admin/delete_one.html"
    delete_selected_confirmation_template = "admin/delete_selected.html"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What is not as the page showed it on which they confirmed stays as well."""
        found = going, counts, lacking, kept = super().get_deleted_objects(objs, request)
        if kept or not request.POST.get("post") or request.POST.get("seen") == version_of_all(objs):
            return found
        return going, counts, lacking, [_("Somebody else has changed this since you opened it. Look at it again.")]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What is to be changed is locked first, and read then."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return found
        locked = self.model._base_manager.select_for_update(of=("self",), no_key=True)
        return super().get_object(request, object_id, from_field) if locked.filter(pk=found.pk).first() else None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            kwargs["form"] = type(self.form.__name__, (SeenForm, self.form), {})
        return super().get_form(request, obj, change=change, **kwargs)


class Recorded(admin.ModelAdmin):
    """What has no history, which writes it: each row that is added, changed or deleted here is on record; of
    `secret_fields` only that they changed."""

    secret_fields: tuple[str, ...] = ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = _content(self.model._base_manager.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        self._tell(obj, before, _content(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._tell(obj, _content(obj), {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            self._tell(obj, _content(obj), {})
        super().delete_queryset(request, queryset)

    def _tell(self, obj: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
        changes = [
            (name, record.MASK, record.MASK) if name in self.secret_fields else (name, old, new)
            for name, old, new in record.differences(before, after)
        ]
        record.write(EventKind.ADMINISTRATION, obj, changes=changes, region=getattr(obj, "region_id", None))


def _content(obj: Any) -> dict[str, Any]:
    return {field.name: getattr(obj, field.name) for field in obj._meta.concrete_fields if not field.primary_key}


class WithHistory(SimpleHistoryAdmin):
    """Every change with who made it and when. It is read only: going back is one more change, made by hand."""

    def get_urls(self) -> list[Any]:
        """Without the page of one version, from which the library lets a row be set back."""
        urls: list[Any] = super(SimpleHistoryAdmin, self).get_urls()
        return urls

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not whole_number(object_id):
            raise Http404
        found: HttpResponse = super().history_view(request, object_id, extra_context)
        return found

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
