"""Static files under hashed names, so that browsers may keep them for a year."""

import re
from collections.abc import Callable

from whitenoise.storage import CompressedManifestStaticFilesStorage

Converter = Callable[[re.Match[str]], str]


class HashedModules(CompressedManifestStaticFilesStorage):
    """Rewrites `import` paths between ES modules too, which makes a bundler unnecessary."""

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Converter:
        """Other people's scripts stay as they are: they import nothing, but their type comments look so."""
        if name.endswith(".js") and not name.startswith("js/"):
            return lambda match: match[0]
        converter: Converter = super().url_converter(name, hashed_files, template)
        return converter
