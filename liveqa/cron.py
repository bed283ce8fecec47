"""What runs by the clock. One `rqcron` process reads it; every job here bears being run twice.

By intervals and not by cron expressions: an interval also runs at the start, so a fresh machine has
its receptions at once.
"""

from typing import Any

from rq import Queue, cron
from rq.serializers import JSONSerializer

from streams.desk.jobs import purge_uploads
from streams.questions.jobs import make_comparable, turn_registers
from streams.receptions.jobs import make_next_receptions
from streams.sources.jobs import purge_deliveries, read_deliveries_again, tend_replies


class JsonQueue(Queue):
    """A queue whose jobs our worker can read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"serializer": JSONSerializer, **kwargs})


# rq 3.0's cron puts its jobs in as pickle whatever the queue is set to, and a worker that reads JSON
# fails on each of them; `CronJob.enqueue` takes the queue's class from its module. Until rq's cron
# takes a serializer.
cron.Queue = JsonQueue  # type: ignore[attr-defined]

cron.register(make_next_receptions, queue_name="default", interval=600)
cron.register(make_comparable, queue_name="default", interval=60)
# A page or a question at the month's turn doesn't wait for it; see `receptions.standing`.
cron.register(turn_registers, queue_name="default", interval=300)
cron.register(tend_replies, queue_name="default", interval=30)
cron.register(purge_uploads, queue_name="default", interval=3600)
cron.register(purge_deliveries, queue_name="default", interval=6 * 3600)
cron.register(read_deliveries_again, queue_name="default", interval=24 * 3600)
