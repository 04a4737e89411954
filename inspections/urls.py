from __future__ import annotations

from typing import Any

from django.urls import path

from inspections.registers import REGISTERS
from inspections.views import (
    columns,
    failures,
    files,
    firm_coverage,
    firm_matching,
    firm_transfer,
    firms,
    planning,
    records,
    saved_views,
    transfer,
)


def _files(slug: str, base: str) -> list[Any]:
    of = {"slug": slug}
    return [
        path(base, files.attach, of, name=f"attach-{slug}"),
        path(f"{base}<int:file>/", files.download, of, name=f"file-{slug}"),
        path(f"{base}<int:file>/remove/", files.remove, of, name=f"remove-file-{slug}"),
        path(f"{base}<int:file>/restore/", files.restore, of, name=f"restore-file-{slug}"),
    ]


urlpatterns: list[Any] = [
    path("registry/due/<str:area>/", saved_views.due_in, name="registry-due"),
    path("counted/<int:pk>/<str:code>/", records.counted, name="counted"),
    path("samples/where/", failures.failures_page, name="where-to-look"),
    path("sampling/plans/<int:pk>/tasks/", planning.tasks, name="plan-tasks"),
    path("sampling/proposal/", planning.proposal, name="proposal"),
    path("firms/", firms.firm_list, name="firms"),
    path("firms/new/", firms.new, name="new-firm"),
    path("firms/suggest/", firms.suggest, name="suggest-firms"),
    path("firms/export/", firm_transfer.export, name="export-firms"),
    path("firms/import/", firm_transfer.upload, name="import-firms"),
    path("firms/import/confirm/", firm_transfer.confirm, name="import-confirm-firms"),
    path("firms/import/template/", firm_transfer.template, name="template-firms"),
    path("firms/texts/", firm_matching.queue, name="firm-matching"),
    path("firms/texts/act/", firm_matching.act, name="match-firm"),
    path("firms/coverage/", firm_coverage.coverage_page, name="firm-coverage"),
    path("firms/coverage/frequencies/", firm_coverage.set_frequencies, name="firm-frequencies"),
    path("firms/<int:pk>/", firms.firm, name="firm"),
    path("firms/<int:pk>/edit/", firms.edit, name="edit-firm"),
    path("firms/<int:pk>/merge/", firms.merge, name="merge-firm"),
    path("firms/<int:pk>/part/", firms.part, name="part-firm"),
]
for slug, register in REGISTERS.items():
    urlpatterns += [
        path(register.path, records.records, {"slug": slug}, name=slug),
        path(f"{register.path}new/", records.new, {"slug": slug}, name=f"new-{slug}"),
        path(f"{register.path}export/", transfer.export, {"slug": slug}, name=f"export-{slug}"),
        path(f"{register.path}import/", transfer.upload, {"slug": slug}, name=f"import-{slug}"),
        path(f"{register.path}import/look/", transfer.preview, {"slug": slug}, name=f"import-look-{slug}"),
        path(f"{register.path}import/columns/", columns.say_columns, {"slug": slug}, name=f"import-columns-{slug}"),
        path(f"{register.path}import/confirm/", transfer.confirm, {"slug": slug}, name=f"import-confirm-{slug}"),
        path(f"{register.path}import/failed/", transfer.failed, {"slug": slug}, name=f"import-failed-{slug}"),
        path(f"{register.path}import/template/", transfer.template, {"slug": slug}, name=f"template-{slug}"),
        path(f"{register.path}<int:pk>/", records.record, {"slug": slug}, name=f"change-{slug}"),
        path(f"{register.path}<int:pk>/delete/", records.delete, {"slug": slug}, name=f"delete-{slug}"),
        path(f"{register.path}views/", saved_views.save, {"slug": slug}, name=f"save-view-{slug}"),
        path(f"{register.path}views/<int:pk>/delete/", saved_views.delete, {"slug": slug}, name=f"forget-view-{slug}"),
        *_files(slug, f"{register.path}<int:pk>/files/"),
    ]
