"""What runs by the clock. One `rqcron` process reads it; every job here bears being run twice."""

from rq import cron

from streams.receptions.jobs import make_next_receptions

cron.register(make_next_receptions, queue_name="default", cron="*/10 * * * *")
