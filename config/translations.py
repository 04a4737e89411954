"""Texts of the screens and their translations: `python -m config.translations messages|compile|check`.

messages  collects the texts of the Python files and templates into every locale/*/LC_MESSAGES/django.po
compile   turns each .po file into the .mo file that Django reads
check     says what is not translated, marked fuzzy, wrong in its placeholders, or missing from a .po file

Babel does it, so that a machine needs no gettext programs: Django's own commands call them.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
CODE_FOLDERS = [
    *("config", "audit", "sectors", "accounts", "inspections", "reports", "assessment", "intake", "collection", "demo"),
]
LOCALES = ["zh_Hans"]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

Texts = Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]


def main(arguments: list[str]) -> int:
    """Runs one command of the module's docstring. Returns the exit status."""
    commands: dict[str, Callable[[Path], list[str]]] = {
        "messages": collect,
        "compile": compile_all,
        "check": check,
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        print(f"usage: python -m config.translations {'|'.join(commands)}", file=sys.stderr)
        return 2
    errors = commands[arguments[0]](BASE_DIR)
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


def collect(base: Path) -> list[str]:
    """Brings the .po files up to the texts of the code; keeps translations, drops texts that are gone."""
    texts = texts_of(base)
    for locale in LOCALES:
        path = _po_of(base, locale)
        catalogue = _read(path) if path.exists() else _empty(locale)
        catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, ignore_obsolete=True, include_lineno=False)
    return []


def _empty(locale: str) -> Catalog:
    return Catalog(
        locale=locale,
        project="Zhibao",
        version="1",
        header_comment="# Texts of the screens. Kept up by: make messages",
        last_translator="Zhibao",
        msgid_bugs_address="Zhibao",
        language_team=locale,
        fuzzy=False,
    )


def compile_all(base: Path) -> list[str]:
    """Writes the .mo file beside every .po file."""
    for path in _po_files(base):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path))
    return []


def check(base: Path) -> list[str]:
    """Sentences about every .po file that is not complete; none when all is well."""
    texts = texts_of(base)
    missing = [f"locale/{locale}: there is no django.po" for locale in LOCALES if not _po_of(base, locale).exists()]
    return missing + [error for path in _po_files(base) for error in _errors(path.relative_to(base), path, texts)]


def texts_of(base: Path) -> Catalog:
    """Every text that the Python files and templates under `base` mark for translation."""
    catalogue = Catalog(project="zhibao", fuzzy=False)
    for path in sorted(_sources(base)):
        name = path.relative_to(base).as_posix()
        for _, text, comments, context in _extract(path):
            catalogue.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def _sources(base: Path) -> Iterable[Path]:
    for folder in CODE_FOLDERS:
        yield from (path for path in (base / folder).rglob("*.py") if "migrations" not in path.parts)
        yield from (base / folder).rglob("templates/**/*.html")
    for pattern in ("*.html", "*.txt"):
        yield from (base / "templates").rglob(pattern)


def _extract(path: Path) -> Texts:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns a template into the calls of a program, whose indentation means nothing.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    file = BytesIO(source.encode())
    return extract("python", file, KEYWORDS, comment_tags=["Translators"], options={"encoding": "utf-8"})


def _po_of(base: Path, locale: str) -> Path:
    return base / "locale" / locale / "LC_MESSAGES" / "django.po"


def _po_files(base: Path) -> list[Path]:
    return sorted((base / "locale").glob("*/LC_MESSAGES/django.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain="django", abort_invalid=True)


def _errors(name: Path, path: Path, texts: Catalog) -> Iterable[str]:
    catalogue = _read(path)
    for message in catalogue:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"{name}: marked fuzzy: {message.id!r}"
        elif not all(message.string if isinstance(message.string, tuple) else [message.string]):
            yield f"{name}: not translated: {message.id!r}"
    for message, problems in catalogue.check():
        yield from (f"{name}: {problem}: {message.id!r}" for problem in problems)
    for message in texts:
        if message.id and catalogue.get(message.id, message.context) is None:
            yield f"{name}: not in the file, run `make messages`: {message.id!r}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
