import numpy as np
import pytest
from PIL import Image

from wirgan_tf import pictures


def test_grid_places_images_row_by_row():
    images = np.stack([np.full((28, 28, 1), value) for value in (-1.0, 1.0, 0.0)])
    sheet = np.asarray(pictures.grid(images, columns=2))
    assert sheet.shape == (2 * 280 + 2, 2 * 280 + 2)  # a pixel becomes 10x10
    assert (sheet[0, 0], sheet[0, -1], sheet[-1, 0], sheet[-1, -1]) == (0, 255, 128, 0)


def test_pairs_stand_side_by_side():
    """Grey sources and their images in colours: black and red, white and green."""
    sources = np.float32([-1.0, 1.0]).reshape(2, 1, 1, 1)
    images = np.float32([[1, -1, -1], [-1, 1, -1]]).reshape(2, 1, 1, 3)
    sheet = np.asarray(pictures.draw_pairs(sources, images, columns=4))
    places = [sheet[0, (2 * place + 1) * sheet.shape[1] // 8].tolist() for place in range(4)]
    assert places == [[0, 0, 0], [255, 0, 0], [255, 255, 255], [0, 255, 0]]


def test_small_images_are_enlarged_and_colours_kept():
    images = np.zeros((1, 8, 8, 3)) + np.array([1.0, -1.0, 0.0])
    sheet = np.asarray(pictures.grid(images, columns=1))
    assert sheet.shape == (512, 512, 3)
    assert tuple(sheet[5, 5]) == (255, 0, 128)


@pytest.mark.parametrize(("count", "side", "columns", "size"), [(100, 8, 10, 578), (100, 28, 10, 578),
                                                               (100, 64, 10, 658), (10, 28, 10, 578), (9, 171, 3, 517)])
def test_a_grid_is_large_enough_to_be_seen(count, side, columns, size):
    """100 images of 8x8: 56x56 each and 9 gaps of 2; those of 64x64 as they are."""
    assert pictures.grid(np.zeros([count, side, side, 1]), columns).width == size


def test_a_single_image_is_as_large_as_it_is():
    assert pictures.single(np.zeros([8, 9, 1])).size == (9, 8)
    assert pictures.single(np.zeros([8, 9, 3])).mode == "RGB"


def test_steps_are_columns():
    canvases = np.stack([np.full((2, 28, 28, 1), value) for value in (-1.0, 0.0, 1.0)])  # [T, N, H, W, C]
    sheet = np.asarray(pictures.draw_steps(canvases))
    assert sheet.shape == (20 + 2 * 198 - 2, 3 * 198 - 2)  # a pixel becomes 7x7, with a row of titles above
    assert [sheet[20, column] for column in (0, 198, 396)] == [0, 128, 255]
    titles = [sheet[:20, left:left + 196] for left in (0, 198, 396)]
    assert [title.max() > 200 for title in titles] == [True] * 3
    assert not np.array_equal(titles[0], titles[1])
    assert (titles[0][:, 60:] == 0).all()


def test_titles_of_narrow_columns_are_left_out():
    sheet = np.asarray(pictures.draw_steps(np.zeros([64, 1, 28, 28, 1])))
    titles = [sheet[:20, left:left + 20].max() > 200 for left in range(0, 64 * 30, 30)]
    assert titles[0]
    assert 15 < sum(titles) < 64


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
    assert sheet.shape == (2 * 196 + 2, 3 * 196 + 4)
    np.testing.assert_array_equal(sheet[::198, ::198][:2, :3], [[25, 128, 230], [77, 179, 0]])
