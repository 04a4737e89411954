"""What a finding says becomes data. What is on record keeps its words, as a text that stands for itself, until its
submission is checked again."""

from django.db import migrations, models
from django.db.models import F, Func

import sectors.models.findings

AS_JSON = {"sqlite": "JSON_QUOTE", "postgresql": "TO_JSONB"}


def keep_texts(apps, schema_editor):
    quote = AS_JSON[schema_editor.connection.vendor]
    field = models.JSONField()
    apps.get_model("sectors", "StoredFinding").objects.update(statement=Func(F("text"), function=quote, output_field=field))


class Migration(migrations.Migration):

    dependencies = [
        ("sectors", "0015_narrative_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedfinding",
            name="statement",
            field=models.JSONField(default=str, encoder=sectors.models.findings.UnescapedJSON, verbose_name="Message"),
            preserve_default=False,
        ),
        # On the way back texts are empty: they are written anew when the submissions are checked.
        migrations.AlterField(
            model_name="storedfinding", name="text", field=models.TextField(default="", verbose_name="Message")
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
        migrations.RemoveField(model_name="storedfinding", name="text"),
    ]
