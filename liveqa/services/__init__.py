"""PostgreSQL and Valkey as children of the command that needs them.

For trying, developing and small installations. Where DATABASE_URL and REDIS_URL are set, those
servers are used and nothing is started.
"""

import contextlib
import sys
from collections.abc import Iterator

from liveqa.services import pair
from liveqa.services.errors import ServicesError

__all__ = ["provide"]


@contextlib.contextmanager
def provide() -> Iterator[None]:
    """`pair.provide` for a command line: what is the matter is said in a sentence, without traceback."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(pair.provide())
        except ServicesError as error:
            sys.exit(f"error: {error}")
        yield
