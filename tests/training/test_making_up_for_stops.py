"""What a stop cut off is done when the run goes on, once."""

import pytest

from wirgan_tf.config import Config
from wirgan_tf.models.sampling import row_seeds
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory

SMALL = Config(width=2, latent=4, batch_size=8, critic_updates=1, time_steps=1, iterations=6, checkpoint_every=2,
               sample_every=100, log_every=100, eval_every=0)


def test_an_evaluation_that_was_cut_off_is_made_when_the_run_goes_on(tmp_path, uncompiled):
    config, run, seen = SMALL.replace(eval_every=2), RunDirectory(tmp_path), []

    def cut_off(sampler, iteration):
        raise KeyboardInterrupt

    def judge(sampler, iteration):
        seen.append((iteration, int(sampler.images(row_seeds(0, 1)).size)))
        return "distance", 1.0, False

    with pytest.raises(KeyboardInterrupt):
        loop.train(config, run, evaluate=cut_off)
    for _ in range(2):  # the second time there is nothing left to do
        loop.train(config, run, evaluate=judge)
    assert seen == [(2, 64), (4, 64), (6, 64)]


def test_an_evaluation_is_not_made_again_when_the_run_goes_on_from_an_earlier_checkpoint(tmp_path, uncompiled):
    """Killed after the evaluation of update 4, with a newest checkpoint that cannot be read."""
    run, seen = RunDirectory(tmp_path), []

    def judge(sampler, iteration):
        seen.append(iteration)
        return "distance", 1.0, False

    loop.train(SMALL.replace(iterations=4, eval_every=2), run, evaluate=judge)
    (run.checkpoints / "ckpt-4.npz").write_bytes(b"damaged")
    loop.train(SMALL.replace(iterations=3, eval_every=2), run, evaluate=judge)
    assert seen == [2, 4, 3]


def test_an_export_that_a_stop_cut_off_is_made_when_the_run_goes_on(tmp_path, monkeypatch, uncompiled):
    """Stopped after update 2, when an evaluation and an export are due: both are made up for, in that order."""
    config, run, done = SMALL.replace(eval_every=2, export_every=2), RunDirectory(tmp_path), []

    def judge(sampler, iteration):
        done.append(("judged", iteration))
        return "distance", 1.0, False

    def export(model):
        done.append(("exported", int(model.iteration)))

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_asked_to_stop", lambda stop, workers, iteration: iteration == 2)
        assert loop.train(config, run, evaluate=judge, export=export) is None
    assert done == []
    for _ in range(2):  # the second time there is nothing left to do
        loop.train(config, run, evaluate=judge, export=export)
    assert done == [("judged", 2), ("exported", 2), ("judged", 4), ("exported", 4), ("judged", 6)]
    loop.train(config.replace(iterations=7), run, evaluate=judge, export=export)
    assert done[5:] == [("judged", 7)]  # the end was exported by the caller
