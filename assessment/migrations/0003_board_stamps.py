from django.db import migrations

from reports import triggers


def create(apps, editor):
    """Those of targets with all others, which stay as they are."""
    triggers.create(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_schemes"), ("reports", "0014_board_stamps")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
