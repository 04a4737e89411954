"""Static files as a real server has them."""

import re

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.storage.ModuleStaticFilesStorage"}}


def test_every_file_is_collected_and_our_scripts_import_names_that_change_with_their_content(settings, tmp_path):
    settings.STORAGES = STORAGES
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    (script,) = (tmp_path / "app" / "sheet").glob("main.????????????.js")
    imported = re.findall(r'from "\./(.+?)";', script.read_text(encoding="utf-8"))
    assert imported
    for name in imported:
        assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name)
        assert (script.parent / name).is_file()
    (charts,) = (tmp_path / "app" / "charts").glob("charts.????????????.js")
    (echarts,) = (tmp_path / "echarts").glob("echarts.esm.min.????????????.js")
    assert f'from "../../echarts/{echarts.name}"' in charts.read_text(encoding="utf-8")


def test_charts_come_from_their_package_only():
    assert finders.find("echarts/echarts.esm.min.js")
    assert not [path for path in (settings.BASE_DIR / "static").rglob("*") if "echarts" in path.name]
