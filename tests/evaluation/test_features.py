import concurrent.futures
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import wirgan_tf.files
from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation import extract, feature_network, features, files, real_activations
from wirgan_tf.evaluation.classifier import Classifier, build_network
from wirgan_tf.evaluation.features import Inception, Pixels


def images(count=5, shape=(28, 28, 1), seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, *shape)).astype(np.float32)


class TinyInception(tf.Module):
    """The interface of TF-GAN's module: channel means as `pool_3`, [n, 1, 1, 3] like Inception's last pooling."""

    @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], tf.float32)])
    def __call__(self, pictures):
        means = tf.reduce_mean(pictures, axis=[1, 2], keepdims=True)
        return {"pool_3": means, "logits": tf.tile(means[:, 0, 0], [1, 4])}


@pytest.fixture(scope="module")
def inception_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("inception")
    tf.saved_model.save(TinyInception(), str(path))
    return path


class Counted:
    """Pixels that count their calls."""

    name, hash, resize, dataset = "pixels", "1", "area 8x8", ""

    def __init__(self):
        self.images = 0

    def __call__(self, batch):
        self.images += len(batch)
        return Pixels()(batch)


def test_pixels_are_area_averages():
    coarse = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 3)).astype(np.float32)
    logits, found = Pixels()(coarse.repeat(4, axis=1).repeat(4, axis=2))
    assert logits is None
    np.testing.assert_allclose(found, coarse.reshape(3, 192), atol=1e-6)


@pytest.mark.parametrize(("shape", "width"), [((28, 28, 1), 64), ((64, 64, 3), 192), ((6, 9, 1), 48)])
def test_pixels_have_at_most_192_features(shape, width):
    assert Pixels()(images(2, shape))[1].shape == (2, width)


@pytest.mark.parametrize("channels", [1, 3])
def test_inception_gets_images_of_its_size_and_scale(inception_path, channels):
    network = feature_network("inception", inception_path=str(inception_path))
    shades = np.linspace(-1, 1, 4, dtype=np.float32)
    logits, found = network(np.broadcast_to(shades[:, None, None, None], (4, 28, 28, channels)))
    np.testing.assert_allclose(found, np.repeat(shades[:, None], 3, axis=1), atol=1e-3)
    assert logits.shape == (4, 12)
    assert (network.name, network.resize, len(network.hash)) == ("inception", "bilinear 299x299", 64)


def test_inception_by_its_signature(tmp_path):
    module = tf.Module()
    module.run = TinyInception().__call__
    folder = tmp_path / "inception[v3]"  # no pattern
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.run})
    assert Inception(folder)(images())[1].shape == (5, 3)


def test_inception_of_another_interface(tmp_path, inception_path):
    module = tf.Module()
    module.__call__ = tf.function(lambda pictures: {"features": pictures}, input_signature=[
        tf.TensorSpec([None, 299, 299, 3])])
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": module.__call__})
    with pytest.raises(ValueError, match="gives features and lacks logits, pool_3"):
        Inception(tmp_path)(images())
    tf.saved_model.save(tf.Module(), str(tmp_path))
    with pytest.raises(ValueError, match="can neither be called nor has a signature"):
        Inception(tmp_path)
    with pytest.raises(FileNotFoundError, match="no SavedModel"):
        Inception(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="2 channels"):
        Inception(inception_path)(images(shape=(8, 8, 2)))


def test_inception_without_tensorflow_hub(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_hub", None)
    with pytest.raises(ValueError, match=r"tensorflow-hub does not import.*--inception_path"):
        feature_network("inception")


def test_inception_that_cannot_be_fetched(monkeypatch):
    def resolve(handle):
        raise OSError("no route to host")

    monkeypatch.setitem(sys.modules, "tensorflow_hub", type("hub", (), {"resolve": staticmethod(resolve)}))
    with pytest.raises(FileNotFoundError, match=r"cannot be fetched \(no route to host\)"):
        feature_network("inception")


def test_classifier_by_name(tmp_path):
    saved = Classifier("mnist", build_network((28, 28, 1), 10, seed=0), 0.5, 0)
    saved.save(tmp_path)
    assert feature_network("classifier:mnist", classifiers=tmp_path).hash == saved.hash


@pytest.mark.parametrize(("name", "error", "message"), [
    ("pixel", ValueError, "unknown feature network 'pixel'; did you mean 'pixels'"),
    ("classifier", ValueError, "as in classifier:mnist"),
    ("pixels:mnist", ValueError, "pixels takes no data set"),
    ("classifier:mnist", FileNotFoundError, "no classifier of mnist"),
])
def test_bad_names(name, error, message, tmp_path):
    with pytest.raises(error, match=message):
        feature_network(name, classifiers=tmp_path)


def test_extract_streams_batches(inception_path):
    pictures = images(7)
    network = feature_network("inception", inception_path=str(inception_path))
    found = extract(network, iter([pictures[:4], tf.constant(pictures[4:])]))
    np.testing.assert_allclose(found.features, network(pictures)[1], atol=1e-6)
    assert (found.logits.shape, found.features.dtype) == ((7, 12), np.float32)
    assert extract(Pixels(), [pictures]).logits is None
    with pytest.raises(ValueError, match="no images"):
        extract(Pixels(), [])


def test_real_features_are_computed_once(tmp_path):
    source, network = ArraySource("toy", images(250)), Counted()
    first = real_activations(network, source, "test", 200, cache=tmp_path)
    second = real_activations(network, source, "test", 200, cache=tmp_path)
    assert network.images == 200
    np.testing.assert_array_equal(first.features, second.features)
    assert second.logits is None
    everything = real_activations(network, source, "test", cache=None).features
    np.testing.assert_allclose(np.sort(everything, axis=0), np.sort(Pixels()(source.images)[1], axis=0), atol=1e-6)


def test_real_features_differ_by_everything_that_matters(tmp_path):
    source, network = ArraySource("toy", images(50)), Counted()
    real_activations(network, source, "test", cache=tmp_path)
    real_activations(network, source, "train", cache=tmp_path)
    real_activations(network, source, "test", 40, cache=tmp_path)
    real_activations(network, ArraySource("toy", images(50, seed=1)), "test", cache=tmp_path)
    network.hash = "2"
    real_activations(network, source, "test", cache=tmp_path)
    assert network.images == 240
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("place", [0, 499, 998])
def test_real_features_differ_when_a_single_image_does(tmp_path, place):
    pictures = images(999)
    real_activations(Pixels(), ArraySource("toy", pictures), "test", cache=tmp_path)
    pictures = pictures.copy()
    pictures[place] = -pictures[place]
    changed = ArraySource("toy", pictures)
    np.testing.assert_array_equal(real_activations(Pixels(), changed, "test", cache=tmp_path).features,
                                  real_activations(Pixels(), changed, "test", cache=None).features)


@pytest.mark.parametrize("cache", ["file/below", "missing/folder_without_permission", "~/cache"])
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, cache, monkeypatch, caplog):
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as without a home
    if cache.startswith("missing"):
        monkeypatch.setattr(os, "mkdir", refuse)
    wirgan_tf.files._warn_of_cache.cache_clear()
    source, network = ArraySource("toy", images(20)), Counted()
    for _ in range(2):
        assert real_activations(network, source, "test", cache=cache).features.shape == (20, 64)
    assert network.images == 40
    (warning,) = (record.getMessage() for record in caplog.records)
    assert warning.startswith(f"going on without the cache {cache} (")


def refuse(*arguments, **named):
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("damage", ["folder", "unreadable"])
def test_a_cache_that_cannot_be_read_is_done_without(tmp_path, damage, monkeypatch):
    source, network = ArraySource("toy", images(20)), Counted()
    expected = real_activations(network, source, "test", cache=tmp_path)
    (path,) = tmp_path.iterdir()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        monkeypatch.setattr(np, "load", refuse)
    np.testing.assert_array_equal(real_activations(network, source, "test", cache=tmp_path).features, expected.features)


def test_damaged_cache_is_computed_again(tmp_path):
    source, network = ArraySource("toy", images(20)), Counted()
    expected = real_activations(network, source, "test", cache=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(real_activations(network, source, "test", cache=tmp_path).features, expected.features)
    assert network.images == 40


def test_more_real_images_than_there_are(tmp_path):
    with pytest.raises(ValueError, match="30 real images were asked for; the test split of 'toy' has 20"):
        real_activations(Pixels(), ArraySource("toy", images(20)), "test", 30, cache=tmp_path)


def test_threads_may_fill_the_cache_at_once(tmp_path):
    source = ArraySource("toy", images(120))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: real_activations(Pixels(), source, "test", cache=tmp_path).features, range(16)))
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_processes_may_write_one_file_at_once(tmp_path):
    path = tmp_path / "shared.npz"
    writer = ("import sys, pathlib, runpy, numpy as np; save = runpy.run_path(sys.argv[3])['save_arrays']\n"
              "for _ in range(100): save(pathlib.Path(sys.argv[1]), {'a': np.full(10_000, int(sys.argv[2]))})")
    writers = [subprocess.Popen([sys.executable, "-c", writer, str(path), str(number), files.__file__])
               for number in (1, 2)]
    while any(process.poll() is None for process in writers):
        if path.exists():
            array = files.load_arrays(path)["a"]
            assert len(array) == 10_000
            assert len(set(array)) == 1
    assert [process.returncode for process in writers] == [0, 0]
    assert list(tmp_path.iterdir()) == [path]


def test_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*arguments, **named):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        files.save_arrays(tmp_path / "file.npz", {})
    assert list(tmp_path.iterdir()) == []


def test_every_network_is_tested():
    assert set(features.FEATURE_NETWORKS) == {"classifier", "inception", "pixels"}
