import numpy as np
import pytest

from wirgan_tf import data
from wirgan_tf.data import DATASETS
from wirgan_tf.data.points import GAUSSIANS_8, GAUSSIANS_25, SwissRoll


@pytest.mark.parametrize("name", ["swiss_roll", "gaussians_8", "gaussians_25"])
def test_the_data_is_the_same_in_every_run(name):
    train, test = (data.load(DATASETS[name](), split) for split in ("train", "test"))
    assert train.images.shape == (100_000, 2)
    assert test.images.shape == (10_000, 2)
    assert train.images.dtype == np.float32
    assert not np.array_equal(train.images[:10_000], test.images)
    np.testing.assert_array_equal(test.images, data.load(DATASETS[name](), "test").images)


@pytest.mark.parametrize(("name", "gaussians", "modes"),
                         [("gaussians_8", GAUSSIANS_8, 8), ("gaussians_25", GAUSSIANS_25, 25)])
def test_points_scatter_about_their_modes(name, gaussians, modes):
    source = data.load(DATASETS[name](), "train")
    assert gaussians.centres.shape == (modes, 2)
    assert source.num_classes == modes
    offsets = source.images - gaussians.centres[source.labels]
    assert offsets.std() == pytest.approx(gaussians.sigma, rel=0.01)
    for mode in range(modes):
        of_mode = offsets[source.labels == mode]
        assert len(of_mode) == 100_000 // modes
        assert np.abs(of_mode.mean(axis=0)).max() < 5 * gaussians.sigma / np.sqrt(len(of_mode))


def test_centres_and_deviations_of_the_toy_code():
    np.testing.assert_allclose(np.linalg.norm(GAUSSIANS_8.centres, axis=1), 2 / 1.414, rtol=1e-6)
    np.testing.assert_allclose(GAUSSIANS_8.centres[0], [1.41443, 0], atol=1e-5)
    assert GAUSSIANS_8.sigma == pytest.approx(0.0141443, rel=1e-5)
    assert {tuple(centre) for centre in np.round(GAUSSIANS_25.centres * 2.828, 4)} == {
        (x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert GAUSSIANS_25.sigma == pytest.approx(0.0176803, rel=1e-5)


def test_swiss_roll_is_a_spiral():
    points = data.load(SwissRoll(), "test").images
    radius = np.linalg.norm(points, axis=1) * 7.5  # the spiral's angle, 1.5 pi to 4.5 pi
    assert radius.min() > 1.5 * np.pi - 1.5
    assert radius.max() < 4.5 * np.pi + 1.5
    away = np.linalg.norm(points * 7.5 - radius[:, None] * np.stack([np.cos(radius), np.sin(radius)], axis=1), axis=1)
    assert np.median(away) < 3 * 0.25 * np.median(radius)
