import numpy as np

from wirgan_tf.translation.sheet import sheet, thumbnail


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
