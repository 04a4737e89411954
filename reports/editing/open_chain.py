"""Where the chain from a problem over its cause to a measure is broken: a problem that nobody explains or does anything
about, and a measure without a problem. To be looked at before a report is issued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.chapters import narratives
from reports.chapters.chain import Link
from reports.chapters.evidence import Evidence
from reports.chapters.problems import side
from sectors.vocabulary import QuestionKind

PROBLEMS = (QuestionKind.PROBLEM_MACRO, QuestionKind.PROBLEM_MICRO)


@dataclass(frozen=True)
class BrokenChain:
    """`key` tells one from another whatever the language; `sector` is the code of the one that it is about."""

    key: str
    sentence: str
    sector: str = ""


def of(evidence: Evidence) -> tuple[BrokenChain, ...]:
    """Problems by themselves first, then what departments wrote. Pure."""
    return (*_of_problems(evidence), *_of_answers(evidence), *_of_words(evidence))


def _of_problems(evidence: Evidence) -> Iterator[BrokenChain]:
    for members in evidence.links().values():
        for link in members:
            if missing := _missing(link):
                problem = f"{link.problem.sector.name}·{link.problem.title}"
                yield BrokenChain(
                    f"{link.problem.key}:{bool(link.cause)}", missing % {"problem": problem}, link.problem.sector.code
                )


def _missing(link: Link) -> str:
    if link.cause:
        return "" if link.measure else _("%(problem)s: no measure yet")
    return _("%(problem)s: no cause yet") if link.measure else _("%(problem)s: neither cause nor measure yet")


def _of_answers(evidence: Evidence) -> Iterator[BrokenChain]:
    for key, answer in evidence.given.items():
        if answer.measure and key not in evidence.short:
            message = _("A measure without a problem, since this falls short no longer: %(problem)s")
            yield BrokenChain(key, message % {"problem": answer.problem})


def _of_words(evidence: Evidence) -> Iterator[BrokenChain]:
    """By what they are about."""
    problems = {subject for kind in PROBLEMS for subject in narratives.of_kind(evidence.answers, kind)}
    measures = set(narratives.of_kind(evidence.answers, QuestionKind.MEASURE))
    answered = {link.problem.sector for links in evidence.links().values() for link in links if link.measure}
    found = {link.problem.sector for links in evidence.links().values() for link in links}
    for subject in (None, *evidence.sectors):
        what = {"subject": side(subject).removesuffix("方面")}
        code = subject.code if subject else ""
        if subject in problems - measures - answered:
            yield BrokenChain(f"words:{code}", _("%(subject)s: problems in words, and no measure") % what, code)
        if subject in measures - problems - found:
            yield BrokenChain(f"measures:{code}", _("%(subject)s: measures in words, and no problem") % what, code)
