import numpy as np
import tensorflow as tf

from wirgan_tf.networks.ebgan import Ebgan
from wirgan_tf.networks.passes import TRAINING, TRAINING_UNTRACKED


def critic(shape, **changes):
    network = Ebgan(width=2, kernel_size=4, critic_initializer="glorot", **changes)
    return network.build_critic(shape, seed=0)


def test_parameters_counted_by_hand():
    """28x28: down to 14x14x2 and 7x7x4 and back with 4x4 kernels; the inner layers are normalised."""
    autoencoder = critic((28, 28, 1), critic_normalization="batch")
    encoder = 16 * 2 + 2 + 16 * 2 * 4 + 4 + 2 * 4
    decoder = 16 * 4 * 2 + 2 + 2 * 2 + 16 * 2 + 1
    assert sum(v.shape.num_elements() for v in autoencoder.trainable_variables) == encoder + decoder


def test_64x64_as_in_the_source():
    """(64)4c2s-(128)4c2s-(256)4c2s and back, at a 32nd of the width."""
    autoencoder = critic((64, 64, 3))
    assert [layer.kernel.shape for layer in autoencoder.encoder.convolutions] == [
        (4, 4, 3, 2), (4, 4, 2, 4), (4, 4, 4, 8)]
    assert [layer.kernel.shape for layer in autoencoder.decoder.convolutions] == [(4, 4, 4, 8), (4, 4, 2, 4)]
    assert autoencoder.scores_and_features(tf.zeros([2, 64, 64, 3]))[1].shape == (2, 8 * 8 * 8)


def test_scores_are_minus_the_mean_squared_error():
    autoencoder = critic((28, 28, 1), critic_normalization="batch")
    images = tf.random.stateless_uniform([5, 28, 28, 1], [0, 1], -1, 1)
    again = autoencoder.decoder(autoencoder.encoder(images))
    assert float(tf.reduce_max(tf.abs(again))) <= 1.0
    np.testing.assert_allclose(autoencoder(images), -np.mean((images - again) ** 2, axis=(1, 2, 3)), rtol=1e-5)


def test_training_normalises_by_the_batch_and_moves_statistics_when_asked():
    autoencoder = critic((28, 28, 1), critic_normalization="batch")
    statistics = [variable for variable in autoencoder.variables if "moving" in variable.path]
    assert len(statistics) == 4
    images = tf.random.stateless_uniform([5, 28, 28, 1], [0, 1], -1, 1)
    before = [variable.numpy() for variable in statistics]
    training = autoencoder(images, run=TRAINING_UNTRACKED)
    assert all(np.array_equal(old, variable) for old, variable in zip(before, statistics, strict=True))
    for norm in autoencoder.encoder.norms + autoencoder.decoder.norms:
        norm.momentum = 0.0
    autoencoder(images, run=TRAINING)
    assert all(np.any(old != variable) for old, variable in zip(before, statistics, strict=True))
    np.testing.assert_allclose(autoencoder(images), training, rtol=1e-4)  # they are the batch's own
