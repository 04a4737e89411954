"""Work that takes its time, for the tests of jobs: each piece leaves a notice."""

import time

from sectors import jobs
from sectors.models import User
from sectors.people import notices


def _pieces(progress: jobs.Progress, by: User, count: int, pause: float) -> None:
    for number in range(count):
        progress.step(number, count, f"piece {number}")
        notices.notify([by], f"piece {number}", "/")
        time.sleep(pause)


def whole(progress: jobs.Progress, by: User, *, count: int, pause: float) -> jobs.Result:
    _pieces(progress, by, count, pause)
    return jobs.Result(f"{count} pieces", link="/help/")


def piecewise(progress: jobs.Progress, by: User, *, count: int, pause: float) -> jobs.Result:
    """Goes on where an earlier attempt was broken off."""
    there = by.notices.count()
    _pieces(progress, by, count - there, pause)
    return jobs.Result(f"{count - there} of {count} pieces")


def filed(progress: jobs.Progress, by: User, *, text: str) -> jobs.Result:
    with progress.new_file("txt") as path:
        path.write_text(text, encoding="utf-8")
    if text == "bad":
        raise jobs.Failed("There is nothing to write.")
    return jobs.Result("Written.", file_name="数据.txt")


def broken(progress: jobs.Progress, by: User) -> None:
    notices.notify([by], "half", "/")
    raise ZeroDivisionError


def register() -> None:
    jobs.register("tests.whole")(whole)
    jobs.register("tests.piecewise", atomic=False)(piecewise)
    jobs.register("tests.filed", atomic=False)(filed)
    jobs.register("tests.broken")(broken)
