"""Which platforms have a fake: every module of this package that says so."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from streams.sources import fakes
from streams.sources.fakes.base import Fake


@cache
def platforms() -> dict[str, type[Fake]]:
    """By the platform's name, in its order."""
    found = {}
    for module in pkgutil.iter_modules(fakes.__path__):
        fake = getattr(import_module(f"{fakes.__name__}.{module.name}"), "FAKE", None)
        if fake is not None:
            found[fake.platform] = fake
    return dict(sorted(found.items()))
