"""QR codes that stand in their page."""

from __future__ import annotations

import segno


def data_address(text: str) -> str:
    """A `data:` address of the drawing, black on white."""
    drawn: str = segno.make(text).svg_data_uri(scale=5, border=4, light="#fff")
    return drawn
