"""The checks of an installation, each by its stable id."""

import pytest

from config import checks


def ids(messages):
    return [message.id for message in messages]


def test_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert checks.data_dir_writable(None) == []
    settings.DATA_DIR = tmp_path / "missing"
    assert ids(checks.data_dir_writable(None)) == ["zhibao.E001"]


def test_static_files(settings, tmp_path):
    assert checks.static_files_collected(None) == []  # the tests' storage has no list of files
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    assert ids(checks.static_files_collected(None)) == ["zhibao.E002"]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert checks.static_files_collected(None) == []


def test_charts(monkeypatch):
    assert checks.charts_installed(None) == []
    monkeypatch.setattr("django.contrib.staticfiles.finders.find", lambda _path: None)
    (message,) = checks.charts_installed(None)
    assert message.id == "zhibao.E003"
    assert "pip install" in str(message.hint)


@pytest.mark.parametrize(("engine", "expected"), [("sqlite3", ["zhibao.W001"]), ("postgresql", [])])
def test_database(settings, monkeypatch, engine, expected):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", f"django.db.backends.{engine}")
    assert ids(checks.database_for_many_writers(None)) == expected


def test_translation(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    assert ids(checks.default_language_compiled(None)) == ["zhibao.W002"]
    compiled = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    compiled.parent.mkdir(parents=True)
    compiled.touch()
    assert checks.default_language_compiled(None) == []


def test_host_names(settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert ids(checks.reachable_by_name(None)) == ["zhibao.W003"]
    settings.ALLOWED_HOSTS = ["zhibao.example.gov.cn"]
    assert checks.reachable_by_name(None) == []
