"""Runs that start from the weights of another."""

import functools
import json

import numpy as np
import pytest

from tests.end_to_end.small_runs import prepare_run
from wirgan_tf.commands import train as command
from wirgan_tf.commands.initial_weights import initialize, read_weights
from wirgan_tf.config import Config
from wirgan_tf.exporting import export_generator
from wirgan_tf.models import build_model
from wirgan_tf.training import loop
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_files import read_arrays

TINY = {"width": 2, "latent": 4, "batch_size": 8, "critic_updates": 1, "time_steps": 1, "iterations": 9}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run as it stands after its first update, and its export."""
    path = tmp_path_factory.mktemp("runs") / "first"
    config = Config(**TINY, generator_average=0.5, seed=3)
    prepare_run(path, config)
    model = build_model(config, RunDirectory(path).load_spec())
    model.generators.optimizer.iterations.assign(1)
    model.average.networks["generator"].decoder.to_canvas.bias.assign([0.25])
    Checkpoints(model, path / "checkpoints", keep=1).save()
    export_generator(model, config, path / "export")
    return path


@pytest.fixture
def begin(tmp_path, monkeypatch):
    """Begins a run, or goes on with it, and stops before the first update."""
    monkeypatch.setattr(loop, "_trained", lambda *arguments: False)

    def begin(**changes):
        config, run = Config(**{**TINY, **changes}), RunDirectory(tmp_path / "run")
        loop.train(config, run, initialize=functools.partial(initialize, config=config, run=run))
        return run

    return begin


def test_weights_are_taken_and_counters_begin_anew(trained, begin):
    run = begin(init_from=str(trained), seed=5)
    there, first = read_arrays(trained / "checkpoints" / "ckpt-1.npz"), read_arrays(run.checkpoints / "ckpt-0.npz")
    assert (there["generator_optimizer/iteration"], first["generator_optimizer/iteration"]) == (1, 0)
    for key in ("critic/to_score/kernel", "generator/decoder/dense/kernel", "generator/decoder/to_canvas/bias"):
        np.testing.assert_array_equal(first[key], there[key])
    record = json.loads(run.initial_weights_file.read_text())
    assert (record["from"], record["fresh"]) == (str(trained / "checkpoints" / "ckpt-1.npz"), [])
    assert "average_generator/decoder/dense/kernel" in record["unused"]
    assert run.load_config().init_from == str(trained)
    with pytest.raises(ValueError, match=r"other settings: init_from \(.* there, '' asked for\)"):
        begin(seed=5)


def test_a_resumed_run_does_not_take_them_again(trained, begin, monkeypatch):
    run = begin(init_from=str(trained))
    monkeypatch.setattr("wirgan_tf.commands.initial_weights.read_weights", None)
    assert begin(init_from=str(trained)) == run


def test_an_export_has_no_critic_and_a_refusal_leaves_no_run(trained, begin):
    export = str(trained / "export")
    with pytest.raises(ValueError, match=r"init_from=.*export: the weights do not fit: critic/.*init_fresh=critic"):
        begin(init_from=export)
    run = begin(init_from=export, init_fresh="critic")
    first = read_arrays(run.checkpoints / "ckpt-0.npz")
    assert first["generator/decoder/to_canvas/bias"] == [0.25]  # of the average, by which an export draws


def test_the_command_reads_them(trained, monkeypatch, tmp_path):
    found = {}
    monkeypatch.setattr(loop, "train", lambda config, run, **arguments: found.update(arguments))
    command.Train({**TINY, "init_from": str(trained)}, run_dir=str(tmp_path), features="pixels").run()
    model = build_model(Config(**TINY), (8, 8, 1))
    found["initialize"](model)
    np.testing.assert_array_equal(model.critic.to_score.kernel.numpy(),
                                  read_weights(trained)[1]["critic/to_score/kernel"])


def test_where_no_weights_are(trained, tmp_path):
    with pytest.raises(FileNotFoundError, match="expected the folder of a run or of an export, or the file of a check"):
        read_weights(tmp_path)
    assert read_weights(trained / "checkpoints" / "ckpt-1.npz")[1].keys() == read_weights(trained)[1].keys()
    with pytest.raises(ValueError, match="init_from=a: pass `initialize`"):
        loop.train(Config(**TINY, init_from="a"), RunDirectory(tmp_path))
    with pytest.raises(ValueError, match="init_fresh=critic has no effect: without init_from all weights are random"):
        Config(**TINY, init_fresh="critic")
