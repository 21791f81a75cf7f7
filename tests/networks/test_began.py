import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import began
from wirgan_tf.networks.began import Began
from wirgan_tf.networks.began_skip import BeganSkip
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Layers

SETTINGS = {"width": 2, "latent": 5, "kernel_size": 3, "initializer": "glorot", "critic_initializer": "glorot"}
BEGAN, BEGAN_SKIP = Began(**SETTINGS), BeganSkip(**SETTINGS)


def count(player):
    return sum(variable.shape.num_elements() for variable in player.trainable_variables)


def convolution(inputs, outputs):
    return 9 * inputs * outputs + outputs


@pytest.mark.parametrize("network", [BEGAN, BEGAN_SKIP])
def test_parameters_counted_by_hand(network):
    """32x32x3 to 8x8 in two halvings: the encoder's channels are 2, 4, 6, the decoder's 2. Skips have no weights."""
    decoder = 3 * 2 * convolution(2, 2) + convolution(2, 3)
    encoder = (convolution(3, 2) + 2 * convolution(2, 2) + convolution(2, 2) + convolution(2, 4) + convolution(4, 4)
               + convolution(4, 4) + convolution(4, 6) + convolution(6, 6) + 8 * 8 * 6 * 5 + 5)
    assert count(network.build_generator((32, 32, 3), seed=0)) == 10 * 128 + 128 + decoder  # [z ; 0] to 8x8x2
    assert count(network.build_critic((32, 32, 3), seed=0)) == encoder + 5 * 128 + 128 + decoder


@pytest.mark.parametrize(("side", "halvings"), [(32, 2), (64, 3), (128, 4), (256, 5)])
def test_down_to_8x8(side, halvings):
    assert began.halvings((side, side, 3)) == halvings
    assert side // 2**halvings == 8


def zero_the_blocks(decoder):
    for block in decoder.blocks:
        for layer in block.convolutions:
            layer.kernel.assign(tf.zeros_like(layer.kernel))


@pytest.mark.parametrize("skip", [False, True])
def test_a_block_adds_its_input_to_its_output_under_a_skip(skip):
    block = began.ConvolutionBlock("block", 2, Layers(WeightInitializers("glorot", 0, "critic"), kernel_size=3), skip)
    features = tf.random.stateless_normal([1, 4, 4, 2], [0, 1])
    whole = block(features).numpy()
    zero_the_blocks(type("Decoder", (), {"blocks": [block]}))
    # without kernels the convolutions are elu(0) = 0, and the block is its skip
    np.testing.assert_array_equal(block(features), features if skip else tf.zeros_like(features))
    assert np.any(whole != block(features).numpy())


def test_skips_are_in_both_decoders_and_not_in_the_encoder():
    """Without the blocks' kernels a decoder with skips only enlarges its 8x8 map; one without draws nothing."""
    generator, critic = (build((32, 32, 1), seed=0) for build in (BEGAN_SKIP.build_generator, BEGAN_SKIP.build_critic))
    plain = BEGAN.build_generator((32, 32, 1), seed=0)
    for decoder in (generator.decoder, critic.decoder, plain.decoder):
        zero_the_blocks(decoder)
    assert not [block for block in critic.encoder.blocks if block.skip]
    for decoder, codes in ((generator.decoder, tf.ones([1, 10])), (critic.decoder, tf.ones([1, 5]))):
        smallest = decoder.reshape(decoder.dense(codes)).numpy()
        enlarged = smallest.repeat(4, axis=1).repeat(4, axis=2)
        np.testing.assert_allclose(decoder(codes), decoder.to_image(enlarged), rtol=1e-5, atol=1e-6)
        assert np.ptp(decoder(codes)) > 0
    np.testing.assert_array_equal(plain.decoder(tf.ones([1, 10])), tf.zeros([1, 32, 32, 1]))


def test_scores_are_minus_the_mean_absolute_error():
    critic = BEGAN_SKIP.build_critic((32, 32, 1), seed=0)
    images = tf.random.stateless_uniform([3, 32, 32, 1], [0, 1], -1, 1)
    scores, codes = critic.scores_and_features(images)
    again = critic.decoder(critic.encoder(images))
    np.testing.assert_allclose(scores, -np.mean(np.abs(images - again), axis=(1, 2, 3)), rtol=1e-5)
    assert codes.shape == (3, 5)


def test_the_generator_stays_in_range_and_the_reconstruction_need_not():
    generator, critic = BEGAN.build_generator((32, 32, 1), seed=0), BEGAN.build_critic((32, 32, 1), seed=0)
    assert float(tf.reduce_max(tf.abs(generator(1e3 * tf.ones([1, 2, 5]))))) <= 1.0
    critic.decoder.to_image.bias.assign([7.0])
    assert float(tf.reduce_max(critic.decoder(critic.encoder(tf.zeros([1, 32, 32, 1]))))) > 1.0


def test_28x28_is_refused_with_the_network_to_use():
    with pytest.raises(ValueError, match="halves them down to 8x8; use network=dcgan for 28x28"):
        BEGAN.build_critic((28, 28, 1), seed=0)
