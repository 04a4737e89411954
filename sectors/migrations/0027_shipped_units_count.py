"""What the shipped units count was not known to databases from before, until their catalogue was loaded again."""

import uuid

from django.db import migrations
from django.db.models import F

COUNTS = (
    *("次", "批次", "份", "个", "家", "户", "户次", "家次", "场次", "人", "人次", "名", "件", "张", "台", "只", "部"),
    *("辆", "辆次", "条", "所", "项", "项次", "组", "点", "处", "套", "头只", "头匹", "座", "张床位", "起", "类"),
)


def say_what_counts(apps, _schema_editor):
    units = apps.get_model("sectors", "Unit").objects.filter(name__in=COUNTS, base=F("name"), scale=1, counts=False)
    # All processes read the catalogue anew.
    if units.update(counts=True):
        apps.get_model("sectors", "CatalogueVersion").objects.update(version=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("sectors", "0026_transition_is_of_head")]

    operations = [migrations.RunPython(say_what_counts, migrations.RunPython.noop)]
