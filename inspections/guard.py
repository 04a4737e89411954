"""Whether a record may still be changed, asked by all that write to one.

Locks are taken in one order: what a record names, the record, what names it, and then the submissions that count it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inspections.models import EnforcementCase, Inspection, Record, SamplingBatch, SamplingPlan
from sectors.guard import WrongState

AnyRecord = TypeVar("AnyRecord", bound=Record)


# What other records name, in the order in which it is locked: before whatever names it.
NAMED: tuple[type[Record], ...] = (SamplingPlan, SamplingBatch, Inspection, EnforcementCase)


def _locked(model: type[AnyRecord], keys: Iterable[int]) -> list[AnyRecord]:
    rows = model.objects.select_for_update(of=("self",), no_key=True).select_related("sector", "department")
    return list(rows.filter(pk__in=keys).order_by("pk"))


def lock_there(records: QuerySet[AnyRecord]) -> list[AnyRecord]:
    """Those of some records that are still there, as they are now, kept from others until the transaction ends."""
    return _locked(records.model, list(records.values_list("pk", flat=True)))


def lock_named(records: Collection[Record]) -> None:
    """Keep the records that these ones name from others, such as the batch of a sample, and let these ones have them as
    they are now: what is named may be moving. Raises WrongState when one is gone."""
    fields = [field for record in list(records)[:1] for field in record._meta.concrete_fields if field.is_relation]
    for model in NAMED:
        for field in (field for field in fields if field.related_model is model):
            wanted = {getattr(record, field.attname) for record in records} - {None}
            found = {row.pk: row for row in (_locked(model, wanted) if wanted else ())}
            if wanted - found.keys():
                message = _("Somebody has deleted the %(kind)s that is named here in the meantime. Choose another one.")
                raise WrongState(message % {"kind": model._meta.verbose_name})
            for record in records:
                if named := found.get(getattr(record, field.attname)):
                    setattr(record, field.name, named)


def lock(record: AnyRecord) -> AnyRecord:
    """The record as it is now, kept from others until the transaction ends. Raises WrongState when it is gone."""
    found = _locked(type(record), [record.pk])
    if not found:
        raise WrongState(_("Somebody has deleted this record in the meantime. What is typed here is not stored."))
    return found[0]
