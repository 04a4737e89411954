"""Workers of gunicorn are killed while fifty people save, on both databases."""

from __future__ import annotations

import random
import time

from drills.installation import children, installed, kill
from drills.load import lost, saving

DATABASES = ("sqlite", "postgresql")
BROKEN_OFF = ("RemoteDisconnected", "ConnectionResetError", "IncompleteRead", "URLError")
SECONDS, PAUSE = 40, 2


def main() -> None:
    for database in DATABASES:
        with installed(database) as (site, _postgres):
            sheet, killed = site.fill(), 0
            with site.gunicorn() as process, saving(site, sheet) as load:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    time.sleep(PAUSE)
                    if workers := children(process):
                        kill(random.choice(workers))
                        killed += 1
            missing, torn = lost(site, load)
            print(
                f"kills, {database}: {killed} workers killed, {load.count} saves acknowledged, {missing} lost, "
                f"{len(torn)} cells torn; answers {dict(load.answers)}",
                flush=True,
            )
            assert load.count > killed > 10, f"too few: {load.sentences.most_common(3)}"
            assert (missing, torn) == (0, [])
            assert set(load.answers) <= {"200", *BROKEN_OFF}, load.sentences
