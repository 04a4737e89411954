"""Whose step it was is kept with it. Of those from before, the present role of whoever took it says so, as until now."""

from django.db import migrations, models


def say_of_heads(apps, _schema_editor):
    steps = apps.get_model("sectors", "Transition").objects
    steps.filter(new="signed").update(is_of_head=True)
    of_heads = steps.filter(old="submitted", new="returned", by__role__in=("clerk", "head"))
    steps.filter(pk__in=list(of_heads.values_list("pk", flat=True))).update(is_of_head=True)
    steps.filter(old="signed", new="submitted").update(is_of_head=True)


class Migration(migrations.Migration):
    dependencies = [("sectors", "0025_units_also_written")]

    operations = [
        migrations.AddField(
            model_name="transition",
            name="is_of_head",
            field=models.BooleanField(default=False, verbose_name="Step of the department's head"),
        ),
        migrations.RunPython(say_of_heads, migrations.RunPython.noop),
    ]
