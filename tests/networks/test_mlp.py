import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks.mlp import Mlp


def test_toy_networks_of_section_4_3_2():
    network = Mlp(width=512, time_steps=3)
    generator, critic = network.build_generator((2,), seed=0), network.build_critic((2,), seed=0)
    hidden = 2 * (512 * 512 + 512)
    decoder = 256 * 512 + 512 + hidden + 512 * 2 + 2
    encoder = 2 * 512 + 512 + hidden + 512 * 128 + 128
    assert sum(v.shape.num_elements() for v in generator.variables) == decoder + encoder
    assert sum(v.shape.num_elements() for v in critic.variables) == 2 * 512 + 512 + hidden + 512 + 1
    assert generator(tf.zeros([3, 4, 128])).shape == (4, 2)
    assert critic(tf.zeros([4, 2])).shape == (4,)


def test_images_are_drawn_through_tanh():
    generator = Mlp(width=8, initializer="glorot").build_generator((8, 8, 1), seed=0)
    image = generator(100.0 * tf.random.stateless_normal([3, 4, 128], [0, 1]))
    assert image.shape == (4, 8, 8, 1)
    assert 0.9 < float(tf.reduce_max(tf.abs(image))) <= 1.0


def test_a_normalised_critic_is_refused():
    with pytest.raises(ValueError, match=r"critic_normalization is a setting of network=.*network=mlp was chosen"):
        Config(network="mlp", penalty="clipping", critic_normalization="batch")
