import json
import logging
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.ops import _EagerTensorBase

from tests.training.flags import flags_of
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.exporting import export_generator
from wirgan_tf.models import AdversarialModel
from wirgan_tf.studies.events import scalars
from wirgan_tf.training import loop
from wirgan_tf.training import updates as updating
from wirgan_tf.training.checkpoints import newest_checkpoint
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.running_logs import TrainingDivergedError
from wirgan_tf.training.variable_keys import keyed_variables

SMALL = Config(width=2, latent=4, batch_size=8, critic_updates=2, time_steps=2, iterations=6, checkpoint_every=2,
               sample_every=100, log_every=100, eval_every=0, generator_average=0.5)


def weights(model):
    return [np.asarray(variable.value) for variable in keyed_variables(model).values()]


def assert_identical(first, second):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    run = RunDirectory(tmp_path_factory.mktemp("uninterrupted") / "run")
    return weights(loop.train(SMALL, run)), run


def test_a_run_fills_its_directory(uninterrupted):
    _, run = uninterrupted
    assert run.load_config() == SMALL
    assert run.load_spec() == {"image": Entry((8, 8, 1)), "label": Entry((), tf.int64, tuple("0123456789"))}
    assert set(run.load_identity()) == {"train", "test"}
    assert sorted(path.name for path in run.samples.iterdir()) == ["real.png", "refinement_0000006.png",
                                                                   "samples_0000006.png"]
    kept = sorted(path.name for path in run.checkpoints.glob("*.npz"))
    assert kept == ["ckpt-2.npz", "ckpt-4.npz", "ckpt-6.npz"]


def test_a_resumed_run_ends_as_an_uninterrupted_one(uninterrupted, tmp_path):
    expected, _ = uninterrupted
    run = RunDirectory(tmp_path)
    loop.train(SMALL.replace(iterations=3), run)
    assert_identical(expected, weights(loop.train(SMALL, run)))


def test_every_update_is_in_one_mean_of_the_logs(tmp_path, monkeypatch, uncompiled):
    """Losses 1 to 6, a line every 4 updates, and a stop after update 3: means of 1 to 3, of 4, and of 5 and 6."""
    config, run = SMALL.replace(log_every=4), RunDirectory(tmp_path)
    train_step = AdversarialModel.train_step

    def counting(self, batch):
        return train_step(self, batch) | {"critic/loss": tf.cast(self.iteration, tf.float32)}

    monkeypatch.setattr(AdversarialModel, "train_step", counting)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "_asked_to_stop", lambda stop, workers, iteration: iteration == 3)
        assert loop.train(config, run) is None
    loop.train(config, run)
    assert scalars(run.path, "train/critic/loss") == {3: 2.0, 4: 4.0, 6: 5.5}


def test_a_finished_run_is_left_as_it_is(uninterrupted, caplog):
    expected, run = uninterrupted
    with caplog.at_level(logging.INFO):
        assert_identical(expected, weights(loop.train(SMALL, run)))
    assert f"{run.path} has made its 6 updates; for more, raise iterations" in caplog.text


def test_how_to_go_on_with_a_finished_run_depends_on_its_learning_rates():
    decaying = SMALL.replace(learning_rate_decay="linear")
    assert "start another run from it, by init_from" in loop._how_to_go_on(decaying)


def test_a_stop_finishes_the_update_and_saves(uninterrupted, tmp_path, monkeypatch, caplog):
    """SIGTERM in the middle of update 3: saved at 3, and the rest ends as if nothing had happened."""
    expected, _ = uninterrupted
    run = RunDirectory(tmp_path)
    update = updating.compiled_update

    def interrupted(model, *arguments):
        compiled = update(model, *arguments)

        def step(batch):
            if int(model.iteration) == 2:
                os.kill(os.getpid(), signal.SIGTERM)
            return compiled(batch)

        return step

    monkeypatch.setattr(updating, "compiled_update", interrupted)
    with caplog.at_level(logging.INFO):
        assert loop.train(SMALL, run) is None
    assert "stopped by SIGTERM after update 3, saved as" in caplog.text
    assert (run.checkpoints / "ckpt-3.npz").is_file()
    monkeypatch.undo()
    assert_identical(expected, weights(loop.train(SMALL, run)))


@pytest.mark.processes  # programs that start, are killed, and start again
def test_a_killed_run_loses_no_more_than_since_its_checkpoint(uninterrupted, tmp_path):
    """kill -9 of the real program from update 2 on; the resumed run ends bit for bit as the uninterrupted one."""
    expected, _ = uninterrupted
    program = [sys.executable, "-m", "wirgan_tf.main", f"--run_dir={tmp_path}", *flags_of(SMALL), "--iterations=100000"]
    process = subprocess.Popen(program, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while newest_checkpoint(tmp_path / "checkpoints") is None and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.kill()
    process.wait()
    run = RunDirectory(tmp_path)
    resumed_at = int(restore_model(SMALL, run).iteration)
    assert resumed_at % SMALL.checkpoint_every == 0
    longer = SMALL.replace(iterations=max(SMALL.iterations, resumed_at + 2))
    if longer.iterations != SMALL.iterations:  # the kill came late: compare with as many updates without a stop
        expected = weights(loop.train(longer, RunDirectory(tmp_path.parent / "longer")))
    assert_identical(expected, weights(loop.train(longer, run)))


def test_two_replicas_run_the_same_loop(tmp_path, two_replicas):
    """Each normalising by itself, critic and all; what they share, `test_exactness.py` compares with one device."""
    config = SMALL.replace(iterations=2, penalty="clipping", critic_normalization="batch",
                           sync_batch_norm=False)
    model = loop.train(config, RunDirectory(tmp_path), strategy=two_replicas)
    assert int(model.iteration) == 2
    assert int(model.critics.optimizer.iterations.numpy()) == 4


def test_fewer_updates_than_made_are_refused(uninterrupted):
    _, run = uninterrupted
    with pytest.raises(ValueError, match="has made 6 updates, iterations=5 was asked for"):
        loop.train(SMALL.replace(iterations=5), run)
    assert run.load_config() == SMALL


def test_other_settings_are_refused_by_name(uninterrupted):
    _, run = uninterrupted
    other = SMALL.replace(width=4, seed=3, log_every=1)
    with pytest.raises(ValueError, match=r"other settings: seed \(0 there, 3 asked for\), width \(2 there, 4 asked"):
        loop.train(other, run)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_divergence_stops_the_run_before_the_next_checkpoint(tmp_path, monkeypatch, bad, uncompiled):
    """Logs are read after the checkpoint's update, 6; the update that is named is the one that failed."""
    train_step = AdversarialModel.train_step

    def diverging(self, batch):
        logs = train_step(self, batch)
        logs["critic/loss"] = tf.where(self.iteration == 5, bad, logs["critic/loss"])
        return logs

    monkeypatch.setattr(AdversarialModel, "train_step", diverging)
    message = r"critic/loss is (nan|inf) at update 5 of gp_wirgan on digits; .*ckpt-4"
    with pytest.raises(TrainingDivergedError, match=message):
        loop.train(SMALL.replace(iterations=8), RunDirectory(tmp_path))
    assert sorted(path.name for path in (tmp_path / "checkpoints").glob("*.npz")) == ["ckpt-2.npz", "ckpt-4.npz"]
    assert not list((tmp_path / "samples").glob("samples_*"))


def test_the_device_is_read_once_every_log_every_updates(tmp_path, monkeypatch):
    config = SMALL.replace(iterations=20, log_every=5, checkpoint_every=100)
    reads, updates = [], []
    update, numpy = updating.compiled_update, _EagerTensorBase._numpy

    def counting(tensor):
        reads.append(len(updates))
        return numpy(tensor)

    def counted(*arguments):
        compiled = update(*arguments)

        def step(batch):
            updates.append(len(updates) + 1)
            return compiled(batch)

        return step

    monkeypatch.setattr(updating, "compiled_update", counted)
    monkeypatch.setattr(_EagerTensorBase, "_numpy", counting)
    monkeypatch.setattr(loop.Watch, "after_update", lambda self, iteration, logs: None)
    loop.train(config, RunDirectory(tmp_path))
    assert len(updates) == 20
    assert [read for read in reads if 0 < read < 20] == [5, 10, 15]


def test_the_best_by_measure_is_kept(tmp_path, uncompiled):
    values = iter([3.0, 1.0, 2.0])
    config = SMALL.replace(eval_every=2)
    loop.train(config, RunDirectory(tmp_path), evaluate=lambda sampler, iteration: ("distance", next(values), False))
    record = json.loads((tmp_path / "checkpoints" / "best" / "best.json").read_text())
    assert record == {"measure": "distance", "value": 1.0, "update": 4}
    assert [path.name for path in (tmp_path / "checkpoints" / "best").glob("*.npz")] == ["ckpt-4.npz"]
    run = RunDirectory(tmp_path)
    assert int(restore_model(config, run, "best").iteration) == 4
    assert int(restore_model(config, run).iteration) == 6


def test_exports_during_training_change_nothing(uninterrupted, tmp_path):
    expected, _ = uninterrupted
    exported = {}

    def export(model):
        exported[int(model.iteration)] = export_generator(model, SMALL, tmp_path / "export")

    model = loop.train(SMALL.replace(export_every=3), RunDirectory(tmp_path / "run"), export=export)
    assert exported == {3: tmp_path / "export" / "1"}  # the end is the caller's own
    assert_identical(expected, weights(model))


def test_a_run_without_checkpoint_cannot_be_restored(tmp_path):
    run = RunDirectory(tmp_path)
    with pytest.raises(FileNotFoundError, match="no run in"):
        restore_model(SMALL, run)
    run.prepare(SMALL, data.load_splits(SMALL.data, SMALL.validation_share))
    with pytest.raises(FileNotFoundError, match="has no newest checkpoint; none has been reached yet"):
        restore_model(SMALL, run)


@pytest.mark.parametrize(("changes", "message"), [
    ({"batch_size": 7}, "batch_size=7 must divide evenly among 2 devices; use 6 or 8"),
    ({"batch_size": 1}, "use 2$"),
    ({"jit_compile": True}, "jit_compile compiles for one device, and there are 2; turn it off")])
def test_what_several_devices_cannot_do_is_refused(tmp_path, two_replicas, changes, message):
    with pytest.raises(ValueError, match=message):
        loop.train(SMALL.replace(**changes), RunDirectory(tmp_path), strategy=two_replicas)
    assert not list(tmp_path.iterdir())


def test_other_data_is_refused(uninterrupted):
    _, run = uninterrupted
    splits = data.load_splits(SMALL.data, SMALL.validation_share)
    with pytest.raises(ValueError, match=r"the train images are not those of the run in .*: they hash to other"):
        loop.train(SMALL.replace(iterations=9), run, splits=splits._replace(identity={"train": "other data"}))
    assert run.load_config() == SMALL


def test_without_validation_images_the_best_checkpoint_is_the_newest(uninterrupted, tmp_path, uncompiled):
    _, run = uninterrupted
    assert run.has_validation
    with pytest.raises(FileNotFoundError, match="has no best checkpoint"):
        restore_model(SMALL, run, "best")
    config, without = SMALL.replace(validation_share=0.0, iterations=2), RunDirectory(tmp_path)
    loop.train(config, without)
    assert not without.has_validation
    assert int(restore_model(config, without, "best").iteration) == 2
