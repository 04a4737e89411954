"""Where robots are reached is encrypted from here on; back, it is as it was typed."""

from django.db import migrations, models

import sectors.models.encrypted
from config.encryption import Unreadable, decrypted, encrypted

COLUMNS = ("address", "secret")


def encrypt(apps, schema_editor):
    for robot in apps.get_model("sectors", "Robot").objects.iterator():
        for column in COLUMNS:
            typed = getattr(robot, column)
            setattr(robot, column, typed and encrypted(typed.encode(), "column", f"sectors.robot.{column}"))
        robot.save(update_fields=COLUMNS)


def decrypt(apps, schema_editor):
    for robot in apps.get_model("sectors", "Robot").objects.iterator():
        for column in COLUMNS:
            kept = getattr(robot, column)
            try:
                setattr(robot, column, kept and decrypted(kept, "column", f"sectors.robot.{column}").decode())
            except Unreadable:  # of no use to the version before either: it is typed anew
                setattr(robot, column, "")
        robot.save(update_fields=COLUMNS)


class Migration(migrations.Migration):
    dependencies = [("sectors", "0031_auditors")]

    operations = [
        migrations.AlterField("robot", "address", models.TextField()),
        migrations.AlterField("robot", "secret", models.TextField(blank=True)),
        migrations.RunPython(encrypt, decrypt),
        migrations.AlterField(
            "robot",
            "address",
            sectors.models.encrypted.EncryptedField(
                help_text="As the group chat shows it. Whoever has it can post there, so it is shown to nobody else.",
                max_length=300,
                verbose_name="Webhook address",
            ),
        ),
        migrations.AlterField(
            "robot",
            "secret",
            sectors.models.encrypted.EncryptedField(
                blank=True,
                help_text="钉钉 only, where the robot's safety setting is 加签.",
                max_length=100,
                verbose_name="Secret",
            ),
        ),
    ]
