"""Accounts of the demonstration, for every role."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

from django.contrib.auth.hashers import make_password

from sectors.models import (
    Department,
    Region,
    User,
)
from sectors.vocabulary import Role

PASSWORD = "zhibao-2023"
# Whose clerk and head come first in the list of accounts.
MAIN_DEPARTMENT = "agriculture"
NAMES = (
    ("王", "建国"), ("李", "秀英"), ("张", "伟"), ("刘", "洋"), ("陈", "静"), ("杨", "帆"),
    ("赵", "志强"), ("黄", "丽"), ("周", "敏"), ("吴", "海峰"), ("徐", "晓燕"), ("孙", "涛"),
    ("马", "玉兰"), ("朱", "军"), ("胡", "雪梅"), ("郭", "明"), ("何", "文静"), ("高", "鹏"),
    ("林", "芳"), ("罗", "勇"), ("郑", "慧"), ("梁", "斌"), ("谢", "婷"), ("宋", "立新"),
    ("唐", "洁"), ("许", "刚"),
)  # fmt: skip


def make_accounts(region: Region) -> list[User]:
    """Make the accounts that do not exist yet and return all, those to try first at the front.

    Clerk and head of every reporting department (a head only where the head signs), office (two), leader and
    administrator. An account that exists stays as it is.
    """
    main = list(Department.objects.reporting(region).filter(code=MAIN_DEPARTMENT))
    others = list(Department.objects.reporting(region).exclude(code=MAIN_DEPARTMENT))
    office = region.departments.get(code="office")
    wanted: list[tuple[str, str, Department | None]] = [
        *_staff(main),
        ("office", Role.OFFICE, office),
        ("reviewer", Role.OFFICE, office),
        ("leader", Role.LEADER, office),
        ("admin", Role.ADMIN, None),
        ("auditor", Role.AUDITOR, None),
        *_staff(others),
    ]
    # Hashing is slow on purpose, and all share the one password.
    password = make_password(PASSWORD)
    return [
        _account(username, role, department, name, password)
        for (username, role, department), name in zip(wanted, cycle(NAMES), strict=False)
    ]


def _staff(departments: Iterable[Department]) -> list[tuple[str, str, Department | None]]:
    clerks: list[tuple[str, str, Department | None]] = []
    for department in departments:
        clerks.append((f"{department.code}_clerk", Role.CLERK, department))
        if department.signs:
            clerks.append((f"{department.code}_head", Role.HEAD, department))
    return clerks


def _account(username: str, role: str, department: Department | None, name: tuple[str, str], password: str) -> User:
    is_admin = role == Role.ADMIN
    return User.objects.select_related("department").get_or_create(
        username=username,
        defaults={
            "role": role,
            "department": department,
            "last_name": name[0],
            "first_name": name[1],
            "password": password,
            "is_staff": is_admin,
            "is_superuser": is_admin,
        },
    )[0]
