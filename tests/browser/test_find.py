"""How the browser is found. Nothing is installed here: the programs called are recorded."""

import pytest

from tests.browser import find


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine without a browser and without apt; returns the commands that were run."""
    for name in ("BROWSER", "BROWSER_PATH", "CI"):
        monkeypatch.delenv(name, raising=False)
    commands = []
    monkeypatch.setattr(find, "_run", lambda *command: commands.append(command))
    monkeypatch.setattr(find, "_playwrights_own", lambda: "")
    monkeypatch.setattr("shutil.which", {}.get)
    return commands


def test_a_given_browser_comes_first(monkeypatch, tmp_path, capsys):
    program = tmp_path / "browser"
    program.touch(mode=0o755)
    monkeypatch.setenv("BROWSER_PATH", str(program))
    monkeypatch.setattr("shutil.which", {"chromium": "/usr/bin/chromium"}.get)
    assert find.main() == 0
    assert capsys.readouterr().out == f"{program}\n"


def test_a_given_browser_that_is_not_there_is_an_error(monkeypatch, machine):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/browser")
    with pytest.raises(find.BrowserMissingError, match="/nowhere/browser"):
        find.main()
    assert machine == []


def test_a_browser_on_the_path_is_taken(monkeypatch, machine, capsys):
    monkeypatch.setattr("shutil.which", {"google-chrome": "/opt/chrome"}.get)
    assert find.main() == 0
    assert capsys.readouterr().out == "/opt/chrome\n"
    assert machine == []


def test_debians_package_is_installed_where_it_may_be(monkeypatch, machine, capsys):
    programs = {"apt-get": "/usr/bin/apt-get"}
    monkeypatch.setattr("shutil.which", programs.get)
    monkeypatch.setattr("os.geteuid", lambda: 0)

    def run(*command):
        machine.append(command)
        if "chromium" in command:
            programs["chromium"] = "/usr/bin/chromium"

    monkeypatch.setattr(find, "_run", run)
    assert find.main() == 0
    assert [command[:2] for command in machine] == [("apt-get", "update"), ("apt-get", "install")]
    assert capsys.readouterr().out == "/usr/bin/chromium\n"


def test_playwrights_download_is_the_last_resort(monkeypatch, machine, capsys):
    monkeypatch.setattr(find, "_playwrights_own", lambda: "/cache/chromium")
    assert find.main() == 0
    assert machine[0][1:] == ("-m", "playwright", "install", "chromium")
    assert capsys.readouterr().out == "/cache/chromium\n"


def test_without_any_browser_it_says_what_to_install():
    with pytest.raises(find.BrowserMissingError, match="apt-get install chromium"):
        find.main()


def test_skipping_is_loud(monkeypatch, machine, capsys):
    monkeypatch.setenv("BROWSER", "skip")
    assert find.main() == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert "do NOT run" in output.err
    assert machine == []


def test_skipping_is_refused_in_ci(monkeypatch, capsys):
    monkeypatch.setenv("BROWSER", "skip")
    monkeypatch.setenv("CI", "true")
    assert find.main() == 1
    assert "not allowed" in capsys.readouterr().err
