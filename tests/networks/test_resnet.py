import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.passes import TRAINING, TRAINING_UNTRACKED
from wirgan_tf.networks.resnet import ResidualBlock, Resnet

RESNET = Resnet(width=2, latent=5, time_steps=1, kernel_size=3, initializer="glorot", critic_initializer="glorot")


def count(player):
    return sum(variable.shape.num_elements() for variable in player.trainable_variables)


def convolution(inputs, outputs, pixels=9):
    return pixels * inputs * outputs + outputs


def test_parameters_counted_by_hand():
    """The source's network for CIFAR-10, at 2 channels: three blocks that double, two that halve and two that stay."""
    up = 2 * 2 * 2 + 2 * convolution(2, 2) + convolution(2, 2, 1)  # two norms, two convolutions, the shortcut
    assert count(RESNET.build_generator((32, 32, 3), seed=0)) == (
        10 * 32 + 32 + 3 * up + 2 * 2 + convolution(2, 3))  # [z ; 0] to 4x4x2
    first = convolution(3, 2) + convolution(2, 2) + convolution(3, 2, 1)
    down, stay = 2 * convolution(2, 2) + convolution(2, 2, 1), 2 * convolution(2, 2)
    assert count(RESNET.build_critic((32, 32, 3), seed=0)) == first + down + 2 * stay + 2 + 1


def test_parameters_of_the_network_for_64x64_counted_by_hand():
    critic = convolution(3, 2) + 16 * 16 + 1  # first convolution, and Dense of 4x4x16
    for inputs, outputs in ((2, 4), (4, 8), (8, 16), (16, 16)):
        critic += convolution(inputs, inputs) + convolution(inputs, outputs) + convolution(inputs, outputs, 1)
    assert count(RESNET.build_critic((64, 64, 3), seed=0)) == critic
    generator = 10 * 256 + 256 + 2 * 2 + convolution(2, 3)
    for inputs, outputs in ((16, 16), (16, 8), (8, 4), (4, 2)):
        generator += (2 * inputs + 2 * outputs + convolution(inputs, outputs) + convolution(outputs, outputs)
                      + convolution(inputs, outputs, 1))
    assert count(RESNET.build_generator((64, 64, 3), seed=0)) == generator


def block(inputs, outputs, *arguments, **options):
    """A block whose residual is 0, so that the shortcut alone is seen; its 1x1 convolution passes channels on."""
    layers = Layers(WeightInitializers("glorot", 0, "critic"), kernel_size=3)
    built = ResidualBlock("block", inputs, outputs, layers, *arguments, **options)
    built(tf.zeros([1, 2, 2, inputs]))
    for layer in built.convolutions:
        layer.kernel.assign(tf.zeros_like(layer.kernel))
    if built.shortcut is not None:
        built.shortcut.kernel.assign(tf.eye(inputs, outputs)[None, None])
    return built


PIXELS = tf.constant([[[[1.0], [2.0]], [[3.0], [-8.0]]]])


def test_the_shortcut_is_the_identity():
    stays = block(1, 1)
    assert stays.shortcut is None
    np.testing.assert_array_equal(stays(PIXELS), PIXELS)


def test_the_shortcut_halves_by_means():
    np.testing.assert_allclose(block(1, 1, "down")(PIXELS), [[[[-0.5]]]])  # (1 + 2 + 3 - 8) / 4
    np.testing.assert_allclose(block(1, 1, "down", first=True)(PIXELS), [[[[-0.5]]]])


def test_the_shortcut_doubles_by_nearest_neighbours():
    expected = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, -8, -8], [3, 3, -8, -8]]
    np.testing.assert_array_equal(block(1, 1, "up")(PIXELS)[0, :, :, 0], expected)


def test_the_shortcut_changes_the_number_of_channels():
    np.testing.assert_array_equal(block(1, 2)(PIXELS)[..., 1], tf.zeros([1, 2, 2]))


@pytest.mark.parametrize(("first", "expected"), [(False, [[[1 + 1, 2 + 2], [3 + 3, -8 + 0]]]),
                                                 (True, [[[1 + 1, 2 + 2], [3 + 3, -8 + 0]]])])
def test_the_residual_is_relu_convolution_twice(first, expected):
    """Convolutions that copy their input: x + relu(relu(x)), or of an image x + relu(x)."""
    copies = block(1, 1, first=first)
    for layer in copies.convolutions:
        layer.kernel.assign(tf.reshape([0.0] * 4 + [1.0] + [0.0] * 4, [3, 3, 1, 1]))
    np.testing.assert_allclose(copies(PIXELS)[..., 0], expected)


def test_no_relu_cuts_an_image():
    """The first convolution sees negative pixels: with the centre -1, F(-8) = relu(8)."""
    first, other = block(1, 1, first=True), block(1, 1)
    for built in (first, other):
        for layer, centre in zip(built.convolutions, (-1.0, 1.0), strict=True):
            layer.kernel.assign(tf.reshape([0.0] * 4 + [centre] + [0.0] * 4, [3, 3, 1, 1]))
    assert float(first(PIXELS)[0, 1, 1, 0]) == 0.0  # -8 + 8
    assert float(other(PIXELS)[0, 1, 1, 0]) == -8.0


def test_normalisation_is_the_generators_alone_unless_asked_for():
    assert not [v.path for v in RESNET.build_critic((28, 28, 1), seed=0).variables if "moving" in v.path]
    network = dataclasses.replace(RESNET, critic_normalization="batch")
    critic = network.build_critic((28, 28, 1), seed=0)
    statistics = [v for v in critic.variables if "moving" in v.path]
    assert len(statistics) == 2 * 7  # the first block has one norm, the three others have two
    before = [v.numpy() for v in statistics]
    critic(tf.ones([2, 28, 28, 1]), run=TRAINING_UNTRACKED)
    assert all(np.array_equal(old, v) for old, v in zip(before, statistics, strict=True))
    critic(tf.ones([2, 28, 28, 1]), run=TRAINING)
    assert all(np.any(old != v) for old, v in zip(before, statistics, strict=True))


def test_each_time_step_keeps_its_own_statistics():
    """T = 3: the decoder keeps three sets, the encoder two, and training moves all of them."""
    generator = dataclasses.replace(RESNET, time_steps=3).build_generator((28, 28, 1), seed=0)
    statistics = {v.path: v.numpy() for v in generator.variables if "moving" in v.path}
    assert sum("decoder" in path for path in statistics) == 2 * 3 * (2 * 2 + 1)
    assert sum("encoder" in path for path in statistics) == 2 * 2 * (1 + 2 * 3 + 1)
    generator(tf.random.stateless_normal([3, 4, 5], [0, 1]), run=TRAINING)
    assert all(np.any(v.numpy() != statistics[v.path]) for v in generator.variables if v.path in statistics)


def test_under_spectral_normalisation_the_score_is_of_the_sum_over_pixels():
    """64 pixels of the last map: the features are 64 times their means."""
    images = tf.random.stateless_uniform([2, 32, 32, 3], seed=[0, 0])
    plain, spectral = (dataclasses.replace(RESNET, spectral_normalization=asked).build_critic((32, 32, 3), seed=0)
                       for asked in (False, True))
    maps = [np.maximum(critic.trunk(images), 0.0) for critic in (plain, spectral)]
    np.testing.assert_allclose(plain.features(images), maps[0].mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(spectral.features(images), maps[1].sum(axis=(1, 2)), rtol=1e-5)
