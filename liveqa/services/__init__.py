"""PostgreSQL and Valkey as children of the command that needs them.

For trying, developing and small installations. Where DATABASE_URL and REDIS_URL are set, those
servers are used and nothing is started.
"""

from liveqa.services.pair import provide

__all__ = ["provide"]
