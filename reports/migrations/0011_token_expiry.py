import datetime

from django.conf import settings
from django.db import migrations, models


def last_day():
    """Tokens from before hold as long as one that is made on the day of the update."""
    return datetime.date.today() + datetime.timedelta(days=settings.API_TOKEN_DAYS)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0010_added_figures'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='expires_on',
            field=models.DateField(default=last_day, help_text='The last day on which it reads anything.', verbose_name='Holds until'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='apitoken',
            name='warned_on',
            field=models.DateField(blank=True, null=True, verbose_name='Warned on'),
        ),
    ]
