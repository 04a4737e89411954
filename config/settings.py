"""The one settings file. What differs between places comes from the environment:

DEBUG             off; on for development only
SECRET_KEY        required when DEBUG is off; SECRET_KEY_FALLBACKS are those of before
DATABASE_URL      SQLite in DATA_DIR when not set
DATA_DIR          var/: the SQLite file, collected static files, generated and uploaded files
ALLOWED_HOSTS     this machine only when not set
CSRF_TRUSTED_ORIGINS, CONN_MAX_AGE, LANGUAGE_CODE, TIME_ZONE, LOG_LEVEL
LOG_FORMAT        line, or json
METRICS_TOKEN     none: what Prometheus reads /metrics with
SENTRY_DSN        none: where errors are sent to
USE_HTTPS         on when DEBUG is off: redirect to https and secure cookies
TRUST_PROXY       off: believe X-Forwarded-Proto and the last address of X-Forwarded-For of the proxy in front
HSTS_SECONDS      30 days with USE_HTTPS: how long browsers remember to use https only
EMAIL_URL         no e-mail when not set (with DEBUG it goes to the console); EMAIL_FROM is the sender
SITE_URL          none: where the site is reached, for e-mails, group chats and QR codes of reports
FONT_PATHS        none: folders with 仿宋, 楷体, 黑体 and 小标宋 for PDF files, separated by colons
BACKUP_DIR        backups in DATA_DIR: where `manage.py backup` writes to
BACKUP_KEY        none: the public key that backups are encrypted with, see `manage.py backup --new-key`
AUDIT_HASH        sha256: digests of the audit record; or sm3
AUDIT_KEYS        none: keys that they are made with, separated by commas; the first makes, all verify
AUDIT_ANCHOR_DIR  audit in DATA_DIR: the file that holds the end of the audit record of each day
AUDIT_KEEP_MONTHS  6: how long events stay in the database at least
API_TOKEN_DAYS    180: how long a token of the interface holds at most
WEBHOOK_HTTP_HOSTS  none: hosts of group robots that may be reached without https, and within the house
SIGN_IN_FAILURES, SIGN_IN_FAILURES_PER_ADDRESS, SIGN_IN_LOCK_MINUTES  5, 100, 15: wrong passwords that lock an account,
                  or all that comes from an address, and for how long
PASSWORD_MIN_LENGTH, PASSWORD_KINDS, PASSWORD_HISTORY, PASSWORD_MAX_AGE_DAYS  10, 3, 5, 0 (for ever): rules of passwords
PASSWORD_WORDS    none: what a password must not be made of, such as the county's name in pinyin
ONE_TIME_PASSWORD_DAYS  7: how long an invitation or a one-time password opens the page to choose an own one
SESSION_IDLE_MINUTES, SESSION_HOURS  60, 12: after how long without a request a sign-in ends, and after how long at all
SECOND_FACTOR_ROLES  none: roles that have to set up a second factor, such as admin,office
PASSWORD_SIGN_IN  all: who may sign in by password; admins: only administrators, the others by single sign-on
SSO_LOGOUT, SSO_IS_SECOND_FACTOR  off: sign out at the provider too; ask for no code after single sign-on
OIDC_ISSUER       none: the provider of OpenID Connect; OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_CLAIM, OIDC_SCOPES,
                  OIDC_BUTTON
CAS_SERVER_URL    none: the CAS server; CAS_ATTRIBUTE, CAS_BUTTON
WEBHOOK_NETWORKS  none: networks within the house in which group robots may be
PERSONAL_DATA_MONTHS  0, for ever: months after which names of persons in settled records are masked for good
CLAMD_SOCKET      none: where ClamAV listens (a path, or host:port); every file is shown to it before it is taken
JOBS              immediate: long work is done within the request; worker: by `manage.py run_jobs`
"""

import datetime
import os
import uuid
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from config import environment, logs, packaged

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var")

DEBUG = environment.switch("DEBUG", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", DEBUG, DATA_DIR / "development.key")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")

DATABASES = {"default": environment.database("DATABASE_URL", DATA_DIR / "db.sqlite3", BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "import_export",
    "simple_history",
    "config",
    "audit",
    "sectors",
    "accounts",
    "inspections",
    "reports",
    "assessment",
    "intake",
    "collection",
]
if DEBUG:  # commands that make a demonstration; a server in use has none
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "config.request_ids.RequestIdMiddleware",
    "config.health.HealthMiddleware",
    "config.metrics.MetricsMiddleware",
    "config.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PoliciesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.BodySizeMiddleware",
    "config.middleware.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.origin.OriginMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "sectors.shell.auditors.AuditorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.virus_scan.VirusScanMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sectors.shell.said.SaidMiddleware",
    "accounts.factor_middleware.SecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "sectors.shell.navigation.navigation",
            ],
        },
    },
]

AUTH_USER_MODEL = "sectors.User"
# What tells the faults of a wording when a catalogue is loaded: the catalogue has texts, reports know their language.
WORDING_CHECK = "reports.wording.language.faults"
# And what it claims in some year that no figure bears out.
WORDING_LINT = "reports.wording.lint.findings"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PersonBackend"]
SIGN_IN_FAILURES = environment.number("SIGN_IN_FAILURES", 5, least=1)
SIGN_IN_FAILURES_PER_ADDRESS = environment.number("SIGN_IN_FAILURES_PER_ADDRESS", 100, least=1)
SIGN_IN_LOCK_MINUTES = environment.number("SIGN_IN_LOCK_MINUTES", 15, least=1)
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.place"
AXES_USERNAME_CALLABLE = "accounts.lockout.name_typed"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = datetime.timedelta(minutes=SIGN_IN_LOCK_MINUTES)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

PASSWORD_KINDS = environment.number("PASSWORD_KINDS", 3, least=1)
PASSWORD_HISTORY = environment.number("PASSWORD_HISTORY", 5, least=1)
PASSWORD_MAX_AGE_DAYS = environment.number("PASSWORD_MAX_AGE_DAYS", 0)
PASSWORD_WORDS = environment.words("PASSWORD_WORDS")
ONE_TIME_PASSWORD_DAYS = environment.number("ONE_TIME_PASSWORD_DAYS", 7, least=1)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": environment.number("PASSWORD_MIN_LENGTH", 10, least=1)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.validators.KindsValidator"},
    {"NAME": "accounts.validators.UsualValidator"},
    {"NAME": "accounts.validators.FormerValidator"},
]

SESSION_ENGINE = "accounts.sessions"
SESSION_IDLE_MINUTES = environment.number("SESSION_IDLE_MINUTES", 60, least=1)
SESSION_HOURS = environment.number("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# The second factor: codes of an app, of one step of 30 seconds before or after at most.
SECOND_FACTOR_ROLES = environment.choices(
    "SECOND_FACTOR_ROLES", ["clerk", "head", "office", "leader", "admin", "auditor"]
)
OTP_TOTP_ISSUER = "Zhibao"
OTP_TOTP_SYNC = False

# Single sign-on: whoever it names has an account already.
PASSWORD_SIGN_IN = environment.choice("PASSWORD_SIGN_IN", "all", ["all", "admins"])
SSO_LOGOUT = environment.switch("SSO_LOGOUT", default=False)
SSO_IS_SECOND_FACTOR = environment.switch("SSO_IS_SECOND_FACTOR", default=False)
OIDC_ISSUER = environment.web_address("OIDC_ISSUER")
OIDC_RP_CLIENT_ID = environment.text("OIDC_CLIENT_ID", "")
OIDC_RP_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET", "")
OIDC_RP_SCOPES = environment.text("OIDC_SCOPES", "openid profile")
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_CLAIM = environment.text("OIDC_CLAIM", "preferred_username")
OIDC_BUTTON = environment.text("OIDC_BUTTON", "统一身份认证")
OIDC_USE_PKCE = True
OIDC_CREATE_USER = False
OIDC_AUTHENTICATION_CALLBACK_URL = "oidc-callback"
CAS_SERVER_URL = environment.web_address("CAS_SERVER_URL", slash=True)
CAS_USERNAME_ATTRIBUTE = environment.text("CAS_ATTRIBUTE", "cas:user")
CAS_BUTTON = environment.text("CAS_BUTTON", "统一身份认证")
CAS_VERSION = "3"
CAS_CREATE_USER = False
CAS_RENEW = False
CAS_VERIFY_SSL_CERTIFICATE = True
CAS_EXTRA_LOGIN_PARAMS = CAS_PROXY_CALLBACK = CAS_SESSION_FACTORY = None

LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = environment.choice("LANGUAGE_CODE", "zh-hans", [code for code, _ in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = environment.time_zone("TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", *packaged.charts()]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "sectors.files.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "config.storage.ModuleStaticFilesStorage"
        ),
    },
}

BACKUP_DIR = environment.path("BACKUP_DIR", DATA_DIR / "backups")
BACKUP_KEY = environment.text("BACKUP_KEY", "")

AUDIT_HASH = environment.choice("AUDIT_HASH", "sha256", ["sha256", "sm3"])
AUDIT_KEYS = environment.keys("AUDIT_KEYS")
AUDIT_ANCHOR_DIR = environment.path("AUDIT_ANCHOR_DIR", DATA_DIR / "audit")
AUDIT_KEEP_MONTHS = environment.number("AUDIT_KEEP_MONTHS", 6)
API_TOKEN_DAYS = environment.number("API_TOKEN_DAYS", 180)

# In files and not in memory: the workers of a machine count the requests of a token together.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"},
    # Boards as they were put together: none is given out that a change has overtaken, wherever it is kept.
    "boards": environment.board_cache("BOARD_CACHE", DATA_DIR / "boards"),
}
# How many boards of more than a prefecture's regions are put together at a time.
BOARDS_AT_ONCE = environment.number("BOARDS_AT_ONCE", max(1, (os.cpu_count() or 1) // 2), least=1)
STARTED = uuid.uuid4().hex  # another one with each start: what an earlier version has kept is not asked for

# Long work: within the request, or by the process of `manage.py run_jobs` through the database.
JOBS = environment.choice("JOBS", "immediate", ["immediate", "worker"])
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks_db.DatabaseBackend"
            if JOBS == "worker"
            else "django_tasks.backends.immediate.ImmediateBackend"
        ),
    },
}

# A sheet is sent as one form with a field for each of its cells; an Excel file is kept on disk meanwhile.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CLAMD_SOCKET = environment.socket_place("CLAMD_SOCKET")

# Deadlines of the registry: until a sample is at the laboratory, until its report, how long the backup sample is kept,
# and until a complaint and a case are closed.
SAMPLE_DELIVERY_WORKDAYS = environment.number("SAMPLE_DELIVERY_WORKDAYS", 5)
SAMPLE_REPORT_WORKDAYS = environment.number("SAMPLE_REPORT_WORKDAYS", 20)
SAMPLE_KEPT_MONTHS = environment.number("SAMPLE_KEPT_MONTHS", 3)
SAMPLE_KEPT_MONTHS_FAILED = environment.number("SAMPLE_KEPT_MONTHS_FAILED", 6)
COMPLAINT_WORKDAYS = environment.number("COMPLAINT_WORKDAYS", 15)
CASE_DAYS = environment.number("CASE_DAYS", 90)
DISPOSAL_DAYS = environment.number("DISPOSAL_DAYS", 90)
PERSONAL_DATA_MONTHS = environment.number("PERSONAL_DATA_MONTHS", 0)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# What no page of this site asks a browser for, and who else may take its answers into a page of theirs: nobody.
RESPONSE_POLICIES = {
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture"),
            *("encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection"),
            *("local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
            *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
        )
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"

USE_HTTPS = environment.switch("USE_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = USE_HTTPS
SESSION_COOKIE_SECURE = USE_HTTPS
CSRF_COOKIE_SECURE = USE_HTTPS
SECURE_HSTS_SECONDS = environment.number("HSTS_SECONDS", 30 * 24 * 60 * 60 if USE_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
# Any visitor can send the header unless a proxy sets it, so it is believed only behind one.
TRUST_PROXY = environment.switch("TRUST_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None

_email = environment.email("EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEBUG and not _email else 'smtp'}.EmailBackend"
EMAIL_CONFIGURED = DEBUG or bool(_email)
EMAIL_HOST = _email.get("HOST", "localhost")
EMAIL_PORT = _email.get("PORT", 25)
EMAIL_HOST_USER = _email.get("HOST_USER", "")
EMAIL_HOST_PASSWORD = _email.get("HOST_PASSWORD", "")
EMAIL_USE_SSL = _email.get("USE_SSL", False)
EMAIL_USE_TLS = _email.get("USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "zhibao@localhost")
SITE_URL = environment.address("SITE_URL")
# Where the fonts of official documents are, where the system itself has them not: see reports/writers/pdf.py.
FONT_PATHS = environment.folders("FONT_PATHS")
WEBHOOK_HTTP_HOSTS = environment.hosts("WEBHOOK_HTTP_HOSTS", [])
WEBHOOK_NETWORKS = environment.networks("WEBHOOK_NETWORKS")

LOGGING = logs.settings(
    environment.choice("LOG_FORMAT", "line", logs.FORMS), environment.choice("LOG_LEVEL", "INFO", logs.LEVELS)
)
METRICS_TOKEN = environment.secret("METRICS_TOKEN")
SENTRY_DSN = environment.dsn("SENTRY_DSN")
