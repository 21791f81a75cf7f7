"""Runs in two stages: one command trains both, and goes on in either."""

import json

import numpy as np
import pytest

from wirgan_tf.commands.train import Train
from wirgan_tf.config import Config
from wirgan_tf.training import loop
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.stages import first_stage, lacks_first_stage

SETTINGS = {"model": "stackgan", "dataset": "digit_captions", "enlargement": 2, "width": 2, "latent": 3,
            "augmentation_size": 4, "batch_size": 8, "initializer": "glorot", "critic_initializer": "glorot",
            "learning_rate_decay": "none", "iterations": 3, "eval_every": 0, "sample_every": 100, "log_every": 100}


def trained(folder, capsys, **changes):
    """The run in `folder` after the command, and what it printed."""
    command = Train(changes={**SETTINGS, **changes}, run_dir=str(folder), metrics="fid", features="pixels")
    command.run()
    return RunDirectory(folder), capsys.readouterr().out


def weights(run, config=None):
    model = restore_model(config or run.load_config(), run)
    return [np.asarray(variable) for part in model.parts.values() for variable in part.variables]


def assert_same(first, second):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stackgan") / "run"
    Train(changes=SETTINGS, run_dir=str(folder), metrics="fid", features="pixels").run()
    return RunDirectory(folder)


def test_one_command_trains_both_stages(uninterrupted):
    config = uninterrupted.load_config()
    first_config, first_run = first_stage(config, uninterrupted)
    assert (config.family.stage, first_config.family.stage) == (2, 1)
    assert first_run.path == uninterrupted.path / "stage_one"
    for run in (uninterrupted, first_run):
        assert int(restore_model(run.load_config(), run).iteration) == 3
        assert (run.export / "1" / "saved_model.pb").is_file()
        assert json.loads(run.metrics_file.read_text().splitlines()[-1])["iteration"] == 3
    assert not lacks_first_stage(config, uninterrupted)
    frozen = restore_model(config, uninterrupted).frozen_generators
    trained_before = restore_model(first_config, first_run).sampled_generators
    for name, network in frozen.items():
        assert_same(network.variables, trained_before[name].variables)


def test_it_goes_on_in_the_first_stage(uninterrupted, tmp_path, capsys):
    stopped = Config(**SETTINGS)
    first_config, first_run = first_stage(stopped, RunDirectory(tmp_path))
    loop.train(first_config.replace(iterations=1), first_run)
    assert lacks_first_stage(stopped, RunDirectory(tmp_path))
    run, _ = trained(tmp_path, capsys)
    assert_same(weights(run), weights(uninterrupted))


def test_it_goes_on_in_the_second_stage(uninterrupted, tmp_path, capsys):
    config = Config(**SETTINGS)
    first_config, first_run = first_stage(config, RunDirectory(tmp_path))
    loop.train(first_config, first_run)
    loop.train(config.replace(iterations=2), RunDirectory(tmp_path))
    run, _ = trained(tmp_path, capsys)
    assert_same(weights(run), weights(uninterrupted))
    assert not (first_run.path / "export").exists()  # the first stage was left alone


def test_a_stop_in_the_first_stage_is_gone_on_with_by_the_run_alone(tmp_path, capsys, monkeypatch):
    train = loop.train
    monkeypatch.setattr(loop, "train", lambda config, *arguments, **options: None)
    run, shown = trained(tmp_path, capsys)
    assert f"--run_dir={tmp_path}" in shown
    assert "stage_one" not in shown
    monkeypatch.setattr(loop, "train", train)
    Train(run_dir=str(tmp_path), metrics="fid", features="pixels").run()
    assert int(restore_model(run.load_config(), run).iteration) == 3


def test_the_first_stage_of_another_run(uninterrupted, tmp_path):
    config = Config(**SETTINGS).replace(stage_one=str(uninterrupted.path / "stage_one"))
    assert not lacks_first_stage(config, RunDirectory(tmp_path))
    loop.train(config, RunDirectory(tmp_path))
    assert_same(weights(RunDirectory(tmp_path)), weights(uninterrupted))


@pytest.mark.parametrize(("changes", "message"), [
    ({"stage_one": "nowhere"}, "there is no first stage in nowhere: train it there"),
    ({"width": 4}, r"has other settings: width \(2 there, 4 asked for\)"),
    ({"augmentation_size": 5}, r"has other settings: augmentation_size \(4 there, 5 asked for\)"),
])
def test_a_first_stage_that_does_not_fit_is_refused(uninterrupted, tmp_path, changes, message):
    config = Config(**SETTINGS).replace(**{"stage_one": str(uninterrupted.path / "stage_one"), **changes})
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        loop.train(config, RunDirectory(tmp_path))
    assert not (tmp_path / "config.json").exists()
