

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sectors', '0037_open_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalregion',
            name='makes_sheets',
            field=models.BooleanField(default=False, help_text='Its office drafts sheets that only this region reports, and puts them in force.', verbose_name='Office makes sheets'),
        ),
        migrations.AddField(
            model_name='region',
            name='makes_sheets',
            field=models.BooleanField(default=False, help_text='Its office drafts sheets that only this region reports, and puts them in force.', verbose_name='Office makes sheets'),
        ),
        migrations.AddField(
            model_name='sector',
            name='region',
            field=models.ForeignKey(blank=True, help_text='The only one that reports its sheets; empty: all do.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='own_sectors', to='sectors.region', verbose_name='Region'),
        ),
        migrations.AddField(
            model_name='sheetdraft',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sectors.region', verbose_name='Region'),
        ),
    ]
