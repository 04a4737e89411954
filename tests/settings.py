"""The settings that the tests run with: production's, without what would make them slow or unreachable.

Another database comes from DATABASE_URL, as in production.
"""

import os
from pathlib import Path

os.environ["DEBUG"] = "0"
os.environ["USE_HTTPS"] = "0"
os.environ["SECRET_KEY"] = "only-for-the-tests"
os.environ["DATA_DIR"] = str(Path(__file__).resolve().parent.parent / "var" / "test")

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR, DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES

INSTALLED_APPS.append("demo")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "boards")
}
STATIC_ROOT.mkdir(exist_ok=True)

# A file and not memory: the live server of a browser test answers in threads that have their own connections.
# With the process in its name, two runs at once do not take it from each other.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / f"test-{os.getpid()}.sqlite3"}
