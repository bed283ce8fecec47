"""Settings of the tests: the real ones, quicker, and each worker with a corner of its own."""

import os
from ipaddress import ip_network

from liveqa.settings import *  # noqa: F403
from liveqa.settings import CHANNEL_LAYERS, REDIS_URL, RQ_QUEUES, STORAGES

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Serve static files from where they are written; no collectstatic before a test run.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{_worker}"
# Jobs name rows of a database: no worker may take another's. Valkey has sixteen databases.
_database = int(_worker.removeprefix("gw")) % 15 + 1 if _worker.startswith("gw") else 0
RQ_QUEUES["default"]["URL"] = f"{REDIS_URL.partition('?')[0]}?db={_database}"
# Limits have tests of their own, which set them; elsewhere they would only be in the way.
ASK_PER_ADDRESS_PER_MIN = int(os.environ.get("ASK_PER_ADDRESS_PER_MIN", "100000"))
ASK_PER_VIEWER_PER_MIN = int(os.environ.get("ASK_PER_VIEWER_PER_MIN", "100000"))
VOTES_PER_ADDRESS_PER_MIN = 100000
# The platforms of the tests are servers on this machine.
SOURCES_PRIVATE_NETWORKS = [
    ip_network(n) for n in os.environ.get("SOURCES_PRIVATE_NETWORKS", "127.0.0.0/8").split(",") if n
]
