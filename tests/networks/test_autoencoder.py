import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.passes import INFERENCE, TRAINING_UNTRACKED


class Halve(keras.layers.Layer):
    """Half of what it is given; remembers how it was called."""

    def call(self, inputs, run=INFERENCE):
        self.run = run
        return inputs / 2


@pytest.mark.parametrize(("deviation", "expected"), [
    # Reconstructed is x / 4, missing 3 x / 4: of (1, 1, 1, -1) and (0, 0, 0, 1/3) on average 3/4 and 1/16,
    (tf.abs, [-0.75, -0.0625]),
    # and squared 9/16 and (1/4)^2 / 4 = 1/64.
    (tf.square, [-0.5625, -0.015625])])
def test_scores_are_minus_the_mean_deviation(deviation, expected):
    critic = AutoencoderCritic(Halve(), Halve(), deviation)
    images = tf.reshape([1.0, 1.0, 1.0, -1.0, 0.0, 0.0, 0.0, 1 / 3], [2, 2, 2, 1])
    np.testing.assert_allclose(critic(images), expected, rtol=1e-6)
    scores, codes = critic.scores_and_features(images, TRAINING_UNTRACKED)
    np.testing.assert_allclose(scores, expected, rtol=1e-6)
    np.testing.assert_allclose(codes, tf.reshape(images / 2, [2, 4]))
    assert critic.encoder.run is critic.decoder.run is TRAINING_UNTRACKED
    np.testing.assert_allclose(critic(images), expected, rtol=1e-6)
    assert critic.encoder.run is critic.decoder.run is INFERENCE
