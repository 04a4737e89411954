from django.db import migrations, models


def mark(apps, schema_editor):
    """What was accepted once and is not now is being corrected."""
    submission = apps.get_model("sectors", "Submission")
    accepted = submission.objects.filter(transitions__new="accepted").exclude(status="accepted")
    submission.objects.filter(pk__in=list(accepted.values_list("pk", flat=True))).update(is_reopened=True)


class Migration(migrations.Migration):
    dependencies = [("sectors", "0040_approvals")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="is_reopened",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="Reopened"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
