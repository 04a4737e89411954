"""QR codes of addresses, as a drawing and as a picture. The same address gives the same bytes."""

from __future__ import annotations

from io import BytesIO

import segno

QUIET = 4  # modules of white that the standard wants around a code
_PIXELS = 8  # of a module, so that it prints sharply


def svg(address: str) -> str:
    """A drawing without styles or a size of its own."""
    code = _code(address)
    drawn: str = code.svg_inline(border=QUIET, svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff")
    return drawn


def png(address: str) -> bytes:
    file = BytesIO()
    _code(address).save(file, kind="png", border=QUIET, scale=_PIXELS)
    return file.getvalue()


def _code(address: str) -> segno.QRCode:
    """With a quarter of it gone it can still be read."""
    return segno.make_qr(address, error="q", boost_error=False)
