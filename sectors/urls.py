from __future__ import annotations

from typing import Any

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from sectors.calculation.tokens import ONE_CODE
from sectors.views import (
    audit,
    deputies,
    extensions,
    findings,
    form_sheets,
    jobs,
    notices,
    periods,
    printing,
    proofreading,
    queue,
    search,
    setup,
    severities,
    sheets,
    spreadsheets,
    submissions,
    talk,
    urging,
    work,
)


class CodeConverter(StringConverter):
    """The code of an indicator."""

    regex = ONE_CODE


register_converter(CodeConverter, "code")

urlpatterns: list[Any] = [
    path("", work.home, name="home"),
    path("setup/", setup.setup, name="setup"),
    path("setup/assign/", setup.assign_sheets, name="assign-sheets"),
    path("setup/catalogue/", setup.choose_catalogue, name="catalogue-files"),
    path("setup/catalogue/load/", setup.load_catalogue, name="load-catalogue"),
    path("setup/form/", form_sheets.choose_form, name="choose-form"),
    path("setup/form/<slug:stored>/", form_sheets.form_sheet, name="form-sheet"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/cells/", sheets.cells, name="cells"),
    path("sheets/<int:pk>/findings/", sheets.sheet_findings, name="sheet-findings"),
    path("sheets/<int:pk>/excel/", spreadsheets.download, name="sheet-excel"),
    path("sheets/<int:pk>/import/", spreadsheets.upload, name="sheet-import"),
    path("sheets/<int:pk>/import/confirm/", spreadsheets.confirm, name="sheet-import-confirm"),
    path("sheets/<int:pk>/import/marked/", spreadsheets.marked, name="sheet-import-marked"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/queue/", queue.queue, name="queue"),
    path("submissions/accept/", queue.accept_clean, name="accept-clean"),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/print/", printing.printed, name="print"),
    path("submissions/<int:pk>/move/", submissions.move, name="move"),
    path("submissions/<int:pk>/findings/<slug:key>/reason/", findings.reason, name="finding-reason"),
    path("submissions/<int:pk>/findings/<slug:key>/verdict/", findings.verdict, name="finding-verdict"),
    path("findings/", findings.findings, name="findings"),
    path("checks/", severities.checks, name="checks"),
    path("checks/<slug:kind>/", severities.check, name="check"),
    path("findings/check/", findings.check_period, name="check-period"),
    path("submissions/<int:pk>/cells/<code:code>/", talk.cell, name="cell"),
    path("submissions/<int:pk>/cells/<code:code>/comment/", talk.comment, name="comment"),
    path("submissions/<int:pk>/cells/<code:code>/resolve/", talk.resolve, name="resolve"),
    path("submissions/<int:pk>/attachments/", talk.attachments, name="attachments"),
    path("submissions/<int:pk>/attachments/<int:attachment>/", talk.download, name="attachment"),
    path("submissions/<int:pk>/attachments/<int:attachment>/remove/", talk.remove, name="remove-attachment"),
    path("submissions/<int:pk>/attachments/<int:attachment>/restore/", talk.restore, name="restore-attachment"),
    path("proofreading/", proofreading.upload, name="proofreading"),
    path("proofreading/<slug:stored>/", proofreading.reading, name="reading"),
    path("proofreading/<slug:stored>/store/", proofreading.store, name="store-reading"),
    path("periods/", periods.periods, name="periods"),
    path("periods/open/", periods.open_period, name="open-period"),
    path("periods/copy/", periods.copy_calendar, name="copy-calendar"),
    path("periods/<int:pk>/", periods.period, name="period"),
    path("periods/<int:pk>/edit/", periods.edit_period, name="edit-period"),
    path("periods/<int:pk>/hand-out/", periods.hand_out, name="hand-out"),
    path("periods/<int:pk>/take-back/", periods.take_back, name="take-back-period"),
    path("periods/<int:pk>/extend/", extensions.extend, name="extend"),
    path("periods/<int:pk>/urge/", urging.urge, name="urge"),
    path("extensions/<int:pk>/end/", extensions.end, name="end-extension"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read-notices"),
    path("notices/<int:pk>/", notices.open_notice, name="notice"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="cancel-job"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="retry-job"),
    path("jobs/<int:pk>/file/", jobs.file, name="job-file"),
    path("search/", search.search, name="search"),
    path("audit/", audit.events, name="audit"),
    path("audit/<int:pk>/", audit.event, name="audit-event"),
    path("audit/export/<slug:to>/", audit.export, name="audit-export"),
    path("help/", work.help_page, name="help"),
    path("account/deputy/", deputies.deputy, name="deputy"),
    path("account/deputy/<int:pk>/end/", deputies.end, name="end-deputy"),
]
