"""Files for browsers that come inside an installed package, so that none is copied into the repository."""

from importlib.util import find_spec
from pathlib import Path


def charts() -> list[tuple[str, Path]]:
    """(prefix, folder) of Apache ECharts for STATICFILES_DIRS; nothing where its package is not installed.

    The package itself is never imported: what it needs to be of use in Python is not installed.
    """
    package = find_spec("instaui_echarts")
    if package is None or package.origin is None:
        return []
    return [("echarts", Path(package.origin).parent / "static")]
