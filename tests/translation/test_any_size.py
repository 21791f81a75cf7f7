import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.translation.any_size import AnySize


class Network:
    """Turns images upside down in their colours; refuses sizes that are no multiples of 4."""

    def __init__(self):
        self.shapes = []

    def __call__(self, images):
        self.shapes.append(tuple(images.shape))
        assert images.shape[1] % 4 == images.shape[2] % 4 == 0
        return -images


@pytest.mark.parametrize(("size", "padded"), [((1, 1), (8, 8)), ((8, 12), (8, 12)), ((9, 30), (12, 32))])
def test_the_output_has_the_size_of_the_input(size, padded):
    network = Network()
    images = np.random.default_rng(0).uniform(-1, 1, [2, *size, 3]).astype(np.float32)
    np.testing.assert_array_equal(AnySize(network, multiple=4, least=8)(images), -images)
    assert network.shapes == [(2, *padded, 3)]


def test_large_images_in_tiles():
    network = Network()
    images = np.random.default_rng(0).uniform(-1, 1, [2, 5, 20, 3]).astype(np.float32)
    found = AnySize(network, multiple=4, tile=8, overlap=4)(images)
    np.testing.assert_allclose(found, -images, atol=1e-6)
    assert network.shapes == [(1, 8, 8, 3)] * 2 * 4


@pytest.mark.parametrize(("settings", "message"), [
    ({"tile": 6}, "tile=6: must be a multiple of 4, and at least 8"),
    ({"tile": 4}, "tile=4: must be a multiple of 4, and at least 8"),
    ({"tile": 8, "overlap": 8}, "tile_overlap=8: must be at least 0 and less than tile=8"),
])
def test_tiles_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        AnySize(tf.identity, multiple=4, least=8, **settings)
