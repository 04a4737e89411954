"""What the documentation names is there: `python -m config.docs` reads every .md file and says what is not.

links     files and pictures that they lead to, and headings behind a #
paths     in backticks and in drawings (.svg), from the root of the repository; behind a colon a name in the file
commands  of make, of manage.py, and modules of ours behind `python -m`
settings  environment variables: those of the tables that nobody reads, and those read that no table has
README    at most 120 lines

Commands are looked for in code only: in backticks, and in blocks between lines of three.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

import axes
import django

BASE_DIR = Path(__file__).resolve().parent.parent
LONGEST_README = 120
MADE_LATER = {"var", ".venv", ".git"}  # folders that no checkout has, or that are none of ours
ENDINGS = (".py", ".js", ".css", ".html", ".toml", ".md", ".typ", ".svg")

BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
DRAWN = re.compile(r'class="path"[^>]*>([^<]+)<')
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
PATH = re.compile(r"([\w.*-]+(?:/[\w.*-]+)*/?)(?::(\w+))?")
COMMENT = re.compile(r"(?:^|\s)#.*")
COMMAND = re.compile(r"\b(make|manage\.py|python -m) +([a-z][\w.-]*)(?![\w=])")
VARIABLE_TABLE = re.compile(r"^\| *Variable *\|.*\n(?:\|.*\n?)+", re.MULTILINE)
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
TARGETS = re.compile(r"^([a-z][\w -]*):(?!=)", re.MULTILINE)

# Where in a text, and a sentence about it.
Faults = Iterator[tuple[int, str]]


class Page:
    """One .md or .svg file. `prose` has blanks in place of the blocks of code, so that places stay the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.prose = BLOCK.sub(_blank, self.text)

    @cached_property
    def anchors(self) -> set[str]:
        """What may stand behind a # in a link, as GitHub makes it of the headings."""
        found: set[str] = set()
        for heading in HEADING.findall(self.prose):
            name = anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            number = 0
            while anchor in found:
                number += 1
                anchor = f"{name}-{number}"
            found.add(anchor)
        return found

    def spans(self) -> Iterator[tuple[int, str]]:
        """What stands in backticks, or of a drawing what it shows as paths."""
        pattern = DRAWN if self.path.suffix == ".svg" else SPAN
        for found in pattern.finditer(self.prose):
            for span in found[1].split() if pattern is DRAWN else [found[1]]:
                yield found.start(), span

    def code(self) -> Iterator[tuple[int, str]]:
        """The same, and each line of the blocks, without comments."""
        yield from self.spans()
        for block in BLOCK.finditer(self.text):
            place = block.start()
            for line in block[0].splitlines(keepends=True):
                yield place, COMMENT.sub("", line)
                place += len(line)

    def line(self, place: int) -> int:
        return self.text.count("\n", 0, place) + 1


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


class Repository:
    """What there is to be named."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def pages(self) -> dict[Path, Page]:
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in MADE_LATER)
            found += [Path(folder, name) for name in files if name.endswith((".md", ".svg"))]
        return {path: Page(path) for path in sorted(found)}

    def commands(self, program: str) -> set[str]:
        return self._targets if program == "make" else self._management

    @cached_property
    def _targets(self) -> set[str]:
        text = (self.root / "Makefile").read_text(encoding="utf-8")
        return {target for targets in TARGETS.findall(text) for target in targets.split()}

    @cached_property
    def _management(self) -> set[str]:
        """Our commands and those of packages, by their files: asking Django would need settings."""
        packages = [Path(package.__file__ or "").parent for package in (django, axes)]
        folders = [self.root.glob("*/management/commands"), *(path.rglob("management/commands") for path in packages)]
        return {path.stem for folder in chain(*folders) for path in folder.glob("*.py")}

    @cached_property
    def variables(self) -> set[str]:
        """Environment variables that Django and gunicorn are set up by, read by functions of config/environment.py."""
        files = [self.root / "config" / name for name in ("environment.py", "settings.py", "gunicorn.py")]
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
        readers = {node.name for node in trees[0].body if isinstance(node, ast.FunctionDef)}
        calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
        first = [call.args[0] for call in calls if _called(call) in readers]
        return {node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    def has_module(self, name: str) -> bool:
        """Whether a module is there; of those that are not ours nothing is known."""
        top, path = self.root / name.partition(".")[0], self.root / name.replace(".", "/")
        return not top.is_dir() or path.is_dir() or path.with_suffix(".py").is_file()


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def links(repository: Repository, page: Page) -> Faults:
    for found in LINK.finditer(SPAN.sub(_blank, page.prose)):
        target, _hash, anchor = found[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.path.parent / target).resolve() if target else page.path
        other = repository.pages.get(path)
        if not path.exists():
            yield found.start(), f"the link leads to {target}, which is not there"
        elif anchor and other and anchor not in other.anchors:
            yield found.start(), f"no heading of {other.path.name} makes #{anchor}"


def paths(repository: Repository, page: Page) -> Faults:
    for place, span in page.spans():
        found = PATH.fullmatch(span)
        if found is None or not _is_path(repository.root, found[1]):
            continue
        path, name = found[1], found[2]
        there = [one for one in repository.root.glob(path.rstrip("/")) if one.is_dir() or not path.endswith("/")]
        if not there:
            yield place, f"{path} is not there"
        elif name and not re.search(rf"\b{name}\b", there[0].read_text(encoding="utf-8")):
            yield place, f"{path} has no {name}"


def _is_path(root: Path, text: str) -> bool:
    top, slash, _rest = text.partition("/")
    looks_so = text.endswith(("/", *ENDINGS)) or (slash and (root / top).exists())
    return bool(looks_so) and top not in MADE_LATER


def commands(repository: Repository, page: Page) -> Faults:
    for place, code in page.code():
        for program, word in COMMAND.findall(code):
            known = repository.has_module(word) if program == "python -m" else word in repository.commands(program)
            if not known:
                yield place, f"{program} {word}: there is no {word}"


def variables(repository: Repository, page: Page) -> Faults:
    for place, name in variables_of(page):
        if name not in repository.variables:
            yield place, f"the settings do not read {name}"


def variables_of(page: Page) -> Iterator[tuple[int, str]]:
    """Names in the first column of tables whose first head is "Variable"."""
    for table in VARIABLE_TABLE.finditer(page.prose):
        place = table.start()
        for row in table[0].splitlines(keepends=True):
            for name in SPAN.findall(row.split("|")[1]):
                if VARIABLE.fullmatch(name):
                    yield place, name
            place += len(row)


def length(repository: Repository, page: Page) -> Faults:
    lines = page.text.count("\n")
    if page.path == repository.root / "README.md" and lines > LONGEST_README:
        yield 0, f"{lines} lines; at most {LONGEST_README}"


def faults(root: Path) -> list[str]:
    """Everything that is wrong in the documentation below a folder: file, line and a sentence."""
    repository = Repository(root.resolve())
    found = [
        f"{page.path.relative_to(repository.root)}:{page.line(place)}: {sentence}"
        for page in repository.pages.values()
        for check in (links, paths, commands, variables, length)
        for place, sentence in check(repository, page)
    ]
    named = {name for page in repository.pages.values() for _place, name in variables_of(page)}
    silent = sorted(repository.variables - named)
    return found + [f"config/settings.py: no table of the documentation has {name}" for name in silent]


if __name__ == "__main__":
    wrong = faults(BASE_DIR)
    print("\n".join(wrong) or "Documentation: what it names is there.")
    sys.exit(bool(wrong))
