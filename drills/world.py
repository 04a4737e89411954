"""`python -m drills.world`: a new database, the cast of the tests, a sheet of 50 rows; prints its key as JSON."""

import json
import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from django.core.management import call_command

    from drills import PASSWORD
    from sectors.models import User
    from tests import base

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    base.make_cast()
    for person in User.objects.all():
        person.set_password(PASSWORD)
        person.save()
    print(json.dumps({"sheet": base.wide(base.cast().county, 50, 2).pk}))
