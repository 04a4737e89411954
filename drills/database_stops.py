"""PostgreSQL is stopped, and once crashes, while fifty people save; it comes back, and gunicorn is left alone."""

from __future__ import annotations

import time

from drills.installation import installed
from drills.load import lost, saving

SECONDS = 8  # of work, and of none


def main() -> None:
    with installed("postgresql") as (site, postgres):
        assert postgres
        sheet = site.fill()
        with site.gunicorn():
            visitor = site.visitor("clerk")
            for column, how in enumerate(("fast", "immediate"), start=1):
                with saving(site, sheet, column) as load:
                    time.sleep(SECONDS)
                    postgres.stop(how)
                    time.sleep(SECONDS)
                    page, ready = visitor.get("/"), visitor.get("/readyz")
                    postgres.start()
                    begun = time.monotonic()
                    time.sleep(SECONDS)
                missing, torn = lost(site, load)
                print(
                    f"database_stops, {how}: {load.count} saves acknowledged, {missing} lost, {len(torn)} cells torn; "
                    f"the first save {load.first_after - begun:.1f} s after it was there again; "
                    f"answers {dict(load.answers)}",
                    flush=True,
                )
                assert (page.status, "数据库" in page.text) == (503, True), page.text[:500]
                assert ready.status == 503, ready.text
                assert set(load.answers) <= {"200", "503"}, load.sentences.most_common(3)
                assert load.first_after > 0
                assert (missing, torn) == (0, [])
