"""Questions and votes from sockets: batched per reception, written in threads, answered after commit."""

from collections.abc import Sequence

from streams.common import clock
from streams.questions import intake, votes
from streams.questions.intake import Ask, Refusal
from streams.questions.receipts import Receipt
from streams.room.batches import Batches


def _receive(reception_id: int, asks: Sequence[Ask]) -> Sequence[Receipt | Refusal]:
    return intake.receive_many(reception_id, asks, now=clock.now())


def _vote(reception_id: int, pairs: Sequence[tuple[int, str]]) -> Sequence[None]:
    votes.vote_many(reception_id, pairs)
    return [None] * len(pairs)


asks: Batches[int, Ask, Receipt | Refusal] = Batches(_receive)
# Nobody waits for a count to the millisecond: a second's votes become one statement and one bell.
ballots: Batches[int, tuple[int, str], None] = Batches(_vote, most=1000, wait_s=1.0)
