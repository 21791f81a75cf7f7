"""How workers notice that another has died: TensorFlow's older health check, reached through private names.

By default TensorFlow has one of the workers, the leader, count the heartbeats of all; when the leader itself is killed,
the others wait for ever. Its older way, where each asks each, is used when there is no such service.
"""

import logging

from tensorflow.python.distribute.collective_all_reduce_strategy import CollectiveAllReduceExtended
from tensorflow.python.eager import context

_SECONDS = 5  # between two questions, and until an answer
_MESSAGE = "check alive failed"


def watch_each_other(arrival_seconds: int) -> None:
    """Lets every worker ask all others whether they live, and give up when one does not answer three times.

    Asking twelve times a minute, it tells of a killed worker in 10 s and of a machine that is gone in 20. To be called
    before the strategy is made, and before TensorFlow computes anything.

    Args:
      arrival_seconds: to wait for the last worker to start.
    """
    context.context().configure_coordination_service(service_type="")
    CollectiveAllReduceExtended._check_health_interval = _SECONDS
    CollectiveAllReduceExtended._check_health_timeout = _SECONDS
    CollectiveAllReduceExtended._check_health_initial_timeout = arrival_seconds
    # `Workers.noticing_loss` says it, in one line.
    logging.getLogger("tensorflow").addFilter(lambda record: _MESSAGE not in record.getMessage())
