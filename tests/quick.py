"""The tests that a change touches: `python -m tests.quick [REF]` runs them on SQLite, without the browser tests.

The change is what is not committed, and with REF also what was committed since the branch left it. A test is touched
when it changed itself, when it directly imports a changed module, or when it lies in the folder that mirrors one:
`tests/sectors/entry` for `sectors/entry`. Modules that directly import a changed one count as changed.
"""

import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import grimp

BASE_DIR = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "audit", "sectors", "accounts", "inspections", "reports", "assessment", "demo", "bench", "tests")
ALWAYS = "tests/test_architecture.py"
# Where files are tested that no folder of tests mirrors. How a page looks is for the browser tests.
ELSEWHERE = {
    **{f"{app}/urls.py": ["tests/test_scope.py"] for app in ("accounts", "sectors", "inspections", "reports")},
    "tests/data/scope.csv": ["tests/test_scope.py"],
    "templates/admin/": ["tests/test_templates.py", "tests/sectors/admin"],
    "templates/sectors/": ["tests/test_templates.py", "tests/sectors/views"],
    "templates/inspections/": ["tests/test_templates.py", "tests/inspections"],
    "templates/reports/": ["tests/test_templates.py", "tests/reports/views", "tests/reports/boards"],
    "static/": ["tests/test_templates.py"],
    "docs/": ["tests/test_docs.py", "tests/truth/test_reference.py"],
    "sectors/management/": ["tests/sectors"],
    "reports/management/": ["tests/reports"],
    "sectors/templatetags/": ["tests/sectors/views", "tests/reports/views", "tests/inspections"],
    "tests/second_server.py": ["tests/sectors/catalogue"],
    "catalogue/": ["tests/sectors/catalogue", "tests/reports/chapters"],
    "data/": ["tests/sectors/transfer", "tests/reports/chapters"],
    "locale/": ["tests/test_translations.py"],
    "bench/": ["tests/test_bench.py"],
    "demo/": ["tests/demo"],
    "inspections/": ["tests/inspections"],
}
# A change of one of these may touch any test.
EVERYTHING = re.compile(
    r"pyproject\.toml|requirements.*|config/(settings|urls|middleware)\.py|tests/(base|conftest|saved_rows|settings|world)\.py"
    r"|tests/data/(?!scope\.csv).*|templates/\w+\.html|\w+/(models|migrations)/.*"
)


def changed_files(since: str = "HEAD") -> list[str]:
    """Files that differ from where the branch left `since`, new and deleted ones too."""
    (start,) = _git("merge-base", since, "HEAD")
    return sorted({*_git("diff", "--name-only", start), *_git("ls-files", "--others", "--exclude-standard")})


def touched(files: Collection[str]) -> list[str]:
    """Files and folders of tests to run for changed files, all named from the root of the repository."""
    if any(map(EVERYTHING.fullmatch, files)):
        return ["tests"]
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    changed = {_module(file) for file in files if file.endswith(".py")}
    importers = {name for one in changed & graph.modules for name in graph.find_modules_that_directly_import(one)}
    places = {ALWAYS}
    for name in changed | importers:
        places.update(_tests_of(name))
    for file in files:
        places.update(next((tests for start, tests in ELSEWHERE.items() if file.startswith(start)), []))
    found = {place for place in places if (BASE_DIR / place).exists()}
    return sorted(place for place in found if not any(str(folder) in found for folder in Path(place).parents))


def _tests_of(module: str) -> list[str]:
    """Where the tests of a module would be, whether there are any or not."""
    first, *middle, last = [*module.split(".")]
    if first == "tests":
        return [f"{module.replace('.', '/')}.py"] if last.startswith("test_") and "browser" not in middle else []
    folder = "" if first == "config" else f"{first}/"
    package = (middle or [last])[0]
    return [f"tests/{folder}{package}", f"tests/{folder}test_{last}.py"]


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _git(*arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotepath=off", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout.splitlines()


def main(since: str = "HEAD") -> int:
    """Returns pytest's exit status."""
    files = changed_files(since)
    places = touched(files)
    print("Tests of what changed:", *places, flush=True)
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses=auto", "--dist=worksteal"]
    if not any("/migrations/" in file for file in files):
        # The tables are made from the models, which is faster; tests of migrations need the migrations.
        command += ["--no-migrations", "--ignore-glob=*/test_migration*.py"]
    return subprocess.run([*command, "-m", "not browser", *places], cwd=BASE_DIR, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
