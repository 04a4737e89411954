"""The settings as a new process reads them from the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.utils.module_loading import import_string

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = {"SECRET_KEY": "a-long-random-text", "DATABASE_URL": "postgresql://zhibao@localhost/zhibao"}
SHOW = """
import json
from config import settings
names = ["DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASES", "LANGUAGE_CODE", "SESSION_COOKIE_SECURE",
         "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_SECONDS", "STORAGES",
         "EMAIL_BACKEND", "EMAIL_CONFIGURED", "SECOND_FACTOR_ROLES", "CAS_SERVER_URL", "OIDC_ISSUER",
         "CONTENT_SECURITY_POLICY"]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def start(tmp_path, *command, **variables):
    """Runs Python with exactly these variables set."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=BASE_DIR,
        env={**kept, "DATA_DIR": str(tmp_path / "data"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def read_settings(tmp_path, **variables):
    result = start(tmp_path, "-c", SHOW, **variables)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps', but it must be 1 or 0 (or true/false, yes/no, on/off)."),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set, but it must be a long random text when DEBUG is off."),
        (
            {"DATABASE_URL": "mysql://root:geheim@db/zhibao"},
            "DATABASE_URL is 'mysql://***@db/zhibao', but it must be "
            "postgresql://user:password@host:5432/name or sqlite:///file.",
        ),
        (
            {"DATABASE_URL": "postgresql://user:ge/heim@db/zhibao"},
            "DATABASE_URL is 'postgresql://***@db/zhibao', but it must be "
            "postgresql://user:password@host:5432/name or sqlite:///file.",
        ),
        (
            {"DATABASE_URL": "postgresql://db"},
            "DATABASE_URL is 'postgresql://db', but it must be "
            "postgresql://user:password@host:5432/name or sqlite:///file.",
        ),
        (
            {"ALLOWED_HOSTS": "a.example,https://b.example"},
            "ALLOWED_HOSTS is 'https://b.example', but it must be host names separated by commas, "
            "such as zhibao.example.gov.cn.",
        ),
        (
            {"CSRF_TRUSTED_ORIGINS": "zhibao.example"},
            "CSRF_TRUSTED_ORIGINS is 'zhibao.example', but it must be addresses separated by commas, "
            "such as https://zhibao.example.gov.cn.",
        ),
        (
            {"SECOND_FACTOR_ROLES": "admin,boss"},
            "SECOND_FACTOR_ROLES is 'boss', but it must be some of clerk, head, office, leader, admin, auditor, "
            "separated by commas.",
        ),
        (
            {"OIDC_ISSUER": "sso.example"},
            "OIDC_ISSUER is 'sso.example', but it must be an address such as https://sso.example.gov.cn/realms/county.",
        ),
        ({"JOBS": "celery"}, "JOBS is 'celery', but it must be one of immediate, worker."),
        ({"BOARD_CACHE": "redis"}, "BOARD_CACHE is 'redis', but it must be one of files, memory, none."),
        ({"BOARDS_AT_ONCE": "0"}, "BOARDS_AT_ONCE is '0', but it must be a whole number, 1 or more."),
        ({"LANGUAGE_CODE": "fr"}, "LANGUAGE_CODE is 'fr', but it must be one of zh-hans, en."),
        (
            {"TIME_ZONE": "Beijing"},
            "TIME_ZONE is 'Beijing', but it must be the name of a time zone, such as Asia/Shanghai.",
        ),
        ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS is '-1', but it must be a whole number, 0 or more."),
        ({"CONN_MAX_AGE": "long"}, "CONN_MAX_AGE is 'long', but it must be a whole number, 0 or more."),
        (
            {"EMAIL_URL": "mail://user:geheim@mail.example"},
            "EMAIL_URL is 'mail://***@mail.example', but it must be smtp://user:password@host:25, "
            "smtps://... (port 465) or smtp+tls://... (port 587).",
        ),
        (
            {"EMAIL_URL": "smtp://"},
            "EMAIL_URL is 'smtp://', but it must be smtp://user:password@host:25, "
            "smtps://... (port 465) or smtp+tls://... (port 587).",
        ),
        (
            {"SITE_URL": "zhibao.example"},
            "SITE_URL is 'zhibao.example', but it must be an address such as https://zhibao.example.gov.cn.",
        ),
        (
            {"WEBHOOK_HTTP_HOSTS": "http://gateway"},
            "WEBHOOK_HTTP_HOSTS is 'http://gateway', but it must be host names separated by commas, "
            "such as zhibao.example.gov.cn.",
        ),
        (
            {"WEBHOOK_NETWORKS": "10.0.0.1/8"},
            "WEBHOOK_NETWORKS is '10.0.0.1/8', but it must be networks separated by commas, such as 10.20.0.0/16.",
        ),
        (
            {"CLAMD_SOCKET": "localhost:99999999"},
            "CLAMD_SOCKET is 'localhost:99999999', but it must be the path of a socket such as /run/clamav/clamd.ctl, "
            "or host:port.",
        ),
        (
            {"FONT_PATHS": "/no/fonts"},
            "FONT_PATHS is '/no/fonts', but it must be folders that exist, separated by ':'.",
        ),
        ({"USE_HTTPS": "2"}, "USE_HTTPS is '2', but it must be 1 or 0 (or true/false, yes/no, on/off)."),
        (
            {"DATA_DIR": "/dev/null/data"},
            "DATA_DIR is '/dev/null/data', but it must be a folder that exists or can be made (Not a directory).",
        ),
    ],
)
def test_bad_value_stops_the_start_with_one_sentence(tmp_path, variables, sentence):
    result = start(tmp_path, "manage.py", "check", **{**PRODUCTION, **variables})
    assert result.returncode == 1
    assert result.stderr == f"zhibao: {sentence}\n"
    assert result.stdout == ""


def test_unknown_database_option_is_named(tmp_path):
    url = "postgresql://zhibao:geheim@db/zhibao?sslmod=require"
    result = start(tmp_path, "manage.py", "check", **{**PRODUCTION, "DATABASE_URL": url})
    assert result.returncode == 1
    assert result.stderr.startswith("zhibao: DATABASE_URL is '...?sslmod=', but it must be without options other")
    assert "geheim" not in result.stderr


def test_production_is_the_default_and_strict(tmp_path):
    settings = read_settings(tmp_path, **PRODUCTION)
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] == 30 * 24 * 60 * 60
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["LANGUAGE_CODE"] == "zh-hans"
    assert issubclass(import_string(settings["STORAGES"]["staticfiles"]["BACKEND"]), ManifestStaticFilesStorage)


def test_variables_reach_the_settings(tmp_path):
    settings = read_settings(
        tmp_path,
        **PRODUCTION,
        ALLOWED_HOSTS="a.example, .b.example,[::1]",
        USE_HTTPS="off",
        TRUST_PROXY="yes",
        HSTS_SECONDS="60",
        LANGUAGE_CODE="en",
    )
    assert settings["SECRET_KEY"] == "a-long-random-text"
    assert settings["ALLOWED_HOSTS"] == ["a.example", ".b.example", "[::1]"]
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings["SECURE_HSTS_SECONDS"] == 60
    assert settings["LANGUAGE_CODE"] == "en"


def test_development_key_is_made_once_and_private(tmp_path):
    first = read_settings(tmp_path, DEBUG="1")
    again = read_settings(tmp_path, DEBUG="1")
    assert len(first["SECRET_KEY"]) >= 50
    assert again["SECRET_KEY"] == first["SECRET_KEY"]
    assert (tmp_path / "data" / "development.key").stat().st_mode & 0o777 == 0o600


def test_without_an_address_the_database_is_a_file_in_the_data_folder(tmp_path):
    database = read_settings(tmp_path, DEBUG="1")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "data" / "db.sqlite3")


def test_sqlite_opens_with_its_safety_on(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "for name in ('journal_mode', 'foreign_keys', 'busy_timeout', 'synchronous'):\n"
        "    print(cursor.execute(f'PRAGMA {name}').fetchone()[0])\n"
        "print(connection.transaction_mode)"
    )
    result = start(tmp_path, "-c", code, DEBUG="1", DJANGO_SETTINGS_MODULE="config.settings")
    assert result.stdout.split() == ["wal", "1", "20000", "1", "IMMEDIATE"], result.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://zh%40bao:p%2Fw@db.example:5433/quality?sslmode=require",
            {"USER": "zh@bao", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "5433", "NAME": "quality"},
        ),
        (
            "postgresql://postgres:@/postgres?host=/run/socket",
            {"USER": "postgres", "PASSWORD": "", "HOST": "/run/socket", "PORT": "", "NAME": "postgres"},
        ),
        ("sqlite:///quality.sqlite3", {"NAME": BASE_DIR / "quality.sqlite3"}),
        ("sqlite:////srv/quality.sqlite3", {"NAME": Path("/srv/quality.sqlite3")}),
    ],
)
def test_database_addresses(monkeypatch, url, expected):
    monkeypatch.setenv("DATABASE_URL", url)
    database = environment.database("DATABASE_URL", Path("default"), BASE_DIR)
    assert {name: database[name] for name in expected} == expected


def test_database_options_reach_the_driver(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db/quality?sslmode=require&connect_timeout=5")
    database = environment.database("DATABASE_URL", Path("default"), BASE_DIR)
    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5"}
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", {"HOST": "mail.example", "PORT": 25, "USE_SSL": False, "USE_TLS": False}),
        (
            "smtps://zh%40bao:p%2Fw@mail.example",
            {"PORT": 465, "HOST_USER": "zh@bao", "HOST_PASSWORD": "p/w", "USE_SSL": True, "USE_TLS": False},
        ),
        ("smtp+tls://mail.example:2525", {"PORT": 2525, "USE_SSL": False, "USE_TLS": True}),
    ],
)
def test_addresses_of_mail_servers(monkeypatch, url, expected):
    monkeypatch.setenv("EMAIL_URL", url)
    found = environment.email("EMAIL_URL")
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("variables", "backend", "configured"),
    [
        (PRODUCTION, "smtp", False),
        ({**PRODUCTION, "EMAIL_URL": "smtp://mail.example"}, "smtp", True),
        ({"DEBUG": "1"}, "console", True),
        ({"DEBUG": "1", "EMAIL_URL": "smtp://mail.example"}, "smtp", True),
    ],
)
def test_mail_is_sent_where_it_is_set_up(tmp_path, variables, backend, configured):
    settings = read_settings(tmp_path, **variables)
    assert settings["EMAIL_BACKEND"] == f"django.core.mail.backends.{backend}.EmailBackend"
    assert settings["EMAIL_CONFIGURED"] is configured


def test_single_sign_on_is_off_unless_it_is_named(tmp_path):
    found = read_settings(tmp_path, **PRODUCTION)
    assert (found["SECOND_FACTOR_ROLES"], found["CAS_SERVER_URL"], found["OIDC_ISSUER"]) == ([], "", "")


def test_forms_lead_nowhere_else_whatever_signs_in(tmp_path):
    providers = {"OIDC_ISSUER": "https://sso.example:8443/realms/a", "CAS_SERVER_URL": "https://cas.example/cas"}
    found = read_settings(tmp_path, **PRODUCTION, **providers, SSO_LOGOUT="1", SECOND_FACTOR_ROLES="admin, office")
    assert found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'"]
    assert found["CAS_SERVER_URL"] == "https://cas.example/cas/"
    assert found["SECOND_FACTOR_ROLES"] == ["admin", "office"]
