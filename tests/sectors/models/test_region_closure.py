"""Which region lies in which, as the triggers keep it, against the tree followed step by step."""

import random
import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Case, F, Value, When

from sectors import triggers
from sectors.models import Region, RegionClosure, Submission
from sectors.sql.regions import regions_within
from tests import base

pytestmark = pytest.mark.django_db


def region(number, parent=None, level="township"):
    return Region(code=f"{number:06}", name=f"第{number}", level=level, parent=parent)


def by_steps():
    """Pairs of an area and a region in it, by following each region upwards."""
    parents = dict(Region.objects.values_list("pk", "parent_id"))
    found = set()
    for pk in parents:
        area = pk
        while area is not None:
            found.add((area, pk))
            area = parents[area]
    return found


def kept():
    return set(RegionClosure.objects.values_list("area_id", "region_id"))


def lies_in(pk, area):
    return (area, pk) in by_steps()


@pytest.mark.parametrize("seed", range(12))
def test_random_trees_and_moves(seed):
    """Rows one by one and many at once, parents before and after those in them, moves of whole branches, removals."""
    chance, number = random.Random(seed), 0
    for _step in range(40):
        there = list(Region.objects.order_by("pk"))
        choice = chance.choice(("add", "add", "add many", "move", "move many", "remove", "swap")) if there else "add"
        if choice == "add":
            number += 1
            region(number, chance.choice([None, *there])).save()
        elif choice == "add many":
            rows = []
            for _row in range(chance.randint(2, 6)):
                number += 1
                rows.append(region(number, chance.choice([None, *there])))
            Region.objects.bulk_create(rows)
        elif choice == "move":
            one, into = chance.choice(there), chance.choice([None, *there])
            if into is None or not lies_in(into.pk, one.pk):
                one.parent = into
                one.save()
        elif choice == "move many":
            into = chance.choice(there)
            moved = [one.pk for one in chance.sample(there, min(4, len(there))) if not lies_in(into.pk, one.pk)]
            Region.objects.filter(pk__in=moved).update(parent=into)
        elif choice == "remove":
            leaves = Region.objects.filter(children=None)
            chance.choice(list(leaves)).delete()
        else:
            parents = [one for one in there if one.parent_id is not None]
            if parents:  # takes the place of the one that it lies in, in one statement where the database allows
                low = chance.choice(parents)
                with transaction.atomic():
                    high = Region.objects.get(inside__region=low, children=low)
                    Region.objects.filter(pk=low.pk).update(parent=high.parent)
                    Region.objects.filter(pk=high.pk).update(parent=low)
        assert kept() == by_steps()
    assert number > 20


def test_there_is_no_end_to_the_depth():
    top = lowest = Region.objects.create(code="000001", name="一", level="county")
    for number in range(2, 61):
        lowest = region(number, lowest)
        lowest.save()
    assert regions_within(top).count() == 60
    assert list(regions_within(lowest)) == [lowest]
    top.parent = Region.objects.create(code="999999", name="全国", level="nation")
    top.save()
    assert regions_within(top.parent).count() == 61
    assert kept() == by_steps()


def test_a_nation_lies_around_provinces(cast):
    nation = Region.objects.create(code="000000", name="全国", level="nation")
    Region.objects.filter(parent=None).exclude(pk=nation.pk).update(parent=nation)
    assert set(regions_within(nation)) == set(Region.objects.all())
    base.submission(cast.county)
    assert Submission.objects.filter(region__in=regions_within(nation)).count() == Submission.objects.count() > 0


def test_rows_may_come_before_those_that_they_lie_in():
    """As when a backup is restored: keys are looked at when all is there."""
    with connection.cursor() as cursor:
        for pk, parent in ((903, 902), (901, None), (902, 901)):
            cursor.execute(
                "INSERT INTO sectors_region (id, code, name, level, parent_id, makes_sheets)"
                " VALUES (%s, %s, 'x', 'county', %s, %s)",
                [pk, f"{pk:06}", parent, False],
            )
    assert kept() == by_steps()
    assert len(kept()) == 6


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_region_cannot_come_to_lie_in_itself(depth):
    rows, above = [], None
    for number in range(depth):
        above = region(number + 1, above)
        above.save()
        rows.append(above)
    before = kept()
    with pytest.raises(IntegrityError, match=triggers.REFUSED), transaction.atomic():
        Region.objects.filter(pk=rows[0].pk).update(parent=rows[-1])
    assert kept() == before == by_steps()


def test_two_change_places_in_one_statement():
    one = Region.objects.create(code="000001", name="一", level="county")
    other = Region.objects.create(code="000002", name="二", level="county", parent=one)
    inside = Region.objects.create(code="000003", name="三", level="township", parent=other)
    order = Case(When(pk=one.pk, then=Value(other.pk)), default=Value(None), output_field=one._meta.pk)
    swapped = Region.objects.filter(pk__in=(one.pk, other.pk))
    if connection.vendor == "sqlite":  # looks after each row: halfway they would lie in one another
        with pytest.raises(IntegrityError, match=triggers.REFUSED), transaction.atomic():
            swapped.update(parent=order)
    else:
        swapped.update(parent=order)
        assert (other.pk, one.pk) in kept()
    assert kept() == by_steps()
    assert (other.pk, inside.pk) in kept()


def test_what_changes_nothing_of_the_tree_leaves_the_rows_alone(cast):
    before = list(RegionClosure.objects.order_by("pk").values_list("pk", "area", "region"))
    Region.objects.update(name=F("name"), parent=F("parent"))
    cast.county.name = "云泽新县"
    cast.county.save()
    assert list(RegionClosure.objects.order_by("pk").values_list("pk", "area", "region")) == before


def test_a_migration_that_lost_the_triggers_gets_them_back(cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL makes no table anew")
    triggers.drop()
    Region.objects.filter(pk=cast.county.pk).update(parent=None)
    assert kept() != by_steps()
    triggers.put_back()
    assert kept() == by_steps()
    Region.objects.filter(pk=cast.county.pk).update(parent=cast.prefecture)
    assert kept() == by_steps()


def test_filling_gives_what_the_triggers_keep(cast):
    before = kept()
    triggers.fill()
    assert kept() == before == by_steps()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_no_circle_together():
    """Each move is right by itself: the second waits for the first, and is refused or sees it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    one = Region.objects.create(code="000001", name="一", level="county")
    other = Region.objects.create(code="000002", name="二", level="county")
    below = Region.objects.create(code="000003", name="三", level="township", parent=other)
    refused, begun = [], threading.Event()

    def second():
        try:
            begun.set()
            Region.objects.filter(pk=other.pk).update(parent=one)
        except IntegrityError as error:
            refused.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        Region.objects.filter(pk=one.pk).update(parent=below)
        thread.start()
        begun.wait(10)
        thread.join(0.5)
        assert thread.is_alive()  # it waits
    thread.join(30)
    assert len(refused) == 1
    assert kept() == by_steps()


@pytest.mark.django_db(transaction=True)
def test_two_branches_moved_at_once_are_both_right():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    top, one, other = (Region.objects.create(code=f"00000{number}", name="x", level="county") for number in (1, 2, 3))

    def second():
        try:
            Region.objects.filter(pk=other.pk).update(parent=one)
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        Region.objects.filter(pk=one.pk).update(parent=top)
        thread.start()
        thread.join(0.5)
    thread.join(30)
    assert (top.pk, other.pk) in kept()
    assert kept() == by_steps()
