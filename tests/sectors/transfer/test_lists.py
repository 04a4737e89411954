"""Lists of departments and people as offices keep them, row by row."""

import pytest
from tablib import Dataset

from sectors.models import Department, User
from sectors.transfer.resources import DepartmentResource, UserResource

pytestmark = pytest.mark.django_db


def imported(resource, heads, *rows):
    return resource().import_data(Dataset(*rows, headers=heads), dry_run=False)


def told(result):
    return [message for row in result.invalid_rows for message in row.error.messages]


def departments(cast, *names):
    """How many a list makes."""
    before = Department.objects.count()
    result = imported(DepartmentResource, ["区划代码", "单位"], *([cast.county.code, name] for name in names))
    assert not told(result)
    return Department.objects.count() - before


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["县文化体育广播电视和旅游局", "文旅局", "文旅局", "云泽县文旅局"], 1),
        (["县发改委", "云泽县发展和改革委员会", "发展改革委"], 2),  # ends otherwise: it is another one
        (["文旅局", "云泽县文化和旅游局"], 1),
        (["第一中学", "第十一中学", "县委办公室", "县委网络安全办公室", "中国银行", "中国人民银行"], 6),
        (["民族宗教事务局", "民族体育事务局", "民务局"], 3),  # it may be either
    ],
)
def test_a_department_is_made_once_by_its_name_and_by_what_is_short_for_it(cast, names, count):
    assert departments(cast, *names) == count


def test_what_is_short_for_a_department_that_is_there_makes_none(cast):
    assert departments(cast, "市监局", "市场监管局", "云泽县市场监督管理局") == 0


def test_people_without_a_telephone_are_each_told_so(cast):
    heads = ["姓名", "单位", "手机号", "区划代码"]
    rows = [[name, cast.market.name, "", cast.county.code] for name in ("张三", "李四")]
    found = told(imported(UserResource, heads, *rows))
    assert len(found) == 2
    assert found[0] == found[1]


PEOPLE = ["姓名", "单位", "手机号", "区划代码"]


def test_a_telephone_that_somebody_signs_in_with_moves_no_account(cast):
    first = ["王小明", cast.market.name, "139 0002-0001", cast.county.code]
    assert told(imported(UserResource, PEOPLE, first)) == []
    result = imported(UserResource, PEOPLE, ["张三", cast.office.department.name, "13900020001", cast.county.code])
    (sentence,) = told(result)
    assert "王小明" in sentence
    assert cast.market.name in sentence
    holder = User.objects.get(username="13900020001")
    assert (holder.full_name, holder.department) == ("王小明", cast.market)


@pytest.mark.parametrize("name", ["王小明", "王 小明", "王　小明"])
def test_the_same_person_goes_to_another_department_with_the_telephone(cast, name):
    imported(UserResource, PEOPLE, ["王小明", cast.market.name, "13900020001", cast.county.code])
    moved = [name, cast.office.department.name, "+86 139 0002 0001", cast.county.code]
    assert told(imported(UserResource, PEOPLE, moved)) == []
    assert User.objects.get(username="13900020001").department == cast.office.department


def test_who_has_a_username_of_their_own_in_the_list_is_known_by_that(cast):
    imported(UserResource, PEOPLE, ["王小明", cast.market.name, "13900020001", cast.county.code])
    heads = ["用户名", *PEOPLE]
    row = ["13900020001", "张三", cast.market.name, "13900020001", cast.county.code]
    assert told(imported(UserResource, heads, row)) == []
    assert User.objects.get(username="13900020001").full_name == "张三"


def test_a_list_without_names_moves_nobody_either(cast):
    imported(UserResource, PEOPLE, ["王小明", cast.market.name, "13900020001", cast.county.code])
    heads = ["单位", "手机号", "区划代码"]
    (sentence,) = told(imported(UserResource, heads, [cast.office.department.name, "13900020001", cast.county.code]))
    assert "王小明" in sentence
