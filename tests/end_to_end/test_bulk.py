"""Bulk jobs as a user meets them."""

import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data, evaluation, pictures
from wirgan_tf.config import Config
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.models import build_model

SMALL = Config(width=2, latent=4, time_steps=2, initializer="glorot")
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "bulk.md"
IN_THIS_PROCESS = ("--workers=1", "--beam_option=direct_running_mode=in_memory")


def export(config, shape, base):
    model = build_model(config, shape)
    model.generators.optimizer.iterations.assign(40)
    return export_generator(model, config, base)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return export(SMALL, (8, 8, 1), tmp_path_factory.mktemp("models") / "digits")


def examples(folder):
    """(seed, image or point) of every record, in order."""
    files = [str(path) for path in sorted(pathlib.Path(folder).glob("shard-*"))]
    for record in tf.data.TFRecordDataset(files):
        feature = tf.train.Example.FromString(record.numpy()).features.feature
        value = feature["image"].bytes_list.value[0] if "image" in feature else list(feature["point"].float_list.value)
        yield feature["seed"].int64_list.value[0], value


def pixels(folder):
    """The images in the order of their seeds."""
    return np.stack([tf.io.decode_png(image).numpy().astype(int) for _, image in sorted(examples(folder))])


def results(folder):
    return {result["measure"]: result for result in json.loads((folder / "manifest.json").read_text())["results"]}


@pytest.mark.processes  # two of Beam's workers, killed, and another
def test_killed_and_begun_again_by_other_workers(program, model, tmp_path):
    """Two processes and all that goes with them are killed; one goes on. Another process does it all at once."""
    flags = ["--mode=bulk_sample", f"--model_dir={model}", "--num_samples=2000", "--shard_samples=64", "--seed=3",
             "--metrics=fid,kid"]
    killed = subprocess.Popen([sys.executable, "-m", "wirgan_tf.main", *flags, "--workers=2", "--output=out"],
                              stdout=subprocess.DEVNULL, stderr=(tmp_path / "killed.txt").open("wb"), cwd=tmp_path,
                              start_new_session=True, env={**os.environ, "HOME": str(tmp_path)})
    deadline = time.monotonic() + 200
    while not list(tmp_path.glob("out/shard-*")) and killed.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert killed.poll() is None, (tmp_path / "killed.txt").read_text()[-1000:]
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    first = {path: path.stat().st_mtime_ns for path in tmp_path.glob("out/shard-*")}
    assert 1 <= len(first) < 32

    code, shown, error = program(*flags, "--workers=1", "--output=out")
    assert code == 0, error
    assert f"{len(first)} of 32 shards are done already" in error
    assert "2000 samples of the seeds 3 to 2002" in shown
    assert {path: path.stat().st_mtime_ns for path in first} == first
    assert collections.Counter(seed for seed, _ in examples("out")) == dict.fromkeys(range(3, 2003), 1)
    assert sorted(path.name for path in pathlib.Path("out").iterdir() if not path.name.startswith("shard-")) == [
        "manifest.json", "real_statistics.npz", "statistics.npz"]

    assert program(*flags, *IN_THIS_PROCESS, "--output=other")[0] == 0
    apart = pixels("other") - pixels("out")  # by other calls, and threads
    assert np.abs(apart).max() <= 1
    assert np.mean(apart != 0) < 1e-3
    for measure, result in results(tmp_path / "other").items():
        assert results(tmp_path / "out")[measure]["value"] == pytest.approx(result["value"], rel=1e-6), measure


def test_measures_are_those_of_evaluate(program, model, tmp_path):
    """By statistics of the data set, gathered before, as by the data set itself."""
    assert program("--mode=bulk_statistics", "--dataset=digits", "--shard_samples=100", "--features=pixels",
                   "--output=real", *IN_THIS_PROCESS)[0] == 0
    code, shown, error = program(
        "--mode=bulk_sample", f"--model_dir={model}", "--num_samples=400", "--metrics=fid,kid", "--output=out",
        "--statistics=real/statistics.npz", *IN_THIS_PROCESS)
    assert code == 0, error
    assert "fid_400_digits_test_pixels" in shown
    expected = evaluation.evaluate(ExportedGenerator(model), data.load(SMALL.data, "test"),
                                   evaluation.Instruments(evaluation.feature_network("pixels")),
                                   evaluation.Protocol(("fid", "kid"), 400), iteration=40, cache=None)
    for result in expected:  # with one block, the kernel distance is that of the whole sets too
        found = evaluation.Result(**results(tmp_path / "out")[result.measure])
        assert found.value == pytest.approx(result.value, rel=1e-6)
        assert (found.name, found.num_real, found.seed, found.iteration) == (result.name, 360, 0, 40)
    again = program("--mode=bulk_sample", f"--model_dir={model}", "--num_samples=400", "--metrics=fid,kid",
                    "--output=out", "--statistics=real/statistics.npz", *IN_THIS_PROCESS)
    assert again[:2] == (0, shown)  # nothing is left to do


def test_the_documented_code_reads_the_shards(program, model):
    assert program("--mode=bulk_sample", f"--model_dir={model}", "--num_samples=70", "--shard_samples=64", "--seed=5",
                   "--output=samples", *IN_THIS_PROCESS)[0] == 0
    code, = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    exec(compile(code, DOCUMENT.name, "exec"), read := {})
    expected = pictures.to_pixels(ExportedGenerator(model).images(np.arange(5, 75))).astype(int)
    assert np.abs(np.stack(list(read["images"].as_numpy_iterator())) - expected).max() <= 1


def test_files_of_images(program, model):
    assert program("--mode=bulk_sample", f"--model_dir={model}", "--num_samples=70", "--shard_samples=64",
                   "--format=png", "--output=out", *IN_THIS_PROCESS)[0] == 0
    files = {int(path.stem): path.read_bytes() for path in pathlib.Path("out").glob("shard-*-of-00002/*.png")}
    assert sorted(files) == list(range(70))
    image = tf.io.decode_png(files[69]).numpy().astype(int)
    assert np.abs(image - pictures.to_pixels(ExportedGenerator(model).images(np.array([69]))[0])).max() <= 1


def test_points(program, tmp_path):
    points = export(Config(dataset="gaussians_8", network="mlp", width=4, latent=4, time_steps=1), (2,),
                    tmp_path / "points")
    flags = ["--mode=bulk_sample", f"--model_dir={points}", "--num_samples=70", *IN_THIS_PROCESS]
    assert program(*flags, "--output=out")[0] == 0
    drawn = ExportedGenerator(points).images(np.arange(70))
    np.testing.assert_array_equal(np.array([point for _, point in examples("out")], np.float32), drawn)
    assert "is for images" in program(*flags, "--output=files", "--format=png")[2]
    assert "the measures are of images" in program(*flags, "--output=measured", "--metrics=fid")[2]


@pytest.mark.parametrize(("flags", "message"), [
    (["--model_dir="], "--mode=bulk_sample needs --model_dir"),
    (["--model_dir=nowhere"], "no exported generator in nowhere"),
    (["--num_samples=0"], "--mode=bulk_sample needs --num_samples"),
    (["--num_samples=19", "--metrics=fid"], "num_samples=19: to measure takes at least 20"),
    (["--metrics=fid,precision_recall"], "precision_recall cannot be put together"),
    (["--format=jpg"], "format=jpg: the choices are tfrecord, png"),
    (["--output="], "--mode=bulk_sample needs --output"),
    (["--output=samples.png"], "--output=samples.png: --mode=bulk_sample writes a folder"),
    (["--output=no/out"], "the folder"),
    (["--shard_samples=10"], "shard_samples=10: must be at least 64"),
    (["--workers=0"], "workers=0: must be at least 1"),
    (["--metrics=fid", "--statistics=none.npz", "--split=train"], "split has no effect: this job needs no real images"),
    (["--metrics=is", "--data_dir=x"], "data_dir has no effect: this job needs no real images"),
    (["--metrics=is", "--features=pixels"], "the measure is needs a feature network that tells classes apart"),
    (["--split=train"], "split has no effect: this job needs no real images"),
    (["--metrics=fid", "--statistics=none.npz"], "there are no statistics at none.npz"),
    (["--seed=4611686018427387900"], "and so must be the 100 seeds from it on"),
])
def test_a_wrong_request_is_one_line(program, model, flags, message):
    code, _, error = program("--mode=bulk_sample", f"--model_dir={model}", "--num_samples=100", "--output=out", *flags)
    assert code == 2
    assert error.splitlines()[-1].startswith("error: ")
    assert message in error.splitlines()[-1]


@pytest.mark.parametrize(("flags", "message"), [
    (["--num_samples=1000"], "the test split of digits has 360 images"),
    (["--dataset=gaussians_8"], "has examples of shape [2]"),
])
def test_statistics_that_cannot_be(program, flags, message):
    code, _, error = program("--mode=bulk_statistics", "--output=out", *flags)
    assert (code, message in error.splitlines()[-1]) == (2, True)


@pytest.mark.parametrize(("about", "message"), [
    ({"data_identity": "b" * 64}, "the test images are not those of the model: they hash to bbbbbbbbbbbb"),
    ({"dataset": "mnist"}, "statistics.npz is of mnist, and the model imitates digits"),
    ({"data_identity": "a" * 64}, "is by pixels of hash 0,"), ({}, "is by pixels of hash 0,")])
def test_statistics_of_other_data_than_the_models_are_refused(program, tmp_path, about, message):
    """Those of its own data, and those of earlier versions, which do not say whose they are, get further."""
    config = Config(width=2, latent=4, time_steps=1)
    export = export_generator(build_model(config, (8, 8, 1)), config, tmp_path / "m", data_identity={"test": "a" * 64})
    rows = np.random.default_rng(0).normal(size=(20, 64))
    Statistics.of(Activations(None, rows), 0, 20).save(tmp_path / "statistics.npz", {
        "dataset": "digits", "split": "test", "num_real": 20, "features": "pixels", "features_hash": "0", **about})
    code, _, error = program("--mode=bulk_sample", f"--model_dir={export}", "--num_samples=64", "--output=out",
                             "--metrics=fid", "--statistics=statistics.npz")
    assert (code, message in error.splitlines()[-1]) == (2, True), error


def test_a_version_of_another_model_is_not_exported(model):
    with pytest.raises(ValueError, match=r"of another model: dataset \(digits there, gaussians_8 now\), shape"):
        export(Config(dataset="gaussians_8", network="mlp", width=4, latent=4), (2,), model.parent)


def test_another_job_in_the_folder(program, model):
    flags = ["--mode=bulk_sample", f"--model_dir={model}", "--num_samples=64", "--output=out", *IN_THIS_PROCESS]
    assert program(*flags)[0] == 0
    code, _, error = program(*flags, "--seed=9")
    assert (code, "seed (0 there, 9 asked for)" in error) == (2, True)


def test_without_beam(program, model, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, error = program("--mode=bulk_sample", f"--model_dir={model}", "--num_samples=64", "--output=out")
    assert (code, "pip install 'wirgan-tf[beam]'" in error) == (2, True)
