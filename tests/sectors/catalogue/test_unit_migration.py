"""Units of an earlier version count what they always counted."""

import pytest

from sectors.models import CatalogueVersion, Unit
from tests.migrating import latest, migrate

BEFORE = ("sectors", "0026_transition_is_of_head")


@pytest.fixture
def earlier():
    """The tables of the earlier version, and afterwards those of this one again."""
    yield migrate([BEFORE])
    latest()


@pytest.mark.django_db(transaction=True)
def test_shipped_units_count_before_the_catalogue_is_loaded_again(earlier):
    units = earlier.get_model("sectors", "Unit").objects
    for name, base, scale in (("批次", "批次", 1), ("吨", "吨", 1), ("万人", "人", 10000), ("类", "件", 1)):
        units.create(name=name, base=base, scale=scale)
    CatalogueVersion.objects.renew()
    version = CatalogueVersion.objects.get().version
    latest()
    assert set(Unit.objects.filter(counts=True).values_list("name", flat=True)) == {"批次"}
    assert CatalogueVersion.objects.get().version != version
