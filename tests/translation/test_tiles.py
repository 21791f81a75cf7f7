import numpy as np
import pytest

from wirgan_tf.translation.tiles import in_tiles


def image(height, width):
    return np.random.default_rng(0).uniform(-1, 1, [height, width, 2]).astype(np.float32)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (5, 3), (20, 9), (8, 30), (17, 23)])
def test_tiles_of_what_stays_as_it_is_are_the_image(height, width):
    shapes = set()

    def same(part):
        shapes.add(part.shape)
        return part

    np.testing.assert_allclose(in_tiles(same, image(height, width), tile=8, overlap=3), image(height, width), atol=1e-6)
    assert shapes == {(1, min(height, 8), min(width, 8), 2)}


def test_neighbours_fade_into_each_other():
    """Two tiles of 4 pixels over a row of 6 share 2, with weights 1 2 2 1 in thirds at both ends."""
    values = iter([3.0, 6.0])
    found = in_tiles(lambda part: np.full_like(part, next(values)), np.zeros([1, 6, 1], np.float32), 4, 2)
    np.testing.assert_allclose(found[0, :, 0], [3, 3, 3 * 2 / 3 + 6 / 3, 3 / 3 + 6 * 2 / 3, 6, 6])


def test_channels_may_change():
    assert in_tiles(lambda part: part[..., :1], image(9, 12), tile=8, overlap=0).shape == (9, 12, 1)


@pytest.mark.parametrize(("size", "overlap", "calls"), [(16, 0, 2), (17, 0, 3), (14, 2, 2), (15, 2, 3)])
def test_no_more_tiles_than_are_needed(size, overlap, calls):
    parts = []
    in_tiles(lambda part: parts.append(part) or part, np.zeros([4, size, 1], np.float32), 8, overlap)
    assert len(parts) == calls
