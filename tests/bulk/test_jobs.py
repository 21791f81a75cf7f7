import dataclasses
import io
import pathlib
import pickle

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data, pictures
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.jobs import (
    AskedConditions,
    ExampleConditions,
    FeatureExtraction,
    SampleJob,
    StatisticsJob,
)
from wirgan_tf.bulk.shards import cut
from wirgan_tf.commands.bulk_sample import BulkSample
from wirgan_tf.config import Config
from wirgan_tf.evaluation import feature_network, frechet_distance, real_activations
from wirgan_tf.evaluation.frechet_distance import distance_of_moments
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.exporting import ExportedGenerator, exported_conditions, find_export
from wirgan_tf.models import asking
from wirgan_tf.models.asking import Turns

PIXELS = feature_network("pixels")
EXTRACTION = FeatureExtraction("pixels", pathlib.Path(), "", PIXELS.hash)


def begun(path, suffix):
    folder = Folder(path, suffix)
    folder.begin({})
    return folder


def examples(path):
    """The features of all samples, in the order of shards."""
    files = [str(file) for file in sorted(path.glob("shard-*"))]
    return [tf.train.Example.FromString(record.numpy()).features.feature for record in tf.data.TFRecordDataset(files)]


def records(path):
    """Images [N, H, W] by their seeds."""
    return {example["seed"].int64_list.value[0]: shown(example["image"].bytes_list.value[0])
            for example in examples(path)}


def shown(png):
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize("most", [40, 300])  # 300: more than are drawn at a time
def test_a_shard_holds_the_images_of_its_seeds(exported, tmp_path, most):
    folder = begun(tmp_path / "out", ".tfrecord")
    do = SampleJob(exported[1], folder, "tfrecord", seed=5, total=290, largest_shard=most).open(0)
    for shard in cut(290, most):
        do(shard)
    found = records(folder.path)
    assert list(found) == list(range(5, 295))
    expected = pictures.to_pixels(ExportedGenerator(exported[1]).images(np.arange(5, 295)))
    difference = np.stack(list(found.values())).astype(int) - expected[..., 0]
    assert np.abs(difference).max() <= 1  # calls of other sizes add up in another order


def test_features_are_extracted_before_samples_are_rounded_to_pixels(exported, tmp_path):
    folder = begun(tmp_path / "out", "")
    real = Statistics.of(PIXELS_OF_TEST, 0, 360)
    real.save(tmp_path / "real.npz", {})
    do = SampleJob(exported[1], folder, "png", 0, 100, 64, features=EXTRACTION, real=tmp_path / "real.npz").open(0)
    for shard in reversed(cut(100, 64)):
        do(shard)
    images = ExportedGenerator(exported[1]).images(np.arange(100))
    combined = folder.combined(cut(100, 64))
    assert distance_of_moments(real.moments, combined.moments) == pytest.approx(
        frechet_distance(PIXELS_OF_TEST.features, PIXELS(images)[1]), rel=1e-6)
    np.testing.assert_array_equal(combined.estimates.numbers, [0, 1])  # a block of 50 in each shard
    assert sorted(int(path.stem) for path in folder.path.glob("shard-*/*.png")) == list(range(100))


DATA = Config(dataset="digits").data
DIGITS = data.load(DATA, "test")
PIXELS_OF_TEST = real_activations(PIXELS, DIGITS, "test", cache=None)


def test_statistics_of_a_data_set_by_parts(tmp_path):
    folder = begun(tmp_path / "out", None)
    do = StatisticsJob(DATA, "test", folder, 360, EXTRACTION).open(0)
    for shard in cut(360, 100):
        do(shard)
    combined, whole = folder.combined(cut(360, 100)), Statistics.of(PIXELS_OF_TEST, 0, 360)
    np.testing.assert_allclose(combined.moments.mean, whole.moments.mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(combined.moments.scatter, whole.moments.scatter, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(combined.kept.values, whole.kept.values)


def test_a_worker_with_another_feature_network_stops():
    with pytest.raises(ValueError, match=r"pixels of this worker has hash .*; give all workers the same"):
        FeatureExtraction("pixels", pathlib.Path(), "", "0" * 64).open()


def test_workers_with_other_data_stop(tmp_path):
    job = StatisticsJob(DATA, "test", begun(tmp_path / "out", None), 360, EXTRACTION, DIGITS.identity)
    job.open(0)
    with pytest.raises(ValueError, match="the train images are not those of the job: they hash to"):
        dataclasses.replace(job, split="train").open(0)
    conditions = ExampleConditions(DATA, "test", ("label",), {"test": DIGITS.identity, "train": "another"})
    assert set(pickle.loads(pickle.dumps(conditions))(np.arange(3))) == {"label"}
    with pytest.raises(ValueError, match="the train images are not those of the model: they hash to"):
        pickle.loads(pickle.dumps(dataclasses.replace(conditions, split="train")))(np.arange(3))


def drawn(labelled, folder, conditions):
    """The samples of seeds 5 .. 104 of the labelled model, by a job that has been sent to a worker."""
    job = SampleJob(labelled[1], folder, "tfrecord", seed=5, total=100, largest_shard=60, conditions=conditions)
    do = pickle.loads(pickle.dumps(job)).open(0)
    for shard in cut(100, 60):
        do(shard)
    found = examples(folder.path)
    labels = np.array([example["label"].int64_list.value[0] for example in found])
    attributes = np.array([example["attributes"].float_list.value for example in found])
    return labels, attributes, np.stack(list(records(folder.path).values())).astype(int)


def test_samples_have_the_conditions_of_examples(labelled, tmp_path):
    _, version, dataset = labelled
    conditions = ExampleConditions(dataset, "test", tuple(find_export(version)[1]["conditions"]))
    assert str(conditions) == "label, attributes of test examples"
    labels, attributes, images = drawn(labelled, begun(tmp_path / "out", ".tfrecord"), conditions)
    seeds = np.arange(5, 105)
    expected = data.conditions_of(data.load(dataset, "test"), ["label", "attributes"])(seeds)
    np.testing.assert_array_equal(labels, expected["label"])
    np.testing.assert_array_equal(attributes, expected["attributes"])
    pixels = pictures.to_pixels(ExportedGenerator(version).images(seeds, expected))[..., 0]
    assert np.abs(images - pixels).max() <= 1


def test_samples_have_the_conditions_that_are_passed(labelled, tmp_path):
    asked = {"label": np.arange(100) % 10, "attributes": np.eye(2)[np.arange(100) % 2]}
    labels, attributes, _ = drawn(labelled, begun(tmp_path / "out", ".tfrecord"), asked)
    np.testing.assert_array_equal(labels, asked["label"])
    np.testing.assert_array_equal(attributes, asked["attributes"])


def test_as_many_samples_of_each_class_when_asked_for(labelled, tmp_path):
    dataset, version = labelled[2], labelled[1]
    expected = exported_conditions(find_export(version)[1])
    rows = asking.rows({"label": "each"}, expected)
    conditions = AskedConditions(Turns(rows, 5, ExampleConditions(dataset, "test", ("attributes",))), {"label": "each"})
    assert str(conditions) == "label=each; attributes of test examples"
    labels, attributes, _ = drawn(labelled, begun(tmp_path / "out", ".tfrecord"), conditions)
    assert np.ravel(labels).tolist() == list(range(10)) * 10
    of_examples = data.conditions_of(data.load(dataset, "test"), ["attributes"])(np.arange(5, 105))["attributes"]
    np.testing.assert_array_equal(attributes, of_examples)


def test_conditions_that_do_not_fit(labelled, tmp_path):
    folder = begun(tmp_path / "out", ".tfrecord")
    with pytest.raises(ValueError, match="condition label has 99 rows; expected 100, one for each sample"):
        drawn(labelled, folder, {"label": np.zeros(99, int)})
    with pytest.raises(ValueError, match="samples of this model depend on label, attributes; pass them as conditions"):
        drawn(labelled, folder, None)
    with pytest.raises(ValueError, match="depend on label, attributes, and 'digits' has image, label; pass the cond"):
        drawn(labelled, folder, ExampleConditions(DATA, "test", ("label", "attributes")))


def test_conditions_that_are_not_at_hand_are_said_before_anything_is_written(labelled, tmp_path, monkeypatch):
    def gone(self, seeds):
        raise ValueError("the data is not at hand")

    monkeypatch.setattr(ExampleConditions, "__call__", gone)
    monkeypatch.setattr("wirgan_tf.commands.bulk_sample.exported_config", lambda *_: Config(model="gp_wirgan"))
    with pytest.raises(ValueError, match="the data is not at hand"):
        BulkSample(model_dir=str(labelled[1]), num_samples=64, output=str(tmp_path / "out")).run()
    assert not (tmp_path / "out").exists()
