"""A part may be one of several totals, and a finding of each is one of its own: its rule names the total as well. What
is on record is renamed, so that what was said about it stays with it."""

from django.db import migrations

BATCH = 500


def renamed(apps, named):
    """Give findings of parts the rule that `named` makes of part and total, unless their submission has it already."""
    model = apps.get_model("sectors", "StoredFinding")
    rows = model.objects.filter(kind="part").order_by("pk").only("submission", "rule", "indicators")
    taken = set(rows.values_list("submission", "rule"))
    changed = []
    for row in rows.iterator(chunk_size=BATCH):
        rule = named(*row.indicators[:2])
        if (row.submission_id, rule) not in taken:
            taken.add((row.submission_id, rule))
            row.rule = rule
            changed.append(row)
    model.objects.bulk_update(changed, ["rule"], batch_size=BATCH)


def name_totals(apps, schema_editor):
    renamed(apps, lambda part, total: f"part:{part}:{total}")


def name_parts_only(apps, schema_editor):
    renamed(apps, lambda part, _total: f"part:{part}")


class Migration(migrations.Migration):

    dependencies = [
        ("sectors", "0019_former_departments"),
    ]

    operations = [
        migrations.RunPython(name_totals, name_parts_only),
    ]
