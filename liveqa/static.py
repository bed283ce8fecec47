"""Static files under hashed names, so that browsers may keep them for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Rewrites `import` paths between ES modules too, which makes a bundler unnecessary."""

    support_js_module_import_aggregation = True
