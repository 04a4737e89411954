#!/usr/bin/env python3
"""Django's command line."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config.memory import with_room

    try:
        # Read here, so that a bad variable ends the start with its sentence and not with a traceback.
        settings.DATABASES  # noqa: B018
    except ImproperlyConfigured as error:
        sys.exit(f"zhibao: {error}")
    with_room(execute_from_command_line, sys.argv)


if __name__ == "__main__":
    main()
