"""A reception with its unit by statements written by hand: one of them runs for every click and every change.

Django takes longer to write such a statement than PostgreSQL to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from streams.common import sql
from streams.common.columns import Columns
from streams.people.models import Unit
from streams.receptions.models import Reception

_RECEPTION = Columns(Reception, "r", unit=Columns(Unit, "u"))
_SELECT = f"""
SELECT {_RECEPTION.text}
FROM streams_reception r JOIN streams_unit u ON u.id = r.unit_id
"""  # noqa: S608 -- columns of our own models
_BY_KEY = f"{_SELECT} WHERE r.id = %s"
_BY_NO = f"{_SELECT} WHERE r.no = %s"
_LOCKED = f"{_BY_KEY} FOR NO KEY UPDATE OF r"


def by_key(reception_id: int) -> Reception:
    """Raises Reception.DoesNotExist."""
    return _one(_BY_KEY, reception_id)


def by_no(no: str) -> Reception:
    """Raises Reception.DoesNotExist."""
    return _one(_BY_NO, no)


def locking(reception_id: int) -> Callable[[], Reception]:
    """Under its row lock, the unit without; read when it is asked for (`sql.later`), which raises
    Reception.DoesNotExist.
    """
    read = sql.later(_LOCKED, [reception_id])
    return lambda: _made(read(), reception_id)


def _one(statement: str, name: int | str) -> Reception:
    return _made(sql.rows(statement, [name]), name)


def _made(rows: Iterable[tuple[Any, ...]], name: int | str) -> Reception:
    for row in rows:
        return _RECEPTION.make(row)
    raise Reception.DoesNotExist(name)
