"""What people and spreadsheets write for a number: the one reading of cells, pastes, sheet files, lists and CSV. Pure.

The page's scripts read the same (`static/app/sheet/numerals.js`); `tests/data/numerals.json` has what both must read.
"""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.texts import JOINERS, visible

MAX_DIGITS = 14
SHOWN = 40  # characters of a text that a sentence repeats
# Full-width forms as Chinese input methods give them, and the minus sign. Not NFKC, which would read 10³ as 103.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
PLAIN = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
# A tab, too, parts two cells.
BREAK = re.compile(r"[\n\r\t\x85\u2028\u2029]")
GROUPS = re.compile(r"(?<![0-9.,])(?<![0-9.,]\s)[0-9]{1,3}(?:\s[0-9]{3})+(?!\s?[0-9,])")
APART = re.compile(r"[0-9][.,]?\s+[.,]?[0-9]|[+-]\s+[0-9]")
EXPONENT = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+|[×xX*]10(?:\^|\*\*|[⁰¹²³⁴-⁹⁻]))")
# What Excel writes into a cell whose formula fails, or that is too narrow.
ERROR = re.compile(r"#(?:N/A|DIV/0!|#+|GETTING_DATA|[A-Z]+[!?])")
LONGEST = 10**15  # from here on a spreadsheet keeps other digits than were typed
NOISY, KEPT = 8, 10  # decimals that no figure has, and those that are more than noise


class BadNumber(ValueError):
    """Text that is no figure here; the message says what to do."""


def half_width(text: str) -> str:
    """In half-width characters, without what nobody sees and without blanks at its ends."""
    return JOINERS.sub("", visible(text)).translate(HALF_WIDTH).strip()


def squeezed(text: str) -> str:
    """In half-width characters and without any blanks."""
    return "".join(half_width(text).split())


def joined(text: str) -> str:
    """A number with what belongs to it, squeezed. Blanks are left out at the ends, beside words, and between groups of
    three digits. Raises BadNumber where they may part two numbers."""
    plain = half_width(text)
    if BREAK.search(plain):
        message = _("There is a line break in “%(text)s”: is it one number or two? Type one number in one line.")
        raise BadNumber(message % {"text": " ⏎ ".join(filter(None, BREAK.split(plain)))[:SHOWN]})
    grouped = GROUPS.sub(lambda found: "".join(found[0].split()), plain)
    if APART.search(grouped):
        message = _("There is a blank in “%(text)s”: is it one number or two? Type it without a blank.")
        raise BadNumber(message % {"text": plain[:SHOWN]})
    return "".join(grouped.split())


def refuse_shortened(plain: str) -> None:
    """Raises BadNumber for a power of ten, of which Excel shows a few digits only, and for Excel's errors."""
    if EXPONENT.match(plain):
        message = _(
            "“%(text)s” is a power of ten, as Excel shows a long number in short. Type all of its digits, or give the "
            "cell the format “Number” and copy it again."
        )
        raise BadNumber(message % {"text": plain[:SHOWN]})
    if ERROR.fullmatch(plain):
        message = _("“%(text)s” is no number but what Excel shows for an error or a narrow column. Type the number.")
        raise BadNumber(message % {"text": plain[:SHOWN]})


def number(plain: str, text: str) -> tuple[Decimal, int]:
    """The value of squeezed digits, and how many decimals were given. Raises BadNumber about the `text` as typed."""
    found = PLAIN.fullmatch(plain)
    if found is None:
        raise BadNumber(
            _("“%(text)s” is not a number. Type digits only, or n/a when the indicator does not apply.")
            % {"text": text.strip()[:SHOWN]}
        )
    whole, fraction = found[2].replace(",", ""), found[3] or ""
    if len(whole.lstrip("0")) > MAX_DIGITS:
        raise BadNumber(_("The number is too long: at most %(count)d digits.") % {"count": MAX_DIGITS})
    return Decimal(f"{found[1]}{whole}.{fraction or '0'}") + 0, len(fraction)


def of_text(text: str) -> Decimal:
    """A bare number. Raises BadNumber."""
    plain = joined(text)
    refuse_shortened(plain)
    return number(plain, text)[0]


def of_spreadsheet(value: float) -> Decimal:
    """A finite number of a spreadsheet without the noise of its binary form: of 15 digits, as Excel has them.

    >>> [str(of_spreadsheet(value)) for value in (434.9999999999999, 0.1 + 0.2, 99.99999999999945, 0.3 - 0.1 - 0.2)]
    ['435', '0.3', '100', '0']
    """
    found = Decimal(format(value, ".15g"))
    if int(found.as_tuple().exponent) < -NOISY:
        found = round(Decimal(format(value, ".12g")), KEPT)
    return Decimal(f"{found.normalize() + 0:f}")
