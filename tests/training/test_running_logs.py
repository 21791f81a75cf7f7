import pytest
import tensorflow as tf

from wirgan_tf.training.running_logs import RunningLogs, TrainingDivergedError


def logs(loss, norm=1.0):
    return {"loss": tf.constant(loss), "norm": tf.constant(norm)}


def test_means_are_of_the_updates_since_the_last():
    running = RunningLogs("a run")
    for update, loss in enumerate((1.0, 2.0, 6.0), start=1):
        running.add(update, logs(loss, norm=10.0 * loss))
        running.check()
    assert running.means() == {"loss": 3.0, "norm": 30.0}
    running.add(4, logs(-1.0))
    assert running.means() == {"loss": -1.0, "norm": 1.0}
    running.check()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_the_first_update_that_is_not_finite_is_named(bad):
    running = RunningLogs("a run")
    running.add(7, logs(1.0))
    running.check()
    running.add(8, logs(1.0, norm=bad))
    running.add(9, logs(float("nan"), norm=float("nan")))
    running.add(10, logs(1.0))
    for read in (running.check, running.means):
        with pytest.raises(TrainingDivergedError, match=f"^norm is {bad} at update 8 of a run$"):
            read()
