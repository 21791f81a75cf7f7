"""How workers notice that another has died: TensorFlow's older health check, reached through private names.

By default TensorFlow has one of the workers, the leader, count the heartbeats of all; when the leader itself is killed,
the others wait for ever. Its older way, where each worker asks every other, is used when there is no such service.
"""

import logging

from tensorflow.python.distribute.collective_all_reduce_strategy import CollectiveAllReduceExtended
from tensorflow.python.eager import context

_SECONDS = 5  # between two requests, and until a reply
_MESSAGE = "check alive failed"


def watch_each_other(arrival_seconds: int) -> None:
    """Makes every worker ask all others whether they are alive, and give up when one fails to answer three times.

    Asking twelve times a minute, it notices a killed worker in 10 s and a machine that is gone in 20 s. To be called
    before the strategy is made, and before TensorFlow computes anything.

    Args:
      arrival_seconds: how long to wait for the last worker to start.
    """
    context.context().configure_coordination_service(service_type="")
    CollectiveAllReduceExtended._check_health_interval = _SECONDS
    CollectiveAllReduceExtended._check_health_timeout = _SECONDS
    CollectiveAllReduceExtended._check_health_initial_timeout = arrival_seconds
    # `Workers.noticing_loss` reports it, in one line.
    logging.getLogger("tensorflow").addFilter(lambda record: _MESSAGE not in record.getMessage())
