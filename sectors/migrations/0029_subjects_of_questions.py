"""What a question is about, where that is not its sheet's sector."""

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
    ]
