import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import dcgan
from wirgan_tf.networks.dcgan import Dcgan
from wirgan_tf.networks.passes import TRAINING


@pytest.mark.parametrize(("side", "levels", "smallest"), [
    (28, [128, 256], 7), (32, [128, 256, 512], 4), (64, [128, 256, 512, 1024], 4),
    (128, [128, 256, 512, 1024, 1024], 4), (256, [128, 256, 512, 1024, 1024], 8)])
def test_four_or_five_convolutions(side, levels, smallest):
    assert dcgan.dcgan_levels((side, side, 3), 128) == levels
    assert side // 2 ** len(levels) == smallest


def test_parameters_counted_by_hand():
    network = Dcgan(width=3, latent=5, critic_normalization="batch")
    generator, critic = network.build_generator((28, 28, 1), seed=0), network.build_critic((28, 28, 1), seed=0)
    units = 7 * 7 * 6
    decoder = 10 * units + 2 * units + 25 * 6 * 3 + 2 * 3 + 25 * 3 + 1  # h = 0 is an input too; norms have no biases
    assert sum(v.shape.num_elements() for v in generator.trainable_variables) == decoder
    assert sum(v.shape.num_elements() for v in critic.trainable_variables) == 25 * 3 + 3 + 25 * 18 + 6 + 12 + units + 1


def test_dropout_follows_every_activation_in_training_alone():
    critic, plain = (Dcgan(width=2, latent=4, critic_dropout=share).build_critic((28, 28, 1), seed=0)
                     for share in (0.5, 0.0))
    images = tf.random.stateless_normal([3, 28, 28, 1], [0, 1])
    np.testing.assert_array_equal(critic(images), plain(images))
    scores = [critic(images, run=TRAINING).numpy() for _ in range(2)]
    assert np.all(scores[0] != scores[1])
    assert [int(dropout.drawn) for dropout in critic.dropouts] == [2, 2]
    for dropout in critic.dropouts:
        dropout.share = 0.0
    np.testing.assert_allclose(critic(images, run=TRAINING), plain(images), rtol=1e-6)
