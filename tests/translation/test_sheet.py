import pathlib

import numpy as np
from PIL import Image

from wirgan_tf.translation.sheet import sheet, target_of, thumbnail


def test_thumbnails_fit_and_keep_their_shape():
    assert thumbnail(np.zeros([100, 400, 3], np.float32)).size == (192, 48)
    assert thumbnail(np.zeros([8, 4, 1], np.float32)).size == (96, 192)
    assert thumbnail(np.zeros([1, 4000, 1], np.float32)).size == (192, 1)


def test_a_row_for_each_picture():
    white, black = (thumbnail(np.full([2, 2, 1], value, np.float32)) for value in (1.0, -1.0))
    found = np.asarray(sheet(("input", "output", "target"), [(white, black, None), (black, white, white)]))
    assert found.shape == (16 + 2 * 196, 4 + 3 * 196, 3)
    assert [found[30, 10 + 196 * column, 0] for column in range(3)] == [255, 0, 96]
    assert [found[230, 10 + 196 * column, 0] for column in range(3)] == [0, 255, 255]
    assert (found[:16] > 200).any()  # the titles


def test_a_target_has_any_ending_and_that_of_its_picture_first(tmp_path):
    for name, size in (("b.jpg", (8, 4)), ("b.png", (4, 8)), ("deep/c.webp", (4, 4))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", size).save(tmp_path / name)
    found = [target_of(pathlib.PurePath(name), tmp_path) for name in ("b.jpg", "b.png", "deep/c.bmp", "d.png")]
    assert [picture and picture.size for picture in found] == [(192, 96), (96, 192), (192, 192), None]
