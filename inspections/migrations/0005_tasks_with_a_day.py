"""A task says until when its batches are to be taken, and is counted in the period of that day. It was counted in the
quarter in which its plan was issued: there it stays, at its end. Where a plan was issued in another year than its own,
it goes to the nearest quarter of its own."""

import datetime

from django.db import migrations, models

ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


def fill(apps, schema_editor):
    plans = apps.get_model("inspections", "SamplingPlan").objects
    tasks = apps.get_model("inspections", "PlanTask").objects
    for pk, year, issued in plans.values_list("pk", "year", "issued_on"):
        nearest = min(max(issued, datetime.date(year, 1, 1)), datetime.date(year, 12, 31))
        tasks.filter(plan=pk).update(due_on=datetime.date(year, *ENDS[(nearest.month - 1) // 3]))


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0004_file_removed_by_somebody"),
    ]

    operations = [
        migrations.AddField(
            model_name="plantask",
            name="due_on",
            field=models.DateField(default=datetime.date(2000, 12, 31), verbose_name="To be taken until"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="plantask",
            options={
                "ordering": ["category", "setting", "due_on"],
                "verbose_name": "Task of a plan",
                "verbose_name_plural": "Tasks of plans",
            },
        ),
        migrations.RemoveConstraint(model_name="plantask", name="task_once_a_plan"),
        migrations.AddConstraint(
            model_name="plantask",
            constraint=models.UniqueConstraint(
                fields=("plan", "category", "setting", "due_on"), name="task_once_a_plan"
            ),
        ),
    ]
