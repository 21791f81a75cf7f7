"""What is to be had from Python, at the top of the package."""

import json
import subprocess
import sys

import numpy as np
import pytest

import wirgan_tf
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.studies import read_run

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 1), dtype=np.uint8)
TINY = {"width": 2, "latent": 4, "batch_size": 8, "critic_updates": 1, "time_steps": 1, "iterations": 1}


def test_own_arrays_get_all_that_the_command_does(tmp_path, capsys, uncompiled):
    labels, run = np.arange(60) % 2, tmp_path / "run"
    config = wirgan_tf.Config(model="cgan", dataset="pets", **TINY, validation_share=0.2)
    options = {"class_names": ("cat", "dog"), "run_dir": str(run), "metrics": "fid", "features": "pixels"}
    model = wirgan_tf.train(config, PIXELS, labels, **options)
    assert "fid_12_pets_validation_pixels" in capsys.readouterr().out  # there is no test split
    assert {"config.json", "checkpoints", "samples", "tensorboard", "metrics.jsonl", "export"} <= {
        path.name for path in run.iterdir()}
    results = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [(result["measure"], result["split"], result["seed"]) for result in results] == [
        ("fid", "validation", SELECTION_SEED), ("fid", "validation", REPORT_SEED)]
    (reported,) = read_run(run).results.values()
    assert reported == results[1]  # the samples that are reported on did not choose the checkpoint
    seeds, asked = np.arange(3), {"label": np.array([0, 1, 0])}
    images = wirgan_tf.ExportedGenerator(str(run / "export")).images(seeds, asked)
    np.testing.assert_allclose(images, wirgan_tf.Sampler(model).images(seeds, asked), atol=2e-5)
    restored = wirgan_tf.Checkpoints(model, str(run / "checkpoints"), keep=1)
    assert restored.restore() == 1
    with pytest.raises(ValueError, match="the train images are not those of the run in"):
        wirgan_tf.train(config, 255 - PIXELS, labels, **options)


def test_images_of_the_wrong_range_are_not_trained_on(tmp_path):
    with pytest.raises(ValueError, match=r"images are float32, from 0 to 1: .*; give 2 \* images - 1"):
        wirgan_tf.train(wirgan_tf.Config(**TINY), PIXELS.astype(np.float32) / 255, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_images_without_a_config_are_refused():
    with pytest.raises(ValueError, match=r"config is of the type ndarray: expected a Config, then the images"):
        wirgan_tf.train(PIXELS)


def test_a_registered_data_set_needs_no_images(monkeypatch):
    found = {}
    monkeypatch.setattr("wirgan_tf.training.loop.train", lambda config, run, **arguments: found.update(arguments))
    wirgan_tf.train(wirgan_tf.Config(**TINY), run_dir="run", features="pixels")
    assert found["splits"].train.name == "digits"
    with pytest.raises(ValueError, match="give images too"):
        wirgan_tf.train(wirgan_tf.Config(**TINY), labels=np.arange(3))


def test_names_are_imported_when_they_are_asked_for():
    """And --version, which asks for none of them, does without TensorFlow."""
    assert set(wirgan_tf.__all__) <= set(dir(wirgan_tf))
    with pytest.raises(AttributeError, match="has no attribute 'trian'"):
        _ = wirgan_tf.trian
    code = ("import sys, wirgan_tf.main; wirgan_tf.main.main(['', '--version']); "
            "print(wirgan_tf.__all__, 'tensorflow' in sys.modules)")
    shown = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout
    assert shown.splitlines() == [wirgan_tf.__version__, f"{wirgan_tf.__all__} False"]


def test_modules_are_there_as_the_documents_write_them():
    shown = "import wirgan_tf; print(wirgan_tf.models.build_model.__name__, wirgan_tf.training.__name__)"
    found = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=False)
    assert found.stdout == "build_model wirgan_tf.training\n", found.stderr
