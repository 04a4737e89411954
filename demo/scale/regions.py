"""A nation with provinces, prefectures and counties, their departments and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from math import ceil

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from demo.accounts import NAMES, PASSWORD
from demo.scale.rows import Rows, continue_keys, store
from sectors.models import Assignment, Department, Region, User
from sectors.vocabulary import RegionLevel, Role

NATION = ("000000", "全国")
PROVINCES = (
    ("65", "新疆"), ("11", "北京"), ("12", "天津"), ("13", "河北"), ("14", "山西"), ("15", "内蒙古"), ("21", "辽宁"),
    ("22", "吉林"), ("23", "黑龙江"), ("31", "上海"), ("32", "江苏"), ("33", "浙江"), ("34", "安徽"), ("35", "福建"),
    ("36", "江西"), ("37", "山东"), ("41", "河南"), ("42", "湖北"), ("43", "湖南"), ("44", "广东"), ("45", "广西"),
    ("46", "海南"), ("50", "重庆"), ("51", "四川"), ("52", "贵州"), ("53", "云南"), ("54", "西藏"), ("61", "陕西"),
    ("62", "甘肃"), ("63", "青海"), ("64", "宁夏"),
)  # fmt: skip
A_PREFECTURE = 9  # counties in it, which is what a prefecture has on the average
MOST_COUNTIES = len(PROVINCES) * 99 * A_PREFECTURE
OFFICE = "office"


@dataclass(frozen=True)
class Office:
    """The people of a region's leadership office: those of the office itself, and the leader."""

    department: int
    office: int
    leader: int


@dataclass(frozen=True)
class Desk:
    """A department that reports: who fills in, and who signs where the head does."""

    department: int
    clerk: int
    head: int | None


@dataclass(frozen=True)
class County:
    """Keys of all that a county's reporting needs. `desks` is by sheet."""

    code: str
    region: int
    office: Office
    desks: Mapping[int, Desk] = field(default_factory=dict)


class Nation:
    """What is made here. The county of the shipped catalogue is the first, and lends its departments to the others."""

    def __init__(self, first: Region) -> None:
        self.first = first
        self._password = make_password(PASSWORD)  # slow on purpose, and one for all
        self._joined = timezone.now()
        self._names = cycle(NAMES)
        self._regions, self._departments = Rows(Region), Rows(Department)
        self._users, self._assignments = Rows(User), Rows(Assignment)
        self._there = dict(Region.objects.values_list("code", "pk"))
        self._departments_of_first = list(first.departments.order_by("code"))
        self._sheets_of_first = list(
            first.assignments.order_by("sheet__number").values_list("sheet_id", "department_id")
        )

    def make(self, count: int) -> list[County]:
        """With as many counties as asked for, the first among them, evenly over as many provinces as they fill."""
        counties = [self._staffed(self.first.code, self.first.pk), *self._others(count - 1)]
        tables = self._regions, self._departments, self._users, self._assignments
        store(*tables)
        continue_keys(*tables)
        return counties

    def _others(self, count: int) -> Iterator[County]:
        nation = self._region(*NATION, RegionLevel.NATION, None)
        provinces = [
            self._region(f"{number}0000", name, RegionLevel.PROVINCE, nation)
            for number, name in PROVINCES[: max(1, ceil((count + 1) / A_PREFECTURE))]
        ]
        # The province that came with the first county knew of no nation.
        Region.objects.filter(pk__in=provinces, parent=None).update(parent=nation)
        prefectures: dict[str, int] = {}
        for number in range(count):
            place, round_ = number % len(provinces), number // len(provinces)
            code = f"{PROVINCES[place][0]}{round_ // A_PREFECTURE + 1:02}"
            name = f"{PROVINCES[place][1]}{round_ // A_PREFECTURE + 1}市"
            if code not in prefectures:
                prefectures[code] = self._region(f"{code}00", name, RegionLevel.PREFECTURE, provinces[place])
            county = f"{code}{round_ % A_PREFECTURE + 1:02}"
            name = f"{name}{round_ % A_PREFECTURE + 1}县"
            yield self._county(county, name, prefectures[code])

    def _region(self, code: str, name: str, level: str, parent: int | None) -> int:
        """With its leadership office; one that is there already stays as it is."""
        if code in self._there:
            return self._there[code]
        key = self._there[code] = self._regions.add(code=code, name=name, level=level, parent=parent)
        self._office(code, name, key)
        return key

    def _office(self, code: str, name: str, region: int) -> Office:
        words = {"name": f"{name}质量强县工作领导小组办公室", "short_name": "质强办", "signs": True}
        department = self._departments.add(region=region, code=OFFICE, **words)
        return self._people_of_office(code, department)

    def _people_of_office(self, code: str, department: int) -> Office:
        office = self._user(f"{code}-office", Role.OFFICE, department)
        return Office(department, office, self._user(f"{code}-leader", Role.LEADER, department))

    def _county(self, code: str, name: str, parent: int) -> County:
        region = self._regions.add(code=code, name=name, level=RegionLevel.COUNTY, parent=parent)
        office = self._office(code, name, region)
        desks = {}
        for one in self._departments_of_first:
            if one.code != OFFICE:
                own = {"name": one.name.replace(self.first.name, name), "short_name": one.short_name}
                key = self._departments.add(region=region, code=one.code, signs=one.signs, **own)
                desks[one.pk] = self._desk(code, one, key)
        for sheet, department in self._sheets_of_first:
            self._assignments.add(sheet=sheet, region=region, department=desks[department].department)
        return County(code, region, office, {sheet: desks[department] for sheet, department in self._sheets_of_first})

    def _staffed(self, code: str, region: int) -> County:
        """The first one, which has its departments."""
        by_code = {one.code: one for one in self._departments_of_first}
        desks = {one.pk: self._desk(code, one, one.pk) for one in self._departments_of_first if one.code != OFFICE}
        office = self._people_of_office(code, by_code[OFFICE].pk)
        return County(code, region, office, {sheet: desks[department] for sheet, department in self._sheets_of_first})

    def _desk(self, code: str, like: Department, department: int) -> Desk:
        clerk = self._user(f"{code}-{like.code}-clerk", Role.CLERK, department)
        head = self._user(f"{code}-{like.code}-head", Role.HEAD, department) if like.signs else None
        return Desk(department, clerk, head)

    def _user(self, username: str, role: str, department: int) -> int:
        last, first = next(self._names)
        person = {"last_name": last, "first_name": first, "password": self._password, "date_joined": self._joined}
        return self._users.add(username=username, role=role, department=department, **person)
