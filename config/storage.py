"""Static files under names that change with their content, also where one of our scripts imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # Only our own scripts: comments of other packages speak of imports from files that they do not ship.
    _js_module_import_aggregation_patterns = (
        "app/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
