"""Finds a browser for the tests, or installs one: `python -m tests.browser.find` prints its program's path.

In this order: BROWSER_PATH, a Chromium or Chrome on the PATH, Debian's package when this is root on Debian,
the download of Playwright. BROWSER=skip prints nothing but a warning, and fails where CI is set.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No browser for the browser tests. Install chromium (Debian: apt-get install chromium), "
    "or name one in BROWSER_PATH, or leave these tests out with BROWSER=skip."
)


class BrowserMissingError(Exception):
    pass


def find() -> str:
    """The path of a browser that is there already. Raises BrowserMissingError."""
    given = os.environ.get("BROWSER_PATH", "")
    if given:
        if not os.access(given, os.X_OK):
            raise BrowserMissingError(f"BROWSER_PATH is {given!r}, but there is no program.")
        return given
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise BrowserMissingError(ADVICE)


def install() -> str:
    """Installs a browser and returns its path. Raises BrowserMissingError."""
    if _may_use_apt():
        _run("apt-get", "update")
        _run("apt-get", "install", "-y", "--no-install-recommends", "chromium")
        path = shutil.which("chromium")
        if path:
            return path
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    path = _playwrights_own()
    if not path:
        raise BrowserMissingError(ADVICE)
    return path


def ensure_chinese_font() -> None:
    """Without one, Chinese in screenshots is boxes. No test depends on it, so a failure is no error."""
    if not shutil.which("fc-list"):
        return
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout
    if not fonts and _may_use_apt():
        _run("apt-get", "install", "-y", "fonts-noto-cjk")


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _run(*command: str) -> None:
    print("browser:", *command, file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdout=sys.stderr, check=False)


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def main() -> int:
    """Prints the path to standard output, all else to standard error. Returns the exit status."""
    if os.environ.get("BROWSER") == "skip":
        if os.environ.get("CI"):
            print("BROWSER=skip is not allowed where CI is set: CI runs every test.", file=sys.stderr)
            return 1
        print("*** WARNING: BROWSER=skip: the browser tests do NOT run. ***", file=sys.stderr)
        return 0
    try:
        path = find()
    except BrowserMissingError:
        if os.environ.get("BROWSER_PATH"):
            raise
        path = install()
    ensure_chinese_font()
    print(path)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrowserMissingError as error:
        sys.exit(str(error))
