from __future__ import annotations

import json
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from reports.aggregation.cube import years_with_data
from reports.chapters import verification
from sectors.checks.findings import PLACES, Finding
from sectors.management.region_command import RegionCommand
from sectors.models import Region


class Command(RegionCommand):
    help = "Check the accepted figures of a region's year: sums, rates, rules. Exit status 0 whatever is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--required", action="store_true", help="also name required cells that are empty")
        parser.add_argument(
            "--repairs", action="store_true", help="also values that would repair it, as departments read"
        )

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        if year not in dict(years_with_data(region)):
            what = {"region": region, "year": year}
            raise CommandError(_("%(region)s has no accepted figures of %(year)d.") % what)
        findings, repairs = verification.of_year(region, year, required=options["required"]), options["repairs"]
        if options["format"] == "json":
            found = [as_json(finding, repairs=repairs) for finding in findings]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for finding in findings:
            text = finding.statement.worded(repairs=repairs)
            self.stdout.write(f"[{finding.severity}] {finding.period} {text}".replace("  ", " "))
        self.stdout.write(_("%(count)d findings.") % {"count": len(findings)})


def as_json(finding: Finding, *, repairs: bool) -> dict[str, Any]:
    """Decimals as strings, so that nothing is lost. `figures` are all that it is about, of other sheets and other
    periods too, `values` what stands in the cells of its period, as it was typed (120余); suspects have their code and
    period, the codes that have to change together with it, and with `repairs` the value that would repair it;
    `also` is what else the same slip brings about."""
    periods = {figure.code: figure.period for figure in finding.figures}  # of several of one figure the latest
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "severity": finding.severity,
        "period": finding.period,
        "indicators": list(finding.indicators),
        "figures": [{"indicator": figure.code, "period": figure.period} for figure in finding.figures],
        "values": dict(finding.judged),
        "declared": _text(finding.declared),
        "expected": _text(finding.expected),
        "difference": _text(finding.difference),
        "suspects": [
            {"indicator": suspect.code, "period": periods[suspect.code], "together": list(suspect.together)}
            | ({"repair": _text(suspect.repair)} if repairs else {})
            for suspect in finding.suspects
        ],
        "message": finding.statement.worded(repairs=repairs),
        "also": [as_json(other, repairs=repairs) for other in finding.also],
    }


def _text(value: Decimal | None) -> str | None:
    """To as many decimals as findings are kept with; a quotient has no end of them."""
    return None if value is None else f"{value.quantize(PLACES).normalize():f}"
