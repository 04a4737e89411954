from django.urls import path

from intake.endpoints import api

urlpatterns = [path("api/v1/write/", api.urls)]
