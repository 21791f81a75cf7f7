import pytest

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model


def test_images_that_nothing_pairs_are_refused():
    config = Config(model="pix2pix", dataset="digit_inverted", width=2)
    with pytest.raises(ValueError, match=r"^family=pix2pix learns from pairs, and nothing pairs the images of the data "
                                         r"with their sources; use a data set of pairs$"):
        build_model(config, data.load(config.data, "train").spec)
