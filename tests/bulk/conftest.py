import pytest

from wirgan_tf.config import Config
from wirgan_tf.exporting import export_generator
from wirgan_tf.networks import NETWORKS

CONFIG = Config(width=2, latent=4, time_steps=2, initializer="glorot")


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A small export of 8x8 digits: the folder of its version."""
    generator = NETWORKS["convolutional"].build_generator(CONFIG, (8, 8, 1))
    return export_generator(generator, CONFIG, tmp_path_factory.mktemp("models") / "digits", iteration=40)
