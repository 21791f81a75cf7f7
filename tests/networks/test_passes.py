import pytest

from wirgan_tf.networks.passes import INFERENCE, TRAINING, TRAINING_UNTRACKED, Pass


@pytest.mark.parametrize(("run", "training", "tracking"), [
    (INFERENCE, False, False), (TRAINING, True, True), (TRAINING_UNTRACKED, True, False),
    (Pass(training=False, track_statistics=True), False, False)])
def test_statistics_follow_training_alone(run, training, tracking):
    assert (run.training, run.tracking, run.step) == (training, tracking, 0)


def test_another_step_is_the_same_pass_otherwise():
    assert TRAINING_UNTRACKED.at(2) == Pass(training=True, step=2, track_statistics=False)
    assert TRAINING_UNTRACKED.step == 0
