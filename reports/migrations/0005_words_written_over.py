import re

from django.db import migrations, models

# A backslash in front of these did not mean anything before.
TAKEN_AWAY = re.compile(r"\\(?=[\\{}|])")


def fill(apps, schema_editor):
    """What the office wrote is held against what its last draft generates in that place; nothing older is known."""
    # As the program writes them, since it must read every snapshot that there is.
    from reports.document import snapshots
    from reports.document.blocks import block_key
    from reports.editing.assembly import generated_text

    Edit, Draft = apps.get_model("reports", "Edit"), apps.get_model("reports", "Draft")
    edits = Edit.objects.exclude(text=None)
    for report in edits.order_by().values_list("report", flat=True).distinct():
        last = Draft.objects.filter(report=report).order_by("number").last()
        blocks = {block_key(block): block for block in snapshots.load(last.generated).body} if last else {}
        for edit in edits.filter(report=report):
            edit.text = TAKEN_AWAY.sub(r"\\\\", edit.text)
            edit.basis = generated_text(blocks.get(edit.key))
            edit.save(update_fields=["text", "basis"])


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0004_changed_figures'),
    ]

    operations = [
        migrations.AddField(
            model_name='edit',
            name='basis',
            field=models.TextField(blank=True, verbose_name='Generated words it was written over'),
        ),
        migrations.AlterField(
            model_name='editchange',
            name='kind',
            field=models.CharField(choices=[('text', 'text changed'), ('taken', 'new figures taken over'), ('kept', 'kept as it is'), ('hidden', 'hidden'), ('shown', 'shown again'), ('added', 'added'), ('removed', 'removed'), ('moved', 'moved'), ('restored', 'restored to the generated text'), ('undone', 'last change undone')], max_length=8),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
