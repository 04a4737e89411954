"""Small random worlds, with much of what goes wrong in a year, and their way into the database."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from sectors import models
from sectors.vocabulary import FigureState, RegionLevel
from tests.truth.bounds import QUALIFIERS, ends
from tests.truth.reference import (
    ALWAYS,
    BLANK,
    MONTHS_OF,
    NA,
    Answer,
    Indicator,
    Mark,
    Period,
    Sheet,
    Submission,
    Valid,
    World,
)

YEARS = (2021, 2022, 2023)
# Each region with the one above; any of them may report.
TREES: Sequence[dict[str, str | None]] = (
    {"county": None},
    {"city": None, "a": "city", "b": "city"},
    {"city": None, "a": "city", "b": "city", "c": "city", "d": "city"},
    {"county": None, "a": "county"},
    {"city": None, "a": "city", "b": "city", "a1": "a", "a2": "a"},
    {"province": None, "city": "province", "town": "province", "a": "city", "b": "city", "c": "town"},
)
# What stands in braces are entered indicators, `r` and `s` computed ones that come before.
FORMULAS = (
    ("{a} / {b}", True),
    ("{a} / {b}", True),
    ("{a} / parts({t})", True),
    ("parts({t})", False),
    ("parts({t}) - {a}", False),
    ("{a} - {b}", False),
    ("{a} + {b} * 2", False),
    ("({a} - {b}) / {b}", True),
    ("{a} * {b}", False),
    ("{a} * {b} / {c}", False),
    ("{a} * {b} + {c}", False),
    ("{a} / last_year({a}) - 1", True),
    ("{a} - last_year({b})", False),
    ("last_year({a})", False),
    ("{a} / previous({a}) - 1", True),
    ("{a} - previous({b})", False),
    ("previous({a})", False),
    ("{a} * previous({b})", False),
    ("{r} / previous({r}) - 1", True),
    ("{r} + previous({s})", False),
    ("previous({a}) - last_year({b})", False),
    ("abs({a} - {b})", False),
    ("min({a}, {b}, 50)", False),
    ("{r} - last_year({r})", True),
    ("{r} * {a}", False),
    ("{r} + {s}", False),
    ("{r} / {a}", True),
    ("{a} / 4", False),
)
VALID = (
    Valid(begin=datetime.date(2023, 7, 1)),
    Valid(begin=datetime.date(2022, 7, 1)),
    Valid(begin=datetime.date(2023, 2, 10)),
    Valid(begin=datetime.date(2023, 1, 1)),
    Valid(end=datetime.date(2023, 6, 30)),
    Valid(end=datetime.date(2023, 8, 20)),
    Valid(end=datetime.date(2022, 12, 31)),
)


MOST_MARKED = 6  # figures that are not exact


@dataclass
class Maker:
    """One world out of a seed. `tidy` worlds have few gaps, so that something can be compared at all."""

    random: Random

    def world(self) -> World:
        self.is_tidy = self.random.random() < 0.4
        parents = self.random.choice(TREES)
        self.silent = {parent for parent in parents.values() if self.random.random() < 0.35}
        sheets = {f"S-{number}": self.sheet() for number in range(1, self.random.randint(1, 3) + 1)}
        entered = {f"t.{name}": self.entered(list(sheets)) for name in "abcdefg"[: self.random.randint(3, 6)]}
        parts = self.parts(list(entered), entered)
        computed: dict[str, Indicator] = {}
        for number in range(self.random.randint(1, 4)):
            computed[f"t.r{number}"] = self.computed(list(sheets), list(entered), list(computed), parts)
        indicators = entered | computed
        rows = [
            row
            for region in parents
            for name, sheet in sheets.items()
            for year in YEARS
            for row in self.year(region, name, sheet, year, indicators)
        ]
        return World(dict(parents), sheets, indicators, parts, rows)

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    # The catalogue

    def sheet(self) -> Sheet:
        kind = self.random.choices(list(MONTHS_OF), [1, 6, 2, 2])[0]
        former = ((2022, self.random.choices(list(MONTHS_OF), [1, 4, 3, 1])[0]),) if self.happens(0.2) else ()
        return Sheet(kind, former, self.random.choice(VALID) if self.happens(0.06) else ALWAYS)

    def entered(self, sheets: Sequence[str]) -> Indicator:
        accumulation = self.random.choices(["flow", "cumulative", "stock", "average"], [6, 2, 2, 1])[0]
        scale = self.random.choices(list(UNITS), [8, 1, 1])[0]
        valid = self.random.choice(VALID) if self.happens(0.12) else ALWAYS
        return Indicator(self.random.choice(sheets), accumulation, "", scale, UNITS[scale] == "%", valid)

    def parts(self, codes: Sequence[str], entered: dict[str, Indicator]) -> dict[str, list[str]]:
        """A total with two or three parts."""
        total, *rest = self.random.sample(codes, min(len(codes), self.random.randint(3, 4)))
        return {total: rest}

    def computed(
        self, sheets: Sequence[str], entered: Sequence[str], computed: Sequence[str], parts: dict[str, list[str]]
    ) -> Indicator:
        usable = [row for row in FORMULAS if computed or not ("{r}" in row[0] or "{s}" in row[0])]
        text, is_rate = self.random.choice(usable)
        a, b, c = (self.random.choice(entered) for _place in "abc")
        r, s = (self.random.choice(computed) if computed else "" for _place in "rs")
        formula = text.format(a=a, b=b, c=c, r=r, s=s, t=next(iter(parts)))
        accumulation = "ratio" if is_rate else self.random.choice(["ratio", "flow", "stock"])
        scale = Fraction(1, 100) if is_rate else Fraction(1)
        return Indicator(self.random.choice(sheets), accumulation, formula, scale, is_rate)

    # What is reported

    def year(
        self, region: str, name: str, sheet: Sheet, year: int, indicators: dict[str, Indicator]
    ) -> list[Submission]:
        kind = sheet.frequency_in(year)
        ways = ["periods", "both", "annual", "none"]
        way = self.random.choices(ways, [10, 1, 1, 1] if self.is_tidy else [6, 3, 2, 2])[0]
        if region in self.silent or (year == YEARS[0] and self.happens(0.5)):
            way = "none"
        own = [Period(year, kind, number) for number in range(1, 12 // MONTHS_OF[kind] + 1)]
        last = self.random.randint(0, len(own)) if not self.is_tidy or self.happens(0.2) else len(own)
        periods = own[:last] if way in ("periods", "both") else []
        if way in ("annual", "both") and Period(year) not in periods:
            periods = [*periods, Period(year)]
        if self.happens(0.02):
            periods = [*periods, Period(year, "half" if kind != "half" else "quarter")]  # does not count
        return [self.submission(region, name, period, indicators) for period in periods if self.happens(0.96)]

    def submission(self, region: str, name: str, period: Period, indicators: dict[str, Indicator]) -> Submission:
        chance = 0.97 if self.is_tidy else 0.88
        others = ["draft", "submitted", "signed", "returned"]
        status = "accepted" if self.happens(chance) else self.random.choice(others)
        on_sheet = [code for code, row in indicators.items() if row.sheet == name]
        figures = {code: answer for code in on_sheet if (answer := self.answer(indicators[code], period)) is not None}
        return Submission(region, name, period, figures, status)

    def answer(self, indicator: Indicator, period: Period) -> Answer | None:
        if indicator.formula and (period.kind != "year" or self.happens(0.6)):
            return None
        missing, not_applicable = (0.02, 0.04) if self.is_tidy else (0.1, 0.12)
        kind = self.random.choices(["missing", NA, "number"], [missing, not_applicable, 1 - missing - not_applicable])[
            0
        ]
        if kind != "number":
            return NA if kind == NA else None
        if self.happens(0.12):
            return Fraction(0)
        number = Fraction(self.random.randint(1, 120), self.random.choice([1, 1, 1, 4, 10]))
        return -number if self.happens(0.06) else number


def marked(world: World, random: Random) -> World:
    """The same, of which some figures are not exact or of an earlier day of their period."""
    rows = list(world.submissions)
    places = [
        (number, code)
        for number, row in enumerate(rows)
        for code, answer in row.figures.items()
        if isinstance(answer, Fraction) and 0 <= answer <= (100 if world.indicators[code].is_percent else answer)
    ]
    for number, code in random.sample(places, min(len(places), random.randint(1, MOST_MARKED))):
        row, qualifier = rows[number], random.choice(["", *QUALIFIERS])
        day = row.period.last_day - datetime.timedelta(days=random.choice([1, 12]))
        mark = Mark(qualifier, day if not qualifier or random.random() < 0.3 else None)
        value = row.figures[code]
        assert isinstance(value, Fraction)
        if ends(value, qualifier, is_percent=world.indicators[code].is_percent) != (value, value) or not qualifier:
            rows[number] = replace(row, marks={**row.marks, code: mark})
    return replace(world, submissions=rows)


# Into the database

KIND_OF_REGION = {"province": RegionLevel.PROVINCE, "city": RegionLevel.PREFECTURE, "town": RegionLevel.PREFECTURE}
STATES = {NA: FigureState.NOT_APPLICABLE, BLANK: FigureState.BLANK}
EXACTLY = Mark()
UNITS = {Fraction(1): "个", Fraction(10000): "万个", Fraction(1, 100): "%"}


def store(world: World) -> dict[str, models.Region]:
    """Writes a world into a database that has none; its regions by name."""
    regions = stored_regions(world.parents)
    indicators = stored_catalogue(world)
    departments = {
        name: models.Department.objects.create(region=region, code="market", name="市场监管局", short_name="市场监管局")
        for name, region in regions.items()
    }
    periods = {(row.region, row.period): stored_period(regions[row.region], row.period) for row in world.submissions}
    models.Period.objects.bulk_create(periods.values())
    sheets = {row.number: row for row in models.Sheet.objects.all()}
    submissions = models.Submission.objects.bulk_create(
        models.Submission(
            sheet=sheets[row.sheet],
            period=periods[row.region, row.period],
            region=regions[row.region],
            department=departments[row.region],
            status=row.status,
        )
        for row in world.submissions
    )
    models.Figure.objects.bulk_create(
        stored_figure(submission, indicators[code], answer, row.marks.get(code, EXACTLY))
        for row, submission in zip(world.submissions, submissions, strict=True)
        for code, answer in row.figures.items()
    )
    models.CatalogueVersion.objects.renew()
    return regions


def stored_regions(parents: Mapping[str, str | None]) -> dict[str, models.Region]:
    """Those above come before those below."""
    regions: dict[str, models.Region] = {}
    for number, (name, parent) in enumerate(parents.items(), 1):
        level = KIND_OF_REGION.get(name, RegionLevel.COUNTY)
        above = regions[parent] if parent else None
        regions[name] = models.Region.objects.create(code=f"99{number:04d}", name=name, level=level, parent=above)
    return regions


def stored_catalogue(world: World) -> dict[str, models.Indicator]:
    chapter = models.Chapter.objects.create(code="truth", name="truth", position=1)
    sector = models.Sector.objects.create(chapter=chapter, code="t", name="truth", position=1)
    units = {
        scale: models.Unit.objects.create(name=name, base="1", scale=decimal(scale)) for scale, name in UNITS.items()
    }
    sheets = models.Sheet.objects.bulk_create(
        models.Sheet(
            sector=sector,
            number=name,
            name=name,
            frequency=sheet.frequency,
            department_code="market",
            position=place,
            valid_from=sheet.valid.begin,
            valid_to=sheet.valid.end,
        )
        for place, (name, sheet) in enumerate(world.sheets.items())
    )
    by_number = {row.number: row for row in sheets}
    models.FormerFrequency.objects.bulk_create(
        models.FormerFrequency(sheet=by_number[name], frequency=kind, until=until)
        for name, sheet in world.sheets.items()
        for until, kind in sheet.former
    )
    tables = models.Table.objects.bulk_create(models.Table(sheet=row, code="t", name="t", position=1) for row in sheets)
    indicators = models.Indicator.objects.bulk_create(
        models.Indicator(
            sheet=by_number[row.sheet],
            table=tables[sheets.index(by_number[row.sheet])],
            code=code,
            name=code,
            row_name=code,
            row=place,
            unit=units[row.scale],
            decimals=1,
            accumulation=row.accumulation,
            formula=row.formula,
            valid_from=row.valid.begin,
            valid_to=row.valid.end,
        )
        for place, (code, row) in enumerate(world.indicators.items())
    )
    by_code = {row.code: row for row in indicators}
    for total, parts in world.parts.items():
        split = models.Breakdown.objects.create(total=by_code[total], name="t", exhaustive=True, position=1)
        models.BreakdownPart.objects.bulk_create(
            models.BreakdownPart(breakdown=split, indicator=by_code[part], position=place)
            for place, part in enumerate(parts)
        )
    return by_code


def stored_period(region: models.Region, period: Period) -> models.Period:
    opens, due = datetime.date(period.year, 1, 1), datetime.date(period.year + 1, 1, 1)
    return models.Period(region=region, year=period.year, kind=period.kind, number=period.number, opens=opens, due=due)


def stored_figure(
    submission: models.Submission, indicator: models.Indicator, answer: Answer, mark: Mark
) -> models.Figure:
    number = decimal(answer) if isinstance(answer, Fraction) else None
    state = FigureState.NUMBER if isinstance(answer, Fraction) else STATES[answer]
    return models.Figure(
        region=submission.region,
        submission=submission,
        indicator=indicator,
        state=state,
        value=number,
        places=0 if mark.qualifier and number == int(number or 0) else 2,
        qualifier=mark.qualifier,
        as_of=mark.as_of,
    )


def decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
