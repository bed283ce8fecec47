"""The job worker, tuned to notice soon that another one died in the middle of a job."""

from typing import Any

from rq import Worker
from rq.job import Job
from typing_extensions import override


class PromptWorker(Worker):
    """With rq's own intervals a job lost to a crash waits some thirteen minutes for its retry; with
    these (and --worker-ttl 25, which bounds the idle sleep between two looks) under half a minute.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **(kwargs | {"maintenance_interval": 10, "job_monitoring_interval": 5})
        )

    @override
    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Three missed looks and the job counts as lost; rq adds a minute on top."""
        return 3 * int(self.job_monitoring_interval)
