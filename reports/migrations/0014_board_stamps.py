from django.db import migrations, models

from reports import triggers


def create(apps, editor):
    # There is always one: no stamp at all says nothing about what there is.
    apps.get_model("reports", "BoardStamp").objects.create(region=0, kind="moved", token="first")
    triggers.create(editor.connection)


def drop(apps, editor):
    triggers.drop(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0013_tokens_that_write"),
        ("sectors", "0036_figures_by_programs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoardStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.BigIntegerField(verbose_name="Region")),
                ("kind", models.CharField(choices=[("moved", "Moved"), ("worked", "Worked on")], max_length=6, verbose_name="Kind")),
                ("token", models.CharField(max_length=36, verbose_name="Token")),
            ],
            options={
                "verbose_name": "Stamp of a board",
                "verbose_name_plural": "Stamps of boards",
                "indexes": [models.Index(fields=["region", "kind"], name="reports_boa_region_f2e3eb_idx")],
            },
        ),
        migrations.RunPython(create, drop),
    ]
