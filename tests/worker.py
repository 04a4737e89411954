"""`python -m tests.worker`: a worker that knows the slow jobs of the tests, on the database of DATABASE_URL."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ["JOBS"] = "worker"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from tests.sectors.jobs import slow_jobs

    slow_jobs.register()
    call_command("run_jobs", interval=0.1, startup_delay=False, reload=False)
