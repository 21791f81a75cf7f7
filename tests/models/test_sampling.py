import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, check_conditions, row_seeds


@pytest.fixture(scope="module")
def sampler():
    return Sampler(build_model(Config(width=2, latent=4, time_steps=3, initializer="glorot"), (8, 8, 1)))


def test_an_image_is_a_function_of_its_own_seed(sampler):
    images = sampler.images(row_seeds(7, 70))
    assert images.shape == (70, 8, 8, 1)
    np.testing.assert_allclose(images[66:67], sampler.images(np.array([73])), atol=1e-6)
    assert len(np.unique(images.reshape(70, -1), axis=0)) == 70


def test_the_last_canvas_is_the_image(sampler):
    seeds = row_seeds(0, 65)
    canvases = sampler.canvases(seeds)
    assert canvases.shape == (3, 65, 8, 8, 1)
    np.testing.assert_allclose(canvases[-1], sampler.images(seeds), atol=1e-6)


def test_labels_are_not_rounded():
    expected = {"label": Entry((), tf.int64, ("a", "b", "c"))}
    assert check_conditions({"label": [2]}, expected, 1)["label"].dtype == np.int64
    with pytest.raises(ValueError, match="condition label is of type float64; expected whole numbers, as int64"):
        check_conditions({"label": [1.7]}, expected, 1)


def test_no_seeds_are_refused(sampler):
    with pytest.raises(ValueError, match=r"shape \(0,\); expected \[N\]"):
        sampler.images(np.array([], np.int64))


def test_seeds_are_not_rounded(sampler):
    with pytest.raises(ValueError, match="seeds are float64; expected integers"):
        sampler.images(np.array([0.9, 1.9]))


def test_a_number_of_images_is_no_seeds(sampler):
    with pytest.raises(ValueError, match=r"for 5 images give np.arange\(5\)"):
        sampler.images(5)
