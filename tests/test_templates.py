"""What the formatters do not see in templates, scripts and style sheets."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

LONGEST = 160
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
SHEET = settings.BASE_DIR / "static" / "app" / "sheet"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_line_is_too_long_to_be_read(path):
    long = [number for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > LONGEST]
    assert not long, f"break these lines: {long}"


def test_a_sheet_has_its_modules_fetched_together():
    """The browser would otherwise fetch each only when it has read the one that imports it."""
    template = (settings.BASE_DIR / "templates" / "sectors" / "sheet.html").read_text()
    preloaded = re.findall(r"rel=\"modulepreload\" href=\"\{% static 'app/sheet/(\w+\.js)' %\}\"", template)
    assert sorted(preloaded) == sorted(_imported("main.js"))


def _imported(name, found=frozenset()):
    for module in re.findall(r'from "\./(\w+\.js)"', (SHEET / name).read_text()):
        if module not in found:
            found = _imported(module, found | {module})
    return found


NAMED_CLASS = re.compile(r"\b((?:sectors|inspections|reports)(?:\.[a-z_]+)+)\.([A-Z]\w+)")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_what_the_comment_of_a_template_names_is_there(path):
    comments = re.findall(r"\{#.*?#\}", path.read_text(encoding="utf-8"))
    for module, name in NAMED_CLASS.findall(" ".join(comments)):
        assert hasattr(import_module(module), name), f"{module}.{name}"


STYLES = sorted((settings.BASE_DIR / "static" / "app").rglob("*.css"))
# Classes that pages put together: `job-{{ job.status }}`, and `field-<name>` by Django's administration and by forms.
PUT_TOGETHER = re.compile(r"(field|heading|indent|job|level)-\w+")


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_class_that_has_a_style_is_on_some_page(path):
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    classes = set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))
    assert sorted(name for name in classes - _words_of_pages() if not PUT_TOGETHER.fullmatch(name)) == []


@cache
def _words_of_pages():
    """Whatever stands in the sources that make pages."""
    folders = ("templates", "static/app", "audit", "sectors", "accounts", "inspections", "reports")
    own = [settings.BASE_DIR / name for name in folders]
    files = [file for folder in (*own, Path(admin.__file__).parent) for file in folder.rglob("*.*")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.suffix in {".html", ".js", ".py"}]
    return set(re.findall(r"[A-Za-z][\w-]*", " ".join(texts)))
