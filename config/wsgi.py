"""What gunicorn serves: `gunicorn config.wsgi`."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from config.memory import keep_what_is_loaded, with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_wsgi_application()
keep_what_is_loaded()
CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Whatever a request claims to be written in, it is read as UTF-8, which is all that this site's pages send: Django
    would look the name up among Python's codecs, some of which stop it before any page is asked."""
    environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
    answer: Iterable[bytes] = with_room(django_application, environ, start_response)
    return answer
