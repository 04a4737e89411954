"""Errors to a Sentry (or GlitchTip) of one's own, where SENTRY_DSN is set: what broke where, and nothing of anybody.

No values of variables, no words of the error itself, no addresses, bodies, cookies or names: those stand in the log,
which is found by the number of the request.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from config.request_ids import current

KEPT = {
    *("event_id", "timestamp", "platform", "level", "logger", "environment", "release", "server_name", "sdk"),
    *("transaction", "transaction_info", "exception", "contexts", "modules"),
}


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        integrations=[DjangoIntegration(middleware_spans=False)],
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=cleaned,
    )


def cleaned(event: Any, _hint: Any) -> Any:
    """What may leave the server of an event."""
    found = {key: value for key, value in event.items() if key in KEPT}
    for error in found.get("exception", {}).get("values", ()):
        error.pop("value", None)  # `Key (username)=(...) already exists`
    method = event.get("request", {}).get("method")
    if method:
        found["request"] = {"method": method}
    if "message" in event.get("logentry", {}):  # as it stands in the code, without what was put into it
        found["logentry"] = {"message": event["logentry"]["message"]}
    found["tags"] = {"request_id": current()}
    return found
