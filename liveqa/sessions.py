"""Django's sessions in the database, read by a statement written by hand: every request of staff reads one.

Django takes longer to write it than PostgreSQL to answer it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from typing_extensions import override

from streams.common import sql

_LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    @override
    def load(self) -> dict[str, Any]:
        for (data,) in sql.rows(_LOAD, [self.session_key]):
            return dict(self.decode(data))
        self._session_key = None
        return {}
