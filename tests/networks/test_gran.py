import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.convolutional import Convolutional
from wirgan_tf.networks.gran import GranNetwork
from wirgan_tf.networks.passes import INFERENCE, TRAINING


def test_parameters_of_the_critic_counted_by_hand():
    critic = GranNetwork(width=8, latent=4, critic_normalization="batch").build_critic((28, 28, 1), seed=0)
    convolutions = 25 * 8 + 8 + 2 * 8 + 25 * 8 * 16 + 16 + 2 * 16
    dense = 7 * 7 * 16 * 100 + 100 + 100 + 1
    assert sum(v.shape.num_elements() for v in critic.trainable_variables) == convolutions + dense


def test_scores_are_linear_in_the_tanh_of_the_last_dense():
    critic = GranNetwork(width=2, latent=4).build_critic((8, 8, 1), seed=0)
    bias = np.linspace(-2.0, 2.0, 100, dtype=np.float32)
    critic.last.kernel.assign(tf.zeros_like(critic.last.kernel))
    critic.last.bias.assign(bias)
    scores, features = critic.scores_and_features(tf.ones([3, 8, 8, 1]), run=INFERENCE)
    np.testing.assert_allclose(features, np.tile(np.tanh(bias), (3, 1)), rtol=1e-6)
    np.testing.assert_allclose(scores, features.numpy() @ critic.to_score.kernel.numpy()[:, 0], rtol=1e-5, atol=1e-6)


def test_every_convolution_is_normalised_by_the_batch():
    """The first one too, so that the scale of the images does not matter in training."""
    network = GranNetwork(width=2, latent=4, critic_normalization="batch", critic_initializer="he")
    critic = network.build_critic((8, 8, 1), seed=0)
    images = tf.random.stateless_normal([16, 8, 8, 1], [0, 1])
    scores = critic(images, run=TRAINING)
    np.testing.assert_allclose(critic(10.0 * images, run=TRAINING), scores, atol=0.01)
    assert np.std(scores) > 0.1


@pytest.mark.parametrize("steps", [1, 3])
def test_generator_is_that_of_the_convolutional_network(steps):
    settings = {"width": 2, "latent": 4, "time_steps": steps, "canvas": "sum", "noise_layer": True,
                "encoder_activation": "tanh"}
    mine, theirs = (kind(**settings).build_generator((8, 8, 1), seed=3) for kind in (GranNetwork, Convolutional))
    z = tf.random.stateless_normal([steps, 5, 4], [0, 1])
    np.testing.assert_array_equal(mine(z), theirs(z))
