"""Whether packages have known vulnerabilities is asked, and where nobody answers it is said that nothing is known."""

import json
import sys

import pytest

from config import advisories

CLEAN = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"], "description": ""}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "written"),
    [
        ([CLEAN, CLEAN], 0, "No known vulnerability in 2 packages."),
        ([CLEAN, BAD], 1, "b 2: CVE-1, mended in 2.1"),
        ([SKIPPED, BAD], 1, "CVE-1"),
        ([SKIPPED, CLEAN], 0, "NOT CHECKED for known vulnerabilities: 1 of 2 packages"),
    ],
)
def test_only_what_was_found_fails(capsys, packages, code, written):
    said = json.dumps({"dependencies": packages, "fixes": []})
    script = f"import sys; print({said!r}); sys.exit(1)"
    assert advisories.check([sys.executable, "-c", script]) == code
    told = "".join(capsys.readouterr())
    assert written in told
    assert ("No known" in told) == (packages == [CLEAN, CLEAN])


@pytest.mark.parametrize("script", ["import sys; sys.exit('no route to host')", "print('[')", "import os; os.abort()"])
def test_an_answer_that_is_none_is_no_good_news(capsys, script):
    assert advisories.check([sys.executable, "-c", script]) == 0
    assert "NOT CHECKED" in capsys.readouterr().err


def test_who_does_not_answer_is_not_waited_for(capsys, monkeypatch):
    monkeypatch.setattr(advisories, "SECONDS", 0.2)
    assert advisories.check([sys.executable, "-c", "import time; time.sleep(60)"]) == 0
    assert "NOT CHECKED" in capsys.readouterr().err
