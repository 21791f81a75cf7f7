"""What is done with results, and which checkpoints a watch measures; nothing is trained."""

import errno
import json
import logging
import os

import pytest

from wirgan_tf import evaluation
from wirgan_tf.commands import evaluate
from wirgan_tf.commands.measuring import keep
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory

RESULT = evaluation.Result(measure="fid", value=8.5, num_samples=50, dataset="digits", split="test", num_real=50,
                           features="pixels", features_hash="0", resize="none", iteration=3)


class TestResults:
    def test_are_kept_in_the_run(self, tmp_path):
        keep([RESULT], RunDirectory(tmp_path))
        assert json.loads((tmp_path / "metrics.jsonl").read_text())["value"] == 8.5
        assert list((tmp_path / "tensorboard").iterdir())

    @pytest.mark.parametrize("protected", ["", "metrics.jsonl", "gam.jsonl", "tensorboard"])
    def test_of_a_run_that_may_only_be_read_are_warned_of(self, tmp_path, monkeypatch, caplog, protected):
        (tmp_path / "tensorboard").mkdir()
        for name in ("metrics.jsonl", "gam.jsonl"):
            (tmp_path / name).touch()
        monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / protected)  # root may write everywhere
        keep([RESULT], RunDirectory(tmp_path))
        assert [record.getMessage() for record in caplog.records] == [
            f"{tmp_path} cannot be written to: its results are shown here alone, and not kept there"]
        assert not list((tmp_path / "tensorboard").iterdir())
        assert (tmp_path / "metrics.jsonl").read_text() == ""


class TestWatch:
    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Checkpoints that are saved, and a list of what happens whenever the watch waits."""
        model = build_model(Config(width=2, latent=4, time_steps=1, critic_updates=1), (8, 8, 1))
        checkpoints = Checkpoints(model, tmp_path, keep=3)
        events = []

        def save(update):
            model.parts["generator_optimizer"].iterations.assign(update)
            checkpoints.save()

        monkeypatch.setattr(evaluate.time, "sleep", lambda seconds: events.pop(0)())
        return checkpoints, save, events

    def test_a_damaged_newest_checkpoint_is_said_once_and_waited_for(self, run, tmp_path, caplog):
        checkpoints, save, events = run
        save(1)
        save(2)
        (tmp_path / "ckpt-2.npz").write_bytes(b"")
        events += [lambda: None, lambda: None, lambda: save(2)]  # training goes on from 1 and makes 2 anew
        with caplog.at_level(logging.INFO):
            assert list(evaluate._new_checkpoints(checkpoints, last=2)) == [1, 2]
        assert caplog.text.count("ckpt-2.npz is damaged") == 1
        assert caplog.text.count("waiting for a checkpoint after update 1") == 1
        assert not events

    def test_when_all_are_damaged_or_there_is_none_it_waits(self, run, tmp_path, caplog):
        checkpoints, save, events = run
        events += [lambda: (tmp_path / "ckpt-1.npz").write_bytes(b""), lambda: None, lambda: save(1), lambda: save(2)]
        assert list(evaluate._new_checkpoints(checkpoints, last=2)) == [1, 2]
        assert caplog.text.count("can be read") == 1

    def test_a_checkpoint_that_training_has_just_replaced(self, run, tmp_path, monkeypatch):
        checkpoints, save, events = run
        save(1)
        events.append(lambda: save(2))
        restored = iter([OSError(errno.ENOENT, "gone"), None])

        def restore():
            error = next(restored)
            if error:
                raise error
            return 2

        monkeypatch.setattr(checkpoints, "restore", restore)
        assert list(evaluate._new_checkpoints(checkpoints, last=2)) == [2]


def test_the_only_measure_asked_for_is_not_left_out():
    network = evaluation.feature_network("pixels")
    evaluate.Evaluate().check_network(network, "digits")
    evaluate.Evaluate(metrics="fid,is").check_network(network, "digits")
    with pytest.raises(ValueError, match="the measure is needs a feature network that tells classes apart, and pixels "
                       "does not; use --features=classifier:digits or"):
        evaluate.Evaluate(metrics="is").check_network(network, "digits")
