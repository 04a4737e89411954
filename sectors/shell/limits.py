"""How often somebody may ask."""

from __future__ import annotations

import time

from django.core.cache import cache

MINUTE = 60


def asks_too_often(who: str, most: int) -> bool:
    """Whether somebody has asked more than so many times in this minute, counted in a cache that all workers of the
    machine share.

    Two workers that count at the same moment may count one request together, and a full cache forgets: a limit, no
    invoice.
    """
    key = f"{who}-{int(time.time() // MINUTE)}"
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key) > most
    except ValueError:  # another worker has made room meanwhile
        return False
