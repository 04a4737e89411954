"""The translations of a small project."""

import gettext

import pytest

from config import translations

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Department")
def late(count): return ngettext("%(count)d day", "%(count)d days", count)
MAY = pgettext("month", "May")
"""
TEMPLATE = """
<div>
    <h1>{% translate "Sheet" %}</h1>
        {% blocktranslate trimmed with name=user.name %}
            Hello {{ name }}, it's due
        {% endblocktranslate %}
  <p>{{ value|default:_("blank") }}</p>
</div>
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "sectors").mkdir()
    (tmp_path / "sectors" / "models.py").write_text(PYTHON)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "sheet.html").write_text(TEMPLATE)
    return tmp_path


def fill(project):
    """Collects the texts and gives each a translation."""
    translations.collect(project)
    path = project / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    text = path.read_text()
    head, _, body = text.partition("\n\n")
    body = body.replace('msgstr ""', 'msgstr "译"').replace('msgstr[0] ""', 'msgstr[0] "%(count)d 天"')
    body = body.replace('s due"\nmsgstr "译"', 's due"\nmsgstr "%(name)s，请填报"')
    path.write_text(f"{head}\n\n{body}")
    return path


def test_texts_of_code_and_templates_are_found(project):
    found = {(message.id, message.context) for message in translations.texts_of(project) if message.id}
    assert found == {
        ("Department", None),
        (("%(count)d day", "%(count)d days"), None),
        ("May", "month"),
        ("Sheet", None),
        ("Hello %(name)s, it's due", None),
        ("blank", None),
    }


def test_a_complete_file_passes_and_compiles(project):
    path = fill(project)
    assert translations.check(project) == []
    assert translations.compile_all(project) == []
    with path.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Department") == "译"
    assert catalogue.ngettext("%(count)d day", "%(count)d days", 3) == "%(count)d 天"


def test_collecting_again_keeps_translations_and_drops_what_is_gone(project):
    path = fill(project)
    (project / "templates" / "sheet.html").write_text("")
    translations.collect(project)
    assert 'msgid "Department"\nmsgstr "译"' in path.read_text()
    assert "Sheet" not in path.read_text()
    assert translations.check(project) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('msgid "Sheet"\nmsgstr "译"', 'msgid "Sheet"\nmsgstr ""', "not translated: 'Sheet'"),
        ('msgid "Sheet"', '#, fuzzy\nmsgid "Sheet"', "marked fuzzy: 'Sheet'"),
        ('msgid "Sheet"', 'msgid "Another"', "not in the file, run `make messages`: 'Sheet'"),
        ("%(name)s，请填报", "%(nom)s，请填报", "%(name)s"),
    ],
)
def test_what_is_wrong_is_named(project, old, new, expected):
    path = fill(project)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert any(expected in error for error in translations.check(project)), translations.check(project)


def test_a_missing_file_is_named(project):
    assert translations.check(project) == ["locale/zh_Hans: there is no django.po"]


def test_unknown_command_is_refused(capsys):
    assert translations.main(["update"]) == 2
    assert "messages|compile|check" in capsys.readouterr().err
