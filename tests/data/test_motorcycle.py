import sys

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config

skimage_data = pytest.importorskip("skimage.data")


def load(split, size=0):
    return data.load(Config(dataset="motorcycle", image_size=size).data, split)


@pytest.mark.parametrize(("split", "count", "corner", "last"), [
    ("train", 28 * 25, (0, 0), (432, 384)), ("validation", 14, (0, 463), (416, 463)),
    ("test", 14 * 4, (0, 556), (416, 652))])
def test_tiles_of_photograph_and_disparity(split, count, corner, last):
    photograph, _, disparity = skimage_data.stereo_motorcycle()
    source = load(split)
    assert (source.size, source.shape, source.spec["source"].shape) == (count, (64, 64, 1), (64, 64, 3))
    example = source.examples(tf.constant([0, count - 1]))
    for place, (y, x) in enumerate((corner, last)):
        tile = photograph[y:y + 64, x:x + 64]
        np.testing.assert_allclose(example["source"][place], tile / 127.5 - 1, atol=1e-6)
        shifts = disparity[y:y + 64, x:x + 64]
        known = np.isfinite(shifts)
        assert known.mean() > 0.5
        np.testing.assert_allclose(example["image"][place].numpy()[known, 0], shifts[known] / 30 - 1, atol=1e-5)


def test_what_is_unknown_is_that_of_the_nearest_pixel(monkeypatch):
    """Of a row of 1, 2, ?, ?, ?, 6 the first ? is nearest to 2, the last to 6."""
    disparity = np.full((500, 741), 30, np.float32)
    disparity[100:, :64] = 45
    disparity[120:300, 10:20] = np.inf
    disparity[0, :6] = [1, 2, np.inf, np.inf, np.inf, 6]
    photograph = np.zeros((500, 741, 3), np.uint8)
    monkeypatch.setattr(skimage_data, "stereo_motorcycle", lambda: (photograph, photograph, disparity))
    image = load("train", 32).images
    assert np.isfinite(image).all()
    first = (image[0, :, :, 0] + 1) * 30
    np.testing.assert_allclose(first[0, [0, 1, 2, 5]], [1, 2, 2, 6], atol=1e-5)
    assert first[0, 4] in (6, 30)  # 6 beside it and 30 below it are as near
    below = (image[8 * 27, :, :, 0] + 1) * 30  # the tile at (128, 0)
    np.testing.assert_allclose(below, 45, atol=1e-5)


def test_splits_and_sizes():
    identities = {load(split).identity for split in ("train", "validation", "test")}
    assert len(identities) == 3
    with pytest.raises(ValueError, match=r"^image_size=16: images of motorcycle are 64x64 or 32x32; use image_size=64"):
        load("train", 16)


def test_without_scikit_image(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    with pytest.raises(ValueError, match=r"^dataset=motorcycle needs the package scikit-image; install it with: pip"):
        load("train")
