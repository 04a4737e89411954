from __future__ import annotations

from typing import Any

import requests

TIMEOUT = 5  # seconds to connect, and between what comes; whoever signs in waits for it


class ProviderSession(requests.Session):
    """Asks a provider. A redirect would carry codes and secrets elsewhere, so an answer is one of status 200.

    Raises requests.RequestException: HTTPError for another status, else nobody answered in time.
    """

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().request(method, url, *args, **{**kwargs, "timeout": TIMEOUT, "allow_redirects": False})
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"status {answer.status_code}", response=answer)
        return answer
