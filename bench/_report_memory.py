"""`python -m bench._report_memory SNAPSHOT FORMAT`: how many megabytes a report takes while it is written, beyond those
of an idle process that has the site loaded and the document at hand. Linux only."""

import gc
import sys
from pathlib import Path

import django

PROCESS = Path("/proc/self")


def main(path: Path, to: str) -> None:
    django.setup()
    from config import urls  # noqa: F401 (all that a server has loaded)
    from reports.document import snapshots
    from reports.writers import files

    document = snapshots.load(path.read_text(encoding="utf-8"))
    gc.collect()
    # The most that the process has had begins anew: what it took to load all that does not count.
    (PROCESS / "clear_refs").write_text("5")
    idle = _kilobytes("VmRSS")
    files.write(document, to)
    print((_kilobytes("VmHWM") - idle) / 1024)


def _kilobytes(name: str) -> int:
    lines = (PROCESS / "status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
