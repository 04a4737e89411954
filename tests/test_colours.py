"""The colours of the pages, by day and in the dark: what is written can be read (WCAG 2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "static" / "app"
READABLE = 4.5
SEEN = 3.0  # what is drawn
GROUNDS = {
    "ink": ("paper", "ground", "accent-soft", "ok-soft", "wait-soft", "warn-soft", "bad-soft", "entry", "code"),
    "muted": ("paper", "ground", "accent-soft"),
    "accent": ("paper", "ground", "accent-soft"),
    "ok": ("paper", "ground", "ok-soft"),
    "wait": ("paper", "wait-soft"),
    "warn": ("paper", "ground", "warn-soft"),
    "bad": ("paper", "ground", "bad-soft"),
    "accent-ink": ("accent", "accent-strong", "bad"),
}


def tokens(style: str, *, dark: bool) -> dict[str, str]:
    """The colours that the first rules of a style sheet name."""
    light, _media, rest = style.partition("@media screen and (prefers-color-scheme: dark)")
    part = rest[: rest.index("\n}\n")] if dark else light
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", part))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_of_words_can_be_read_on_its_grounds(dark):
    found = tokens((APP / "app.css").read_text(), dark=dark)
    low = {
        (words, ground): round(contrast(found[words], found[ground]), 2)
        for words, grounds in GROUNDS.items()
        for ground in grounds
        if contrast(found[words], found[ground]) < READABLE
    }
    assert not low


@pytest.mark.parametrize("dark", [False, True])
def test_lines_of_charts_are_seen(dark):
    paper = tokens((APP / "app.css").read_text(), dark=dark)["paper"]
    lines = tokens((APP / "charts" / "charts.css").read_text(), dark=dark)
    assert len(lines) == 6
    assert min(contrast(line, paper) for line in lines.values()) >= SEEN


def test_by_day_and_in_the_dark_the_same_colours_have_names():
    style = (APP / "app.css").read_text()
    assert tokens(style, dark=True).keys() == tokens(style, dark=False).keys()
