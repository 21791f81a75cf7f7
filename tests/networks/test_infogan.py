import numpy as np
import tensorflow as tf

from wirgan_tf.networks.infogan import InfoGanNetwork
from wirgan_tf.networks.passes import INFERENCE


def test_parameters_counted_by_hand_at_the_width_of_the_source():
    network = InfoGanNetwork(width=64, kernel_size=4, latent=62, critic_normalization="batch")
    generator, critic = network.build_generator((28, 28, 1), seed=0), network.build_critic((28, 28, 1), seed=0)
    units = 7 * 7 * 128
    decoder = (2 * 62 * 1024 + 2 * 1024 + 1024 * units + 2 * units  # h = 0 is an input too; norms have no biases
               + 16 * 128 * 64 + 2 * 64 + 16 * 64 + 1)
    trunk = 16 * 64 + 64 + 16 * 64 * 128 + 128 + 2 * 128 + units * 1024 + 1024 + 2 * 1024
    assert sum(v.shape.num_elements() for v in generator.trainable_variables) == decoder
    assert sum(v.shape.num_elements() for v in critic.trainable_variables) == trunk + 1024 + 1


def test_features_are_those_of_the_last_dense_with_slope_one_tenth():
    critic = InfoGanNetwork(width=2, kernel_size=3, latent=4).build_critic((8, 8, 1), seed=0)
    bias = np.linspace(-1.0, 1.0, 32, dtype=np.float32)
    critic.last.kernel.assign(tf.zeros_like(critic.last.kernel))
    critic.last.bias.assign(bias)
    scores, features = critic.scores_and_features(tf.ones([3, 8, 8, 1]), run=INFERENCE)
    np.testing.assert_allclose(features, np.tile(np.where(bias > 0, bias, 0.1 * bias), (3, 1)), rtol=1e-6)
    expected = features.numpy() @ critic.to_score.kernel.numpy()[:, 0] + critic.to_score.bias
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
