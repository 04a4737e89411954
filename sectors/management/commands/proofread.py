from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.calculation.numerals import BadNumber
from sectors.catalogue.compiled import catalogue
from sectors.management.region_command import RegionCommand
from sectors.models import Region
from sectors.reading import proofreading, reports
from sectors.reading.reports import Proposal
from sectors.reading.word import open_report
from sectors.spreadsheets.container import BadFile

FIRST_OF = 3
Fact = tuple[str, Any, str]  # code, value, qualifier


class Command(RegionCommand):
    help = "Read a written report (.docx, .txt): what does not hold, and how much of what is stored was found in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", type=Path)

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        path, known = options["path"], catalogue()
        rows = proofreading.whole_years(region, year)
        values = proofreading.other_years(rows, known.codes, year)
        try:
            with path.open("rb") as file:
                blocks = open_report(file, path.stat().st_size)
            found = reports.read(blocks, known, year, values, region)
        except (OSError, BadFile) as error:
            raise CommandError(str(error)) from error
        told = proofreading.clear(found, known.by_code, year)
        for remark in proofreading.remarks(blocks, found, told, region, year, rows):
            self.stdout.write(f"[{remark.severity}] {remark.text}")
        stored = {(known.codes[row[0]], row[4], row[6]) for row in rows if row[2] == year and row[4] is not None}
        self.stdout.write(_("%(count)d numbers.") % {"count": len(found)})
        if stored:
            self._measure(found, stored, year)

    def _measure(self, found: Sequence[Proposal], stored: set[Fact], year: int) -> None:
        """Each number counts for one stored figure at most."""
        says = [list(_facts(proposal, year)) for proposal in found]
        codes = {code for code, _value, _qualifier in stored}
        sure = [facts[0] for facts, proposal in zip(says, found, strict=True) if proposal.is_sure]
        what = {
            "stored": len(stored),
            "first": _matched([facts[:1] for facts in says], stored),
            "three": _matched([facts[:FIRST_OF] for facts in says], stored),
            "sure": len(sure),
            "wrong": sum(fact[0] in codes and fact not in stored for fact in sure),
        }
        message = _(
            "Of %(stored)d stored figures %(first)d are proposed first and %(three)d among the first three; "
            "%(sure)d numbers are confirmed by default, %(wrong)d of them stored otherwise."
        )
        self.stdout.write(message % what)


def _facts(proposal: Proposal, year: int) -> Iterator[Fact]:
    indicators = catalogue().by_code
    for fit in proposal.fits:
        code = fit.entry.code
        try:
            cell = proofreading.told_by(proposal, fit.entry, indicators[code], year).cell
        except BadNumber:
            yield code, None, ""
        else:
            yield code, cell.value, cell.qualifier


def _matched(says: Sequence[Sequence[Fact]], stored: set[Fact]) -> int:
    """How many stored figures can be given a number each that says so (augmenting paths)."""
    taken: dict[Fact, int] = {}

    def give(number: int, seen: set[Fact]) -> bool:
        for fact in says[number]:
            if fact in stored and fact not in seen:
                seen.add(fact)
                if fact not in taken or give(taken[fact], seen):
                    taken[fact] = number
                    return True
        return False

    return sum(give(number, set()) for number in range(len(says)))
