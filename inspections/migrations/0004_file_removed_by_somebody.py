from django.db import migrations, models
from django.db.models import F, Q


def complete_removals(apps, schema_editor):
    """Whether a file is removed goes by its time. Who removed it is not known any more: whoever sent it stands for it."""
    files = apps.get_model("inspections", "RecordFile").objects
    files.filter(removed_at__isnull=True).exclude(removed_by=None).update(removed_by=None)
    files.filter(removed_at__isnull=False, removed_by=None).update(removed_by=F("by"))
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table that has references to check


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0003_categories_of_works"),
        ("sectors", "0015_narrative_changes"),
    ]

    operations = [
        migrations.RunPython(complete_removals, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="recordfile",
            constraint=models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="file_removed_by_somebody",
            ),
        ),
    ]
