"""Sums that are typed into a cell, as the page computes them (`static/app/sheet/arithmetic.js`)."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

from tests.base import BASE_DIR

SUMS = {
    "=3+4": "7",
    "=1,234.5*2": "2469",
    "=1,234,567-1": "1234566",
    "=0,05*100": None,  # a comma groups thousands: what else it may mean is not guessed
    "=1,5+2": None,
    "=12,34+1": None,
    "=1234,567+1": None,
    "=1,2345+1": None,
}


def test_commas_group_thousands_or_the_sum_is_none(tmp_path: Path) -> None:
    module = (BASE_DIR / "static/app/sheet/arithmetic.js").as_uri()
    code = f"""import {{ computed }} from "{module}";
        console.log(JSON.stringify({json.dumps(list(SUMS))}.map(computed)));"""
    deno, settings = Path(sysconfig.get_path("scripts")) / "deno", {"DENO_DIR": str(tmp_path), "NO_COLOR": "1"}
    done = subprocess.run([deno, "eval", code], env=os.environ | settings, capture_output=True, text=True, check=True)
    assert dict(zip(SUMS, json.loads(done.stdout), strict=True)) == SUMS
