"""Which firm of the register a record names. The only writer of the `firm` of records that are there already.

A record is linked by its text: by a code that stands in it, else by the name, when exactly one firm of the region is
called so. Where two are, a person says which; what they said stays while the text does.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from inspections import firm_names
from inspections.models import (
    Complaint,
    EnforcementCase,
    Firm,
    FirmName,
    Inspection,
    PartyRecord,
    RectificationNotice,
    SamplingBatch,
)

# Kinds of records that name a firm.
LINKED: tuple[type[PartyRecord], ...] = (SamplingBatch, Inspection, RectificationNotice, EnforcementCase, Complaint)
AT_ONCE = 500  # keys in a query, rows in an update


class Names:
    """Firms of a region by the texts that may name them, two queries for as many as are asked for."""

    def __init__(self, region: int, texts: Iterable[str]) -> None:
        asked = set(texts)
        self.codes: dict[str, int] = {}
        self.keys: dict[str, set[int]] = {}
        current = Firm.objects.current().filter(region=region)
        keys, codes = {firm_names.key(text) for text in asked}, {firm_names.code_in(text) for text in asked}
        for part in _parts(sorted(keys | codes)):
            found = current.filter(Q(key__in=part) | Q(code__in=[one for one in part if one]))
            for pk, key, code in found.values_list("pk", "key", "code"):
                self._know(pk, key, code)
            others = FirmName.objects.filter(firm__in=current, key__in=part)
            for pk, key in others.values_list("firm", "key"):
                self._know(pk, key)

    def _know(self, pk: int, key: str, code: str = "") -> None:
        self.keys.setdefault(key, set()).add(pk)
        if code:
            self.codes[code] = pk

    def of(self, text: str) -> set[int]:
        """Those that a text names: one, or none, or several of one name."""
        by_code = self.codes.get(firm_names.code_in(text)) if text else None
        if by_code is not None:
            return {by_code}
        return self.keys.get(firm_names.key(text), set()) if text else set()

    def one(self, text: str) -> int | None:
        found = self.of(text)
        return next(iter(found)) if len(found) == 1 else None


def assign(records: Sequence[Any]) -> None:
    """Say of new or changed records of one region which firms they name, and keep those from being merged meanwhile.
    A firm that was chosen stays, or is the one that it was merged into."""
    about = [record for record in records if isinstance(record, PartyRecord)]
    if not about:
        return
    open_ones = [one for one in about if one.firm_id is None]
    names = Names(about[0].region_id, {text for one in open_ones for text in (one.party_text, one.party_code)})
    for one in open_ones:
        by_code = names.one(one.party_code)
        one.firm_id = names.one(one.party_text) if by_code is None else by_code
    kept = _kept({one.firm_id for one in about} - {None})
    for one in about:
        one.firm_id = kept.get(one.firm_id)


def chosen(record: PartyRecord, firm: int) -> int | None:
    """The firm that a person chose for a record, if its text names that one, maybe among others; else None."""
    return firm if firm in Names(record.region_id, [record.party_text]).of(record.party_text) else None


def _kept(keys: set[Any]) -> dict[Any, int]:
    """Locked firms by the keys under which they were chosen, as they are now."""
    merged: dict[int, int | None] = {}
    waiting = set(keys)
    while waiting:
        for part in _parts(sorted(waiting)):
            locked = Firm.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=part).order_by("pk")
            merged |= {firm.pk: firm.merged_into_id for firm in locked.only("pk", "merged_into")}
        waiting = {into for into in merged.values() if into} - merged.keys()
    found = {}
    for key in keys & merged.keys():
        at = key
        while into := merged[at]:
            at = into
        found[key] = at
    return found


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[n : n + AT_ONCE] for n in range(0, len(rows), AT_ONCE))


def party(model: type[PartyRecord]) -> Any:
    """The text that names the firm, as an expression over the records of a kind."""
    fields = [NullIf(name, Value("")) for name in model.parties]
    return Coalesce(*fields, Value(""), output_field=TextField())


def unlinked(model: type[PartyRecord], region: int) -> QuerySet[Any]:
    """Records of a region that name no firm, with the text that may."""
    rows: QuerySet[Any] = model.objects.filter(region=region, firm=None)
    said: QuerySet[Any] = rows.annotate(party_said=party(model)).exclude(party_said="").order_by()
    return said


def link(texts: dict[str, int], *, region: int) -> int:
    """Let the records that have these texts name firms (by key); returns how many do now. The caller holds the firms
    locked, and tells the audit record."""
    count = 0
    for model in LINKED:
        for part in _parts(sorted(texts)):
            rows = unlinked(model, region).filter(party_said__in=part)
            of_firm: dict[int, list[int]] = {}
            for pk, text in rows.values_list("pk", "party_said"):
                of_firm.setdefault(texts[text], []).append(pk)
            for firm, keys in of_firm.items():
                count += _point(model, keys, firm)
    return count


def move(source: Firm, target: Firm) -> dict[str, list[int]]:
    """Let all records of a firm name another one; returns their keys by the label of their model."""
    moved: dict[str, list[int]] = {}
    for model in LINKED:
        keys = list(model.objects.filter(firm=source).order_by("pk").values_list("pk", flat=True))
        if keys:
            moved[model._meta.label_lower] = keys
            _point(model, keys, target.pk)
    return moved


def move_back(moved: dict[str, list[int]], source: Firm, target: Firm, *, since: datetime.datetime) -> int:
    """Let records that were moved at a time name their firm again, as far as they still name the one that they were
    moved to, and nobody has corrected their text since then to one that names that one alone."""
    count = 0
    for model in LINKED:
        for part in _parts(moved.get(model._meta.label_lower, [])):
            rows: Any = model.objects.filter(pk__in=part, firm=target).annotate(party_said=party(model))
            found = list(rows.values_list("pk", "party_said", "changed"))
            names = Names(source.region_id, {text for _pk, text, changed in found if changed > since})
            keys = [pk for pk, text, changed in found if changed <= since or names.one(text) != target.pk]
            count += _point(model, keys, source.pk, where={"firm": target})
    return count


def unlink(firm: Firm, key: str) -> int:
    """Records whose text has a key name the firm no more; returns how many."""
    count = 0
    for model in LINKED:
        rows = model.objects.filter(firm=firm).annotate(party_said=party(model)).values_list("pk", "party_said")
        count += _point(model, [pk for pk, text in rows if firm_names.key(text) == key], None)
    return count


def _point(model: type[PartyRecord], keys: Sequence[int], firm: int | None, where: dict[str, Any] | None = None) -> int:
    """What a record names is no change of the record: who has it open may store it."""
    rows: Any = model.objects
    return sum(rows.filter(pk__in=part, **(where or {})).update(firm=firm) for part in _parts(keys))
