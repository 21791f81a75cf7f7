import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import mlp


def test_toy_networks_of_section_4_3_2():
    config = Config(network="mlp", width=512, time_steps=3)
    generator, critic = mlp.build_generator(config, (2,)), mlp.build_critic(config, (2,))
    hidden = 2 * (512 * 512 + 512)
    decoder = 256 * 512 + 512 + hidden + 512 * 2 + 2
    encoder = 2 * 512 + 512 + hidden + 512 * 128 + 128
    assert sum(v.shape.num_elements() for v in generator.variables) == decoder + encoder
    assert sum(v.shape.num_elements() for v in critic.variables) == 2 * 512 + 512 + hidden + 512 + 1
    assert generator.generate(tf.zeros([3, 4, 128])).shape == (4, 2)
    assert critic(tf.zeros([4, 2])).shape == (4,)


def test_images_are_drawn_through_tanh():
    generator = mlp.build_generator(Config(network="mlp", width=8, initializer="glorot"), (8, 8, 1))
    image = generator.generate(100.0 * tf.random.stateless_normal([3, 4, 128], [0, 1]))
    assert image.shape == (4, 8, 8, 1)
    assert 0.9 < float(tf.reduce_max(tf.abs(image))) <= 1.0


def test_a_normalised_critic_is_refused():
    with pytest.raises(ValueError, match="use --critic_normalization=none"):
        mlp.build_critic(Config(network="mlp", penalty="clipping", critic_normalization="batch"), (2,))
