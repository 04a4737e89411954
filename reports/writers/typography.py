"""How text is printed in every format: what a file can hold, with the minus sign of GB/T 15835 before a number."""

from __future__ import annotations

import re

from reports.document.blocks import printable

MINUS = "\u2212"
# Not the hyphen of GB/T 9704-2012, N-01 or 2022-2023. Behind a Chinese character it is a minus where a share or
# decimals follow (同比-3%), and the hyphen of a name elsewhere (标段-1).
_HYPHEN_BEFORE_NUMBER = re.compile(r"(?<![\w-])-(?=[0-9])|(?<=[\u4e00-\u9fff])-(?=[0-9]+(?:\.[0-9]|[%‰]))")


def printed(text: str) -> str:
    return _HYPHEN_BEFORE_NUMBER.sub(MINUS, printable(text))
