"""Two `manage.py migrate` at once on an empty database: both end well."""

from __future__ import annotations

import subprocess
import sys

from drills.installation import BASE_DIR, installed


def main() -> None:
    for database in ("sqlite", "postgresql"):
        with installed(database) as (site, _postgres):
            command = [sys.executable, "manage.py", "migrate", "--no-input"]
            both = [
                subprocess.Popen(
                    command,
                    cwd=BASE_DIR,
                    env=site.environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                for _number in range(2)
            ]
            said = [process.communicate()[0] for process in both]
            ends = [process.returncode for process in both]
            made = [text.count("... OK") for text in said]
            print(f"migrations, {database}: ended with {ends}; migrations made by each: {made}", flush=True)
            assert ends == [0, 0], "\n".join(said)
            assert min(made) == 0 < max(made), said
            site.run("manage.py", "migrate", "--check")
