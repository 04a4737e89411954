"""Loads YAML files of question code -> text into the accepted history of a year, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from ruamel.yaml.nodes import MappingNode

from sectors.calculation.periods import PeriodKey
from sectors.catalogue.nodes import NOTHING, FileProblem, Source, line_of, text_of
from sectors.entry import writer
from sectors.guard import lock_submissions
from sectors.models import Narrative, Question, Region, Submission, User
from sectors.sql.dry_runs import undone
from sectors.texts import LONGEST_TEXT, too_long
from sectors.transfer.history import HistoryFileError, check_replaced, in_their_hands, is_theirs
from sectors.vocabulary import Frequency

SHOWN = 40  # characters of a text that is told of


@dataclass(frozen=True)
class Answer:
    """To one question; an empty text where the file has none."""

    place: str
    code: str
    text: str


@dataclass(frozen=True)
class LoadedAnswers:
    """How many answers were stored, a line for each that is new, and one for each that was another before."""

    narratives: int
    added: list[str]
    replaced: list[str]


def import_narratives(
    paths: Iterable[Path] = (),
    *,
    answers: Iterable[Answer] = (),
    region: Region,
    year: int,
    by: User | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> LoadedAnswers:
    """Load answers of files, and others that stand in none, into the year's history. Raises HistoryFileError; then
    nothing has changed.

    What a department is working on is not touched, and no answer is emptied. One that is there otherwise is a problem,
    unless `replace` asks for it. With `dry_run` nothing changes either.
    """
    problems: list[str] = []
    read = [*answers, *(answer for path in paths for answer in _read(path, problems))]
    with undone(dry_run):
        return _store(read, region, year, problems, replace=replace, by=by)


def _store(
    read: list[Answer], region: Region, year: int, problems: list[str], *, replace: bool, by: User | None
) -> LoadedAnswers:
    questions = {q.code: q for q in Question.objects.all()}
    answers: dict[int, dict[str, Answer]] = {}
    for answer in _asked(read, questions, PeriodKey.whole(year), problems):
        answers.setdefault(questions[answer.code].sheet_id, {})[answer.code] = answer
    rows = Submission.objects.filter(region=region, period__year=year, period__kind=Frequency.YEAR, sheet__in=answers)
    submissions = {s.sheet_id: s for s in Submission.objects.filter(pk__in=lock_submissions(rows))}
    for sheet in answers.keys() - submissions.keys():
        codes = ", ".join(sorted(answers[sheet]))
        problems.append(
            _("%(codes)s: the sheet has no annual submission in %(year)d.") % {"codes": codes, "year": year}
        )
    problems += [in_their_hands(submissions[sheet]) for sheet in answers if is_theirs(submissions.get(sheet))]
    problems += [f"{answer.place}: {problem}" for answer in read if (problem := too_long(answer.text, LONGEST_TEXT))]
    added, replaced = _compared(answers, submissions, problems)
    if problems:
        raise HistoryFileError(problems)
    check_replaced(replaced, replace=replace)
    changed = 0
    for sheet, of_sheet in answers.items():
        texts = {code: answer.text for code, answer in of_sheet.items() if answer.text}
        changed += writer.store_narratives(submissions[sheet], texts, by=by)
    return LoadedAnswers(changed, added, replaced)


def _asked(
    read: list[Answer], questions: dict[str, Question], year: PeriodKey, problems: list[str]
) -> Iterator[Answer]:
    """Answers to questions that there are at the end of the year, each once."""
    places: dict[str, str] = {}
    for answer in read:
        what = {"code": answer.code, "day": year.last_day, "place": places.setdefault(answer.code, answer.place)}
        if answer.code not in questions:
            problems.append(f"{answer.place}: " + _("Unknown question %(code)s.") % what)
        elif not questions[answer.code].valid_on(year.last_day):
            message = _("%(code)s is not asked on %(day)s, the last day of the year.")
            problems.append(f"{answer.place}: " + message % what)
        elif what["place"] != answer.place:
            problems.append(f"{answer.place}: " + _("%(code)s stands already at %(place)s.") % what)
        else:
            yield answer


def _compared(
    answers: dict[int, dict[str, Answer]], submissions: dict[int, Submission], problems: list[str]
) -> tuple[list[str], list[str]]:
    """What is new, and what was answered otherwise until now, in words. To empty an answer is a problem."""
    of_sheets = {submission.pk: answers[sheet] for sheet, submission in submissions.items()}
    rows = Narrative.objects.filter(submission__in=of_sheets).exclude(text="")
    before = {(of, code): text for of, code, text in rows.values_list("submission", "question__code", "text")}
    added, replaced = [], []
    for submission, given in of_sheets.items():
        for code, answer in given.items():
            old = before.get((submission, code), "")
            if answer.text == old:
                continue
            if not answer.text:
                message = _("%(code)s is answered, and the file has no text. Leave the question out of the file.")
                problems.append(f"{answer.place}: " + message % {"code": code})
            elif old:
                replaced.append(f"{answer.place}: {code}: {_shown(old)} → {_shown(answer.text)}")
            else:
                added.append(f"{answer.place}: {code}: {_shown(answer.text)}")
    return added, replaced


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _read(path: Path, problems: list[str]) -> Iterator[Answer]:
    found: list[FileProblem] = []
    source = Source(path, found)
    root = source.root()
    if root is None and not found:
        source.problem(1, _("The file is empty."))
    left = root.start_mark.column if isinstance(root, MappingNode) else 0
    for comment in source.comments:
        if not comment.is_alone or comment.column > left:
            message = _(
                "The # cuts a text off before “%(text)s”. Put the text in quotes, or below a | and as far to the right "
                "as its other lines; a comment stands in a line of its own, at the left."
            )
            source.problem(comment.line, message % {"text": comment.text})
    for code, (key, value) in (source.pairs(root) if root is not None else {}).items():
        try:
            text = "" if value.tag == NOTHING else text_of(value, code)
            if not text and value.tag != NOTHING:
                raise ValueError(
                    _("%(code)s has an empty answer. Leave the question out of the file.") % {"code": code}
                )
            yield Answer(str(source.place(line_of(key))), code, text)
        except ValueError as error:
            source.problem(line_of(key), str(error))
    problems += map(str, sorted(found, key=lambda problem: problem.place.line))
