"""Whether a view looks if it is htmx that asks, so that only such pages are asked twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django_htmx.middleware import HtmxDetails

HEADERS = {"HX-Request": "true"}


@contextmanager
def looked_for() -> Iterator[list[bool]]:
    """A list that is no longer empty as soon as a view has looked."""
    found: list[bool] = []
    look = HtmxDetails.__bool__

    def noticed(self: HtmxDetails) -> bool:
        found.append(True)
        return look(self)

    with patch.object(HtmxDetails, "__bool__", noticed):
        yield found
