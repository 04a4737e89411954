from __future__ import annotations

from django.urls import path

from assessment.views import evidence, reviewing, runs, schemes, subjects, targets

urlpatterns = [
    path("targets/", targets.targets, name="targets"),
    path("targets/file/", targets.as_file, name="targets-file"),
    path("targets/<int:year>/<str:code>/", targets.target, name="target"),
    path("targets/proposals/<int:pk>/decide/", targets.decide, name="decide-target"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/load/", schemes.load, name="load-scheme"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/force/", schemes.put_in_force, name="put-scheme-in-force"),
    path("assessments/", runs.run_list, name="runs"),
    path("assessments/<int:pk>/", runs.run, name="run"),
    path("assessments/<int:pk>/move/", runs.move, name="move-run"),
    path("assessments/<int:pk>/count/", runs.count, name="count-run"),
    path("assessments/<int:pk>/days/", runs.days, name="run-days"),
    path("assessments/<int:pk>/reviewers/", runs.reviewers, name="run-reviewers"),
    path("assessments/<int:pk>/ranking/", runs.ranking, name="run-ranking"),
    path("assessments/<int:pk>/files/<slug:kind>/", runs.file, name="run-file"),
    path("assessments/<int:pk>/queue/", reviewing.queue, name="review-queue"),
    path("assessments/subjects/<int:pk>/", subjects.subject, name="run-subject"),
    path("assessments/subjects/<int:pk>/file/", subjects.as_file, name="self-scores-file"),
    path("assessments/subjects/<int:pk>/upload/", subjects.upload, name="upload-self-scores"),
    path("assessments/subjects/<int:pk>/appeal/", subjects.appeal, name="appeal"),
    path("assessments/subjects/<int:pk>/answer/", subjects.answer, name="answer-appeal"),
    path("assessments/subjects/<int:pk>/veto/", runs.veto, name="veto-subject"),
    path("assessments/subjects/<int:pk>/leave-out/", runs.leave_out, name="leave-out-subject"),
    path("assessments/scores/<int:pk>/", evidence.score, name="score"),
    path("assessments/scores/<int:pk>/review/", reviewing.review, name="review-score"),
    path("assessments/scores/<int:pk>/files/", evidence.attach, name="attach-evidence"),
    path("assessments/scores/<int:pk>/files/<int:evidence>/", evidence.download, name="evidence-file"),
    path("assessments/scores/<int:pk>/files/<int:evidence>/remove/", evidence.remove, name="remove-evidence"),
    path("assessments/scores/<int:pk>/files/<int:evidence>/restore/", evidence.restore, name="restore-evidence"),
]
