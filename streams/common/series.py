"""Running numbers without gaps: receptions of a year, control records of a unit's year."""

from django.db import connection, models
from typing_extensions import override

from streams.common import sql

_NEXT = """
INSERT INTO streams_series (key, last) VALUES (%s, 1)
ON CONFLICT (key) DO UPDATE SET last = streams_series.last + 1 RETURNING last
"""


class Series(models.Model):
    key = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


def next_number(key: str) -> int:
    """The next number of the series, from 1.

    Holds the series' row until the transaction ends, so a rolled-back number is dealt again and the
    series has no gap. Call it inside a transaction, as late as possible.
    """
    assert connection.in_atomic_block
    ((number,),) = sql.rows(_NEXT, [key])
    return int(number)
