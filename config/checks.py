"""System checks of the installation. Their ids are stable, so that one can be silenced by id."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.utils.translation import to_locale

CHARTS = "echarts/echarts.esm.min.js"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


def register_all() -> None:
    checks.register(data_dir_writable)
    checks.register(default_language_compiled, checks.Tags.translation)
    checks.register(database_for_many_writers, deploy=True)  # Django runs the tag "database" only on request
    checks.register(charts_installed, checks.Tags.staticfiles)
    checks.register(static_files_collected, checks.Tags.staticfiles, deploy=True)
    checks.register(reachable_by_name, checks.Tags.security, deploy=True)


def data_dir_writable(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        return []
    return [
        checks.Error(
            f"The data folder {settings.DATA_DIR} cannot be written.",
            hint="Give it to the user that the server runs as, or name another one in DATA_DIR.",
            id="zhibao.E001",
        )
    ]


def charts_installed(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if finders.find(CHARTS):
        return []
    return [
        checks.Error(
            f"{CHARTS}, the script that draws the charts, is not installed.",
            hint="Run: pip install --require-hashes --no-deps -r requirements-assets.txt",
            id="zhibao.E003",
        )
    ]


def static_files_collected(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    # Only the hashed storage needs its list of files: without it every page fails.
    manifest = getattr(staticfiles_storage, "manifest_name", None)
    if manifest is None or staticfiles_storage.exists(manifest):
        return []
    return [
        checks.Error(
            f"The static files are not collected in {settings.STATIC_ROOT}.",
            hint="Run: manage.py collectstatic",
            id="zhibao.E002",
        )
    ]


def database_for_many_writers(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    return [
        checks.Warning(
            "The database is SQLite, which lets one department write at a time.",
            hint="Name a PostgreSQL database in DATABASE_URL.",
            id="zhibao.W001",
        )
    ]


def default_language_compiled(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    # The texts in the code are English, so English needs no file.
    relative = Path(to_locale(settings.LANGUAGE_CODE), "LC_MESSAGES", "django.mo")
    if settings.LANGUAGE_CODE == "en" or any((Path(root) / relative).exists() for root in settings.LOCALE_PATHS):
        return []
    return [
        checks.Warning(
            f"The translation to {settings.LANGUAGE_CODE} is not compiled: pages will be in English.",
            hint="Run: python -m config.translations compile",
            id="zhibao.W002",
        )
    ]


def reachable_by_name(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS:
        return []
    return [
        checks.Warning(
            "The server answers only to names of this machine itself.",
            hint="Put the host name that people type into ALLOWED_HOSTS.",
            id="zhibao.W003",
        )
    ]
