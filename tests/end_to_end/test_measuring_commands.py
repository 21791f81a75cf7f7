"""Measuring and battles by commands."""

import importlib
import json
import pathlib
import types

import numpy as np
import tensorflow as tf
from PIL import Image

from tests.end_to_end.small_runs import prepare_run
from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import export_version
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training.run_directory import RunDirectory

TINY = ("--width=2", "--latent=4", "--batch_size=8", "--critic_updates=1", "--time_steps=2", "--iterations=2")


def test_measuring_runs_in_every_way(program, uncompiled):
    """Two runs judged by features, classifiers and critics, by step, over seeds, as they train, and by each other."""
    train_small_classifiers()
    shared = ("--classifiers=classifiers", "--num_samples=40")
    for run, more in (("one", ()), ("two", ("--model=gran",))):
        assert program(f"--run_dir={run}", *more, *TINY, "--eval_every=0", "--checkpoint_every=1", shared[0])[0] == 0
    code, shown, error = program("--mode=evaluate", "--run_dir=one", "--per_step", "--eval_seeds=2", "--split=train",
                                 "--metrics=fid,classifier_error,wasserstein", *shared)
    assert code == 0, error
    rows = [line.split() for line in shown.splitlines()[1:]]
    names = [f"{measure}_t{step}" for step in (1, 2) for measure in (
        "fid_40_digits_train_classifier", "classifier_error_doubt_40_digits_classifier",
        "classifier_error_disagreement_40_digits_classifier", "wasserstein_40_digits_train_critic")]
    assert [row[0] for row in rows] == names
    lines = [json.loads(line) for line in pathlib.Path("one/metrics.jsonl").read_text().splitlines()]
    assert [line["name"] for line in lines][-8:] == names
    assert {line["num_seeds"] for line in lines[-8:]} == {2}
    assert f"measures/{names[0]}" in tensorboard_tags("one/tensorboard")
    code, shown, error = program("--mode=evaluate", "--run_dir=one", "--watch", "--metrics=kid", *shared)
    assert code == 0, error
    assert "kept as --checkpoint=watched" in error
    assert program("--mode=sample", "--run_dir=one", "--checkpoint=watched")[0] == 0
    code, _, error = program("--mode=sample", "--run_dir=two", "--checkpoint=watched")
    assert "has no watched checkpoint; make one with --mode=evaluate --watch" in error
    code, shown, error = program("--mode=gam", "--run_dir=one", "--run_dir=two", shared[1])
    assert code == 0, error
    assert shown.splitlines()[0].split()[:5] == ["a", "b", "threshold", "r_test", "r_sample"]
    for run in ("one", "two"):
        lines = [json.loads(line) for line in pathlib.Path(f"{run}/gam.jsonl").read_text().splitlines()]
        assert [(line["b"], line["threshold"]) for line in lines] == [("two", name) for name in evaluation.THRESHOLDS]
        assert {line["thresholds"][1] for line in lines} == {0.0}
        assert len({line["thresholds"][0] for line in lines}) == 3
    code, _, error = program("--mode=evaluate", "--model_dir=one/export", "--metrics=wasserstein", *shared)
    assert (code, "need the critic of a run" in error) == (2, True)
    code, shown, _ = program("--mode=evaluate", "--model_dir=one/export", "--per_step", "--metrics=kid", *shared)
    assert (code, "kid_40_digits_test_classifier_t2" in shown) == (0, True)


def test_further_steps_than_trained(program, uncompiled):
    """Samples, measures and exports of a run with T = 2 that draws in four steps."""
    assert program("--run_dir=run", *TINY, "--eval_every=0")[0] == 0
    assert program("--mode=sample", "--run_dir=run", "--canvases", "--drawing_steps=4", "--num_samples=3",
                   "--output=canvases.npz")[0] == 0
    canvases = np.load("canvases.npz")["canvases"]
    assert canvases.shape == (3, 4, 8, 8, 1)
    assert program("--mode=sample", "--run_dir=run", "--num_samples=3", "--output=trained.npz")[0] == 0
    np.testing.assert_allclose(canvases[:, 1], np.load("trained.npz")["images"], atol=1e-6)
    shared = ("--mode=evaluate", "--run_dir=run", "--metrics=fid", "--num_samples=40")
    shown = {flags: [line.split()[:2] for line in program(*shared, *flags)[1].splitlines()[1:]]
             for flags in ((), ("--drawing_steps=2",), ("--drawing_steps=4",), ("--drawing_steps=4", "--per_step"))}
    trained, same, further, by_step = shown.values()
    assert trained == same == [["fid_40_digits_test_pixels", by_step[1][1]]]
    assert further == [by_step[3]]
    assert [name for name, _ in by_step] == [f"fid_40_digits_test_pixels_t{step}" for step in (1, 2, 3, 4)]
    assert program("--mode=export", "--run_dir=run", "--drawing_steps=4", "--model_base=further")[0] == 0
    metadata = json.loads(pathlib.Path("further/1/assets.extra/wirgan.json").read_text())
    assert (metadata["time_steps"], metadata["noise"]["z"]["shape"]) == (4, [4, 4])
    assert {measure["name"] for measure in metadata["measures"]} == {"fid_40_digits_test_pixels_t4"}
    assert program("--mode=sample", "--model_dir=further", "--num_samples=3", "--output=further.npz")[0] == 0
    np.testing.assert_allclose(np.load("further.npz")["images"], canvases[:, -1], atol=1e-6)
    code, _, error = program("--mode=sample", "--model_dir=further", "--drawing_steps=3")
    assert (code, "drawing_steps has no effect: an export draws in as many steps" in error) == (2, True)


def test_a_generator_that_draws_at_once_has_no_further_steps(program, uncompiled):
    assert program("--run_dir=once", "--model=vae", "--width=2", "--latent=4", "--batch_size=8", "--iterations=1",
                   "--network=draw", "--time_steps=2", "--eval_every=0")[0] == 0
    code, _, error = program("--mode=sample", "--run_dir=once", "--drawing_steps=3")
    assert code == 2
    assert "drawing_steps=3: model=vae does not redraw its canvas; leave it out" in error


def train_small_classifiers():
    """Both classifiers of the digits, for one epoch."""
    digits = [data.load(data.DATASETS["digits"](), split) for split in ("train", "test")]
    for seed in evaluation.SEEDS:
        evaluation.train_classifier(*digits, seed=seed, epochs=1, progress=False).save("classifiers")


def tensorboard_tags(folder):
    events = [event for path in pathlib.Path(folder).glob("*tfevents*")
              for event in tf.compat.v1.train.summary_iterator(str(path))]
    return {value.tag for event in events for value in event.summary.value}


def test_runs_of_different_data_do_not_battle(program):
    prepare_run("images", Config())
    prepare_run("points", Config(dataset="gaussians_8", network="mlp"))
    code, _, error = program("--mode=gam", "--run_dir=images", "--run_dir=points")
    assert code == 2
    assert "these are of several: images: digits, points: gaussians_8" in error


def test_runs_that_see_mirror_images_in_training_can_battle(program):
    for number in range(40):
        pathlib.Path("mine").mkdir(exist_ok=True)
        Image.new("RGB", (8, 8), (6 * number, 0, 0)).save(f"mine/{number}.png")
    for run, flip in (("one", False), ("two", True)):
        prepare_run(run, Config(dataset="image_folder", data_dir="mine", image_size=8, flip=flip))
    code, _, error = program("--mode=gam", "--run_dir=one", "--run_dir=two")
    assert (code, "one has no newest checkpoint" in error) == (2, True), error


def test_a_critic_of_classes_does_not_judge_samples_without(program):
    sizes = {"width": 2, "latent": 4, "time_steps": 1, "network": "mlp"}
    for run, config in (("plain", Config(**sizes)), ("of_classes", Config("conditional_gp_wirgan", **sizes))):
        code, _, error = program(f"--model={config.model}", *(f"--{name}={value}" for name, value in sizes.items()),
                                 "--iterations=1", "--critic_updates=1", "--metrics=fid", "--features=pixels",
                                 f"--run_dir={run}", "--report_samples=0", "--eval_every=0")
        assert code == 0, error
    code, _, error = program("--mode=gam", "--run_dir=plain", "--run_dir=of_classes", "--num_samples=4")
    assert code == 2
    assert ("the critic of of_classes judges images by their label, which samples of plain cannot be asked for; only "
            "runs with the same conditions can battle") in error


def test_a_model_without_critic_does_not_battle(program, monkeypatch):
    for run in ("one", "two"):
        prepare_run(run, Config(model="vae"))
    monkeypatch.setattr(importlib.import_module("wirgan_tf.commands.gam"), "restored",
                        lambda *run: (None, Config(model="vae"), types.SimpleNamespace(critic=None)))
    code, _, error = program("--mode=gam", "--run_dir=one", "--run_dir=two")
    assert code == 2
    assert "one is a run of vae, which has no critic; a battle needs two" in error


def test_a_model_without_critic_is_not_measured_by_one(program):
    code, _, error = program("--model=vae", "--run_dir=run", "--metrics=fid,wasserstein")
    assert code == 2
    assert "the measure wasserstein needs a critic, and family=vae trains none" in error
    assert not pathlib.Path("run").exists()


def test_a_model_that_is_asked_for_no_class_is_not_measured_by_classes(program):
    message = "the measure intra_fid needs a model whose samples are asked for by label, and this one's are by nothing"
    code, _, error = program("--dataset=digits", "--run_dir=run", "--metrics=fid,intra_fid")
    assert (code, message in error) == (2, True)
    assert not pathlib.Path("run").exists()
    code, _, error = program("--model=conditional_gp_wirgan", "--dataset=digits", "--run_dir=run",
                             "--metrics=condition_accuracy", "--classifiers=none")
    assert (code, "need a classifier of 'digits', and the feature network is pixels; train it" in error) == (2, True)
    assert not pathlib.Path("run").exists()
    config = Config(width=2, latent=4, dataset="digits", time_steps=1)
    prepare_run("run", config)
    export_version(build_model(config, (8, 8, 1)), config, RunDirectory(pathlib.Path("run")), pathlib.Path("export"))
    code, _, error = program("--mode=evaluate", "--model_dir=export", "--metrics=intra_fid")
    assert (code, message in error) == (2, True)
