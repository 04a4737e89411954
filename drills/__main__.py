"""`python -m drills [NAME]`: runs one drill or all, prints what each counted. Ends with 1 where something was lost."""

from __future__ import annotations

import argparse
import importlib
import sys

NAMES = ("kills", "database_stops", "full_disk", "migrations")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m drills")
    parser.add_argument("name", nargs="?", choices=["", *NAMES], default="")
    chosen = parser.parse_args().name
    failed = []
    for name in [chosen] if chosen else NAMES:
        try:
            importlib.import_module(f"drills.{name}").main()
        except AssertionError as error:
            failed.append(name)
            print(f"{name}: NOT as it should be: {error}", flush=True)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
