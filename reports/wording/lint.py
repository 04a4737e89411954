"""No sentence without its data: finds what a wording claims that no figure bears out, by printing it in many years.

Each rule looks at a sentence as printed in one situation. `reports.wording.situations` makes these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import filterfalse

from django.utils.translation import gettext as _
from jinja2 import Template, nodes

from reports.document.blocks import MarkedRun, Number, Text, runs_text
from reports.document.marks import parse_marked
from reports.vocabulary import NOT_APPLICABLE
from reports.wording import paragraphs, rendering
from reports.wording.codes import codes_by_line, codes_named, lists_by_line
from reports.wording.kinds import computing_with
from reports.wording.language import FAILURES, Fault, Sandbox, faults, is_else
from reports.wording.situations import Situation, situations
from sectors.models import Indicator

# Around words that a condition guards, or that a function prints of a figure; behind each of their characters later on.
GUARD, END = "\ue005", "\ue006"
GUARDED = re.compile(f"[^{GUARD}]{GUARD}")
# Functions whose words are of their figure.
SPEAKING = ("change", "compared", "listed", "by_size", "name", "target", "last_n")
# Clauses that only say what is spoken of, or when.
TOPIC = re.compile(r"(方面|看|期间|显示)$|^(其中|按|从|在)|^\d{4}年")
OF_ALL = re.compile("每|(?<![人平亩])均(?![衡值])|全部|都(?![市城])|主要|为主|为重点")
OF_MOST = re.compile("最多|最少|最高|最低|最大|最小|首位")
LEAST = ("最少", "最低", "最小")
NOTHING_FOUND = re.compile("没有(检出|发现|出现)|未(检出|发现|出现)")
GROWTH = re.compile("较上年|比上年|同比|持平|增长|下降|上升|增加|减少")
OF_LAST_YEAR = ("较上年", "比上年", "同比", "持平")
ZERO = re.compile(r"0(\.0+)?(?![\d.])")
BROKEN = re.compile(
    r"[，、：；。（][，、；：。）]|^[，、；：。）]|“”|其中，?[。；]|由对|(?<![行作成认])为[，。；]|(?:包括|占|由)(?=[，。；])"
)


@dataclass(frozen=True)
class Finding:
    """What is doubtful in a line (from 1) of a wording: the sentence as printed, in which situation. A wording with one
    that `is_refused` says what is not so, and is not kept."""

    line: int
    why: str
    sentence: str  # empty where it is so whatever is printed
    situation: str
    is_refused: bool = False

    @property
    def message(self) -> str:
        if not self.sentence:
            return self.why
        text = _("%(why)s: “%(sentence)s” (when %(situation)s)")
        return text % {"why": self.why, "sentence": self.sentence, "situation": self.situation}

    def __str__(self) -> str:
        return str(Fault(self.line, self.message))


@dataclass(frozen=True)
class Clause:
    """What stands between two commas: its words, those that nothing guards, its figures."""

    words: str
    unguarded: str
    numbers: Sequence[Number]
    has_figure: bool


@dataclass(frozen=True)
class Sentence:
    """As printed. `rankings` are the values, by code, of each list that the line ranks."""

    runs: Sequence[MarkedRun]
    situation: Situation
    rankings: Sequence[Mapping[str, object]]

    @property
    def text(self) -> str:
        return runs_text(self.runs).replace(GUARD, "").strip()

    @property
    def words(self) -> str:
        return _words(self.runs).replace(GUARD, "")

    @property
    def unguarded(self) -> str:
        return GUARDED.sub("", _words(self.runs)).replace(GUARD, "")

    @property
    def numbers(self) -> list[Number]:
        return [run for run in self.runs if isinstance(run, Number)]

    @property
    def bears(self) -> bool:
        """Whether it tells a number other than 0."""
        return any(not ZERO.match(number.text) for number in self.numbers)

    def clauses(self) -> Iterator[Clause]:
        inner: list[MarkedRun] = []
        for run in (*self.runs, Text("，")):
            if not isinstance(run, Text):
                inner.append(run)
                continue
            *whole, rest = re.split("[，；：。]", run.text)
            for part in whole:
                yield _clause([*inner, Text(part)])
                inner = []
            inner.append(Text(rest))


def _clause(runs: Sequence[MarkedRun]) -> Clause:
    words = _words(runs)
    numbers = [run for run in runs if isinstance(run, Number)]
    printed = words.replace(GUARD, "").strip()
    has_figure = any(not isinstance(run, Text) for run in runs)
    return Clause(printed, GUARDED.sub("", words).replace(GUARD, "").strip(), numbers, has_figure)


def _words(runs: Sequence[MarkedRun]) -> str:
    return "".join(run.text for run in runs if isinstance(run, Text))


def findings(template: str, indicators: Mapping[str, Indicator]) -> list[Finding]:
    """All in a wording in which `faults` finds nothing, by line; each thing once, in the first situation that shows it.

    `indicators` are by code, with their units.
    """
    if faults(template, indicators):
        return []
    in_words = [code for code, one in indicators.items() if one.is_words]
    if refused := [Finding(f.line, f.message, "", "", is_refused=True) for f in computing_with(template, in_words)]:
        return refused
    found: dict[tuple[int, str], Finding] = {}
    reading = _Reading(template)
    for situation in situations(indicators, sorted(codes_named(template) & indicators.keys())):
        for line, sentence in reading.sentences(situation):
            for rule in RULES:
                for why, is_refused in rule(sentence):
                    finding = Finding(line, why, sentence.text, situation.words, is_refused)
                    found.setdefault((line, why), finding)
    return sorted(found.values(), key=lambda finding: finding.line)


class _Reading:
    """A wording as it prints in one situation after the other."""

    def __init__(self, template: str) -> None:
        self.compiled = _guarded(template)
        self.codes, self.lists = codes_by_line(template), lists_by_line(template)

    def sentences(self, situation: Situation) -> Iterator[tuple[int, Sentence]]:
        """Each with its line."""
        values = situation.figures.values
        try:
            printed = rendering.printed_lines(self.compiled, situation.figures, _speaking)
        except FAILURES:
            return  # what the trial of a wording tells
        depth = 0
        for key, marked in printed.items():
            line, runs = int(key.partition(".")[0]), []
            for run in parse_marked(marked):
                if isinstance(run, Text):
                    text, depth = _marked_characters(run.text, depth)
                    run = Text(text)
                runs.append(run)
            known = [values[code] for code in self.codes.get(line, ()) if code in values]
            lists, nothing = self.lists.get(line, ()), paragraphs.of_nothing(known)
            rankings = [{code: values[code].value for code in one if code in values} for one in lists]
            for sentence in paragraphs.sentences(paragraphs.without_claims(runs, known)):
                if not paragraphs.is_silent(sentence):
                    told = paragraphs.without_clauses_of_nothing(sentence, nothing)
                    yield line, Sentence(told, situation, rankings)


def _marked_characters(text: str, depth: int) -> tuple[str, int]:
    """The text with a mark behind every guarded character, and how deep it is guarded behind it."""
    found = []
    for character in text:
        if character in (GUARD, END):
            depth += 1 if character == GUARD else -1
        else:
            found.append(f"{character}{GUARD}" if depth else character)
    return "".join(found), depth


@lru_cache(maxsize=32)
def _guarded(template: str) -> Template:
    """The template with marks around what its conditions and loops guard. An `else` guards nothing: a condition on a
    missing figure leads there."""
    sandbox = Sandbox()
    tree = sandbox.marked(template.replace(GUARD, "").replace(END, ""))
    guards: list[nodes.If | nodes.For] = [*tree.find_all(nodes.If), *tree.find_all(nodes.For)]
    for node in filterfalse(is_else, guards):
        node.body = [_data(GUARD), *node.body, _data(END)]
    return sandbox.from_string(tree)


def _data(text: str) -> nodes.Output:
    return nodes.Output([nodes.TemplateData(text, lineno=1)], lineno=1)


def _speaking(names: dict[str, object]) -> dict[str, object]:
    return names | {name: _guarding(names[name]) for name in SPEAKING}


def _guarding(function: object) -> Callable[..., str]:
    def guarded(*codes: str) -> str:
        text = function(*codes) if callable(function) else ""
        return f"{GUARD}{text}{END}" if text else ""

    return guarded


# The rules: each gives why a sentence is doubtful, and whether a wording with it is refused

Doubts = Iterator[tuple[str, bool]]


def claims(sentence: Sentence) -> Doubts:
    """Words outside of any condition, of which no figure tells."""
    if sentence.bears:
        return
    for clause in sentence.clauses():
        words = clause.unguarded
        if len(words) > 2 and not clause.has_figure and words == clause.words and not TOPIC.search(words):
            yield _("no figure bears out “%(words)s”") % {"words": words}, False


def words_of_all(sentence: Sentence) -> Doubts:
    """每, 均, 全部, 主要 of nothing, or outside of any condition."""
    is_of_zero = any(ZERO.match(number.text) and not number.text.endswith("%") for number in sentence.numbers)
    for word in dict.fromkeys(OF_ALL.findall(sentence.words)):
        if is_of_zero:
            yield _("“%(word)s” is said beside a 0") % {"word": word}, False
        elif word in OF_ALL.findall(sentence.unguarded):
            yield _("“%(word)s” stands outside of any condition") % {"word": word}, False


def nothing_found(sentence: Sentence) -> Doubts:
    """没有检出, 没有发现 where nothing was looked at: of all counts before it, up to a semicolon, none but 0."""
    counts: list[Number] = []
    for run in sentence.runs:
        if isinstance(run, Number) and not run.text.endswith("%"):
            counts.append(run)
        elif isinstance(run, Text):
            for piece in run.text.replace(GUARD, "").split("；"):
                found = NOTHING_FOUND.search(piece)
                if found and counts and all(ZERO.match(count.text) for count in counts):
                    yield _("“%(word)s” is said where nothing was looked at") % {"word": found[0]}, False
            if "；" in run.text:
                counts = []


def words_of_most(sentence: Sentence) -> Doubts:
    """The most of equal ones, of a single one, of zeros, or of what is not ranked."""
    for word in dict.fromkeys(OF_MOST.findall(sentence.words)):
        told = {number.code for number in sentence.numbers}
        rankings = [one for one in sentence.rankings if told & one.keys()]
        if not rankings:
            if word in sentence.unguarded:
                yield _("“%(word)s” is said of what is not ranked") % {"word": word}, False
            continue
        for ranking in rankings:
            present = {code: value for code, value in ranking.items() if value is not None}
            most = (min if word in LEAST else max)(present.values(), default=None)  # type: ignore[type-var]
            ties = [code for code, value in present.items() if value == most]
            if len(present) < 2:
                yield _("“%(word)s” is said of one alone") % {"word": word}, True
            elif most == 0 and word not in LEAST:
                yield _("“%(word)s” is said beside a 0") % {"word": word}, True
            elif len(ties) > 1 and not _names_all(sentence, ties, word):
                yield _("“%(word)s” is said of equal ones") % {"word": word}, True


def _names_all(sentence: Sentence, codes: Sequence[str], word: str) -> bool:
    """Whether all that are equal are named beside the word, before the first figure."""
    head = sentence.text.partition(sentence.numbers[0].text)[0]
    names = [sentence.situation.figures.values[code].indicator.row_name for code in codes]
    return word in head and all(name in head for name in names)


def words_of_change(sentence: Sentence) -> Doubts:
    for clause in sentence.clauses():
        word = GROWTH.search(clause.words)
        if word is None:
            continue
        if not sentence.situation.has_last and not clause.numbers:
            yield _("“%(word)s” is said without a last year") % {"word": word[0]}, word[0] in OF_LAST_YEAR
        elif any(number.text.startswith("-") for number in clause.numbers):
            yield _("“%(word)s” stands before a negative number") % {"word": word[0]}, True


def grammar(sentence: Sentence) -> Doubts:
    if broken := BROKEN.search(sentence.text):
        yield _("the sentence breaks at “%(text)s”") % {"text": broken[0]}, False
    if sentence.text.count(NOT_APPLICABLE) > 1:
        yield _("“%(text)s” is said twice") % {"text": NOT_APPLICABLE}, False


def parts(sentence: Sentence) -> Doubts:
    """其中 of a total that is missing or 0. A share behind the total is not what the parts are of."""
    lacks = False
    for run in sentence.runs:
        if isinstance(run, Text):
            if lacks and "其中" in run.text.replace(GUARD, ""):
                yield _("“其中” is said of a total that is missing or 0"), False
        elif not sentence.situation.figures.values[run.code].indicator.unit.is_percent:
            lacks = not isinstance(run, Number) or bool(ZERO.match(run.text))


RULES = (claims, words_of_all, nothing_found, words_of_most, words_of_change, grammar, parts)
