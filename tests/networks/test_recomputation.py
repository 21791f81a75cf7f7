import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import RECURRENT, SHAPES
from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.passes import TRAINING
from wirgan_tf.networks.recomputation import recomputed


def test_gradients_by_hand():
    """y = w x^2 at w = 3, x = 2, from an upstream gradient of 5: dx = 5 * 2 w x = 60, dw = 5 x^2 = 20."""
    weight, asked = tf.Variable(3.0), []

    def function(x, again):
        asked.append(again)
        return weight * x**2

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = recomputed(function)(x)
    assert float(y) == 12.0
    assert asked == [False]
    assert [float(gradient) for gradient in tape.gradient(y, [x, weight], tf.constant(5.0))] == [60.0, 20.0]
    assert asked == [False, True]


@pytest.mark.parametrize("network", RECURRENT)
def test_a_generators_gradients_and_statistics_stay_the_same(network):
    settings = {"width": 2, "latent": 4, "time_steps": 2, "initializer": "glorot"}
    z = tf.random.stateless_normal([2, 6, 4], [0, 0])
    found = []
    for recompute in (False, True):
        generator = NETWORKS[network](**settings, recompute=recompute).build_generator(SHAPES[network], seed=0)

        @tf.function
        def gradients(generator=generator):
            with tf.GradientTape() as tape:
                images = generator(z, run=TRAINING)
                loss = tf.reduce_sum(images * tf.random.stateless_normal(tf.shape(images), [1, 1]))
            return tape.gradient(loss, generator.trainable_variables)

        found.append([np.asarray(value) for value in (*gradients(), *generator.non_trainable_variables)])
    for kept, again in zip(*found, strict=True):
        np.testing.assert_allclose(again, kept, atol=1e-6 + 1e-5 * np.abs(kept).max())
