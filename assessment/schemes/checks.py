"""What a scheme must not contradict: its own points, its year, and the catalogue and region that it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessment.schemes.reading import SchemeFile
from assessment.schemes.specification import AgainstTarget, Criterion, Gap, Steps, Subjects
from sectors.catalogue.nodes import CatalogueError


@dataclass(frozen=True)
class Known:
    """What there is: the year that the scheme is to be of, codes of indicators with numbers that are valid then, those
    of them that have a target, codes of departments of the region, of those that report, and of the regions directly
    in it."""

    year: int
    indicators: frozenset[str]
    aimed: frozenset[str]
    departments: frozenset[str]
    reporting: frozenset[str]
    regions: frozenset[str]

    def subjects(self, kind: Subjects) -> frozenset[str]:
        return self.reporting if kind is Subjects.DEPARTMENTS else self.regions


def check(file: SchemeFile, known: Known) -> None:
    """Raises CatalogueError with every problem of a file."""
    spec, root = file.specification, file.root
    if spec.year != known.year:
        what = {"year": spec.year, "wanted": known.year}
        root.problem(_("The file is of %(year)d, and a scheme of %(wanted)d is expected.") % what, "year")
    if not known.subjects(spec.subjects):
        root.problem(_("There is nobody here whom this scheme could assess."), "subjects")
    for criterion, _depth in spec.all:
        _check_names(file, criterion, known)
    everybody = _everybody(spec.all, known.subjects(spec.subjects))
    for criterion in (*spec.criteria, *spec.bonus):
        _check_sums(file, criterion, everybody)
    for subject in sorted(everybody):
        _check_sum(file, "", spec.criteria, spec.points, subject)
    if file.source.problems:
        raise CatalogueError(list(dict.fromkeys(file.source.problems)))


def _check_names(file: SchemeFile, criterion: Criterion, known: Known) -> None:
    """What a criterion names must be there."""
    node, code = file.nodes[criterion.code], criterion.indicator
    if code and code not in known.indicators:
        message = _("There is no indicator %(code)s with numbers in %(year)d. Look it up in the catalogue.")
        node.problem(message % {"code": code, "year": known.year})
    elif code and _needs_target(criterion) and code not in known.aimed:
        node.problem(
            _("%(code)s has no target in %(year)d to be held against. Set one first.")
            % {"code": code, "year": known.year}
        )
    for name in sorted(criterion.subjects - known.subjects(file.specification.subjects)) if node.has("for") else ():
        node.problem(_("for names %(name)s, whom there is none of here.") % {"name": name}, "for")
    if criterion.lead and node.has("lead") and criterion.lead not in known.departments:
        node.problem(_("lead names %(name)s, which is no department here.") % {"name": criterion.lead}, "lead")
    if isinstance(criterion.method, Steps) and criterion.points != max(one.points for one in criterion.method.steps):
        node.problem(_("No step gives all %(points)s points of the criterion.") % {"points": criterion.points}, "steps")


def _needs_target(criterion: Criterion) -> bool:
    method = criterion.method
    return isinstance(method, AgainstTarget) or (isinstance(method, Gap) and method.full is None)


def _everybody(criteria: Iterable[tuple[Criterion, int]], subjects: frozenset[str]) -> frozenset[str]:
    """All who are named somewhere, and an empty name for everybody else, if there are more."""
    named = frozenset[str]().union(*(one.subjects for one, _depth in criteria))
    return named | {""} if subjects - named else named


def _check_sums(file: SchemeFile, criterion: Criterion, everybody: Iterable[str]) -> None:
    """The parts add up to their whole for each to whom any of them applies."""
    if criterion.parts:
        for subject in sorted(everybody):
            _check_sum(file, criterion.code, criterion.parts, criterion.points, subject)
        for part in criterion.parts:
            _check_sums(file, part, everybody)


def _check_sum(file: SchemeFile, code: str, parts: Sequence[Criterion], points: Decimal, subject: str) -> None:
    held = [one for one in parts if one.holds_for(subject)]
    added = sum((one.points for one in held), Decimal(0))
    if not held or added == points:
        return
    for_whom = _(" for %(name)s") % {"name": subject} if subject else ""
    names = " + ".join(f"{one.points:f}" for one in held)
    what = {"sum": names, "added": f"{added:f}", "points": f"{points:f}", "whom": for_whom}
    message = _("Its criteria give %(sum)s = %(added)s points%(whom)s, and not %(points)s.")
    (file.nodes[code] if code else file.root).problem(message % what, "criteria")
