import datetime

import pytest
from django.utils import timezone, translation

from config import translations
from tests import base


def pytest_configure():
    """The screens are tested in Chinese, so the translations of the working tree are compiled first."""
    translations.compile_all(translations.BASE_DIR)


@pytest.fixture
def cast(db):
    return base.cast()


@pytest.fixture
def english():
    """For the sentences of stage modules, which tests name as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def on(monkeypatch):
    """`on("2023-01-05")` makes that day today."""

    def set_today(text):
        day = datetime.date.fromisoformat(text)
        monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
        return day

    return set_today
