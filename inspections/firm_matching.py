"""Texts of records that name nobody of the register yet, with the firms that they most likely mean."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max

from inspections import firm_names, links
from inspections.access import reads_in_full
from inspections.models import Firm, FirmName, NoFirm
from sectors.models import Region, User

MOST_LIKELY = 3


@dataclass
class Text:
    """Texts that differ only in what `firm_names.key` leaves out: the most frequent, how many records have them, all
    ways in which it is written, the kind that a record tells, and the firms that it names or may name."""

    key: str
    text: str
    records: int
    ways: tuple[str, ...]
    kind: str = ""
    exact: list[int] | None = None
    likely: list[tuple[Firm, int]] | None = None  # with how alike in per cent


def texts(user: User, region: Region) -> list[Text]:
    """Those of records that the person sees and reads in full, the most frequent first. One query a kind of record."""
    counted: dict[str, dict[str, int]] = {}
    kinds: dict[str, str] = {}
    for model in links.LINKED:
        rows = links.unlinked(model, region.pk).filter(pk__in=model.objects.for_user(user).order_by().values("pk"))
        for name in model.parties:
            rows = rows.filter(reads_in_full(user, str(model._meta.model_name), name))
        has_kind = any(field.name == "premises_type" for field in model._meta.concrete_fields)
        grouped = rows.values_list("party_said").annotate(
            n=Count("pk"), kind=Max("premises_type") if has_kind else Max("party_said")
        )
        for text, count, kind in grouped:
            key = firm_names.key(text)
            ways = counted.setdefault(key, {})
            ways[text] = ways.get(text, 0) + count
            if has_kind:
                kinds[key] = kind
    left_out = set(NoFirm.objects.filter(region=region).values_list("key", flat=True)) | {""}
    found = [
        Text(key, _most_frequent(ways), sum(ways.values()), tuple(sorted(ways)), kinds.get(key, ""))
        for key, ways in counted.items()
        if key not in left_out
    ]
    return sorted(found, key=lambda one: (-one.records, one.key))


def _most_frequent(ways: dict[str, int]) -> str:
    return min(ways, key=lambda text: (-ways[text], text))


def name_exact(found: list[Text], region: Region) -> list[Text]:
    """Say of each which firms it names by its code or exact name; returns those that name exactly one."""
    names = links.Names(region.pk, {way for one in found for way in one.ways})
    for one in found:
        one.exact = sorted({pk for way in one.ways for pk in names.of(way)})
    return [one for one in found if one.exact and len(one.exact) == 1]


def propose(page: list[Text], region: Region) -> None:
    """Give the texts of a page the firms that they name or are like."""
    rows = Firm.objects.current().filter(region=region)
    keys = dict(rows.values_list("pk", "key"))
    others = FirmName.objects.filter(firm__in=rows).values_list("pk", "key", "firm")
    numbered = {-pk: key for pk, key, _firm in others}
    owner = {-pk: firm for pk, _key, firm in others}
    likely = firm_names.Likely(keys | numbered)
    best: list[dict[int, float]] = []
    for one in page:
        scores = dict.fromkeys(one.exact or (), 1.0)
        for number, score in likely.of(one.key, MOST_LIKELY * 2):
            pk = owner.get(number, number)
            scores[pk] = max(score, scores.get(pk, 0.0))
        best.append(scores)
    firms = rows.in_bulk({pk for scores in best for pk in scores})
    for one, scores in zip(page, best, strict=True):
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LIKELY]
        one.likely = [(firms[pk], round(score * 100)) for pk, score in ranked if pk in firms]
