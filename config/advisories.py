"""Known vulnerabilities in the packages of requirements.txt: `python -m config.advisories`, a part of `make check`.

pip-audit asks a service for them. What it does not know or answer is said to be not checked, and is no failure: a
list kept here would be old, and would say that nothing is wrong when something is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECONDS = 120  # for all packages
ANSWER = 10  # for one answer
COMMAND = ("-r", "requirements.txt", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json")


def check(command: list[str]) -> int:
    """Exit code 1 for a vulnerability that is known, else 0; what was found out is written."""
    try:
        done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, timeout=SECONDS)
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return _not_checked("no answer in time")
    except ValueError:  # pip-audit tells its own troubles there
        return _not_checked(done.stderr.strip().rpartition("\n")[2] or "no answer")
    found = [package for package in packages if package.get("vulns")]
    for package in found:
        for one in package["vulns"]:
            fixed = ", ".join(one["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}", file=sys.stderr)
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        _not_checked(f"{len(skipped)} of {len(packages)} packages are unknown to the service that was asked")
    elif not found:
        print(f"No known vulnerability in {len(packages)} packages.")
    return bool(found)


def _not_checked(why: str) -> int:
    print(f"*** NOT CHECKED for known vulnerabilities: {why[:200]} ***", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(check([sys.executable, "-m", "pip_audit", *COMMAND, "--timeout", str(ANSWER)]))
