"""Reads a scheme's file (YAML) into a specification, with every problem by its line. No database.

What may stand in a file says `keys`; whether its points add up, its steps fit and what it names is there says `checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from assessment.schemes.keys import LEVELS, METHODS, SCHEME
from assessment.schemes.specification import (
    AgainstTarget,
    ByHand,
    Counted,
    Criterion,
    Deduction,
    Gap,
    Linear,
    Method,
    Missing,
    OwnTargets,
    Rank,
    Specification,
    Step,
    Steps,
    Subjects,
    Veto,
)
from sectors.catalogue.nodes import CatalogueError, FileProblem, Node, Source
from sectors.catalogue.yaml_text import TOO_DEEP

USUAL_POINTS = Decimal(100)
USUAL_GRADES = {"A": Decimal(90), "B": Decimal(80), "C": Decimal(60)}


class SchemeFile:
    """A file that was read: what it says, and the node of each criterion and veto for what is found wrong later."""

    def __init__(self, source: Source, root: Node) -> None:
        self.source, self.root = source, root
        self.nodes: dict[str, Node] = {}
        self.specification = self._specification()

    def _specification(self) -> Specification:
        root = self.root
        points = root["points"] or USUAL_POINTS
        grades = dict(sorted(root["grades"].items())) or _usual_grades(points)
        if list(grades.values()) != sorted(set(grades.values()), reverse=True):
            root.problem(_("Each grade asks for fewer points than the one before it."), "grades")
        return Specification(
            code=root["scheme"],
            name=root["name"],
            year=root["year"],
            subjects=Subjects(root["subjects"]),
            points=points,
            criteria=self._criteria(root["criteria"]),
            bonus=self._criteria(root["bonus"], is_bonus=True),
            vetoes=tuple(self._veto(node) for node in root["vetoes"]),
            grades=grades,
            lowest=_lowest(grades),
        )

    def _criteria(
        self, nodes: Iterable[Node], above: Criterion | None = None, level: int = 1, *, is_bonus: bool = False
    ) -> tuple[Criterion, ...]:
        return tuple(self._criterion(node, above, level, is_bonus) for node in nodes)

    def _criterion(self, node: Node, above: Criterion | None, level: int, is_bonus: bool) -> Criterion:
        self._note(node)
        own = frozenset(node["for"])
        found = Criterion(
            code=node["code"],
            name=node["name"],
            points=node["points"],
            lead=node["lead"] or (above.lead if above else ""),
            subjects=own or (above.subjects if above else frozenset()),
            floor=node["floor"] or Decimal(0),
            missing=Missing(node["missing"]),
            is_bonus=is_bonus,
        )
        if above and above.subjects and own - above.subjects:
            names = {"names": ", ".join(sorted(own - above.subjects))}
            node.problem(_("for names %(names)s, for whom the criterion above does not hold.") % names, "for")
        if found.floor > found.points:
            node.problem(_("floor is more than the points of the criterion."), "floor")
        if not node["criteria"]:
            return replace(found, method=self._method(node, found))
        self._check_parts(node, level)
        return replace(found, parts=self._criteria(node["criteria"], found, level + 1, is_bonus=is_bonus))

    @staticmethod
    def _check_parts(node: Node, level: int) -> None:
        if given := [name for name in (*METHODS, "hand") if node[name]]:
            message = _("A criterion with criteria in it has no method of its own: leave %(key)s out.")
            node.problem(message % {"key": given[0]}, given[0])
        if level == LEVELS:
            node.problem(_("Criteria have at most %(count)d levels.") % {"count": LEVELS}, "criteria")

    def _method(self, node: Node, criterion: Criterion) -> Method | None:
        given = [name for name in METHODS if node.has(name)] + ["hand"] * bool(node["hand"])
        if len(given) != 1:
            several = _("A criterion has one method, not several: %(keys)s.")
            none = _("One of these keys must be here: %(keys)s.")
            node.problem((several if given else none) % {"keys": ", ".join(given or (*METHODS, "hand"))})
            return None
        if given == ["hand"]:
            return ByHand(node["hand"])
        inner = node[given[0]]
        if inner is None:
            node.problem(_("%(key)s is empty.") % {"key": given[0]}, given[0])
            return None
        return METHOD[given[0]](self, inner, criterion)

    def _linear(self, node: Node, criterion: Criterion) -> Method | None:
        return self._between(node, of_change=False)

    def _change(self, node: Node, criterion: Criterion) -> Method | None:
        return self._between(node, of_change=True)

    @staticmethod
    def _between(node: Node, *, of_change: bool) -> Method | None:
        if node["zero"] == node["full"]:
            node.problem(_("zero and full are the same value: nothing lies between them."), "full")
            return None
        return Linear(node["of"], node["zero"], node["full"], of_change)

    def _steps(self, node: Node, criterion: Criterion) -> Method:
        steps = sorted(((_step(one), one) for one in node["steps"]), key=lambda pair: _low(pair[0]))
        for step, one in steps:
            if step.low is not None and step.high is not None and step.low >= step.high:
                one.problem(_("A step runs from a value to below a larger one."), "below")
            if step.points > criterion.points:
                one.problem(_("A step gives more points than the criterion has."), "points")
        for (step, _one), (following, other) in pairwise(steps):
            if step.high is None or following.low is None or following.low < step.high:
                what = {"first": _shown(step), "second": _shown(following)}
                other.problem(_("Two steps overlap: %(first)s and %(second)s. A value must lie in one of them.") % what)
        return Steps(node["of"], tuple(step for step, _one in steps))

    def _gap(self, node: Node, criterion: Criterion) -> Method:
        if node["falls"] and node["full"] is None:
            node.problem(_("falls belongs to full; a target says itself which way it is reached."), "falls")
        return Gap(node["of"], node["full"], node["each"], node["deduct"], node["falls"], node["begun"])

    def _target(self, node: Node, criterion: Criterion) -> Method:
        return AgainstTarget(node["of"], node["share"])

    def _own_targets(self, node: Node, criterion: Criterion) -> Method | None:
        if self.root["subjects"] != Subjects.DEPARTMENTS.value:
            node.problem(_("own_targets is for departments: regions have no sheets of their own."))
            return None
        return OwnTargets()

    def _rank(self, node: Node, criterion: Criterion) -> Method | None:
        if self.root["subjects"] != Subjects.REGIONS.value:
            node.problem(_("rank compares regions; departments do not report the same figure."))
            return None
        points = tuple(node["points"])
        if list(points) != sorted(points, reverse=True) or points[0] > criterion.points:
            message = _("points of ranks fall from the first to the last, none above those of the criterion.")
            node.problem(message, "points")
        return Rank(node["of"], points, node["best"] == "low")

    def _count(self, node: Node, criterion: Criterion) -> Method:
        return Deduction(Counted(node["of"]), node["deduct"], node["free"])

    def _veto(self, node: Node) -> Veto:
        self._note(node)
        if not node["proof"]:
            message = _("The veto does not say what proves it: name the record, notice or document as proof.")
            node.problem(message, "proof")
        return Veto(node["code"], node["name"], node["proof"])

    def _note(self, node: Node) -> None:
        code = node["code"]
        if code in self.nodes:
            what = {"code": code, "where": self.nodes[code].place}
            node.problem(_("%(code)s stands already at %(where)s.") % what, "code")
        self.nodes.setdefault(code, node)


METHOD: dict[str, Callable[[SchemeFile, Node, Criterion], Method | None]] = {
    "linear": SchemeFile._linear,
    "change": SchemeFile._change,
    "steps": SchemeFile._steps,
    "gap": SchemeFile._gap,
    "target": SchemeFile._target,
    "own_targets": SchemeFile._own_targets,
    "rank": SchemeFile._rank,
    "count": SchemeFile._count,
}


def read(path: Path) -> SchemeFile:
    """The scheme of a file. Raises CatalogueError with all problems that the file alone shows."""
    problems: list[FileProblem] = []
    source = Source(path, problems)
    root = source.root()
    if root is None and not problems:
        source.problem(1, _("The file is empty."))
    node = None
    try:
        node = SCHEME.read(root, source) if root is not None else None
    except RecursionError:  # criteria in each other may be composed deeper than they can be read
        source.problem(1, str(TOO_DEEP))
    if problems or node is None:  # what is missing or of another kind is said before anything is made of it
        raise CatalogueError(list(dict.fromkeys(problems)))
    return SchemeFile(source, node)


def read_text(text: str, name: str = "scheme.yaml") -> SchemeFile:
    """The same of the text of a file that was called so."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_text(text, encoding="utf-8")
        return read(path)


def _step(node: Node) -> Step:
    return Step(node["from"], node["below"], node["points"])


def _low(step: Step) -> Decimal:
    return Decimal("-Infinity") if step.low is None else step.low


def _shown(step: Step) -> str:
    """`[90, 95)`."""
    low = "" if step.low is None else f"{step.low:f}"
    high = "" if step.high is None else f"{step.high:f}"
    return f"[{low}, {high})"


def _usual_grades(points: Decimal) -> dict[str, Decimal]:
    """The usual ones are of 100 points; of another sum they ask for the same shares."""
    return {letter: least * points / USUAL_POINTS for letter, least in USUAL_GRADES.items()}


def _lowest(grades: Mapping[str, Decimal]) -> str:
    """The letter behind the last of the grades."""
    return chr(ord(max(grades)) + 1)
