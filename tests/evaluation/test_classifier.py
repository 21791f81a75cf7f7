import json
import os

import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.data import ArraySource
from wirgan_tf.data.digits import Digits
from wirgan_tf.evaluation import classifier as module
from wirgan_tf.evaluation import files, load_classifier, train_classifier
from wirgan_tf.evaluation.classifier import Classifier, build_network, classifier_path


def digits(split):
    return data.load(Digits(), split)


def toy(count=64, shape=(8, 8, 1), name="toy"):
    """Dark and light images."""
    labels = np.arange(count) % 2
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, (count, *shape))
    return ArraySource(name, (noise + labels[:, None, None, None] - 0.5).astype(np.float32), labels, num_classes=2)


@pytest.fixture(scope="module")
def trained():
    return train_classifier(digits("train"), digits("test"), progress=False)


@pytest.fixture(scope="module")
def colour():
    source = toy(shape=(12, 16, 3))
    return source, train_classifier(source, source, epochs=4, batch_size=16, progress=False)


@pytest.fixture
def untrained():
    return Classifier("digits", build_network((8, 8, 1), 10, seed=0), 0.125, 0)


def test_digits_are_learnt(trained):
    assert trained.name == "classifier:digits"
    assert trained.accuracy >= 0.96


def test_the_names_of_its_classes_are_kept(trained, tmp_path):
    trained.save(tmp_path)
    assert load_classifier("digits", tmp_path).classes == trained.classes == tuple("0123456789")


def test_accuracy_is_that_of_the_logits(trained):
    test = digits("test")
    logits, features = trained.features(test.images)
    assert (logits.argmax(axis=1) == test.labels).mean() == trained.accuracy
    assert features.shape == (360, 128)
    assert features.dtype == logits.dtype == np.float32


def test_colour_images_are_learnt_too(colour):
    assert colour[1].accuracy == 1.0


def test_training_repeats_exactly_and_shows_a_bar(colour, capsys):
    source, trained = colour
    assert train_classifier(source, source, epochs=4, batch_size=16).hash == trained.hash
    assert "classifier:toy: 100%" in capsys.readouterr().err


@pytest.mark.parametrize("mirrored", [True, False])
def test_colour_images_may_be_mirrored(mirrored):
    """A digit in colour, unlike most pictures, has a left and a right."""
    light_left = np.repeat([[[[1.0]], [[-1.0]]]], 4, axis=2).transpose(0, 2, 1, 3).repeat(3, axis=3).repeat(4, axis=2)
    found = module._augment(tf.constant(np.repeat(light_left, 32, axis=0), tf.float32), tf.constant(0, tf.int64), 0,
                            mirrored).numpy()
    lefts = found[:, :, :4].mean(axis=(1, 2, 3)) > 0
    assert np.all(lefts) == (not mirrored)
    assert np.any(lefts)


def test_another_seed_is_another_classifier():
    hashes = {Classifier("toy", build_network((8, 8, 1), 2, seed=seed), 0.5, seed).hash for seed in (0, 0, 1)}
    assert len(hashes) == 2


def test_save_and_load(trained, tmp_path):
    path = trained.save(tmp_path / "new")
    loaded = load_classifier("digits", tmp_path / "new")
    assert path == classifier_path(tmp_path / "new", "digits")
    assert (loaded.name, loaded.hash, loaded.accuracy) == (trained.name, trained.hash, trained.accuracy)
    images = digits("test").images[:30]
    np.testing.assert_array_equal(loaded.features(images)[1], trained.features(images)[1])
    assert [file.name for file in path.parent.iterdir()] == ["digits_0.npz"]


def test_batches_do_not_change_the_features(untrained, monkeypatch):
    images = digits("test").images[:25]
    logits, features = untrained.features(tf.constant(images))
    monkeypatch.setattr(module, "_BATCH", 10)
    np.testing.assert_allclose(untrained.features(images)[0], logits, rtol=1e-5, atol=1e-5)
    assert features.shape == (25, 128)


def test_hash_follows_the_weights(untrained):
    other = Classifier("digits", keras.models.clone_model(untrained.network), 0.125, 0)
    other.network.set_weights(untrained.network.get_weights())
    assert other.hash == untrained.hash
    weights = untrained.network.get_weights()
    weights[0][0, 0, 0, 0] += 1e-3
    changed = Classifier("digits", build_network((8, 8, 1), 10, seed=0), 0.125, 0)
    changed.network.set_weights(weights)
    assert changed.hash != untrained.hash


def test_none_saved(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no classifier of mnist with seed 1.*--mode=train_classifier"):
        load_classifier("mnist", tmp_path, seed=1)


def test_damaged_files(untrained, tmp_path):
    path = untrained.save(tmp_path)
    arrays = files.load_arrays(path)
    arrays["weight_000"] = arrays["weight_000"] + 1
    files.save_arrays(path, arrays)
    with pytest.raises(ValueError, match="is damaged"):
        load_classifier("digits", tmp_path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match="is not a classifier"):
        load_classifier("digits", tmp_path)
    files.save_arrays(path, {"about": np.array(json.dumps({"shape": [8, 8, 1]}))})
    with pytest.raises(ValueError, match="is not a classifier"):
        load_classifier("digits", tmp_path)


@pytest.mark.parametrize("folder", ["~/classifiers", "closed"])
def test_no_classifier_where_no_folder_can_be_reached(folder, monkeypatch):
    """Callers go on with pixels."""
    def refuse(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as without a home
    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(FileNotFoundError, match=r"home folder that is not known|there is no classifier of digits"):
        load_classifier("digits", folder)


@pytest.mark.parametrize(("images", "message"), [
    (np.zeros((2, 28, 28, 1)), r"images have shape \[28, 28, 1\]; expected \[8, 8, 1\]"),
    (np.zeros((8, 8, 1)), r"expected \[n, H, W, C\]"),
    (np.zeros((0, 8, 8, 1)), "n >= 1"),
    (np.full((2, 8, 8, 1), 255.0), r"range from 255 to 255; expected \[-1, 1\]"),
    (np.full((2, 8, 8, 1), np.nan), "NaN or infinity"),
])
def test_bad_images(untrained, images, message):
    with pytest.raises(ValueError, match=message):
        untrained.features(images)


@pytest.mark.parametrize(("train", "test", "arguments", "message"), [
    (ArraySource("faces", np.zeros((4, 8, 8, 3), np.float32)), toy(), {}, "'faces' has no labels"),
    (ArraySource("points", np.zeros((4, 2), np.float32)), toy(), {}, r"examples of shape \[2\]"),
    (toy(), toy(shape=(9, 9, 1)), {}, "load both alike"),
    (toy(), toy(), {"epochs": 0}, "epochs=0"),
])
def test_bad_sources(train, test, arguments, message):
    with pytest.raises(ValueError, match=message):
        train_classifier(train, test, progress=False, **arguments)
