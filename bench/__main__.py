"""`python -m bench [NAME] [--json PATH]`: runs one benchmark or all, prints a line for each."""

import argparse
import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

import django

import bench


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")


def measure(name: str) -> bench.Result:
    result: bench.Result = importlib.import_module(f"bench.{name}").run()
    verdict = "holds" if result.holds else "MISSED"
    print(
        f"{name}: ours {result.ours:.3f} s, rival {result.rival:.3f} s, "
        f"ratio {result.ratio:.2f} (target {result.target}): {verdict}"
    )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known = names()
    if options.name and options.name not in known:
        sys.exit(f"There is no benchmark {options.name!r}. There are: {', '.join(known) or 'none yet'}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    chosen = [options.name] if options.name else known
    results = [measure(name).as_json(name) for name in chosen]
    if not results:
        print("There are no benchmarks yet.")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
