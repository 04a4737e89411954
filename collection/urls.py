from __future__ import annotations

from typing import Any

from django.urls import path

from collection.views import files, links, parts, requests, stations, takeover, urging

urlpatterns: list[Any] = [
    path("stations/", stations.stations, name="stations"),
    path("stations/new/", stations.new_station, name="new-station"),
    path("stations/paste/", stations.paste_stations, name="paste-stations"),
    path("stations/<int:pk>/", stations.change_station, name="change-station"),
    path("submissions/<int:pk>/stations/", requests.ask_stations, name="ask-stations"),
    path("requests/<int:pk>/", requests.part_request, name="part-request"),
    path("requests/<int:pk>/change/", requests.change_request, name="change-request"),
    path("requests/<int:pk>/withdraw/", requests.withdraw_request, name="withdraw-request"),
    path("requests/<int:pk>/links/", links.make_links, name="make-links"),
    path("requests/<int:pk>/urge/", urging.urge_stations, name="urge-stations"),
    path("requests/<int:pk>/take-over/", takeover.take_over, name="take-over"),
    path("requests/<int:pk>/cells/<code:code>/", takeover.station_values, name="station-values"),
    path("requests/<int:pk>/files/", files.station_files, name="station-files"),
    path("requests/<int:pk>/upload/", files.upload_parts, name="upload-parts"),
    path("parts/<int:pk>/", parts.part, name="part"),
    path("parts/<int:pk>/fill/", parts.fill_part, name="fill-part"),
    path("parts/<int:pk>/move/", parts.move_part, name="move-part"),
    path("parts/<int:pk>/links/end/", links.end_links, name="end-links"),
    path("part/<str:secret>/", parts.part_by_link, name="part-by-link"),
]
