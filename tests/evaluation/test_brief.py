import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation import MEASURES, evaluate_samples, feature_network
from wirgan_tf.evaluation.classifier import Classifier, build_network

PIXELS = feature_network("pixels")


@pytest.fixture(scope="module")
def held_out_digits():
    return data.load(Config(dataset="digits"), "test")


@pytest.fixture(scope="module")
def train_digits():
    return data.load(Config(dataset="digits"), "train")


def by_measure(results):
    return {result.measure: result for result in results}


def test_protocol_is_in_every_result(train_digits, held_out_digits, tmp_path):
    results = by_measure(evaluate_samples(train_digits.images[:500], held_out_digits, PIXELS, split="test", seed=7,
                                          iteration=250, measures=tuple(MEASURES), cache=tmp_path))
    assert list(results) == ["fid", "kid", "precision", "recall", "density", "coverage"]
    fid = results["fid"]
    assert fid.name == "fid_500_digits_test_pixels"
    assert (fid.num_samples, fid.num_real, fid.seed, fid.iteration) == (500, 360, 7, 250)
    assert (fid.features_hash, fid.resize, fid.note) == (PIXELS.hash, "area 8x8", "")
    assert (results["precision"].num_samples, results["precision"].num_real, results["precision"].k) == (360, 360, 3)
    assert (results["coverage"].k, results["kid"].block_size, results["kid"].std) == (5, 1024, None)


def test_better_samples_measure_better(train_digits, held_out_digits, tmp_path):
    random = np.random.default_rng(0)
    real = train_digits.images[:360]
    grades = {
        "real": real,
        "noisy": np.clip(real + random.normal(0, 0.5, real.shape), -1, 1),
        "one digit": np.repeat(real[:1], 360, axis=0) + random.uniform(-1e-3, 0, real.shape),
        "noise": random.uniform(-1, 1, real.shape),
    }
    found = {grade: by_measure(evaluate_samples(images, held_out_digits, PIXELS, split="test", cache=tmp_path))
             for grade, images in grades.items()}
    for measure in ("fid", "kid"):
        values = {grade: results[measure].value for grade, results in found.items()}
        assert values["real"] < values["noisy"] < min(values["one digit"], values["noise"])
    assert found["real"]["precision"].value > 0.6
    assert found["real"]["recall"].value > 0.6
    assert found["one digit"]["recall"].value < 0.05
    assert found["noise"]["precision"].value == 0


@pytest.mark.filterwarnings("ignore:Frechet distance is rank deficient")
def test_networks_with_logits_add_the_inception_score(train_digits, held_out_digits, tmp_path):
    network = Classifier("digits", build_network((8, 8, 1), 10, seed=0), 0.1, 0)
    images = tf.constant(train_digits.images[:100])
    results = by_measure(evaluate_samples(images, held_out_digits, network, split="test", cache=tmp_path))
    assert 1 <= results["is"].value <= 10
    assert results["is"].name == "is_100_digits_classifier"
    assert (results["is"].splits, results["is"].num_real) == (10, 0)
    assert results["fid"].note == "rank deficient: 100 samples for 128 features"


@pytest.mark.parametrize(("images", "message"), [
    (np.zeros((10, 28, 28, 1)), r"images have shape \[28, 28, 1\]; expected \[8, 8, 1\]"),
    (np.full((10, 8, 8, 1), np.nan), "NaN"),
    (np.full((10, 8, 8, 1), 2.0), "range from 2 to 2"),
    (np.zeros((3, 8, 8, 1)), "3 rows; this measure needs at least 4"),
])
@pytest.mark.filterwarnings("ignore:Frechet distance is rank deficient")
def test_bad_images(images, message, held_out_digits):
    with pytest.raises(ValueError, match=message):
        evaluate_samples(images, held_out_digits, PIXELS, split="test", cache=None)


def test_bad_requests(held_out_digits):
    images = np.zeros((10, 8, 8, 1), np.float32)
    points = ArraySource("swiss_roll", np.zeros((10, 2), np.float32))
    with pytest.raises(ValueError, match=r"'swiss_roll' has examples of shape \[2\]"):
        evaluate_samples(images, points, PIXELS, split="test")
    with pytest.raises(ValueError, match="unknown measure 'fib'; did you mean 'fid'"):
        evaluate_samples(images, held_out_digits, PIXELS, split="test", measures=("fib",))
    network = Classifier("mnist", build_network((8, 8, 1), 10, seed=0), 0.1, 0)
    with pytest.raises(ValueError, match="classifier:mnist knows nothing of 'digits'; use classifier:digits"):
        evaluate_samples(images, held_out_digits, network, split="test")
