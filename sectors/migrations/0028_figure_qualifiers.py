"""Figures that are not exact, or of another day than the last of their period."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sectors', '0027_shipped_units_count'),
    ]

    operations = [
        migrations.AddField(
            model_name='figure',
            name='as_of',
            field=models.DateField(blank=True, null=True, verbose_name='As of'),
        ),
        migrations.AddField(
            model_name='figure',
            name='qualifier',
            field=models.CharField(blank=True, choices=[('', 'exact'), ('over', '余'), ('at_least', '以上'), ('at_most', '以下'), ('about', '约'), ('nearly', '近')], max_length=8, verbose_name='Qualifier'),
        ),
        migrations.AddIndex(
            model_name='figure',
            index=models.Index(condition=models.Q(('qualifier__gt', ''), ('as_of__isnull', False), _connector='OR'), fields=['region'], name='figure_not_exact'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'number'), models.Q(('as_of__isnull', True), ('qualifier', '')), _connector='OR'), name='figure_qualified_is_number'),
        ),
    ]
