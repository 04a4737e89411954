"""Illustrative batches of samples that count up to the figures of a sheet."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from demo.needs import DAY, Need, portions
from inspections.models import (
    PlanTask,
    SamplingBatch,
    SamplingPlan,
)

RAPID_A_PERIOD = 24  # bulk records of rapid tests
MOST_PER_BATCH = 12
SPOT_ROUNDS = 6
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
ITEMS = {
    "produce": "农药残留：毒死蜱、氧乐果、克百威；重金属：铅、镉",
    "school": "微生物：大肠菌群；理化：阴离子合成洗涤剂",
    "livestock": "兽药残留：沙丁胺醇、莱克多巴胺、克伦特罗",
    "inputs": "有效成分：含量、pH值",
}


def batches(samples: str, passed: str, rounds: dict[str, str], categories: tuple[str, ...], **fixed: Any) -> Any:
    """Samples taken in rounds: programme -> the indicator that says how many rounds."""

    def build(need: Need) -> None:
        held = [(programme, n) for programme, code in rounds.items() for n in range(need.want(code))]
        total, failures = need.want(samples), max(need.want(samples) - need.want(passed), 0)
        held = held[: max(total, 0)] if total else []
        for place, ((programme, n), size) in enumerate(zip(held, portions(total, len(held) or 1), strict=False)):
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
    for n, samples in enumerate(portions(size, -(-size // MOST_PER_BATCH))):
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


def rapid(need: Need) -> None:
    total, passed = need.want("agri.rapid.samples"), need.want("agri.rapid.passed")
    failures = portions(max(total - passed, 0), RAPID_A_PERIOD)
    for n, (samples, failed) in enumerate(zip(portions(total, RAPID_A_PERIOD), failures, strict=True)):
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


def livestock(need: Need) -> None:
    """The department's own samples, by where they were taken."""
    whole = need.want("livestock.clenbuterol.samples")
    failures = max(whole - need.want("livestock.clenbuterol.passed"), 0)
    farm = min(need.want("livestock.clenbuterol.farm"), whole)
    for setting, total in (("farm", farm), ("slaughter", whole - farm)):
        parts = portions(total, min(6, total) or 1)
        for n, size in enumerate(parts if total else []):
            day = need.day(n, len(parts))
            fixed = {"setting": setting}
            failures = _round(need, "supervision", f"{n + 1}", day, size, failures, ("livestock",), fixed)


def spots(
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


def groups(of: str, category: str, product: str) -> Callable[[Need], None]:
    """Groups of samples that were tested, and how many of them failed."""

    def build(need: Need) -> None:
        done, failed = need.want(f"{of}.done"), need.want(f"{of}.failed")
        _spot(need, category, product, done, min(failed, done), 0)

    return build


def _spot(need: Need, category: str, product: str, amount: int, failed: int, place: int) -> None:
    count = min(amount, SPOT_ROUNDS)
    for n, (size, bad) in enumerate(zip(portions(amount, count or 1), portions(failed, count or 1), strict=True)):
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


def materials(checks: str, failed: str) -> Callable[[Need], None]:
    """One record a check."""

    def build(need: Need) -> None:
        total, bad = need.want(checks), need.want(failed)
        for n in range(total):
            _spot(need, "engineering.material", ("钢筋", "沥青", "砂石", "水泥")[n % 4], 1, int(n < bad), n)
            need.records[-1].taken_on = need.day(n, total)  # type: ignore[attr-defined]

    return build


def food(need: Need) -> None:
    period = need.submission.period
    tasks = [(top, need.want(f"food.sampling.{top}.task")) for top in ("produce", "school")]
    plan = SamplingPlan(
        **need.common(),
        year=period.year,
        name=f"食品安全抽检计划（{period}）",
        programme="supervision",
        issued_on=need.day(0, 1),
        body="伊犁州质量与计量检测研究院",
        basis="《中华人民共和国食品安全法》第八十七条",
    )
    need.tasks.append((plan, [PlanTask(category=top, due_on=period.last_day, batches=count) for top, count in tasks]))
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
