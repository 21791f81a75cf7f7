"""Who measures a training run."""

import logging

import numpy as np
import pytest

from wirgan_tf.command_line import parse
from wirgan_tf.commands.train import Train, _instruments, _judging, _possible
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.data.unpaired import Unpaired
from wirgan_tf.evaluation import Instruments, feature_network
from wirgan_tf.training.run_directory import RunDirectory


def blank(count):
    return ArraySource("blank", np.zeros([count, 8, 8, 1], np.uint8))


@pytest.mark.parametrize(("a", "b", "enough"), [(3, 50, False), (50, 3, False), (12, 50, True)])
def test_a_domain_of_few_images_is_not_measured_by(a, b, enough):
    """Images of a are translated once at most, and compared with as many of b as there are."""
    both = Unpaired("both", blank(a), blank(b))
    found = _instruments(Train(metrics="fid", features="pixels"), Config(), {"test": both}, {})
    assert (found["test"] is not None) == enough


def labelled(count, classes=2):
    return ArraySource("blank", np.zeros([count, 8, 8, 1], np.uint8), np.arange(count) % classes, classes)


@pytest.mark.parametrize(("source", "num_samples", "left_out"), [
    (blank(20), 1000, None),
    (blank(19), 1000, "of 19 samples and 19 test images these measures are not taken: is needs 20 samples"),
    (blank(5), 1000, "of 5 samples and 5 test images these measures are not taken: is needs 20 samples, "
                     "density_coverage needs 6 samples"),
    (blank(50), 13, "of 13 samples and 50 test images these measures are not taken: is needs 20 samples"),
    (blank(50), 0, None)])
def test_measures_that_need_more_samples_are_left_out_and_named(source, num_samples, left_out, caplog):
    measures = ["fid", "kid", "is", "precision_recall", "density_coverage"]
    with caplog.at_level(logging.INFO):
        found = _possible(measures, source, "test", num_samples)
    assert caplog.messages == ([left_out] if left_out else [])
    if num_samples:
        assert found == [name for name in measures if f"{name} needs" not in (left_out or "")]


@pytest.mark.parametrize(("source", "needs"), [
    (labelled(8, 4), "intra_fid"),  # 2 of each class
    (labelled(7, 4), "8 samples"),
    (ArraySource("blank", np.zeros([9, 8, 8, 1], np.uint8), np.array([0] * 8 + [1]), 2), "2 images of each class")])
def test_measures_within_classes_need_so_many_of_each(source, needs, caplog):
    with caplog.at_level(logging.INFO):
        found = _possible(["intra_fid"], source, "test", 1000)
    assert found == (["intra_fid"] if needs == "intra_fid" else [])
    assert caplog.text.count(f"intra_fid needs {needs}") == (needs != "intra_fid")


def test_the_best_is_not_chosen_by_a_measure_that_cannot_be_taken(tmp_path):
    config, instruments = Config(), Instruments(feature_network("pixels"))
    run = RunDirectory(tmp_path)
    assert _judging(Train(select_by="is"), config, run, blank(19), instruments) is None
    assert _judging(Train(select_by="is"), config, run, blank(20), instruments) is not None
    assert _judging(Train(), config, run, None, None) is None
    protocol = _judging(Train(eval_all_metrics=True), config, run, blank(19), instruments).args[-1]
    assert protocol.measures == ["fid", "kid", "precision_recall"]


def test_two_stages_that_cannot_be_built_leave_no_run(tmp_path):
    """So the folder can be used with the settings that the error asks for."""
    changes = {"model": "stackgan", "dataset": "digits", "stage_condition": "label", "iterations": 1}
    with pytest.raises(ValueError, match="of 16x16, 32x32"):
        Train(run_dir=str(tmp_path / "run"), changes=changes, features="pixels").run()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("flags", [(), ("--iterations=9",)])
def test_a_run_to_go_on_with_is_there(tmp_path, flags):
    """A misspelt folder begins no other run."""
    command = parse(["wirgan_tf", f"--run_dir={tmp_path / 'misspelt'}", *flags])
    with pytest.raises(FileNotFoundError, match=r"no run in .*misspelt to go on with; .* say by --flagfile"):
        command.run()
    assert not list(tmp_path.iterdir())
