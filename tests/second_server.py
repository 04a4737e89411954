"""`python -m tests.second_server`: another process of the site, on the database of DATABASE_URL.

Each line on its input is a username and an address; it answers with a line of JSON: status, text of the page and how
many queries it took.
"""

import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from sectors.models import User

    for line in sys.stdin:
        username, address = line.split()
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username=username))
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        page = {"status": answer.status_code, "text": answer.content.decode(), "queries": len(asked)}
        print(json.dumps(page), flush=True)
