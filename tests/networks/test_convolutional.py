import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import convolutional
from wirgan_tf.networks.convolutional import Convolutional
from wirgan_tf.networks.passes import TRAINING


@pytest.mark.parametrize(("side", "channels", "smallest"), [
    (8, [128, 256], 2), (28, [128, 256], 7), (32, [128, 256, 512], 4), (64, [128, 256, 512, 1024], 4),
    (128, [128, 256, 512, 1024, 1024], 4)])
def test_table_2(side, channels, smallest):
    assert convolutional.channel_levels((side, side, 3), 128) == channels
    assert side // 2 ** len(channels) == smallest


@pytest.mark.parametrize(("shape", "message"), [
    ((30, 30, 1), "30x30 cannot be halved twice"), ((4, 4, 1), "cannot be halved"), ((7, 7, 1), "cannot be halved"),
    ((28, 32, 1), "square"), ((2,), "use network=mlp")])
def test_sizes_that_cannot_be_halved(shape, message):
    with pytest.raises(ValueError, match=message):
        convolutional.channel_levels(shape, 128)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (64, 64, 3), (128, 128, 3)])
def test_shapes_and_ranges(shape):
    network = Convolutional(width=2, latent=4, time_steps=2, initializer="glorot")
    generator, critic = network.build_generator(shape, seed=0), network.build_critic(shape, seed=0)
    canvases = generator.draw({"z": tf.random.stateless_normal([2, 3, 4], [0, 1])}, TRAINING)["canvases"]
    assert canvases.shape == (2, 3, *shape)
    assert float(tf.reduce_max(tf.abs(canvases))) <= 1.0
    assert critic(canvases[-1]).shape == (3,)


def test_layers_of_the_paper():
    """28x28 at width 128: the parameters counted by hand from Table 2."""
    network = Convolutional(width=128, time_steps=3)
    generator, critic = (build((28, 28, 1), seed=0) for build in (network.build_generator, network.build_critic))
    dense = 256 * 7 * 7 * 256 + 2 * 7 * 7 * 256  # [z ; h] to 7x7x256, scale and offset of each unit
    decoder = dense + 25 * 256 * 128 + 2 * 128 + 25 * 128 + 1
    encoder = 25 * 128 + 2 * 128 + 25 * 128 * 256 + 2 * 256 + 7 * 7 * 256 * 128 + 128
    assert sum(v.shape.num_elements() for v in generator.trainable_variables) == decoder + encoder
    expected = 25 * 128 + 128 + 25 * 128 * 256 + 256 + 7 * 7 * 256 + 1
    assert sum(v.shape.num_elements() for v in critic.trainable_variables) == expected


def test_one_more_dense_on_either_side():
    """8x8 at width 2, so a first map of 2x2x4: what 5 units add, counted by hand."""
    larger, plain = (Convolutional(width=2, latent=3, time_steps=2, dense_units=units, critic_normalization="batch")
                     for units in (5, 0))
    first_map = 2 * 2 * 4
    in_generator = 6 * 5 + 2 * 5 + (5 - 6) * first_map
    in_critic = first_map * 5 + 5 + 2 * 5 + 5 - first_map
    shape = (8, 8, 1)
    assert parameters(larger.build_generator(shape, 0)) - parameters(plain.build_generator(shape, 0)) == in_generator
    assert parameters(larger.build_critic(shape, 0)) - parameters(plain.build_critic(shape, 0)) == in_critic


def parameters(model):
    return sum(v.shape.num_elements() for v in model.trainable_variables)


def test_the_critics_features_are_those_of_its_last_dense():
    critic = Convolutional(width=2, latent=3, time_steps=1, dense_units=4).build_critic((8, 8, 1), seed=0)
    critic.last.kernel.assign(tf.zeros_like(critic.last.kernel))
    critic.last.bias.assign([-1.0, -0.5, 0.5, 1.0])
    _, features = critic.scores_and_features(tf.ones([2, 8, 8, 1]))
    np.testing.assert_allclose(features, [[-0.2, -0.1, 0.5, 1.0]] * 2, rtol=1e-6)


def test_weights_are_drawn_from_the_papers_normal():
    critic = Convolutional(width=32).build_critic((28, 28, 1), seed=0)
    kernel = critic.convolutions[1].kernel.numpy()
    assert kernel.std() == pytest.approx(0.02, rel=0.02)


def test_normalisation_of_the_critic_skips_the_first_layer():
    critic, plain = (Convolutional(width=2, critic_normalization=kind).build_critic((32, 32, 3), seed=0)
                     for kind in ("batch", "none"))
    assert [norm is not None for norm in critic.norms] == [False, True, True]
    assert not [v for v in plain.variables if "norm" in v.path]


def test_the_unnormalised_critic_judges_each_image_by_itself():
    critic = Convolutional(width=4).build_critic((8, 8, 1), seed=0)
    images = tf.random.stateless_normal([6, 8, 8, 1], [0, 1])
    np.testing.assert_allclose(critic(images, run=TRAINING)[:2], critic(images[:2], run=TRAINING), atol=1e-6)
