"""Who waits for whom in the test's own database."""

from __future__ import annotations

import psycopg

from tests.conftest import environment_of_test_database


def somebody_waits() -> bool:
    """For a lock that another transaction holds."""
    with psycopg.connect(environment_of_test_database()["DATABASE_URL"]) as beside:
        found = beside.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return found is not None and found[0] > 0
