from django.db import migrations, models

ROLES = [
    ("clerk", "Clerk"),
    ("head", "Department head"),
    ("office", "Leadership office"),
    ("leader", "County leader"),
    ("admin", "Administrator"),
    ("auditor", "Auditor"),
]


def keep_roles(apps, _schema_editor):
    """Tokens in force are of heads and of the office; the others stay ended."""
    for role in ("head", "office"):
        apps.get_model("reports", "ApiToken").objects.filter(created_by__role=role).update(role=role)


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0011_token_expiry"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="role",
            field=models.CharField(choices=ROLES, default="", max_length=8, verbose_name="Role"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_roles, migrations.RunPython.noop),
    ]
