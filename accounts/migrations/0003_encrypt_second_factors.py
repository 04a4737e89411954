"""Secrets of apps are encrypted from here on; back, they are as django-otp keeps them."""

from django.db import migrations

from config.encryption import Unreadable, decrypted, encrypted


def encrypt(apps, schema_editor):
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.iterator():
        device.key = encrypted(bytes.fromhex(device.key), "second factor", device.user_id)
        device.save(update_fields=["key"])


def decrypt(apps, schema_editor):
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.iterator():
        try:
            device.key = decrypted(device.key, "second factor", device.user_id).hex()
        except Unreadable:  # of no use to the version before either: the person sets it up anew
            device.delete()
        else:
            device.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_second_factor")]

    operations = [migrations.RunPython(encrypt, decrypt)]
