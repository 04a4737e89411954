"""What a question is about where that is not its sheet's sector; answers to shortfalls, with their history."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sectors', '0028_figure_qualifiers'),
    ]

    operations = [
        migrations.AddField(
            model_name='question',
            name='subject',
            field=models.SlugField(blank=True, help_text="Code of the sector that the answers are about, or general; without it the sheet's own.", max_length=30, verbose_name='Subject'),
        ),
        migrations.AddField(
            model_name='narrativechange',
            name='about',
            field=models.TextField(blank=True, verbose_name='About'),
        ),
        migrations.AlterField(
            model_name='narrativechange',
            name='question',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='sectors.question'),
        ),
        migrations.CreateModel(
            name='ShortfallAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shortfall', models.CharField(max_length=120, verbose_name='Shortfall')),
                ('problem', models.TextField(verbose_name='Problem')),
                ('cause', models.TextField(blank=True, verbose_name='Cause of the shortfall')),
                ('measure', models.TextField(blank=True, verbose_name='Measure')),
                ('until', models.DateField(blank=True, null=True, verbose_name='To be done until')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sectors.department', verbose_name='Lead department')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shortfall_answers', to='sectors.submission', verbose_name='Submission')),
            ],
            options={
                'verbose_name': 'Answer to a shortfall',
                'verbose_name_plural': 'Answers to shortfalls',
                'ordering': ['submission', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('submission', 'shortfall'), name='shortfall_answered_once')],
            },
        ),
    ]
