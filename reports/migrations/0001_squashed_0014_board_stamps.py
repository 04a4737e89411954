"""The tables of a new database at once, as the migrations that it replaces leave them: one after the other they take
half a minute. A database that has some of those goes on by them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from config.new_tables import CreateModels
from reports import triggers


def create(apps, editor):
    # There is always one: no stamp at all says nothing about what there is.
    apps.get_model("reports", "BoardStamp").objects.create(region=0, kind="moved", token="first")
    triggers.create(editor.connection)


def drop(apps, editor):
    triggers.drop(editor.connection)


class Migration(migrations.Migration):

    replaces = [('reports', '0001_reports'), ('reports', '0002_tokens'), ('reports', '0003_wordings'), ('reports', '0004_changed_figures'), ('reports', '0005_words_written_over'), ('reports', '0006_changes_of_the_cover'), ('reports', '0007_answers'), ('reports', '0008_editions_by_audience'), ('reports', '0009_signing'), ('reports', '0010_added_figures'), ('reports', '0011_token_expiry'), ('reports', '0012_token_role'), ('reports', '0013_tokens_that_write'), ('reports', '0014_board_stamps')]

    initial = True

    dependencies = [
        ('sectors', '0036_figures_by_programs'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='AnnualReport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField(verbose_name='Year')),
                    ('edition', models.PositiveSmallIntegerField(default=1, verbose_name='Number of the edition')),
                    ('status', models.CharField(choices=[('draft', 'Draft report'), ('issued', 'Issued')], default='draft', max_length=6, verbose_name='Status')),
                    ('title', models.CharField(max_length=120, verbose_name='Title')),
                    ('issuer', models.CharField(max_length=120, verbose_name='Issuing body')),
                    ('dated', models.DateField(verbose_name='Date of the report')),
                    ('order', models.JSONField(blank=True, default=list, verbose_name='Order of the blocks')),
                    ('annexes', models.JSONField(blank=True, default=list, verbose_name='Lengths of the annexes')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Begun at')),
                    ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='Issued at')),
                    ('reason', models.TextField(blank=True, verbose_name='Why it was issued all the same')),
                    ('open_points', models.JSONField(blank=True, default=list, verbose_name='What was open when it was issued')),
                    ('revision_reason', models.TextField(blank=True, verbose_name='Why it was revised')),
                    ('number', models.CharField(blank=True, max_length=60, verbose_name='Document number')),
                    ('code', models.CharField(blank=True, max_length=12, verbose_name='Verification code')),
                    ('snapshot', models.TextField(blank=True, verbose_name='Snapshot')),
                    ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Begun by')),
                    ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Issued by')),
                    ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='sectors.region', verbose_name='Region')),
                ],
                options={
                    'verbose_name': 'Annual report',
                    'verbose_name_plural': 'Annual reports',
                    'ordering': ['-year', '-edition'],
                    'constraints': [models.UniqueConstraint(fields=('region', 'year', 'edition'), name='edition_once_a_year'), models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('region', 'year'), name='one_draft_report_a_year'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('region', 'number'), name='number_once_a_region'), models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='verification_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', True), ('issued_by__isnull', True), ('reason', ''), ('sha256', ''), ('snapshot', ''), ('status', 'draft')), models.Q(('issued_at__isnull', False), ('issued_by__isnull', False), ('status', 'issued'), models.Q(('snapshot', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='issued_report_is_whole')],
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='The system or the person that will use it.', max_length=60, verbose_name='Used by')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('hint', models.CharField(max_length=8, verbose_name='Begins with')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Made at')),
                    ('role', models.CharField(choices=[('clerk', 'Clerk'), ('head', 'Department head'), ('office', 'Leadership office'), ('leader', 'County leader'), ('admin', 'Administrator'), ('auditor', 'Auditor')], max_length=8, verbose_name='Role')),
                    ('expires_on', models.DateField(help_text='The last day on which it reads anything.', verbose_name='Holds until')),
                    ('warned_on', models.DateField(blank=True, null=True, verbose_name='Warned on')),
                    ('last_used', models.DateField(blank=True, null=True, verbose_name='Last used')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='Ended at')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Made by')),
                    ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='sectors.department', verbose_name='Department')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Ended by')),
                    ('writes_as', models.ForeignKey(blank=True, help_text='The clerk in whose name it also stores figures of drafts and records; none: it only reads.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Writes for')),
                ],
                options={
                    'verbose_name': 'API token',
                    'verbose_name_plural': 'API tokens',
                    'ordering': ['-created_at'],
                },
            ),
            migrations.CreateModel(
                name='BoardStamp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('region', models.BigIntegerField(verbose_name='Region')),
                    ('kind', models.CharField(choices=[('moved', 'Moved'), ('worked', 'Worked on')], max_length=6, verbose_name='Kind')),
                    ('token', models.CharField(max_length=36, verbose_name='Token')),
                ],
                options={
                    'verbose_name': 'Stamp of a board',
                    'verbose_name_plural': 'Stamps of boards',
                    'indexes': [models.Index(fields=['region', 'kind'], name='reports_boa_region_f2e3eb_idx')],
                },
            ),
            migrations.CreateModel(
                name='Wording',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='Version')),
                    ('text', models.TextField(blank=True, verbose_name='Wording')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='Why it was changed')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Written at')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Written by')),
                    ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wordings', to='sectors.region', verbose_name='Region')),
                    ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wordings', to='sectors.sector', verbose_name='Sector')),
                ],
                options={
                    'verbose_name': 'Version of a wording',
                    'verbose_name_plural': 'Versions of wordings',
                    'ordering': ['region', 'sector', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('region', 'sector', 'number'), name='wording_version_once_a_sector'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='wording_versions_count_from_one')],
                },
            ),
            migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('mark', models.CharField(max_length=32, verbose_name='Mark')),
                    ('section', models.CharField(blank=True, max_length=200, verbose_name='Section')),
                    ('about', models.TextField(verbose_name='About')),
                    ('text', models.TextField(blank=True, verbose_name='Answer')),
                    ('version', models.PositiveIntegerField(default=1, verbose_name='Version')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='By')),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': 'Answer to a contradiction',
                    'verbose_name_plural': 'Answers to contradictions',
                    'ordering': ['report', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('report', 'mark'), name='answer_once_a_contradiction')],
                },
            ),
            migrations.CreateModel(
                name='BlockComment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=200, verbose_name='Key of the block')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('text', models.TextField(verbose_name='Text')),
                    ('quoted', models.CharField(blank=True, max_length=80, verbose_name='What it is about')),
                    ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='Resolved at')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='block_comments', to='reports.annualreport')),
                    ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'Comment to a block',
                    'verbose_name_plural': 'Comments to blocks',
                    'ordering': ['report', 'pk'],
                    'indexes': [models.Index(fields=['report', 'key'], name='reports_blo_report__d44391_idx')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='block_comment_resolved_by_somebody'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='block_comment_says_something')],
                },
            ),
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='Number')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('changed', models.PositiveSmallIntegerField(default=0, verbose_name='Figures changed since the draft before')),
                    ('generated', models.TextField()),
                    ('left', models.TextField(blank=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': 'Draft of a report',
                    'verbose_name_plural': 'Drafts of reports',
                    'ordering': ['report', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('report', 'number'), name='draft_number_once_a_report')],
                },
            ),
            migrations.CreateModel(
                name='Edit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=200, verbose_name='Key of the block')),
                    ('text', models.TextField(blank=True, null=True, verbose_name='Text')),
                    ('quotes', models.JSONField(blank=True, default=list, verbose_name='Quoted figures')),
                    ('basis', models.TextField(blank=True, verbose_name='Generated words it was written over')),
                    ('hidden', models.BooleanField(default=False, verbose_name='Hidden')),
                    ('readers', models.JSONField(blank=True, default=dict, verbose_name='Editions that print it')),
                    ('added', models.CharField(blank=True, choices=[('paragraph', 'Paragraph'), ('heading', 'Heading'), ('table', 'Table'), ('chart', 'Chart')], max_length=9, verbose_name='Added')),
                    ('shows', models.JSONField(blank=True, default=dict, verbose_name='Figures that it shows')),
                    ('level', models.PositiveSmallIntegerField(default=0, verbose_name='Level of the heading')),
                    ('after', models.CharField(blank=True, max_length=200, verbose_name='Stands after')),
                    ('version', models.PositiveIntegerField(default=0, verbose_name='Version')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': 'Edit of a report',
                    'verbose_name_plural': 'Edits of reports',
                    'ordering': ['report', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('report', 'key'), name='edit_once_a_block'), models.CheckConstraint(condition=models.Q(models.Q(('added', 'heading'), ('level__range', (1, 4))), models.Q(models.Q(('added', 'heading'), _negated=True), ('level', 0)), _connector='OR'), name='added_heading_has_level')],
                },
            ),
            migrations.CreateModel(
                name='EditChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=200)),
                    ('kind', models.CharField(choices=[('text', 'text changed'), ('taken', 'new figures taken over'), ('kept', 'kept as it is'), ('hidden', 'hidden'), ('shown', 'shown again'), ('added', 'added'), ('removed', 'removed'), ('moved', 'moved'), ('restored', 'restored to the generated text'), ('undone', 'last change undone'), ('cover', 'cover changed'), ('readers', 'editions changed'), ('annexes', 'annexes changed')], max_length=8)),
                    ('before', models.JSONField(blank=True, default=dict)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': "Change of a report's block",
                    'verbose_name_plural': "Changes of reports' blocks",
                    'ordering': ['-pk'],
                    'indexes': [models.Index(fields=['report', 'key'], name='reports_edi_report__42e325_idx')],
                },
            ),
            migrations.CreateModel(
                name='ReportFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('audience', models.CharField(choices=[('internal', 'Internal edition'), ('public', 'Public edition'), ('leader', "Leader's edition")], default='internal', max_length=8, verbose_name='Edition for')),
                    ('format', models.CharField(choices=[('docx', 'Word'), ('pdf', 'PDF'), ('html', 'Web page')], max_length=4, verbose_name='Format')),
                    ('file', models.FileField(max_length=200, upload_to='', verbose_name='File')),
                    ('size', models.PositiveIntegerField(verbose_name='Bytes')),
                    ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                    ('writer', models.CharField(max_length=64, verbose_name='Written by')),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': 'File of a report',
                    'verbose_name_plural': 'Files of reports',
                    'ordering': ['report', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('report', 'audience', 'format'), name='file_once_a_format')],
                },
            ),
            migrations.CreateModel(
                name='ReportPaper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('docx', 'Approval sheet (Word)'), ('pdf', 'Approval sheet (PDF)'), ('scan', 'Scan of the signed sheet'), ('sealed', 'Sealed PDF')], max_length=6, verbose_name='Kind')),
                    ('file', models.FileField(max_length=200, upload_to='', verbose_name='File')),
                    ('name', models.CharField(max_length=150, verbose_name='Name')),
                    ('size', models.PositiveIntegerField(verbose_name='Bytes')),
                    ('content_type', models.CharField(max_length=100, verbose_name='Content type')),
                    ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='SHA-256')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='reports.annualreport')),
                ],
                options={
                    'verbose_name': 'Paper of a report',
                    'verbose_name_plural': 'Papers of reports',
                    'ordering': ['report', 'pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'scan'), _negated=True), fields=('report', 'kind'), name='paper_once_a_report')],
                },
            ),
            migrations.CreateModel(
                name='ReportStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('sent', 'Drafted and sent for review'), ('reviewed', 'Reviewed'), ('approved', 'Approved'), ('offline', 'Approved on paper'), ('returned', 'Returned to the drafter'), ('voided', 'Void: the draft was changed'), ('issued', 'Issued and sent out')], max_length=8, verbose_name='Step')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='At')),
                    ('words', models.TextField(blank=True, verbose_name='Words')),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('reviewer', models.CharField(blank=True, max_length=60, verbose_name='Reviewed by')),
                    ('approver', models.CharField(blank=True, max_length=60, verbose_name='Approved by')),
                    ('signed_on', models.DateField(blank=True, null=True, verbose_name='Signed on')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='reports.annualreport')),
                    ('scan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.reportpaper')),
                ],
                options={
                    'verbose_name': 'Step of a report',
                    'verbose_name_plural': 'Steps of reports',
                    'ordering': ['report', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'offline'), ('scan__isnull', False), ('signed_on__isnull', False), models.Q(('reviewer', ''), _negated=True), models.Q(('approver', ''), _negated=True), models.Q(('words', ''), _negated=True)), models.Q(models.Q(('kind', 'offline'), _negated=True), ('approver', ''), ('reviewer', ''), ('scan__isnull', True), ('signed_on__isnull', True)), _connector='OR'), name='approval_on_paper_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'returned'), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='returned_report_says_why')],
                },
            ),
        ]),
        migrations.RunPython(create, drop),
    ]
