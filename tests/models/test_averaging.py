import numpy as np
import tensorflow as tf

from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.networks.convolutional import Convolutional

NETWORK = Convolutional(width=2, latent=4, time_steps=2)


def test_average_follows_every_variable():
    generator, copy = (NETWORK.build_generator((8, 8, 1), seed=0) for _ in range(2))
    average = GeneratorAverage({"generator": copy}, decay=0.5)
    for variable in copy.variables:
        variable.assign(tf.zeros(variable.shape))
    for variable in generator.variables:
        variable.assign(tf.ones(variable.shape))
    average.update({"generator": generator}, tf.constant(1))  # decay min(0.5, 2 / 11): 1 - 2 / 11
    np.testing.assert_allclose([float(tf.reduce_min(v)) for v in copy.variables], 9 / 11, rtol=1e-6)
    average.update({"generator": generator}, tf.constant(100))  # decay 0.5
    np.testing.assert_allclose([float(tf.reduce_max(v)) for v in copy.variables], 10 / 11, rtol=1e-6)
