"""A submission keeps the departments that had it in hand before, whose records count on. Those of old are read from the
steps by which it was handed over, and tasks of plans are counted by the day until which they are to be done."""

from django.db import migrations, models

HANDED_OVER = ("Handed over from {} to {}.", "由{}移交{}。")


def find_former(apps, schema_editor):
    """Of a step that leaves the status as it is: which two departments of the region it names, in either language."""
    names = {}
    for pk, region, name in apps.get_model("sectors", "Department").objects.values_list("pk", "region", "short_name"):
        names.setdefault(region, []).append((pk, name))
    steps = apps.get_model("sectors", "Transition").objects.filter(old=models.F("new")).exclude(reason="")
    for step in steps.select_related("submission"):
        known = names.get(step.submission.region_id, [])
        for pk, old in known:
            reasons = {text.format(old, new) for text in HANDED_OVER for _pk, new in known}
            if step.reason in reasons:
                step.submission.former_departments.add(pk)


def count_by_due_day(apps, schema_editor):
    rows = apps.get_model("sectors", "Indicator").objects.filter(counted__of="task", counted__by="issued")
    for row in rows:
        row.counted["by"] = "due"
        row.save(update_fields=["counted"])


class Migration(migrations.Migration):

    dependencies = [
        ("sectors", "0018_former_frequencies"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="former_departments",
            field=models.ManyToManyField(
                blank=True, editable=False, related_name="+", to="sectors.department", verbose_name="Former departments"
            ),
        ),
        migrations.RunPython(find_former, migrations.RunPython.noop),
        migrations.RunPython(count_by_due_day, migrations.RunPython.noop),
    ]
