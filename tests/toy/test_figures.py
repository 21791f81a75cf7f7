import numpy as np

from wirgan_tf.toy import figures

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]], np.float32)
RED = np.array([214, 39, 40])  # matplotlib's tab:red


def panel(generated=None):
    return figures.Panel("title", SQUARE, generated, lambda points: points[:, 0])


def reds(picture):
    return (np.abs(np.asarray(picture).astype(int) - RED).max(axis=-1) < 30).sum()


def test_a_panel_is_three_inches_wide_and_rows_may_end_early():
    picture = figures.sheet([[panel(), panel()], [panel()]])
    assert picture.size == (600, 640)
    pixels = np.asarray(picture)
    assert pixels[:320, :300].std() > 5
    assert pixels[320:, :300].std() > 5
    assert (pixels[330:, 310:] == 255).all()  # no fourth panel


def test_generated_points_are_drawn_when_there_are_any():
    assert reds(figures.sheet([[panel()]])) == 0
    assert reds(figures.sheet([[panel(SQUARE)]])) > 8


def test_level_lines_follow_the_score():
    """Scores that are the first coordinate have upright lines: the picture is the same in every row of pixels."""
    def centre(score):
        nothing = np.full((1, 2), 100.0)
        pixels = np.asarray(figures.sheet([[figures.Panel("", nothing, None, score)]])).astype(int)
        return pixels[100:220, 60:240]

    upright, level = centre(lambda points: points[:, 0]), centre(lambda points: points[:, 1])
    assert (upright == upright[:1]).all()
    assert upright.std() > 5
    assert (level == level[:, :1]).all()
