"""The desk as a live screen: what is urgent, the inbox, the queue, and the head with the state and what is on air."""

from __future__ import annotations

from datetime import timedelta

from streams.common import clock, sql
from streams.desk import changes, pace, presence, queries
from streams.desk.head import Head
from streams.desk.rows import Row
from streams.live.screens import Card, News
from streams.questions import queries as questions
from streams.questions import reasons, service_clock
from streams.questions.models import Claim, Question
from streams.questions.queries import Tally
from streams.questions.rules import Status
from streams.receptions import lookup, notes
from streams.receptions.models import Reception
from streams.sources import chips, outbox
from streams.sources import queries as sources

# A card that is open shows what became of a message; an older change was there when it was opened.
_TOLD_OF_LATE = timedelta(seconds=60)
_VOTES = """
SELECT number, votes FROM streams_question
WHERE reception_id = %s AND status <> 'closed' AND votes > 0 ORDER BY number
"""


class DeskScreen:
    name = "desk"
    tick_s = 0.0

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        """A constant number of queries. The cursor is read first: what comes later is sent again."""
        reception = lookup.by_key(reception_id)
        shown = changes.read(reception, numbers)
        now = shown.on_air
        since = questions.on_air_since(now) if now else None
        by = queries.deciders(reception_id, [q.number for q in shown.listed if _is_away(q)])
        sums, tally = questions.sums(reception_id)
        head = Head(reception, now, since, sums, shown.following, tally.to_confirm)
        promised = service_clock.of(reception, clock.now())
        changed = sources.changed_by_asker(reception_id, [q.number for q in shown.listed])
        rows = [
            Row(
                q,
                reception,
                by.get(q.number),
                due=promised.due(q) if promised else None,
                is_beyond=not shown.view.holds(q),
                is_changed=q.number in changed,
            )
            for q in shown.listed
        ]
        return News(
            seq=reception.last_seq,
            cards=[Card(0, "head", "", head), *map(_card, rows)],
            drop=frozenset(),
            counts=sums.counts() | _tally_counts(reception, tally),
        )

    def html(self, card: Card) -> str:
        if isinstance(card.data, Head):
            return card.data.html
        assert isinstance(card.data, Row)
        return card.data.html

    def side(self, reception_id: int) -> dict[str, object]:
        """Votes of open questions and who works on what, by question number; who is at the desk; how the
        sources are; whose messages back changed of late, and how many of them the broadcast's end would
        cut off; the pace.
        """
        now = clock.now()
        claims = questions.live_claims(reception_id, now)
        fed = chips.side(lookup.by_key(reception_id))
        # Nothing goes back where nothing comes from.
        told = outbox.told_of_late(reception_id, now - _TOLD_OF_LATE) if fed else {}
        unsent = outbox.while_live(reception_id).count() if fed else 0
        return {
            "votes": {str(n): count for n, count in sql.rows(_VOTES, [reception_id])},
            "claims": {str(number): _claim(claim) for number, claim in claims.items()},
            "people": presence.told(reception_id, claims, now),
            "note": notes.told(notes.last(reception_id)),
            "sources": fed,
            "told": {str(number): clock.stamp(at) for number, at in told.items()},
            # Shown in the head, which is card 0.
            "unsent": {"0": unsent} if unsent else {},
            "pace": pace.side(reception_id, now),
        }


def _tally_counts(reception: Reception, tally: Tally) -> dict[str, int]:
    """Zeros too: what was undone must go from the page."""
    zeros = {reasons.counter(*key): 0 for key, _text in reasons.of(reception.unit).all()}
    found = {reasons.counter(*key): n for key, n in tally.by_reason.items()}
    return {"to_confirm": tally.to_confirm, **zeros, **found}


def _card(row: Row) -> Card:
    return Card(row.question.number, row.list, row.key, row)


def _claim(claim: Claim) -> dict[str, object]:
    holder = claim.holder
    return {"holder": holder.pk, "initials": holder.initials, "since": clock.stamp(claim.since)}


def _is_away(question: Question) -> bool:
    return question.status in {Status.ON_AIR, Status.CLOSED}
