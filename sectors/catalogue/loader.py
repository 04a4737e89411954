"""Loads catalogue files into the database: idempotent, all or nothing, never editing what accepted figures rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import record
from audit.vocabulary import EventKind
from sectors.catalogue import (
    asked,
    consistency,
    counted,
    past,
    past_regions,
    past_rows,
    sheet_versions,
    word_loading,
    wordings,
)
from sectors.catalogue.beside import in_database
from sectors.catalogue.changes import CHANGED, Changes
from sectors.catalogue.expressions import rules_to_revise
from sectors.catalogue.files import read
from sectors.catalogue.nodes import CatalogueError, FilePosition, FileProblem
from sectors.catalogue.specifications import CatalogueFiles, FileIndicator, FileSector
from sectors.guard import lock_departments, lock_places, lock_reporting
from sectors.models import (
    Assignment,
    Breakdown,
    BreakdownPart,
    CatalogueVersion,
    Chapter,
    Department,
    Figure,
    FormerFrequency,
    Indicator,
    Question,
    Region,
    Rule,
    Sector,
    Sheet,
    Submission,
    Table,
    Unit,
)
from sectors.models.catalogue import reported_in
from sectors.sql.catalogue import catalogue_version
from sectors.sql.dry_runs import undone
from sectors.vocabulary import OPEN_STATUSES, FigureState, RuleSource


class OtherChanges(Exception):
    """The load would not do any more what was looked at."""


def load(
    *paths: Path, dry_run: bool = False, by: str = "", seen: str | None = None, is_shipped: bool = False
) -> Changes:
    """Load files or folders. Raises CatalogueError with every problem; the database is then as it was.

    `by` is the account that loads it, for the history. With `seen`, the digest of the changes of a dry run, it does
    those or raises OtherChanges. What wordings claim is not looked for in what `is_shipped`: tests have done that.
    """
    return load_read(read(*paths), dry_run=dry_run, by=by, seen=seen, is_shipped=is_shipped)


def load_read(
    catalogue: CatalogueFiles,
    *,
    dry_run: bool = False,
    by: str = "",
    seen: str | None = None,
    is_shipped: bool = False,
) -> Changes:
    """The same with files that were read already."""
    changes = Changes()
    loader = _Loader(catalogue, changes, by, is_shipped=is_shipped)
    with undone(dry_run):
        loader.load(dry_run=dry_run)
        if seen is not None and changes.digest != seen:
            raise OtherChanges
    if not dry_run:
        _recount(loader.recounted)
    return changes


def _recount(sheets: Iterable[int]) -> None:
    """Count what is with departments anew, region by region, after sheets got other rules for records or rows.

    What was loaded is there for everybody by now, so that a record that is stored meanwhile is counted by it as well.
    """
    rows = Submission.objects.filter(sheet__in=sheets, status__in=OPEN_STATUSES)
    by_region: dict[int, list[Submission]] = {}
    for row in rows.select_related("sheet", "period", "department").order_by("pk"):
        by_region.setdefault(row.region_id, []).append(row)
    for region, submissions in sorted(by_region.items()):
        with transaction.atomic():
            lock_departments(Department.objects.filter(region=region).values_list("pk", flat=True))
            for submission in submissions:
                counted.refresh(submission)


class _Loader:
    def __init__(self, catalogue: CatalogueFiles, changes: Changes, by: str, *, is_shipped: bool) -> None:
        self.catalogue, self.changes, self.by, self.is_shipped = catalogue, changes, by, is_shipped
        self.problems: list[FileProblem] = []
        # Slow, so before anything is locked.
        self.version, self.claims = catalogue_version(), self._found_claims()
        self.file = ""  # the one whose rows are being loaded
        self.recounted: set[int] = set()  # sheets of which records or rows are counted by other rules
        # Rows with a history by model and by whether they are changed or new: it is written once, at the end.
        self.kept: dict[tuple[Any, bool], list[Any]] = {}

    def _found_claims(self) -> list[wordings.WordingFinding]:
        return [] if self.is_shipped else wordings.found_beside_database(self.catalogue)

    def load(self, *, dry_run: bool) -> None:
        # What was reported is read from here on, and so is what there is, also by another load. A dry run keeps nobody
        # from reporting: it only holds what it writes, for others who take the same rows.
        lock_places() if dry_run else lock_reporting()
        if catalogue_version() != self.version:
            self.claims = self._found_claims()
        CatalogueVersion.objects.renew()
        self.past = past.Past()
        beside = in_database(self.catalogue)
        self.problems += consistency.problems(self.catalogue, beside)
        self._stop_at_problems()
        for line in rules_to_revise(self.catalogue, beside):
            self.changes.left(line)
        for doubt in consistency.doubts(self.catalogue, beside):
            self.changes.doubtful(str(doubt))
        sectors = [spec.code for spec in self.catalogue.sectors]
        if not dry_run:
            sheet_versions.keep_first(sectors)
        self._units()
        self._sectors()
        self._wordings()
        self._regions()
        word_loading.load(self.catalogue.registries, self._upsert, self._remove, self._problem)
        self._stop_at_problems()
        for (model, changed), rows in self.kept.items():
            model.history.bulk_history_create(rows, batch_size=500, update=changed)
        if self.changes.lines and not dry_run:
            sheet_versions.keep(sectors, by=self.by, file=self._names())
            self._tell()
        self.changes.reported = {row: self.past.reported(row) for row in self.changes.touched}

    def _tell(self) -> None:
        """Each line says what was and what is; of long texts only that they changed, and the file has them."""
        counts = dict(self.changes.counts)
        record.write(EventKind.CATALOGUE, name=self._names(), counts=counts, lines=self.changes.lines)

    def _names(self) -> str:
        return "、".join(sorted({Path(place.file).name for place in self.catalogue.places()}))

    def _stop_at_problems(self) -> None:
        if self.problems:
            raise CatalogueError(self.problems)

    def _problem(self, place: FilePosition, message: str) -> None:
        self.problems.append(FileProblem(place, message))

    def _is_refused(self, place: FilePosition, reasons: Iterable[str]) -> bool:
        """Whether there are reasons against a change; they are named then."""
        found = [FileProblem(place, reason) for reason in reasons]
        self.problems += found
        return bool(found)

    def _units(self) -> None:
        for spec in self.catalogue.units:
            self.file = spec.place.file
            old = Unit.objects.filter(name=spec.name).first()
            if old and self._is_refused(spec.place, self.past.of_unit(old, spec.base, spec.scale)):
                continue
            fields = {"base": spec.base, "scale": spec.scale, "counts": spec.counts, "also": spec.also}
            self._upsert(Unit, {"name": spec.name}, fields, old)
        self.units = Unit.objects.by_name()

    def _sectors(self) -> None:
        for spec in self.catalogue.sectors:
            self._sector(spec)
        self._check_past_values()

    def _wordings(self) -> None:
        for claim in self.claims:
            if claim.is_refused:
                self.problems.append(claim.problem)
            else:
                self.changes.doubtful(str(claim.problem))

    def _sector(self, spec: FileSector) -> None:
        self.file = spec.place.file
        names = {row.code: row.fields["name"] for row in spec.indicators}
        texts = {row["code"]: row["text"] for row in spec.questions}
        places = {row.code: row.place for row in spec.indicators}
        places |= {row["code"]: row["place"] for row in spec.questions}
        for code, reason in [*self.past.of_names(names), *self.past.of_texts(texts)]:
            self._problem(places[code], reason)
        chapter = self._upsert(Chapter, {"code": spec.chapter["code"]}, _without(spec.chapter, "code"))
        region = Region.objects.get(code=spec.region) if spec.region else None
        fields = {**_without(spec.fields, "code"), "chapter": chapter, "region": region}
        sector = self._upsert(Sector, {"code": spec.code}, fields)
        sheets = {row["number"]: self._sheet(row, sector) for row in spec.sheets}
        have_tables = _by(Table.objects.filter(sheet__sector=sector), lambda t: (t.sheet_id, t.code))
        tables = {}
        for row in spec.tables:
            sheet = sheets[row["sheet"]]
            key = {"sheet": sheet, "code": row["code"]}
            found = have_tables.get((sheet.pk, row["code"]))
            if found and self._is_refused(row["place"], past_rows.of_table(found, row["open_columns"])):
                tables[row["sheet"], row["code"]] = found
                continue
            tables[row["sheet"], row["code"]] = self._upsert(Table, key, _without(row, "sheet", "code"), found)
        indicators = self._indicators(spec, sector, sheets, tables)
        self._breakdowns(spec, sector, indicators)
        self._rules(spec, sector)
        questions = [
            {**q, "sheet": sheets[q["sheet"]], "table": tables.get((q["sheet"], q["table"]))} for q in spec.questions
        ]
        elsewhere = [q["code"] for s in self.catalogue.sectors if s is not spec for q in s.questions]
        have = Question.objects.filter(sheet__sector=sector).exclude(code__in=elsewhere)
        self._rows(Question, have, spec, questions, refusals=self.past.of_question)

    def _sheet(self, row: dict[str, Any], sector: Sector) -> Sheet:
        fields = {**_without(row, "number", "moved_from", "formerly"), "sector": sector}
        old = Sheet.objects.filter(number=row["number"]).first()
        if old and self._is_refused(row["place"], self.past.of_sheet(old, fields, row["formerly"])):
            return old
        sheet: Sheet = self._upsert(Sheet, {"number": row["number"]}, fields, old)
        have = _by(sheet.former_frequencies.select_related("sheet"), lambda former: former.until)
        for until, frequency in row["formerly"].items():
            key = {"sheet": sheet, "until": until}
            self._upsert(FormerFrequency, key, {"frequency": frequency}, have.pop(until, None))
        self._remove(have.values(), row["place"])
        return sheet

    def _indicators(
        self, spec: FileSector, sector: Sector, sheets: dict[str, Any], tables: dict[tuple[str, str], Any]
    ) -> dict[str, Indicator]:
        have = _by(Indicator.objects.filter(code__startswith=f"{sector.code}."), lambda i: i.code)
        loaded: dict[str, Indicator] = {}
        for row in spec.indicators:
            old = have.pop(row.code, None)
            fields = {**_without(row.fields, "code"), "sheet": sheets[row.sheet]}
            fields["unit"] = self.units[row.fields["unit"]]
            fields["table"] = tables[row.sheet, row.table]
            if old and self._is_refused(row.place, self.past.of_indicator(old, fields)):
                loaded[row.code] = old
                continue
            if ((old.counted, old.of_rows) if old else ({}, "")) != (fields["counted"], fields["of_rows"]):
                self.recounted.add(fields["sheet"].pk)
            self._say_whose_target(row, old)
            loaded[row.code] = self._upsert(Indicator, {"code": row.code}, fields, old)
            if old:
                self._say_what_drafts_have(row, loaded[row.code])
        gone = [old for old in have.values() if not self._is_refused(spec.place, self.past.of_removed_indicator(old))]
        self._remove(gone, spec.place)
        return loaded

    def _say_whose_target(self, row: FileIndicator, old: Indicator | None) -> None:
        fields = {key: row.fields[key] for key in ("target", "target_source", "target_since")}
        if (
            None in fields.values()
            or all(fields.values())
            or all(old and getattr(old, k) == v for k, v in fields.items())
        ):
            return
        message = _("The target does not say whose it is (source) and since when (since): the public does not read it.")
        self.changes.doubtful(str(FileProblem(row.place, message)))

    def _say_what_drafts_have(self, row: FileIndicator, indicator: Indicator) -> None:
        change = asked.change(asked.asked(self.past.before.by_code[row.code]), indicator)
        figures = Figure.objects.filter(indicator=indicator).exclude(state=FigureState.BLANK)
        if change and (count := figures.count()):
            message = ngettext(
                "%(change)s A figure of it in %(count)d draft was typed before: let the department look at it.",
                "%(change)s Figures of it in %(count)d drafts were typed before: let the departments look at them.",
                count,
            )
            self.changes.doubtful(str(FileProblem(row.place, message % {"change": change, "count": count})))

    def _breakdowns(self, spec: FileSector, sector: Sector, indicators: dict[str, Indicator]) -> None:
        rows = Breakdown.objects.filter(total__code__startswith=f"{sector.code}.").select_related("total")
        have = _by(rows, lambda b: (b.total.code, b.name))
        members: dict[int, list[int]] = {}
        for breakdown, part in BreakdownPart.objects.filter(breakdown__in=list(have.values())).values_list(
            "breakdown", "indicator"
        ):
            members.setdefault(breakdown, []).append(part)
        for row in spec.breakdowns:
            key = {"total": indicators[row.total], "name": row.name}
            fields = {"exhaustive": row.exhaustive, "position": row.position}
            breakdown = self._upsert(Breakdown, key, fields, have.pop((row.total, row.name), None))
            parts = [indicators[code].pk for code in row.parts]
            if members.get(breakdown.pk) != parts:
                if breakdown.pk in members:
                    self.changes.note(CHANGED, breakdown, _("parts"))
                breakdown.memberships.all().delete()
                BreakdownPart.objects.bulk_create(
                    BreakdownPart(breakdown=breakdown, indicator_id=pk, position=n) for n, pk in enumerate(parts)
                )
        self._remove(have.values(), spec.place)

    def _rules(self, spec: FileSector, sector: Sector) -> None:
        """A rule that was edited in the administration has all its versions left as they are, and that is said."""
        edited = set(Rule.objects.filter(source=RuleSource.ADMIN).values_list("code", flat=True))
        elsewhere = {r.fields["code"] for s in self.catalogue.sectors if s is not spec for r in s.rules}
        rows = [{**rule.fields, "sector": sector} for rule in spec.rules]
        have = sector.rules.exclude(code__in=edited | elsewhere)
        self._rows(Rule, have, spec, [row for row in rows if row["code"] not in edited])
        for code in sorted(edited & {row["code"] for row in rows}):
            self.changes.left(_("rule %(code)s: edited in the administration, left as it is") % {"code": code})

    def _rows(
        self,
        model: Any,
        queryset: Any,
        spec: FileSector,
        rows: list[dict[str, Any]],
        refusals: Callable[[Any, dict[str, Any]], Iterable[str]] = lambda _old, _row: (),
    ) -> None:
        """Rules and questions: known by their code alone, also where they come from another sector (`moved_from`)."""
        have = _by(queryset, lambda r: r.code)
        for row in rows:
            key = {"code": row["code"]}
            old = have.pop(row["code"], None) or model.objects.filter(**key).first()
            if not (old and self._is_refused(row.get("place", spec.place), refusals(old, row))):
                self._upsert(model, key, _without(row, "code", "moved_from"), old)
        self._remove(have.values(), spec.place)

    def _remove(self, rows: Iterable[models.Model], place: FilePosition) -> None:
        """What a file no longer names goes, unless something was reported for it."""
        for row in rows:
            try:
                with transaction.atomic():
                    self._explain(row)
                    copy(row).delete()  # which takes the key from what it deletes
                self.changes.removed(row)
            except models.ProtectedError:
                message = _("%(code)s (%(name)s) is in use and cannot be left out. Keep it and give it a valid_to.")
                what = {"code": getattr(row, "code", row), "name": getattr(row, "name", row)}
                self._problem(place, message % what)

    def _check_past_values(self) -> None:
        """Also of formulas that no loaded file has: what they read or add up may be changed by one that is loaded."""
        texts = dict(Indicator.objects.exclude(formula="").values_list("code", "formula"))
        places = {row.code: row.place for spec in self.catalogue.sectors for row in spec.indicators}
        for code, reason in self.past.of_formulas(texts, Breakdown.objects.part_codes(), self.units):
            self._problem(places.get(code) or self.catalogue.sectors[0].place, reason)

    def _regions(self) -> None:
        for spec in self.catalogue.regions:
            self.file, parent, above = spec.place.file, None, None
            self._is_refused(
                spec.place, past_regions.of_renamed_region(spec.code, spec.chain[0]["name"], spec.renamed_from)
            )
            self._is_refused(spec.place, past_regions.of_region_level(spec.code, spec.chain[0]["level"]))
            departments = {row["code"]: row for row in spec.departments}
            names = {code: row["name"] for code, row in departments.items()}
            for code, reason in past_regions.of_department_names(spec.code, names):
                self._problem(departments[code]["place"], reason)
            for step, place in zip(reversed(spec.chain), reversed(spec.places), strict=True):
                parent = self._region(step, parent, above or place)
                above = place
            for row in spec.departments:
                self._upsert(Department, {"region": parent, "code": row["code"]}, _without(row, "code"))
            if parent is not None:
                self._assign(parent, spec.assignments, is_whole=True)
        named = {spec.code for spec in self.catalogue.regions}
        others = Region.objects.filter(departments__isnull=False).exclude(code__in=named)
        reported = {spec.region for spec in self.catalogue.sectors}
        if reported and "" not in reported:  # what only one region has says nothing of the others
            others = others.filter(code__in=reported)
        for region in others.distinct():
            self.file = ""
            self._assign(region, {}, is_whole=False)

    def _region(self, step: dict[str, str], parent: Region | None, place: FilePosition) -> Region:
        """What lies above the last one of a chain its file does not say: that stays as it is."""
        fields: dict[str, Any] = _without(step, "code")
        if parent is not None and not self._is_refused(place, past_regions.of_moved_region(step["code"], parent)):
            fields["parent"] = parent
        region: Region = self._upsert(Region, {"code": step["code"]}, fields)
        return region

    def _assign(self, region: Region, wanted: Mapping[str, str], *, is_whole: bool) -> None:
        """Give every sheet of the region its department; without its file, leave what is assigned as it is."""
        departments = {d.code: d for d in region.departments.all()}
        have = _by(region.assignments.all(), lambda a: a.sheet_id)
        for sheet in Sheet.objects.filter(reported_in("sector__", region)):
            code = wanted.get(sheet.number, sheet.department_code)
            if code in departments and (is_whole or sheet.pk not in have):
                key = {"sheet": sheet, "region": region}
                self._upsert(Assignment, key, {"department": departments[code]}, have.get(sheet.pk))

    def _upsert(self, model: Any, key: dict[str, Any], fields: dict[str, Any], found: Any = None) -> Any:
        """Create, or update what differs; the change is noted either way."""
        fields = _without(fields, "place")
        row = found or model.objects.filter(**key).first()
        if row is None:
            row = model(**key, **fields)
            self._keep(row, changed=False)
            row.save(force_insert=True)
            self.changes.added(row)
            return row
        different = {name: getattr(row, name) for name, value in fields.items() if getattr(row, name) != value}
        if different:
            for name in different:
                setattr(row, name, fields[name])
            self._keep(row, changed=True)
            row.save(update_fields=list(different))
            self.changes.changed(row, different)
        return row

    def _keep(self, row: Any, *, changed: bool) -> None:
        """Have the history of the row written with the others': one by one it would double the time of a load."""
        if hasattr(row, "history"):
            self._explain(row)
            row.skip_history_when_saving = True
            self.kept.setdefault((type(row), changed), []).append(row)

    def _explain(self, row: Any) -> None:
        """Say in the history which file changed the row, and who loaded it."""
        what = {"file": Path(self.file).name or _("catalogue"), "by": self.by}
        text = _("Catalogue file %(file)s, loaded by %(by)s") if self.by else _("Catalogue file %(file)s")
        row._change_reason = (text % what)[:100]  # as much as the column takes


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in names}


def _by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, Any]:
    return {key(row): row for row in rows}
