"""Chinese numerals of everyday writing: 三十二, 一百零五, 两. Pure."""

from __future__ import annotations

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
SIGNS = "".join([*DIGITS, *TENS])


def whole(text: str) -> int | None:
    """The number, below ten thousand; None for what is none.

    >>> [whole(text) for text in ("三", "两", "十二", "三十", "一百零五", "二〇二二", "百")]
    [3, 2, 12, 30, 105, None, None]
    """
    total, waiting = 0, None
    for sign in text:
        if sign in DIGITS:
            if waiting:
                return None
            waiting = DIGITS[sign]
        else:
            if waiting is None and (total or sign != "十"):
                return None
            total += (1 if waiting is None else waiting) * TENS[sign]
            waiting = None
    return total + (waiting or 0) if text else None
