"""Runs in two stages: one command trains both, and goes on in either."""

import json

import numpy as np
import pytest

from tests.training.uncompiled import uncompiled_updates
from wirgan_tf.commands import train
from wirgan_tf.commands.train import Train
from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.training import loop
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.stages import first_stage, lacks_first_stage, take_first_stage

SETTINGS = {"model": "stackgan", "dataset": "digit_captions", "enlargement": 2, "width": 2, "latent": 3,
            "augmentation_size": 4, "batch_size": 8, "initializer": "glorot", "critic_initializer": "glorot",
            "learning_rate_decay": "none", "iterations": 2, "eval_every": 0, "sample_every": 100, "log_every": 100}


def command(folder, settings, **flags):
    return Train(changes=settings, run_dir=str(folder), metrics="fid", features="pixels", **flags)


def weights(run):
    model = restore_model(run.load_config(), run)
    return [np.asarray(variable) for part in model.parts.values() for variable in part.variables]


def assert_same(first, second):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.fixture(scope="module", autouse=True)
def _uncompiled():
    with uncompiled_updates():
        yield


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stackgan") / "run"
    command(folder, SETTINGS, report_samples=20).run()
    return RunDirectory(folder)


def test_one_command_trains_both_stages(uninterrupted):
    config = uninterrupted.load_config()
    first_config, first_run = first_stage(config, uninterrupted)
    assert (config.family.stage, first_config.family.stage) == (2, 1)
    assert first_run.path == uninterrupted.path / "stage_one"
    for run in (uninterrupted, first_run):
        assert int(restore_model(run.load_config(), run).iteration) == 2
        assert (run.export / "1" / "saved_model.pb").is_file()
        assert json.loads(run.metrics_file.read_text().splitlines()[-1])["iteration"] == 2
    assert not lacks_first_stage(config, uninterrupted)
    frozen = restore_model(config, uninterrupted).frozen_generators
    trained_before = restore_model(first_config, first_run).sampled_generators
    for name, network in frozen.items():
        assert_same(network.variables, trained_before[name].variables)


def test_it_goes_on_in_the_first_stage(uninterrupted, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "export_version", lambda model, **about: "nowhere")
    config = Config(**SETTINGS)
    first_config, first_run = first_stage(config, RunDirectory(tmp_path))
    loop.train(first_config.replace(iterations=1), first_run)
    assert lacks_first_stage(config, RunDirectory(tmp_path))
    command(tmp_path, SETTINGS, report_samples=0).run()
    assert_same(weights(RunDirectory(tmp_path)), weights(uninterrupted))


def test_it_goes_on_in_the_second_stage_whose_first_is_another_run(uninterrupted, tmp_path):
    config = Config(**SETTINGS).replace(stage_one=str(uninterrupted.path / "stage_one"))
    assert not lacks_first_stage(config, RunDirectory(tmp_path))
    loop.train(config.replace(iterations=1), RunDirectory(tmp_path))
    loop.train(config, RunDirectory(tmp_path))
    assert_same(weights(RunDirectory(tmp_path)), weights(uninterrupted))


def test_a_stop_in_the_first_stage_is_gone_on_with_by_the_run_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(loop, "train", lambda config, *arguments, **options: None)
    command(tmp_path, SETTINGS).run()
    shown = capsys.readouterr().out
    assert f"--run_dir={tmp_path} " in shown
    config = command(tmp_path, {}).config()
    assert config.family.stage == 2
    assert lacks_first_stage(config, RunDirectory(tmp_path))


@pytest.mark.parametrize(("changes", "message"), [
    ({"stage_one": "nowhere"}, "there is no first stage in nowhere: train it there"),
    ({"width": 4}, r"has other settings: width \(2 there, 4 asked for\)"),
    ({"augmentation_size": 5}, r"has other settings: augmentation_size \(4 there, 5 asked for\)"),
])
def test_a_first_stage_that_does_not_fit_is_refused(uninterrupted, tmp_path, changes, message):
    config = Config(**SETTINGS).replace(**{"stage_one": str(uninterrupted.path / "stage_one"), **changes})
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        take_first_stage(None, config, RunDirectory(tmp_path), {})


def test_a_first_stage_of_other_data_is_refused(uninterrupted, tmp_path):
    config, spec = uninterrupted.load_config(), uninterrupted.load_spec()
    other = {**spec, "embedding": Entry(spec["embedding"].shape, names=tuple(f"word{n}" for n in range(34)))}
    with pytest.raises(ValueError, match="was trained on data of another embedding"):
        take_first_stage(build_model(config, other), config, uninterrupted, other)
