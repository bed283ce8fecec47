"""How common each term is among all questions: a rare one in both texts tells more than a common one."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property

from streams.common import sql

_FRESH_S = 60.0
# Below, everything is counted; above, PostgreSQL's own statistics of the column are good enough.
_COUNTED = 5_000
_COUNTS = "SELECT term, count(*) FROM streams_likeness, unnest(terms) AS term GROUP BY term"
_STATISTICS = """
SELECT most_common_elems::text::int[], most_common_elem_freqs FROM pg_stats
WHERE schemaname = current_schema() AND tablename = 'streams_likeness' AND attname = 'terms'
"""


@dataclass(frozen=True)
class Commonness:
    """`rows` questions are compared; `shares` is in how many of them a term is, from 0 to 1."""

    rows: int
    shares: dict[int, float]
    rest: float = 0.0

    @cached_property
    def squares(self) -> dict[int, float]:
        """The square of each term's weight, worked out when it is first asked for."""
        return _Squares(self)

    def expected(self, term: int) -> float:
        """About how many questions have the term."""
        return self.shares.get(term, self.rest) * self.rows

    def weight(self, term: int) -> float:
        # Counted when there was none: what came since is compared all the same.
        return math.log(1 + max(1, self.rows) / max(1.0, self.expected(term)))


class _Squares(dict[int, float]):
    """Looked up a hundred thousand times for one question: no call of ours for a known term."""

    def __init__(self, common: Commonness) -> None:
        super().__init__()
        self._common = common

    def __missing__(self, term: int) -> float:
        square = self[term] = self._common.weight(term) ** 2
        return square


_known: tuple[float, Commonness] | None = None


def now() -> Commonness:
    """At most a minute old."""
    global _known
    if _known is None or time.monotonic() - _known[0] > _FRESH_S:
        _known = (time.monotonic(), _read())
    return _known[1]


def forget() -> None:
    """The next look is at the database."""
    global _known
    _known = None


def _read() -> Commonness:
    ((rows,),) = sql.rows(
        "SELECT reltuples FROM pg_class WHERE oid = 'streams_likeness'::regclass", ()
    )
    if rows >= _COUNTED and (estimated := _estimated(int(rows))):
        return estimated
    ((rows,),) = sql.rows("SELECT count(*) FROM streams_likeness", ())
    counts = dict(sql.rows(_COUNTS, ()))
    return Commonness(rows, {term: count / max(1, rows) for term, count in counts.items()})


def _estimated(rows: int) -> Commonness | None:
    for terms, frequencies in sql.rows(_STATISTICS, ()):
        if terms:
            # The array of shares ends with three figures about the column itself.
            shares = dict(zip(terms, frequencies, strict=False))
            return Commonness(rows, shares, rest=min(shares.values()) / 2)
    return None
