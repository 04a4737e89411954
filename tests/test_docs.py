"""What the documentation names is there: each kind of fault in a small repository, and none in this one."""

import pytest

from config import docs

ENVIRONMENT = "def switch(name, default): ...\n\n\ndef database(name):\n    return switch('KEPT', True)\n"
SETTINGS = "from config import environment\nDEBUG = environment.switch('DEBUG', False)\n"
TABLE = "| Variable | Default |\n| --- | --- |\n| `DEBUG` | off |\n| `KEPT` | on |\n"
README = f"""# Small

A [link](docs/more.md#the-2nd-part-a-b), a [place](#small) and ![a picture](docs/way.svg).
`sheets/rules.py`, `sheets/rules.py:Part`, `sheets/`, `sheets/*.py`, `var/db.sqlite3`, `n/a` and `toys.yaml`.
`make run` and `manage.py load --all`, `python -m config.docs`, `python -m http.server`.

```sh
PORT=1 make run   # make noise
manage.py migrate
```

{TABLE}"""
MORE = "# More\n\n## The 2nd part: `a` (b)\n\n## Twice\n\n## Twice\n"
WAY = '<svg><text class="path" x="1">sheets/rules.py sheets/</text></svg>'


@pytest.fixture
def small(tmp_path):
    files = {
        "README.md": README,
        "Makefile": "run: install\n\techo\n\ninstall:\n\techo\n",
        "docs/more.md": MORE,
        "docs/way.svg": WAY,
        "config/environment.py": ENVIRONMENT,
        "config/settings.py": SETTINGS,
        "config/gunicorn.py": "",
        "config/docs.py": "",
        "sheets/rules.py": "class Part: ...\n",
        "sheets/management/commands/load.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def add(folder, name, text):
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_repository_in_order_has_no_faults(small):
    assert docs.faults(small) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[x](docs/none.md)", "the link leads to docs/none.md, which is not there"),
        ("![x](docs/none.png)", "the link leads to docs/none.png, which is not there"),
        ("[two\nlines](none.md)", "the link leads to none.md"),
        ("[x](docs/more.md#third)", "no heading of more.md makes #third"),
        ("[x](docs/more.md#twice-2)", "no heading of more.md makes #twice-2"),
        ("[x](#large)", "no heading of README.md makes #large"),
        ("`sheets/gone.py`", "sheets/gone.py is not there"),
        ("`gone/rules.py`", "gone/rules.py is not there"),
        ("`sheets/gone/`", "sheets/gone/ is not there"),
        ("`sheets/rules.py/`", "sheets/rules.py/ is not there"),
        ("`sheets/*.yaml`", "sheets/*.yaml is not there"),
        ("`rules.py`", "rules.py is not there"),
        ("`sheets/rules.py:Whole`", "sheets/rules.py has no Whole"),
        ("`make noise`", "make noise: there is no noise"),
        ("```\nA=1 make noise\n```", "make noise: there is no noise"),
        ("`manage.py unload x.yaml`", "manage.py unload: there is no unload"),
        ("```sh\n.venv/bin/python manage.py unload\n```", "manage.py unload: there is no unload"),
        ("`python -m config.gone`", "python -m config.gone: there is no config.gone"),
        ("\n| Variable | Meaning |\n| --- | --- |\n| `DEBUG`, `GONE` | x |\n", "the settings do not read GONE"),
    ],
)
def test_each_kind_of_fault_is_found_with_its_line(small, text, sentence):
    add(small, "README.md", f"\n{text}")
    (fault,) = docs.faults(small)
    assert sentence in fault
    line = int(fault.split(":")[1])
    assert line > README.count("\n")
    assert fault.startswith("README.md:")


@pytest.mark.parametrize(
    "text",
    ["To make noise is allowed, manage.py unload in prose too.", "[x](https://example.org/none#x)", "`[x](none.md)`"],
)
def test_words_are_no_commands_and_other_sites_are_not_looked_at(small, text):
    add(small, "README.md", f"\n{text}")
    assert docs.faults(small) == []


def test_links_are_seen_from_the_page_they_stand_on(small):
    add(small, "docs/more.md", "\n[up](../README.md#small) and [wrong](README.md)")
    assert docs.faults(small) == ["docs/more.md:9: the link leads to README.md, which is not there"]


def test_paths_of_a_drawing_are_looked_for(small):
    (small / "docs" / "way.svg").write_text(WAY.replace("rules.py", "gone.py"))
    assert docs.faults(small) == ["docs/way.svg:1: sheets/gone.py is not there"]


def test_every_variable_that_is_read_stands_in_a_table(small):
    add(small, "config/settings.py", "OTHER = environment.switch('OTHER', False)\n")
    assert docs.faults(small) == ["config/settings.py: no table of the documentation has OTHER"]


def test_the_readme_is_short(small):
    add(small, "README.md", "\n" * 120)
    assert docs.faults(small) == ["README.md:1: 135 lines; at most 120"]


def test_the_documentation_of_this_repository_names_what_is_there():
    assert docs.faults(docs.BASE_DIR) == []
