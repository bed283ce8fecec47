"""What runs by the clock. One `rqcron` process reads it; every job here bears being run twice.

By intervals and not by cron expressions: an interval also runs at the start, so a fresh machine has
its receptions at once.
"""

from rq import cron

from streams.receptions.jobs import make_next_receptions

cron.register(make_next_receptions, queue_name="default", interval=600)
