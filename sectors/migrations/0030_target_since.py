"""Since when a target holds, beside whose it is."""

from django.db import migrations, models

SINCE = models.CharField(
    blank=True, help_text="A year or a day: 2021, 2021-03-11.", max_length=10, verbose_name="The target holds since"
)


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0029_subjects_and_shortfalls"),
    ]

    operations = [
        migrations.AddField(model_name=model, name="target_since", field=SINCE)
        for model in ("historicalindicator", "indicator")
    ]
