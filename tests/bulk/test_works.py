import io
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data, pictures
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.shards import cut
from wirgan_tf.bulk.works import Drawing, Gathering, Looking
from wirgan_tf.config import Config
from wirgan_tf.evaluation import feature_network, frechet_distance, real_activations
from wirgan_tf.evaluation.frechet_distance import distance_of_moments
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.exporting import ExportedGenerator

PIXELS = feature_network("pixels")
LOOKING = Looking("pixels", pathlib.Path(), "", PIXELS.hash)


def begun(path, suffix):
    folder = Folder(path, suffix)
    folder.begin({})
    return folder


def records(path):
    """Images [N, H, W] by their seeds."""
    found = {}
    for record in tf.data.TFRecordDataset([str(file) for file in sorted(path.glob("shard-*"))]):
        feature = tf.train.Example.FromString(record.numpy()).features.feature
        image, = feature["image"].bytes_list.value
        found[feature["seed"].int64_list.value[0]] = np.asarray(Image.open(io.BytesIO(image)))
    return found


@pytest.mark.parametrize("most", [40, 300])  # 300: more than are drawn at a time
def test_a_shard_holds_the_images_of_its_seeds(model, tmp_path, most):
    folder = begun(tmp_path / "out", ".tfrecord")
    do = Drawing(model, folder, "tfrecord", seed=5, total=290, largest_shard=most).open(0)
    for shard in cut(290, most):
        do(shard)
    found = records(folder.path)
    assert list(found) == list(range(5, 295))
    expected = pictures.to_pixels(ExportedGenerator(model).images(np.arange(5, 295)))
    difference = np.stack(list(found.values())).astype(int) - expected[..., 0]
    assert np.abs(difference).max() <= 1  # calls of other sizes add up in another order


def test_samples_are_looked_at_before_they_are_rounded_to_pixels(model, tmp_path):
    folder = begun(tmp_path / "out", "")
    real = Statistics.of(PIXELS_OF_TEST, 0, 360)
    real.save(tmp_path / "real.npz", {})
    do = Drawing(model, folder, "png", 0, 100, 64, LOOKING, tmp_path / "real.npz").open(0)
    for shard in reversed(cut(100, 64)):
        do(shard)
    images = ExportedGenerator(model).images(np.arange(100))
    combined = folder.combined(cut(100, 64))
    assert distance_of_moments(real.moments, combined.moments) == pytest.approx(
        frechet_distance(PIXELS_OF_TEST.features, PIXELS(images)[1]), rel=1e-6)
    np.testing.assert_array_equal(combined.estimates.numbers, [0, 1])  # a block of 50 in each shard
    assert sorted(int(path.stem) for path in folder.path.glob("shard-*/*.png")) == list(range(100))


DIGITS = data.load(Config(dataset="digits"), "test")
PIXELS_OF_TEST = real_activations(PIXELS, DIGITS, "test", cache=None)


def test_statistics_of_a_data_set_by_parts(tmp_path):
    folder = begun(tmp_path / "out", None)
    do = Gathering(Config(dataset="digits"), "test", folder, 360, LOOKING).open(0)
    for shard in cut(360, 100):
        do(shard)
    combined, whole = folder.combined(cut(360, 100)), Statistics.of(PIXELS_OF_TEST, 0, 360)
    np.testing.assert_allclose(combined.moments.mean, whole.moments.mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(combined.moments.scatter, whole.moments.scatter, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(combined.kept.values, whole.kept.values)


def test_a_worker_with_another_feature_network_stops():
    with pytest.raises(ValueError, match=r"pixels of this worker has hash .*; give all workers the same"):
        Looking("pixels", pathlib.Path(), "", "0" * 64).open()
