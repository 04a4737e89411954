from django.db import migrations

from audit import triggers


def create(apps, editor):
    triggers.create(editor.connection)


def drop(apps, editor):
    triggers.drop(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_record")]
    operations = [migrations.RunPython(create, drop)]
