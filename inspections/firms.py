"""The only writer of firms and places, of their other names, of texts that name none, and of frequencies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import record as audit
from audit.vocabulary import EventKind
from inspections import firm_names, links
from inspections.access import keeps_firms
from inspections.models import Firm, FirmName, InspectionFrequency, NoFirm
from inspections.personal_data import is_person, masked_person
from sectors import versions
from sectors.guard import WrongState
from sectors.models import Region, User

TOLD = ("name", "code", "kind", "size", "grade", "township", "department_id", "opened_on", "closed_on", "note")
ROWS_PER_INSERT = 500


@transaction.atomic
def save(firm: Firm, others: Sequence[str], *, by: User, seen: str | None = None) -> None:
    """Store a new or changed firm with its other names. A name that is changed stays as another one. `seen` is its
    `version` as the person saw it; None where nobody looked.

    Raises PermissionDenied, WrongState where it is merged by now or its code is another firm's, and Conflict."""
    _expect_keeper(by, firm.region_id)
    before = lock(firm) if firm.pk else None
    if before is not None:
        _check(before, firm, others, seen)
    names = list(others)
    if before is not None and firm_names.key(before.name) != firm_names.key(firm.name):
        names.insert(0, before.name)
    _derive(firm)
    firm.changed_by = by
    _write(firm, firm.save)
    old = names_of(before) if before else []
    _set_names(firm, names)
    _tell(firm, _content(before) if before else {}, _content(firm), old, names_of(firm), by=by)


@transaction.atomic
def bulk_save(new: Sequence[tuple[Firm, list[str]]], changed: Sequence[tuple[Firm, list[str]]], *, by: User) -> None:
    """Store the firms of a list: all or none. Raises as `save` does."""
    for firm, _names in new:
        _expect_keeper(by, firm.region_id)
        _derive(firm)
        firm.changed_by = by
    try:
        with transaction.atomic():
            Firm.objects.bulk_create([firm for firm, _names in new], batch_size=ROWS_PER_INSERT)
    except IntegrityError as error:
        raise WrongState(_("A code of the list was given to a firm meanwhile. Look at the list once more.")) from error
    others = [
        FirmName(firm=firm, name=name, key=key) for firm, names in new for key, name in _by_key(firm, names).items()
    ]
    FirmName.objects.bulk_create(others, batch_size=ROWS_PER_INSERT)
    if new:
        region = new[0][0].region_id
        added = [firm.pk for firm, _names in new]
        name = str(Firm._meta.verbose_name_plural)
        audit.write(EventKind.RECORD, new[0][0], name=name, by=by, region=region, added=added)
    for firm, names in changed:
        save(firm, names, by=by)


@transaction.atomic
def merge(source: Firm, into: Firm, *, by: User, seen: str | None = None) -> int:
    """Let one firm be another: its records name that one, its names are other names of it, and a code that only it has
    becomes that one's. Returns how many records moved.

    Raises PermissionDenied, WrongState, and Conflict when the one that goes was changed meanwhile."""
    rows = {row.pk: row for row in _locked({source.pk, into.pk})}
    if len(rows) < 2 or any(row.merged_into_id for row in rows.values()):
        raise WrongState(_("One of the two is merged already. Nothing was changed."))
    source, into = rows[source.pk], rows[into.pk]
    _expect_keeper(by, source.region_id)
    if source.region_id != into.region_id:
        raise WrongState(_("The two are of different regions."))
    if source.code and into.code and source.code != into.code:
        raise WrongState(_("The two have different codes, so they are two firms. Correct the wrong code first."))
    _check(source, source, names_of(source), seen)
    moved: dict[str, Any] = dict(links.move(source, into))
    known = {into.key, *into.other_names.values_list("key", flat=True)}
    for key, name in {source.key: source.name, **dict(source.other_names.values_list("key", "name"))}.items():
        if key not in known:
            FirmName.objects.create(firm=into, name=name, key=key, merged=source)
    source.merged_into, source.moved, source.changed_by = into, moved, by
    if source.code and not into.code:
        source.moved = {**moved, "code": source.code}
    source.save(update_fields=["merged_into", "moved", "changed_by", "changed"])
    if "code" in source.moved:
        into.code, into.changed_by = source.code, by
        into.save(update_fields=["code", "changed_by", "changed"])
    count = sum(map(len, moved.values()))
    audit.write(
        EventKind.RECORD, source, by=by, region=source.region_id, merged_into=into.pk, called=str(into), moved=count
    )
    return count


@transaction.atomic
def part(source: Firm, *, by: User) -> int:
    """Take the merging of a firm back, with all that it moved; returns how many records name it again. What was
    recorded since then stays with the other one. Raises PermissionDenied and WrongState."""
    target_pk = source.merged_into_id
    rows = {row.pk: row for row in _locked({source.pk, target_pk})}
    source = rows[source.pk]
    _expect_keeper(by, source.region_id)
    if source.merged_into_id is None or source.merged_into_id != target_pk:
        raise WrongState(_("It is merged into this firm no more."))
    into = rows[source.merged_into_id]
    if into.merged_into_id:
        raise WrongState(_("The firm it was merged into is merged itself. Take that back first."))
    moved, since = source.moved, source.changed
    FirmName.objects.filter(firm=into, merged=source).delete()
    if moved.get("code") and into.code == moved["code"]:
        into.code, into.changed_by = "", by
        into.save(update_fields=["code", "changed_by", "changed"])
    source.merged_into, source.moved, source.changed_by = None, {}, by
    _write(source, source.save)
    count = links.move_back(moved, source, into, since=since)
    audit.write(EventKind.RECORD, source, by=by, region=source.region_id, parted_from=into.pk, moved=count)
    return count


@transaction.atomic
def same(text: str, firm: Firm, *, by: User) -> int:
    """A text of records names a firm: it is another name of it from now on, and records that have it are linked.
    Returns how many are. Raises PermissionDenied and WrongState."""
    locked = lock(firm)
    _expect_keeper(by, locked.region_id)
    key = firm_names.key(text)
    if not key:
        raise WrongState(_("This text has neither letters nor digits."))
    if key != locked.key and not locked.other_names.filter(key=key).exists():
        FirmName.objects.create(firm=locked, name=text[: firm_names.LONGEST], key=key)
        _tell(locked, {}, {}, [], [text], by=by)
    NoFirm.objects.filter(region=locked.region_id, key=key).delete()
    return _link(dict.fromkeys(texts_of(key, locked.region_id), locked.pk), locked.region_id, by)


@transaction.atomic
def link_exact(region: Region, texts: Collection[str], *, by: User) -> int:
    """Link the records that have these texts, as far as each names exactly one firm; returns how many are."""
    _expect_keeper(by, region.pk)
    names = links.Names(region.pk, texts)
    found = {text: firm for text in texts if (firm := names.one(text)) is not None}
    there = {row.pk for row in _locked(set(found.values())) if row.merged_into_id is None}
    return _link({text: firm for text, firm in found.items() if firm in there}, region.pk, by)


@transaction.atomic
def no_firm(text: str, region: Region, *, by: User) -> None:
    """A text names none of the firms: nobody is asked about it again."""
    _expect_keeper(by, region.pk)
    text = text[: firm_names.LONGEST]
    said, is_new = NoFirm.objects.get_or_create(
        region=region, key=firm_names.key(text), defaults={"text": text, "by": by}
    )
    if is_new:
        audit.write(EventKind.RECORD, said, by=by, region=region.pk, how="no firm")


@transaction.atomic
def ask_again(said: NoFirm, *, by: User) -> None:
    _expect_keeper(by, said.region_id)
    audit.write(EventKind.RECORD, said, by=by, region=said.region_id, how="asked again")
    said.delete()


@transaction.atomic
def set_frequencies(region: Region, a_year: Mapping[str, int], *, by: User) -> None:
    """How many inspections a year a region asks for, by grade."""
    _expect_keeper(by, region.pk)
    before = dict(InspectionFrequency.objects.filter(region=region).values_list("grade", "a_year"))
    for grade, count in a_year.items():
        InspectionFrequency.objects.update_or_create(region=region, grade=grade, defaults={"a_year": count})
    changes = audit.differences(before, {**before, **a_year})
    if changes:
        name = str(InspectionFrequency._meta.verbose_name_plural)
        audit.write(EventKind.RECORD, region, name=name, changes=changes, by=by, region=region.pk)


def version(firm: Firm, others: Iterable[str]) -> str:
    """Of a firm with its other names."""
    names = [FirmName(name=name) for name in others]
    return f"{versions.version_of(firm)}-{versions.version_of(*names, fields=('name',))}"


def names_of(firm: Firm) -> list[str]:
    return list(firm.other_names.order_by("pk").values_list("name", flat=True))


def texts_of(key: str, region: int) -> set[str]:
    """The texts of a key that records without a firm have."""
    found: set[str] = set()
    for model in links.LINKED:
        texts = links.unlinked(model, region).values_list("party_said", flat=True).distinct()
        found |= {text for text in texts if firm_names.key(text) == key}
    return found


def lock(firm: Firm) -> Firm:
    """The firm as it is now, kept from others until the transaction ends. Raises WrongState when it is merged."""
    found = _locked({firm.pk})
    if not found or found[0].merged_into_id:
        raise WrongState(_("Somebody has merged this firm with another one in the meantime. Nothing was stored."))
    return found[0]


def _locked(keys: Collection[Any]) -> list[Firm]:
    rows = Firm.objects.select_for_update(of=("self",), no_key=True).select_related("region")
    return list(rows.filter(pk__in=keys).order_by("pk"))


def _link(texts: dict[str, int], region: int, by: User) -> int:
    count = links.link(texts, region=region) if texts else 0
    if count:
        firms = sorted(set(texts.values()))
        name = str(Firm._meta.verbose_name_plural)
        audit.write(EventKind.RECORD, None, name=name, by=by, region=region, linked=count, firms=firms)
    return count


def _expect_keeper(by: User, region: int) -> None:
    if not keeps_firms(by, region):
        raise PermissionDenied


def _derive(firm: Firm) -> None:
    firm.key, firm.is_person = firm_names.key(firm.name), is_person(firm.name)


def _by_key(firm: Firm, names: Iterable[str]) -> dict[str, str]:
    return {key: name for name in names if (key := firm_names.key(name)) and key != firm.key}


def _set_names(firm: Firm, names: Iterable[str]) -> None:
    wanted = _by_key(firm, names)
    for there in firm.other_names.all():
        if there.key not in wanted:
            if there.key != firm.key:  # else it is the name now, and records that have it name the firm all the same
                links.unlink(firm, there.key)
            there.delete()
        wanted.pop(there.key, None)
    FirmName.objects.bulk_create(FirmName(firm=firm, name=name, key=key) for key, name in wanted.items())


def _check(there: Firm, new: Firm, others: Sequence[str], seen: str | None) -> None:
    now = version(there, names_of(there))
    if seen is not None and seen not in (now, version(new, others)) and now != version(new, others):
        raise versions.Conflict(there, now, (there.changed_by, there.changed))


def _write(firm: Firm, write: Any) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        try:
            firm.validate_constraints()
        except ValidationError as found:
            raise WrongState(" ".join(found.messages)) from error
        raise


def _content(firm: Firm) -> dict[str, Any]:
    return {name: getattr(firm, name) for name in TOLD} | {"address": firm.address}


def _tell(
    firm: Firm, before: dict[str, Any], after: dict[str, Any], old: list[str], new: list[str], *, by: User
) -> None:
    """A name of a person is told masked, and where somebody of that name is to be found not at all."""
    changes = []
    for name, *values in audit.differences({**before, "other_names": old}, {**after, "other_names": new}):
        if name == "address" and firm.is_person:
            values = [audit.MASK if value else value for value in values]
        elif name == "name":
            values = [masked_person(value) if value else value for value in values]
        elif name == "other_names":
            values = [[masked_person(one) for one in value or []] for value in values]
        changes.append((name, *values))
    if changes:
        audit.write(EventKind.RECORD, firm, changes=changes, by=by, region=firm.region_id)
