
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sectors', '0039_own_sheets'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalsheet',
            name='approved_until',
            field=models.DateField(blank=True, null=True, verbose_name='Approved until'),
        ),
        migrations.AddField(
            model_name='historicalsheet',
            name='authority',
            field=models.CharField(blank=True, max_length=60, verbose_name='Approving authority'),
        ),
        migrations.AddField(
            model_name='historicalsheet',
            name='document',
            field=models.CharField(blank=True, max_length=60, verbose_name='Approval number'),
        ),
        migrations.AddField(
            model_name='sheet',
            name='approved_until',
            field=models.DateField(blank=True, null=True, verbose_name='Approved until'),
        ),
        migrations.AddField(
            model_name='sheet',
            name='authority',
            field=models.CharField(blank=True, max_length=60, verbose_name='Approving authority'),
        ),
        migrations.AddField(
            model_name='sheet',
            name='document',
            field=models.CharField(blank=True, max_length=60, verbose_name='Approval number'),
        ),
    ]
