import numpy as np
import pytest
from PIL import Image

from wirgan_tf import pictures


def test_grid_places_images_row_by_row():
    images = np.stack([np.full((28, 28, 1), value) for value in (-1.0, 1.0, 0.0)])
    sheet = np.asarray(pictures.grid(images, columns=2))
    assert sheet.shape == (2 * 28 + 2, 2 * 28 + 2)
    assert (sheet[0, 0], sheet[0, -1], sheet[-1, 0], sheet[-1, -1]) == (0, 255, 128, 0)


def test_small_images_are_enlarged_and_colours_kept():
    images = np.zeros((1, 8, 8, 3)) + np.array([1.0, -1.0, 0.0])
    sheet = np.asarray(pictures.grid(images, columns=1))
    assert sheet.shape == (32, 32, 3)
    assert tuple(sheet[5, 5]) == (255, 0, 128)


def test_steps_are_columns():
    canvases = np.stack([np.full((2, 28, 28, 1), value) for value in (-1.0, 0.0, 1.0)])  # [T, N, H, W, C]
    sheet = np.asarray(pictures.draw_steps(canvases))
    assert sheet.shape == (2 * 30 - 2, 3 * 30 - 2)
    assert [sheet[0, column] for column in (0, 30, 60)] == [0, 128, 255]


def test_values_outside_the_range_are_clipped():
    np.testing.assert_array_equal(pictures.to_pixels(np.array([-3.0, 3.0])), [0, 255])


@pytest.mark.parametrize("shape", [(5, 2), (5, 8, 8, 1)])
def test_saved_as_png_with_nothing_left_over(tmp_path, shape):
    pictures.save(pictures.draw(np.zeros(shape)), tmp_path / "picture.png")
    assert Image.open(tmp_path / "picture.png").format == "PNG"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_row_for_each_turn():
    """Of five images that take two turns; the second row is one image short."""
    images = np.linspace(-0.8, 0.8, 5).reshape(5, 1, 1, 1) * np.ones([1, 28, 28, 1])
    sheet = np.asarray(pictures.draw_turns(images, turns=2))
    assert sheet.shape == (2 * 28 + 2, 3 * 28 + 4)
    np.testing.assert_array_equal(sheet[::30, ::30][:2, :3], [[25, 128, 230], [77, 179, 0]])


def test_a_single_image_keeps_its_size():
    image = np.array([[[-1.0], [1.0]]])
    assert np.asarray(pictures.single(image)).tolist() == [[0, 255]]
    assert pictures.single(np.zeros([2, 5, 3])).size == (5, 2)
