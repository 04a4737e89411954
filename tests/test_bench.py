import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from bench import Result
from bench.__main__ import names

BASE_DIR = Path(__file__).resolve().parent.parent


def test_result_is_written_as_promised():
    result = Result(ours=Decimal("0.5"), rival=Decimal(2), target=Decimal("0.25"))
    assert result.as_json("entry") == {
        "name": "entry",
        "ours": 0.5,
        "rival": 2.0,
        "ratio": 0.25,
        "target": 0.25,
        "holds": True,
    }
    assert not Result(ours=Decimal(1), rival=Decimal(2), target=Decimal("0.4")).holds


def test_benchmarks_are_found_without_the_runner_itself():
    assert names() == sorted(path.stem for path in (BASE_DIR / "bench").glob("[!_]*.py"))


def test_unknown_benchmark_is_named(tmp_path):
    path = tmp_path / "results.json"
    command = [sys.executable, "-m", "bench", "no_such", "--json", str(path)]
    result = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("There is no benchmark 'no_such'.")
    assert not path.exists()
