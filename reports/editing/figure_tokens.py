"""Figures in edited sentences: which form of a figure each prints, and whether the report prints it otherwise by now.

A token keeps what it prints, so that new figures change no word that the office wrote; a quote beside it says which
form of the figure that was, so that it is seen when the figure prints otherwise by now. The words are held against
the generated sentence that they were written over. Pure. How a figure stands in a text is `token_syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from reports.document.blocks import Gap, Run, Text
from reports.document.characters import printable
from reports.document.figures import FigureUsed
from reports.editing import token_syntax
from reports.editing.token_syntax import Token, is_gap, tokens
from reports.vocabulary import DECIMALS_OF_CHANGE
from sectors.calculation.cells import formatted, rounded, with_unit
from sectors.calculation.qualifiers import written
from sectors.vocabulary import Qualifier

LONGEST, MOST_PARAGRAPHS = 5000, 200
DECIMALS = re.compile(r"\.([0-9]+)")
# A figure as a gap prints it has this form: as soon as there is a value, the number with its unit stands instead.
WITH_UNIT = "n"
CHANGES = ("change", "change_v")
NAMED = frozenset((WITH_UNIT, "v", "last", "last_v", *CHANGES))

Figures = Mapping[str, FigureUsed]
Quoted = tuple[str, str]  # code, printed
RunsByKey = Mapping[str, Sequence[Run]]  # of generated sentences


class BadText(ValueError):
    """A text that cannot be taken; the message says what to do."""


@dataclass(frozen=True)
class Quote:
    """How a token prints its figure: `form` is a key of `forms`, `run:2` for the third number of that code in the
    generated sentence, or empty where it is not known; `also` are other forms that printed the same then. `sentence` is
    the key of the generated sentence that a figure was brought from, empty for the block's own.

    `value`, `last` and `change` are those of the figure then, as text; None in quotes of earlier versions of Zhibao.
    """

    code: str
    form: str
    value: str
    also: tuple[str, ...] = ()
    last: str | None = None
    change: str | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Stale:
    """A token whose figure prints otherwise by now. `new` is empty where that is not known. `fits` tells whether it can
    be put in the place of the old one: a fall is not, where the words say that it rose."""

    place: int
    code: str
    name: str
    old: str
    new: str
    fits: bool = True


@dataclass(frozen=True)
class Taken:
    text: str
    quotes: tuple[Quote, ...]

    @property
    def stored(self) -> list[dict[str, Any]]:
        return [stored(quote) for quote in self.quotes]


def stored(quote: Quote) -> dict[str, Any]:
    """As the database keeps it."""
    content = asdict(quote) | {"also": list(quote.also)}
    return content if quote.sentence else {name: value for name, value in content.items() if name != "sentence"}


def loaded(content: Mapping[str, Any]) -> Quote:
    return Quote(**{**content, "also": tuple(content.get("also", ()))})


def forms(figure: FigureUsed) -> dict[str, str]:
    """The ways in which sentences print a figure, by name; the plain ones first."""
    whole = figure.text_with_unit or with_unit(figure.text, figure.unit)
    found = {WITH_UNIT: whole, "v": figure.text} if figure.text else {}
    if figure.last_value is not None:
        last = last_text(figure)
        found |= {"last": figure.last_text_with_unit or with_unit(last, figure.unit), "last_v": last}
    if figure.change is not None:
        about = Qualifier.ABOUT if figure.is_change_about else Qualifier.EXACT
        amount = f"{abs(rounded_change(figure, figure.change))}"
        unit = "个百分点" if figure.unit == "%" else "%"
        found |= {"change": written(amount, about, unit), "change_v": written(amount, about)}
    return found


def last_text(figure: FigureUsed) -> str:
    """Last year's value as printed; empty without one."""
    return figure.last_text or ("" if figure.last_value is None else formatted(figure.last_value, places(figure)))


def places(figure: FigureUsed) -> int:
    """With how many decimals it is printed."""
    found = DECIMALS.search(figure.text)
    return len(found[1]) if found else 0


def rounded_change(figure: FigureUsed, change: Decimal) -> Decimal:
    """As `AnnualValue.change_places` has it: points have the decimals of their rate."""
    return rounded(change, places(figure) if figure.unit == "%" else DECIMALS_OF_CHANGE)


def paragraphs(text: str, *, only_one: bool = False) -> list[str]:
    """The lines of a text, each a paragraph; `only_one` puts them together. Raises BadText for none or too many."""
    lines = [line.strip() for line in printable(text).split("\n") if line.strip()]
    if not lines:
        raise BadText(_("Write the text first, or hide the paragraph."))
    if len(lines) > MOST_PARAGRAPHS:
        message = _("These are %(have)d paragraphs; at most %(most)d are saved at once.")
        raise BadText(message % {"have": len(lines), "most": MOST_PARAGRAPHS})
    return ["".join(lines)] if only_one else lines


def read(
    text: str,
    figures: Figures,
    generated: Sequence[Run],
    before: Mapping[Quoted, Quote],
    others: RunsByKey | None = None,
) -> Taken:
    """Take what a person wrote. `generated` are the runs of the generated sentence, `before` the quotes that stand in
    the draft already, `others` the generated sentences that a figure may come from. A token without its printed figure
    gets the figure with its unit.

    Raises BadText for a token that names no figure of the report, or prints it as the report does not, for broken
    braces and for a text that is empty or too long.
    """
    written = printable(text).replace("\n", " ").strip()
    if not written:
        raise BadText(_("Write the text first, or hide the paragraph."))
    if len(written) > LONGEST:
        message = _("This text has %(have)d characters; at most %(most)d fit in one paragraph.")
        raise BadText(message % {"have": len(written), "most": LONGEST})
    if token_syntax.is_broken(written):
        raise BadText(
            _(
                "A figure is written {{code}}: one pair of braces here is broken. Braces that are no figure have a "
                "backslash before each: \\{\\{."
            )
        )
    found = [Token(one.code, _printed(one.code, figures) if one.text is None else one.text) for one in tokens(written)]
    quotes = (
        before.get((one.code, one.text or "")) or _quote(one.code, one.text or "", figures, generated, others)
        for one in found
    )
    return Taken(token_syntax.replaced(written, found), tuple(quotes))


def quotes_by_token(text: str, kept: Sequence[Mapping[str, Any]]) -> dict[Quoted, Quote]:
    """The quotes of an edited text, by what they print."""
    return {(one.code, one.text or ""): loaded(quote) for one, quote in zip(tokens(text), kept, strict=True)}


def told_by(key: str, quote: Quote) -> Quote:
    """A quote of the block with this key, to stand in any block."""
    return replace(quote, sentence=key) if quote.form.startswith("run:") and not quote.sentence else quote


def confirmed(
    text: str,
    kept: Sequence[Mapping[str, Any]],
    figures: Figures,
    generated: Sequence[Run],
    others: RunsByKey | None = None,
) -> tuple[Quote, ...]:
    """The quotes anew, of what the report still prints; what it prints otherwise keeps its old one."""
    quotes = []
    for one, old in zip(tokens(text), kept, strict=True):
        try:
            quotes.append(_quote(one.code, one.text or "", figures, generated, others))
        except BadText:
            quotes.append(loaded(old))
    return tuple(quotes)


def _printed(code: str, figures: Figures) -> str:
    figure = _figure(code, figures)
    return forms(figure).get(WITH_UNIT) or Gap(code, figure.name).text


def _figure(code: str, figures: Figures) -> FigureUsed:
    figure = figures.get(code)
    if figure is None:
        raise BadText(_("There is no figure with the code %(code)s in this report.") % {"code": code})
    return figure


def _quote(code: str, given: str, figures: Figures, generated: Sequence[Run], others: RunsByKey | None = None) -> Quote:
    """Which form of the figure the token prints; only what the report itself prints is taken."""
    numbered = _numbers(code, generated)
    if code not in figures and given in numbered:  # counted in the registry, or a gap of words
        return Quote(code, f"run:{numbered.index(given)}", "")
    elsewhere = next(((key, runs) for key, runs in (others or {}).items() if given in _numbers(code, runs)), None)
    if code not in figures and elsewhere:
        return Quote(code, f"run:{_numbers(code, elsewhere[1]).index(given)}", "", sentence=elsewhere[0])
    figure = _figure(code, figures)
    if is_gap(given):
        return _of(figure, WITH_UNIT)
    named = _named(figure, given)
    if named:
        return _of(figure, *named)
    if given in numbered:
        return _of(figure, f"run:{numbered.index(given)}")
    if elsewhere:
        return replace(_of(figure, f"run:{_numbers(code, elsewhere[1]).index(given)}"), sentence=elsewhere[0])
    message = _("The report does not print %(name)s as “%(given)s”: it prints %(known)s.")
    known = "、".join(dict.fromkeys(forms(figure).values())) or Gap(code, figure.name).text
    raise BadText(message % {"name": figure.name, "given": given, "known": known})


def _of(figure: FigureUsed, form: str, *also: str) -> Quote:
    change = None if figure.change is None else rounded_change(figure, figure.change)
    value, last, changed = (value_text(number) for number in (figure.value, figure.last_value, change))
    value, last = figure.text_with_unit or value, figure.last_text_with_unit or last
    return Quote(figure.code, form, value, also, last, changed)


def _named(figure: FigureUsed, given: str) -> list[str]:
    return [name for name, text in forms(figure).items() if text == given]


def _numbers(code: str, generated: Sequence[Run]) -> list[str]:
    return [run.text for run in generated if not isinstance(run, Text) and run.code == code]


def value_text(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def stale(
    text: str,
    kept: Sequence[Mapping[str, Any]],
    figures: Figures,
    generated: Sequence[Run],
    others: RunsByKey | None = None,
) -> list[Stale]:
    """The tokens of an edited text that do not print what the report prints by now. `others` as of `read`."""
    return list(_stale(text, kept, figures, generated, others or {}))


def _stale(
    text: str, kept: Sequence[Mapping[str, Any]], figures: Figures, generated: Sequence[Run], others: RunsByKey
) -> Iterator[Stale]:
    for place, (one, content) in enumerate(zip(tokens(text), kept, strict=True)):
        quote, old = loaded(content), one.text or ""
        figure = figures.get(quote.code)
        name = figure.name if figure else quote.code
        if figure is not None and _has_turned(quote, figure):
            now = "" if figure.change is None else signed_change(figure, figure.change)
            yield Stale(place, quote.code, name, signed_change(figure, Decimal(quote.change or 0)), now, fits=False)
            continue
        new = _now(quote, figure, others.get(quote.sentence, ()) if quote.sentence else generated)
        if new is None:
            if _differs(quote, figure):
                yield Stale(place, quote.code, name, old, "", fits=False)
        elif new != old:
            if not (is_gap(new) and is_gap(old)):
                yield Stale(place, quote.code, name, old, new)
        elif figure is not None and any(forms(figure).get(form) != old for form in quote.also):
            # It may have been meant as last year's, which was the same then.
            yield Stale(place, quote.code, name, old, "", fits=False)


def _has_turned(quote: Quote, figure: FigureUsed) -> bool:
    """Whether what rose fell by now, or there is no change to tell."""
    if not quote.change or quote.form not in CHANGES:
        return False
    return figure.change is None or _sign(Decimal(quote.change)) != _sign(rounded_change(figure, figure.change))


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def signed_change(figure: FigureUsed, change: Decimal) -> str:
    return f"{rounded_change(figure, change):+}" + ("个百分点" if figure.unit == "%" else "%")


def _now(quote: Quote, figure: FigureUsed | None, generated: Sequence[Run]) -> str | None:
    """What the token would print by now; None where the report does not print that any more."""
    if quote.form.startswith("run:"):
        numbered, place = _numbers(quote.code, generated), int(quote.form.removeprefix("run:"))
        return numbered[place] if place < len(numbered) else None
    if figure is None:
        return None
    if figure.value is None and quote.form in (WITH_UNIT, "v"):
        return Gap(quote.code, figure.name).text
    return forms(figure).get(quote.form)


def _differs(quote: Quote, figure: FigureUsed | None) -> bool:
    """Of what the report does not print any more in this form: whether it is another figure by now."""
    if figure is None:  # gone from the catalogue, or counted anew where nothing is left to count
        return bool(quote.value) or quote.form.startswith("run:")
    now = _of(figure, quote.form)
    return quote.form in NAMED or any(
        before is not None and before != after
        for before, after in ((quote.value, now.value), (quote.last, now.last), (quote.change, now.change))
    )


def renewed(text: str, outdated: Sequence[Stale]) -> str:
    """The text with the new figures in place of the old ones, where they fit."""
    new = {item.place: item.new for item in outdated if item.fits}
    figures = [Token(one.code, new.get(place, one.text)) for place, one in enumerate(tokens(text))]
    return token_syntax.replaced(text, figures)


def renewed_quotes(kept: Sequence[Mapping[str, Any]], outdated: Sequence[Stale], figures: Figures) -> list[Quote]:
    """The quotes of such a text."""
    new = {item.place: item.new for item in outdated if item.fits}
    quotes = [loaded(content) for content in kept]
    for place, text in new.items():
        form, figure = quotes[place].form, figures.get(quotes[place].code)
        if figure is not None:
            also = (name for name in _named(figure, text) if name != form)
            quotes[place] = replace(_of(figure, form, *also), sentence=quotes[place].sentence)
    return quotes


def has_other_words(own: str, basis: str, now: str) -> bool:
    """Whether the generated sentence says something else by now (`now`) than when it was written over (`basis`), apart
    from figures that the office's `own` sentence quotes, which are seen by themselves."""
    before, after = (list(token_syntax.pieces(text)) for text in (basis, now))
    quoted = {(one.code, one.text) for one in tokens(own)}
    return any(_is_other(old, new, quoted) for old, new in zip_longest(before, after))


def has_other_figures_only(basis: str, now: str) -> bool:
    """Whether the two say the same with other figures."""
    said = [
        [piece if isinstance(piece, str) else Token(piece.code, None) for piece in token_syntax.pieces(text)]
        for text in (basis, now)
    ]
    return said[0] == said[1]


def _is_other(old: str | Token | None, new: str | Token | None, quoted: set[tuple[str, str | None]]) -> bool:
    if not isinstance(old, Token) or not isinstance(new, Token) or old.code != new.code:
        return old != new
    return old.text != new.text and quoted.isdisjoint({(old.code, old.text), (new.code, new.text)})
