"""An edited sentence as text: figures stand in it as tokens, `{{food.done|40批次}}`, code and figure as printed.

A token keeps what it prints, so that new figures change no word that the office wrote; a quote beside it says which
form of the figure that was, so that it is seen when the figure prints otherwise by now. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.document.blocks import FigureUsed, Gap, Number, Run, Text, printable, strip_marks
from reports.vocabulary import DECIMALS_OF_CHANGE
from sectors.calculation.cells import formatted, rounded, with_unit

LONGEST = 5000
TOKEN = re.compile(r"\{\{\s*([a-z_][a-z0-9_.]*)\s*(?:\|([^{}|]*))?\}\}")
GAP = re.compile(r"〔缺(?:：(.*))?〕")
# A figure as a gap prints it has this form: as soon as there is a value, the number with its unit stands instead.
WITH_UNIT = "n"

Figures = Mapping[str, FigureUsed]


class BadText(ValueError):
    """A text that cannot be taken; the message says what to do."""


@dataclass(frozen=True)
class Quote:
    """How a token prints its figure: `form` is a key of `forms`, `run:2` for the third number of that code in the
    generated sentence, or empty where it is not known. `value` is the figure's value then, as text."""

    code: str
    form: str
    value: str


@dataclass(frozen=True)
class Stale:
    """A token whose figure prints otherwise by now. `new` is empty where nothing can be put in its place."""

    place: int
    code: str
    name: str
    old: str
    new: str


def write(runs: Sequence[Run]) -> str:
    """Runs as text with tokens, for the field that a person edits."""
    return "".join(run.text if isinstance(run, Text) else token(run.code, run.text) for run in runs)


def token(code: str, text: str) -> str:
    return f"{{{{{code}|{text}}}}}"


def runs(text: str) -> tuple[Run, ...]:
    """The runs of a text with tokens."""
    found: list[Run] = []
    end = 0
    for match in TOKEN.finditer(text):
        if match.start() > end:
            found.append(Text(text[end : match.start()]))
        found.append(_run(match[1], match[2] or ""))
        end = match.end()
    if end < len(text):
        found.append(Text(text[end:]))
    return tuple(found)


def _run(code: str, text: str) -> Run:
    gap = GAP.fullmatch(text)
    return Gap(code, gap[1] or "") if gap else Number(code, text)


def forms(figure: FigureUsed) -> dict[str, str]:
    """The ways in which sentences print a figure, by name; the plain ones first."""
    places = len(figure.text.partition(".")[2])
    found = {WITH_UNIT: with_unit(figure.text, figure.unit), "v": figure.text} if figure.text else {}
    if figure.last_value is not None:
        last = formatted(figure.last_value, places)
        found |= {"last": with_unit(last, figure.unit), "last_v": last}
    if figure.change is not None:
        # As `AnnualValue.change_places`: points have the decimals of their rate.
        amount = f"{abs(rounded(figure.change, places if figure.unit == '%' else DECIMALS_OF_CHANGE))}"
        found |= {"change": amount + ("个百分点" if figure.unit == "%" else "%"), "change_v": amount}
    return found


def read(text: str, figures: Figures, generated: Sequence[Run], before: Mapping[Quoted, Quote]) -> Taken:
    """Take what a person wrote. `generated` are the runs of the generated sentence, `before` the quotes that stood in
    the block already. A token without its printed figure gets the figure with its unit.

    Raises BadText for a token that names no figure of the report, or prints it as the report does not, for broken
    braces and for a text that is empty or too long.
    """
    plain = printable(strip_marks(text)).replace("\n", " ").strip()
    if not plain:
        raise BadText(_("Write the text first, or hide the paragraph."))
    if len(plain) > LONGEST:
        message = _("This text has %(have)d characters; at most %(most)d fit in one paragraph.")
        raise BadText(message % {"have": len(plain), "most": LONGEST})
    rest = TOKEN.sub("", plain)
    if "{{" in rest or "}}" in rest:
        raise BadText(_("A figure is written {{code}}: one pair of braces here is broken."))
    quotes: list[Quote] = []

    def completed(match: re.Match[str]) -> str:
        code, given = match[1], match[2]
        if given is None:
            given = _printed(code, figures)
        quotes.append(before.get((code, given)) or _quote(code, given, figures, generated))
        return token(code, given)

    return Taken(TOKEN.sub(completed, plain), tuple(quotes))


Quoted = tuple[str, str]  # code, printed


@dataclass(frozen=True)
class Taken:
    text: str
    quotes: tuple[Quote, ...]

    @property
    def stored(self) -> list[dict[str, Any]]:
        return [asdict(quote) for quote in self.quotes]


def quotes_by_token(text: str, stored: Sequence[Mapping[str, Any]]) -> dict[Quoted, Quote]:
    """The quotes of an edited text, by what they print."""
    found = [(match[1], match[2] or "") for match in TOKEN.finditer(text)]
    return {key: Quote(**quote) for key, quote in zip(found, stored, strict=True)}


def _printed(code: str, figures: Figures) -> str:
    figure = _figure(code, figures)
    return forms(figure).get(WITH_UNIT) or Gap(code, figure.name).text


def _figure(code: str, figures: Figures) -> FigureUsed:
    figure = figures.get(code)
    if figure is None:
        raise BadText(_("There is no figure with the code %(code)s in this report.") % {"code": code})
    return figure


def _quote(code: str, given: str, figures: Figures, generated: Sequence[Run]) -> Quote:
    """Which form of the figure the token prints; only what the report itself prints is taken."""
    numbered = _numbers(code, generated)
    if code not in figures and given in numbered:  # a gap of words, not of a figure
        return Quote(code, "", "")
    figure = _figure(code, figures)
    value = value_text(figure)
    if GAP.fullmatch(given):
        return Quote(code, WITH_UNIT, value)
    named = next((name for name, text in forms(figure).items() if text == given), "")
    if named:
        return Quote(code, named, value)
    if given in numbered:
        return Quote(code, f"run:{numbered.index(given)}", value)
    message = _("The report does not print %(name)s as “%(given)s”: it prints %(known)s.")
    known = "、".join(dict.fromkeys(forms(figure).values())) or Gap(code, figure.name).text
    raise BadText(message % {"name": figure.name, "given": given, "known": known})


def _numbers(code: str, generated: Sequence[Run]) -> list[str]:
    return [run.text for run in generated if not isinstance(run, Text) and run.code == code]


def value_text(figure: FigureUsed) -> str:
    return "" if figure.value is None else f"{figure.value.normalize():f}"


def stale(text: str, stored: Sequence[Mapping[str, Any]], figures: Figures, generated: Sequence[Run]) -> list[Stale]:
    """The tokens of an edited text that do not print what the report prints by now."""
    return list(_stale(text, stored, figures, generated))


def _stale(
    text: str, stored: Sequence[Mapping[str, Any]], figures: Figures, generated: Sequence[Run]
) -> Iterator[Stale]:
    for place, (match, content) in enumerate(zip(TOKEN.finditer(text), stored, strict=True)):
        quote, old = Quote(**content), match[2] or ""
        figure = figures.get(quote.code)
        if figure is None:
            if quote.value:  # the indicator is gone from the catalogue
                yield Stale(place, quote.code, quote.code, old, "")
            continue
        new = _now(quote, figure, generated)
        if new is None and value_text(figure) != quote.value:
            yield Stale(place, quote.code, figure.name, old, "")
        elif new is not None and new != old and not (GAP.fullmatch(new) and GAP.fullmatch(old)):
            yield Stale(place, quote.code, figure.name, old, new)


def _now(quote: Quote, figure: FigureUsed, generated: Sequence[Run]) -> str | None:
    if quote.form.startswith("run:"):
        numbered, place = _numbers(quote.code, generated), int(quote.form.removeprefix("run:"))
        return numbered[place] if place < len(numbered) else None
    if figure.value is None and quote.form in (WITH_UNIT, "v"):
        return Gap(quote.code, figure.name).text
    return forms(figure).get(quote.form)


def renewed(text: str, outdated: Sequence[Stale]) -> str:
    """The text with the new figures in place of the old ones, where there are new ones."""
    new = {item.place: item.new for item in outdated if item.new}
    pieces, end = [], 0
    for place, match in enumerate(TOKEN.finditer(text)):
        if place in new:
            pieces += [text[end : match.start()], token(match[1], new[place])]
            end = match.end()
    return "".join([*pieces, text[end:]])


def plain(text: str) -> str:
    """The text as printed."""
    return TOKEN.sub(lambda match: match[2] or "", text)
