"""Lists that are sorted by their columns: the order that the address asks for, and heads that are links."""

import datetime

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from sectors.models import Job, Notice, Period, Urge
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.vocabulary import JobState, UrgeKind
from tests import base

HEADS = (
    Head("Task", "task", ("title",), key=lambda row: row["title"]),
    Head("Due", "due", ("finished",), key=lambda row: row["due"], may_be_empty=True, is_number=True),
    Head("Words"),
)


def sorting(query: str, **more) -> Sorting:
    return Sorting(HEADS, QueryDict(query), **more)


@pytest.mark.parametrize(
    "query", ["", "sort=", "sort=-", "sort=--task", "sort=words", "sort=owner__password", "sort=Due"]
)
def test_what_names_no_column_is_passed_over(query):
    assert sorting(query).order("pk") == ["pk"]
    assert not sorting(query).is_asked
    assert [one.direction for one in sorting(query, usual="-due").heads] == ["", "descending", ""]


def test_heads_lead_to_the_other_direction_and_keep_what_else_is_asked():
    task, due, words = sorting("q=%E5%8C%BA&page=3&sort=task").heads
    assert (task.direction, task.address) == ("ascending", "?q=%E5%8C%BA&sort=-task")
    assert (due.direction, due.address) == ("", "?q=%E5%8C%BA&sort=due")
    assert words.address == ""
    assert sorting("sort=-task").heads[0].address == "?sort=task"
    assert sorting("urges=due", parameter="urges").heads[0].address == "?urges=task"


def test_rows_without_a_value_stand_last_either_way():
    rows = [{"title": title, "due": due} for title, due in (("a", None), ("b", 2), ("c", 1), ("d", 2))]

    def shown(query):
        return "".join(row["title"] for row in sorting(query).sorted(rows))

    assert (shown(""), shown("sort=due"), shown("sort=-due")) == ("abcd", "cbda", "bdca")


@pytest.mark.django_db
def test_the_database_sorts_choices_in_their_order_and_empty_ones_last(cast):
    now = timezone.now()
    for state, finished in (
        (JobState.DONE, now),
        (JobState.WAITING, None),
        (JobState.FAILED, now),
        (JobState.RUNNING, None),
    ):
        Job.objects.create(
            owner=cast.office, kind="any", title=state, language="zh-hans", state=state, finished=finished
        )
    by_state = Sorting((Head("State", "state", (in_order("state", JobState),)),), QueryDict("sort=state"))
    found = Job.objects.order_by(*by_state.order(), "pk").values_list("state", flat=True)
    assert list(found) == [JobState.WAITING, JobState.RUNNING, JobState.DONE, JobState.FAILED]
    for query in ("sort=due", "sort=-due"):
        rows = Job.objects.order_by(*sorting(query).order(), "pk").values_list("finished", flat=True)
        assert [row is None for row in rows] == [False, False, True, True]


# Pages with sorted lists: the name of the address, and who looks at it.
PAGES = [
    ("submissions", "office"),
    ("queue", "office"),
    ("findings", "office"),
    ("notices", "clerk"),
    ("jobs", "office"),
    ("periods", "office"),
    ("checks", "office"),
    ("reports", "office"),
    ("firms", "office"),
    ("firm-matching", "office"),
    ("batches", "office"),
    ("samples", "clerk"),
    ("inspections", "office"),
    ("stations", "clerk"),
    ("schemes", "office"),
    ("runs", "office"),
    ("targets", "office"),
]


@pytest.fixture
def filled(cast):
    """Rows on most of the lists."""
    for code in ("2023Q1", "2023Q2"):
        for sheet in ("T-01", "T-02"):
            base.submission(cast.county, sheet, code, "signed")
    for number in range(3):
        Notice.objects.create(to=cast.clerk, text=f"notice {number}", link="/")
        Job.objects.create(
            owner=cast.office, department=cast.office.department, kind="any", title=f"{number}", language="en"
        )
    return cast


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "who"), PAGES)
def test_every_head_of_every_list_sorts_in_both_directions(client, filled, name, who):
    client.force_login(getattr(filled, who))
    address = reverse(name)
    start = client.get(address)
    assert start.status_code == 200
    sorting = start.context["sorting"]
    names = [one.head.name for one in sorting.heads if one.address]
    assert names
    for chosen in [sign + name for name in names for sign in ("", "-")]:
        answer = client.get(address, {"sort": chosen})
        assert answer.status_code == 200, chosen
        assert answer.context["sorting"].chosen == chosen
        page = answer.content.decode()
        if 'class="sort' in page:  # no heads stand over a list without rows
            direction = "descending" if chosen.startswith("-") else "ascending"
            assert f'aria-sort="{direction}"' in page or f'class="{direction}"' in page, chosen


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "who"), PAGES)
def test_names_that_nothing_sorts_by_change_nothing(client, filled, name, who):
    client.force_login(getattr(filled, who))
    address = reverse(name)

    usual = client.get(address).context["sorting"].chosen
    for name in ("owner__password", "-", "-pk", "password"):
        answer = client.get(address, {"sort": name})
        assert answer.status_code == 200
        assert answer.context["sorting"].chosen == usual
        assert 'name="sort"' not in answer.content.decode()


@pytest.mark.django_db
def test_sorting_costs_no_query(client, filled):
    client.force_login(filled.office)

    def asked(**sort):
        client.get(reverse("submissions"))  # what is compiled once is
        return base.queries(lambda: client.get(reverse("submissions"), sort))

    plain = asked()
    assert asked(sort="-department") == plain
    base.submission(filled.county, "T-01", "2023Q3")
    base.submission(filled.county, "T-02", "2023Q3")
    assert asked(sort="-department") == plain


@pytest.mark.django_db
def test_the_order_goes_with_filters_and_pages(client, cast, monkeypatch):
    monkeypatch.setattr("sectors.views.submissions.PAGE", 1)
    for code in ("2023Q1", "2023Q2"):
        base.submission(cast.county, "T-01", code)
    client.force_login(cast.office)
    page = base.html(client.get(reverse("submissions"), {"sort": "period", "status": "draft"}))
    assert '<input type="hidden" name="sort" value="period">' in page
    assert escape("?sort=period&status=draft&page=2") in page
    answer = client.get(reverse("submissions"), {"sort": "period", "status": "draft", "page": 2})
    assert [str(row.period.code) for row in answer.context["page"].object_list] == ["2023Q2"]


@pytest.mark.django_db
def test_urges_of_a_period_are_sorted_and_still_counted(client, cast):
    period: Period = base.submission(cast.county).period
    departments = list(cast.county.departments.order_by("short_name"))[:2]
    now = timezone.now()
    for place, department in enumerate(departments):
        at = now - datetime.timedelta(days=place)
        Urge.objects.create(
            period=period, department=department, by=cast.office, at=at, day=at.date(), kind=UrgeKind.URGE
        )
    client.force_login(cast.office)
    names = [
        one.department
        for one in client.get(reverse("period", args=[period.pk]), {"urges": "-department"}).context["urges"]
    ]
    assert names == departments[::-1]
    assert [one.department for one in client.get(reverse("period", args=[period.pk])).context["urges"]] == departments
