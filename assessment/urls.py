from __future__ import annotations

from django.urls import path

from assessment.views import schemes, targets

urlpatterns = [
    path("targets/", targets.targets, name="targets"),
    path("targets/file/", targets.as_file, name="targets-file"),
    path("targets/<int:year>/<str:code>/", targets.target, name="target"),
    path("targets/proposals/<int:pk>/decide/", targets.decide, name="decide-target"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/load/", schemes.load, name="load-scheme"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/force/", schemes.put_in_force, name="put-scheme-in-force"),
]
