"""Illustrative records of 2023 that count up to the illustrative figures of that year, and a few of these weeks.

As in `demo.reporting` nothing is random. A sheet that nobody has filled yet gets records like those of the period
before, so that it fills itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from inspections import records as record_writer
from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    Record,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.models import Department, Figure, Region, Submission, User
from sectors.vocabulary import PERIODS_A_YEAR, Role

YEAR = 2023
DAY = datetime.timedelta(days=1)
RAPID_A_PERIOD = 24  # bulk records of rapid tests
MOST_PER_BATCH = 12
MOST_VISITS = 30
SPOT_ROUNDS = 6
UNSETTLED = 30  # every so many samples that did not conform is not settled yet
WORKS = ("县城至喀拉达拉公路", "阔克苏大桥", "齐勒乌泽克灌区", "县城防洪堤", "农村公路三标", "安居小区二期")
BUILDERS_OF_WORKS = ("天山路桥公司", "伊河建筑公司", "八卦城水利公司")
PLACES = ("特克斯镇农贸市场", "天山批发市场", "惠民超市", "乔拉克铁热克镇集市", "喀拉达拉镇便民店", "齐勒乌泽克镇市场")
SETTINGS = ("market", "wholesale", "supermarket", "shop", "restaurant", "other")
FARMS = ("科克苏镇蔬菜合作社", "呼吉尔特种植基地", "阿克塔斯家庭农场", "喀拉托海种植大户", "特克斯镇大棚基地")
PRODUCERS = ("科克苏镇蔬菜合作社", "呼吉尔特种植基地", "天山牧业合作社", "八卦城食品厂", "阿克塔斯家庭农场")
SCHOOLS = ("县第一中学食堂", "县第二小学食堂", "特克斯镇中心幼儿园", "科克苏镇学校食堂", "县职业学校食堂")
PRODUCTS = {
    "produce.meat": ("羊肉", "牛肉", "鸡肉"),
    "produce.vegetable": ("豇豆", "辣椒", "芹菜", "韭菜", "番茄", "黄瓜"),
    "produce.aquatic": ("草鱼", "鲤鱼"),
    "produce.fruit": ("苹果", "葡萄"),
    "produce.egg": ("鸡蛋",),
    "school.tableware": ("餐盘", "筷子", "汤碗"),
    "school.oil": ("煎炸用油",),
    "school.dough": ("油条", "油饼"),
    "livestock": ("羊尿样", "牛尿样"),
    "inputs.veterinary": ("阿苯达唑片", "土霉素注射液"),
}
# What was found: item, measured, limit, unit.
FAULTS = {
    "produce.vegetable": ("毒死蜱", "0.11", "0.02", "mg/kg"),
    "school.tableware": ("大肠菌群", None, None, ""),
    "livestock": ("沙丁胺醇", "0.6", "0", "μg/L"),
    "engineering.material": ("屈服强度", "388", "400", "MPa"),
    "engineering.entity": ("混凝土强度", "28.4", "30", "MPa"),
    "engineering.entity.key": ("压实度", "94.1", "96", "%"),
}
ITEMS = {
    "produce": "农药残留：毒死蜱、氧乐果、克百威；重金属：铅、镉",
    "school": "微生物：大肠菌群；理化：阴离子合成洗涤剂",
    "livestock": "兽药残留：沙丁胺醇、莱克多巴胺、克伦特罗",
    "inputs": "有效成分：含量、pH值",
}
BUSINESSES = ("门店", "商行", "经营部", "服务站", "中心")


@dataclass
class Need:
    """What one submission says, and the records that make it."""

    submission: Submission
    figures: dict[str, int]
    records: list[Record] = field(default_factory=list)
    tasks: list[tuple[SamplingPlan, list[PlanTask]]] = field(default_factory=list)

    def want(self, code: str) -> int:
        return self.figures.get(code, 0)

    def common(self) -> dict[str, Any]:
        return {"sector_id": self.submission.sheet.sector_id, "sector": self.submission.sheet.sector, "is_demo": True}

    def day(self, n: int, count: int) -> datetime.date:
        """The n-th of `count` days spread evenly over the period, all of them working days of a week."""
        period = self.submission.period
        months = 12 // PERIODS_A_YEAR[period.kind]
        first = datetime.date(period.year, (period.number - 1) * months + 1, 1)
        length = (period.last_day - first).days - 7
        day = first + DAY * (5 + (length - 5) * n // max(count, 1))
        return day - DAY * max(day.weekday() - 4, 0)


@transaction.atomic
def make_records(region: Region) -> int:
    """Make the records of a region that has its illustrative 2023; returns how many, none when there are some."""
    if SamplingBatch.objects.filter(region=region).exists() or Inspection.objects.filter(region=region).exists():
        return 0
    made = 0
    for department in Department.objects.reporting(region):
        clerk = User.objects.filter(department=department, role=Role.CLERK).first()
        if clerk is not None:
            made += _of_department(department, clerk)
    return made


def _of_department(department: Department, clerk: User) -> int:
    submissions = Submission.objects.filter(department=department, period__year=YEAR, is_demo=True)
    listed = submissions.select_related("sheet__sector", "period").order_by("sheet", "period__number")
    records: dict[type, list[Record]] = {}
    plans: list[tuple[SamplingPlan, list[PlanTask]]] = []
    before: dict[int, dict[str, int]] = {}
    for submission in listed:
        known = {**before.get(submission.sheet_id, {}), **_figures(submission)}
        before[submission.sheet_id] = known
        need = Need(submission, known)
        for build in BUILDERS.get(submission.sheet.number, ()):
            build(need)
        plans += need.tasks
        for record in need.records:
            records.setdefault(type(record), []).append(record)
    produce = (row for row in records.get(SamplingBatch, []) if getattr(row, "category", "").startswith("produce"))
    if like := next(produce, None):
        records[SamplingBatch] += _of_these_weeks(like)
    for plan, tasks in plans:
        plan.department, plan.region_id = department, department.region_id
        record_writer.keep_plan(plan, tasks, by=clerk)
    for of_kind in records.values():
        record_writer.bring_in(of_kind, department=department, by=clerk)
    return sum(map(len, records.values())) + _found(department, clerk)


def _figures(submission: Submission) -> dict[str, int]:
    rows = Figure.objects.filter(submission=submission, value__isnull=False)
    return {code: int(value) for code, value in rows.values_list("indicator__code", "value") if value is not None}


def _found(department: Department, clerk: User) -> int:
    """What did not conform in the batches."""
    failed = SamplingBatch.objects.filter(department=department, failed__gt=0, is_demo=True).exclude(programme="rapid")
    found: list[Record] = []
    for n, batch in enumerate(failed.select_related("sector").order_by("pk")):
        item, measured, limit, unit = FAULTS.get(batch.category, ("标签标识", None, None, ""))
        day = batch.reported_on or batch.taken_on
        assert day is not None
        found += [
            NonconformingSample(
                batch=batch,
                sector=batch.sector,
                item=item,
                measured=measured,
                limit=limit,
                unit=unit,
                judgement="不符合标准要求",
                disposal=("责令改正，追溯来源", "下架封存，立案调查")[n % 2],
                found_on=day,
                closed_on=day + DAY * 25 if n % UNSETTLED else None,
                retest="upheld" if n % 5 == 1 else "none",
                is_demo=True,
            )
            for _sample in range(batch.failed or 0)
        ]
    record_writer.bring_in(found, department=department, by=clerk)
    return len(found) + _handed(department, clerk)


def _handed(department: Department, clerk: User) -> int:
    """What did not conform among food and produce goes to a case: one that was filed next, else one of its own."""
    samples = NonconformingSample.objects.filter(department=department, batch__category__startswith="produce")
    made = 0
    for n, sample in enumerate(samples.select_related("batch", "sector", "department").order_by("pk")):
        filed = EnforcementCase.objects.filter(department=department, sector=sample.sector, is_demo=True)
        case = filed.filter(filed_on__gte=sample.found_on).order_by("filed_on", "pk").first()
        if case is None and sample.sector.code == "food":
            case = EnforcementCase(
                department=department,
                region_id=department.region_id,
                sector=sample.sector,
                number=f"特市监罚〔{YEAR}〕{n + 1:02d}号",
                party=sample.batch.place,
                category=sample.batch.category,
                cause=f"销售{sample.item}超标的{sample.batch.product}",
                filed_on=sample.found_on + DAY * 6,
                closed_on=sample.found_on + DAY * 40,
                penalty=5000,
                is_demo=True,
            )
            record_writer.keep(case, by=clerk)
            made += 1
        if case is not None and n % 2 == 0:
            record_writer.hand_over(sample, case, by=clerk)
    return made


def _of_these_weeks(like: Record) -> Iterable[SamplingBatch]:
    """Batches on their way, so that clocks run: planned, just taken, late at the laboratory, late with its report."""
    today = timezone.localdate()
    ages = ((None, None, None), (2, None, None), (16, None, None), (12, 9, None), (60, 55, None), (40, 36, 8))
    for n, (taken, received, reported) in enumerate(ages):
        days = [None if age is None else today - DAY * age for age in (taken, received, reported)]
        yield SamplingBatch(
            sector=like.sector,
            programme="supervision",
            campaign="秋季专项",
            category="produce.vegetable",
            product=PRODUCTS["produce.vegetable"][n],
            setting=SETTINGS[n % 3],
            place=PLACES[n % 3],
            producer=PRODUCERS[n % 2],
            samples=1,
            failed=0 if reported is not None else None,
            taken_on=days[0],
            received_on=days[1],
            reported_on=days[2],
            report_number=f"ZJ-{today.year}-{n:03d}" if reported is not None else "",
            is_demo=True,
        )


def _portions(total: int, count: int) -> list[int]:
    """A total in `count` nearly equal parts."""
    return [total * (n + 1) // count - total * n // count for n in range(count)]


def _batches(samples: str, passed: str, rounds: dict[str, str], categories: tuple[str, ...], **fixed: Any) -> Any:
    """Samples taken in rounds: programme -> the indicator that says how many rounds."""

    def build(need: Need) -> None:
        held = [(programme, n) for programme, code in rounds.items() for n in range(need.want(code))]
        total, failures = need.want(samples), max(need.want(samples) - need.want(passed), 0)
        held = held[: max(total, 0)] if total else []
        for place, ((programme, n), size) in enumerate(zip(held, _portions(total, len(held) or 1), strict=False)):
            day, campaign = need.day(place, len(held)), f"第{n + 1}次抽样"
            failures = _round(need, programme, campaign, day, size, failures, categories, fixed)

    return build


def _round(
    need: Need,
    programme: str,
    campaign: str,
    day: datetime.date,
    size: int,
    failures: int,
    categories: tuple[str, ...],
    fixed: dict[str, Any],
) -> int:
    """One round of `size` samples as batches; returns how many failures are still to be placed."""
    for n, samples in enumerate(_portions(size, -(-size // MOST_PER_BATCH))):
        category = categories[n % len(categories)]
        failed = min(failures, samples)
        failures -= failed
        farm = FARMS[(n + len(need.records)) % len(FARMS)]
        need.records.append(
            SamplingBatch(
                **need.common(),
                **{"setting": "farm", **fixed},
                programme=programme,
                campaign=f"{need.submission.period.code} {campaign}",
                category=category,
                product=PRODUCTS[category][len(need.records) % len(PRODUCTS[category])],
                place=farm,
                producer=farm,
                samples=samples,
                failed=failed,
                items=ITEMS.get(category.partition(".")[0], ""),
                taken_on=day,
                received_on=day + DAY,
                reported_on=day + DAY * 2,
                closed_on=day + DAY * 5,
            )
        )
    return failures


def _rapid(need: Need) -> None:
    total, passed = need.want("agri.rapid.samples"), need.want("agri.rapid.passed")
    failures = _portions(max(total - passed, 0), RAPID_A_PERIOD)
    for n, (samples, failed) in enumerate(zip(_portions(total, RAPID_A_PERIOD), failures, strict=True)):
        if samples:
            need.records.append(
                SamplingBatch(
                    **need.common(),
                    programme="rapid",
                    category="produce.vegetable",
                    product="蔬菜",
                    setting="market",
                    place=PLACES[n % len(PLACES)],
                    samples=samples,
                    failed=min(failed, samples),
                    items="农药残留速测",
                    taken_on=need.day(n, RAPID_A_PERIOD),
                )
            )


def _livestock(need: Need) -> None:
    """The department's own samples, by where they were taken."""
    whole = need.want("livestock.clenbuterol.samples")
    failures = max(whole - need.want("livestock.clenbuterol.passed"), 0)
    farm = min(need.want("livestock.clenbuterol.farm"), whole)
    for setting, total in (("farm", farm), ("slaughter", whole - farm)):
        parts = _portions(total, min(6, total) or 1)
        for n, size in enumerate(parts if total else []):
            day = need.day(n, len(parts))
            fixed = {"setting": setting}
            failures = _round(need, "supervision", f"{n + 1}", day, size, failures, ("livestock",), fixed)


def _spots(
    samples: str, passed: str, category: str, product: str, key: tuple[str, str] = ("", "")
) -> Callable[[Need], None]:
    """Values measured on site, a round of them as one record; `key` are those among them that matter most."""

    def build(need: Need) -> None:
        total, good = need.want(samples), need.want(passed)
        key_total, key_good = (need.want(code) for code in key)
        parts = [(f"{category}.key", key_total, key_total - key_good)] if key_total else []
        parts.append((category, total - key_total, total - good - (key_total - key_good)))
        for place, (of, amount, failed) in enumerate(parts):
            _spot(need, of, product, max(amount, 0), max(failed, 0), place)

    return build


def _groups(of: str, category: str, product: str) -> Callable[[Need], None]:
    """Groups of samples that were tested, and how many of them failed."""

    def build(need: Need) -> None:
        done, failed = need.want(f"{of}.done"), need.want(f"{of}.failed")
        _spot(need, category, product, done, min(failed, done), 0)

    return build


def _spot(need: Need, category: str, product: str, amount: int, failed: int, place: int) -> None:
    count = min(amount, SPOT_ROUNDS)
    for n, (size, bad) in enumerate(zip(_portions(amount, count or 1), _portions(failed, count or 1), strict=True)):
        if not size:
            continue
        day = need.day(n, count)
        need.records.append(
            SamplingBatch(
                **need.common(),
                programme="supervision",
                campaign=f"{need.submission.period.code} 第{n + 1}次抽查",
                category=category,
                product=product,
                setting="site",
                place=f"{WORKS[(n + place) % len(WORKS)]}",
                sampled_unit=BUILDERS_OF_WORKS[n % len(BUILDERS_OF_WORKS)],
                samples=size,
                failed=min(bad, size),
                items="实体质量：强度、厚度、压实度" if "entity" in category else "材料性能：强度、含泥量",
                taken_on=day,
                reported_on=day + DAY * 3,
                closed_on=day + DAY * 5,
            )
        )


def _materials(checks: str, failed: str) -> Callable[[Need], None]:
    """One record a check."""

    def build(need: Need) -> None:
        total, bad = need.want(checks), need.want(failed)
        for n in range(total):
            _spot(need, "engineering.material", ("钢筋", "沥青", "砂石", "水泥")[n % 4], 1, int(n < bad), n)
            need.records[-1].taken_on = need.day(n, total)  # type: ignore[attr-defined]

    return build


def _food(need: Need) -> None:
    period = need.submission.period
    tasks = [(top, need.want(f"food.sampling.{top}.task")) for top in ("produce", "school")]
    plan = SamplingPlan(
        **need.common(),
        year=YEAR,
        name=f"食品安全抽检计划（{period}）",
        programme="supervision",
        issued_on=need.day(0, 1),
        body="伊犁州质量与计量检测研究院",
        basis="《中华人民共和国食品安全法》第八十七条",
    )
    need.tasks.append((plan, [PlanTask(category=top, batches=count) for top, count in tasks]))
    tables = {"produce": ("food.kinds", SETTINGS, PLACES), "school": ("food.canteen", ("canteen",), SCHOOLS)}
    for top, (table, settings, places) in tables.items():
        for category in [c for c in PRODUCTS if c.startswith(f"{top}.")]:
            row = category.partition(".")[2]
            done = need.want(f"{table}.{row}.done")
            failed = done - need.want(f"{table}.{row}.passed") if f"{table}.{row}.passed" in need.figures else 0
            _tested(need, plan, category, done, failed, settings, places)


def _tested(
    need: Need,
    plan: SamplingPlan,
    category: str,
    done: int,
    failed: int,
    settings: tuple[str, ...],
    places: tuple[str, ...],
) -> None:
    for n in range(done):
        day = need.day(n, done)
        number = f"SP-{need.submission.period.code}-{category.partition('.')[2][:3].upper()}-{n + 1:03d}"
        need.records.append(
            SamplingBatch(
                **need.common(),
                plan=plan,
                programme="supervision",
                category=category,
                product=PRODUCTS[category][n % len(PRODUCTS[category])],
                setting=settings[n % len(settings)],
                place=places[n % len(places)],
                producer=PRODUCERS[n % len(PRODUCERS)],
                samples=1,
                failed=1 if n < failed else 0,
                items=ITEMS.get(category.partition(".")[0], ""),
                report_number=number,
                taken_on=day - DAY * 4,
                received_on=day - DAY * 3,
                reported_on=day,
                closed_on=day + DAY,
            )
        )


def _inspections(
    premises_type: str, word: str, count: str = "", sums: dict[str, str] | None = None, troubled: str = "", **more: Any
) -> Callable[[Need], None]:
    """Inspections: as many as `count` says, else one for each place of `sums`, up to `MOST_VISITS`.

    `sums` names what they add up to: field -> indicator; `troubled` says how many of them found a problem.
    """

    def build(need: Need) -> None:
        wanted = {name: need.want(code) for name, code in (sums or {}).items()}
        total = need.want(count) if count else min(wanted.get("places", 0), MOST_VISITS)
        portions = {name: _portions(amount, total or 1) for name, amount in wanted.items()}
        for n in range(total):
            need.records.append(
                Inspection(
                    **need.common(),
                    **{"kind": "supervision", **more},
                    **{name: parts[n] for name, parts in portions.items()},
                    held_on=need.day(n, total),
                    premises_type=premises_type,
                    premises=f"{word}{BUSINESSES[n % len(BUSINESSES)]}{n + 1}号",
                    problems=1 if n < need.want(troubled) else 0,
                )
            )

    return build


def _other_checks(need: Need) -> None:
    """What health supervision checks beside the kinds that the sheet names."""
    named = sum(count for code, count in need.figures.items() if code.startswith("health.checks."))
    rest = Need(need.submission, {"rest": max(need.want("health.checks") - named, 0)}, need.records)
    _inspections("other", "公共场所", "rest")(rest)


def _notices(count: str, premises_type: str, word: str, problems: str = "") -> Callable[[Need], None]:
    def build(need: Need) -> None:
        total = need.want(count)
        amounts = _portions(need.want(problems), total or 1) if problems else [1] * total
        for n in range(total):
            day = need.day(n, total)
            closed = None if n % 8 == 7 else day + DAY * (19 if n % 7 == 5 else 12)
            need.records.append(
                RectificationNotice(
                    **need.common(),
                    number=f"{need.submission.sheet.number}-{need.submission.period.code}-{n + 1:03d}",
                    premises_type=premises_type,
                    premises=f"{word}{n % 9 + 1}号",
                    problems=amounts[n],
                    issued_on=day,
                    due_on=day + DAY * 15,
                    evidence="整改照片和报告",
                    rechecked_on=closed,
                    closed_on=closed,
                )
            )

    return build


def _cases(filed: str, closed: str, category: str, cause: str) -> Callable[[Need], None]:
    def build(need: Need) -> None:
        total, done = need.want(filed), need.want(closed)
        # What is closed beyond what was filed came over from years before.
        for n in range(max(total, done)):
            day = need.day(n, total) if n < total else datetime.date(YEAR - 2, 12, 20)
            need.records.append(
                EnforcementCase(
                    **need.common(),
                    number=f"特农（{category[:2]}）罚〔{YEAR}〕{need.submission.period.number}{n + 1:02d}号",
                    party=f"{FARMS[n % len(FARMS)]}",
                    category=category,
                    cause=cause,
                    filed_on=day,
                    closed_on=need.submission.period.last_day if n < done else None,
                    penalty=2000 + 500 * (n % 4) if n < done else None,
                )
            )

    return build


def _complaints(count: str, closed: str, kind: str, channel: str, subject: str) -> Callable[[Need], None]:
    """Complaints; of those closed, the ones of the other channels come first in the sheet's order."""

    def build(need: Need) -> None:
        have = sum(isinstance(r, Complaint) and bool(r.closed_on) for r in need.records)
        total = need.want(count)
        done = total if not closed else max(min(need.want(closed) - have, total), 0)
        for n in range(total):
            day = need.day(n, total)
            need.records.append(
                Complaint(
                    **need.common(),
                    channel=channel,
                    kind=kind,
                    subject=subject,
                    against=f"{subject[:2]}{BUSINESSES[n % len(BUSINESSES)]}",
                    accepted_on=day,
                    answered_on=day + DAY if n < done else None,
                    closed_on=need.submission.period.last_day if n < done else None,
                )
            )

    return build


LAW = {"people": "agri.law.officers", "vehicles": "agri.law.vehicles", "places": "agri.law.premises"}
VEGETABLES = ("produce.vegetable", "produce.fruit")
# Records by the number of the sheet they are counted in.
BUILDERS: dict[str, tuple[Callable[[Need], None], ...]] = {
    "N-01": (
        _batches("agri.risk.samples", "agri.risk.passed", {"risk": "agri.risk.times"}, VEGETABLES),
        _batches(
            "agri.routine.samples",
            "agri.routine.passed",
            {"routine": "agri.routine.times", "supervision": "agri.routine.supervision"},
            VEGETABLES,
        ),
        _batches("agri.festival.samples", "agri.festival.passed", {"festival": "agri.festival.times"}, VEGETABLES),
        _rapid,
    ),
    "N-02": (
        _inspections("inputs", "农资", "agri.law.checks", LAW, kind="law"),
        _inspections("farm", "种植", "agri.pledge.patrols", kind="patrol"),
        _cases("agri.law.cases", "agri.law.closed", "produce", "农产品质量安全"),
        _cases("agri.law.seed_cases", "agri.law.seed_cases", "inputs.seed", "种子标签不规范"),
    ),
    "X-01": (
        _livestock,
        _batches(
            "livestock.assist.samples", "livestock.assist.passed", {"assist": "livestock.assist.times"}, ("livestock",)
        ),
        _batches("livestock.risk.samples", "livestock.risk.passed", {"risk": "livestock.risk.times"}, ("livestock",)),
    ),
    "X-03": (
        _inspections("veterinary", "兽药", "livestock.drugs.inspections"),
        _batches(
            "livestock.drugs.samples",
            "livestock.drugs.passed",
            {"assist": "livestock.drugs.times"},
            ("inputs.veterinary",),
            setting="shop",
        ),
    ),
    "G-01": tuple(
        _inspections(kind, word, f"industrial.inspected.{kind}")
        for kind, word in (("cement", "水泥"), ("concrete", "混凝土"), ("materials", "建材"), ("tiles", "瓷砖"))
    ),
    "S-01": (_food,),
    "H-02": (_inspections("emitter", "企业", "water.air.checks", troubled="water.air.opinions"),),
    "J-02": (
        _other_checks,
        *(
            _inspections(kind, word, f"health.checks.{kind}")
            for kind, word in (
                ("beauty", "美发"),
                ("lodging", "宾馆"),
                ("internet", "网吧"),
                ("music", "音乐厅"),
                ("shop", "商场"),
                ("cinema", "影院"),
                ("school", "学校"),
                ("medical", "诊所"),
            )
        ),
    ),
    "C-02": (
        _inspections("site", "工地", "construction.checks"),
        _notices("construction.notices", "site", "工地"),
        _groups("construction.tests.material", "engineering.material", "钢筋"),
        _groups("construction.tests.entity", "engineering.entity", "混凝土"),
        _complaints("construction.complaints", "construction.complaints_closed", "complaint", "hotline", "房屋渗漏"),
    ),
    "D-01": (
        _inspections("road", "标段", "transport.checks"),
        _notices("transport.opinions", "road", "标段", "transport.problems"),
        _spots(
            "transport.points",
            "transport.points_passed",
            "engineering.entity",
            "路基路面",
            ("transport.key_points", "transport.key_points_passed"),
        ),
        _materials("transport.material_checks", "transport.material_failed"),
        _inspections("bridge", "桥梁", "transport.bridge_checks"),
    ),
    "K-01": (_spots("hydraulic.points", "hydraulic.points_passed", "engineering.entity", "渠道衬砌"),),
    "U-02": (
        _inspections("tourism", "景区", sums={"people": "tourism.officers", "places": "tourism.checked"}),
        *(
            _complaints(f"tourism.opinions.{channel}", "tourism.opinions_closed", "opinion", channel, "旅游服务舆情")
            for channel in ("cyber", "hotline", "prefecture")
        ),
        _complaints("tourism.malicious", "", "malicious", "platform", "旅游恶性投诉"),
        _complaints("tourism.accident_complaints", "", "accident", "platform", "旅游安全投诉"),
    ),
    "F-01": (
        _notices("catering.notices", "food", "餐饮店"),
        _complaints("catering.event_complaints", "", "event", "hotline", "活动用餐投诉"),
    ),
}
