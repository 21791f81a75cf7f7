import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import RECURRENT, SHAPES
from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.conditioning import Conditioning
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


def generator_gradients(network, conditioning, recompute):
    """Those of a generator's weights and of what a condition was made of, and the statistics after that pass."""
    settings = {"width": 2, "latent": 4, "time_steps": 2, "initializer": "glorot", "recompute": recompute}
    generator = NETWORKS[network](**settings).build_generator(SHAPES[network], 0, conditioning)
    for variable in generator.trainable_variables:
        if variable.name == "table":  # those of normalisation are zeros at first
            variable.assign(tf.random.stateless_normal(variable.shape, [2, 2]))
    z = tf.random.stateless_normal([2, 6, 4], [0, 0])
    source = tf.Variable(tf.random.stateless_normal([6, 3], [3, 3]))
    made_of = [] if conditioning is None else [source]

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            run = TRAINING if conditioning is None else TRAINING.asked_for(tf.tanh(source))
            images = generator(z, run=run)
            loss = tf.reduce_sum(images * tf.random.stateless_normal(tf.shape(images), [1, 1]))
        return tape.gradient(loss, [*generator.trainable_variables, *made_of])

    return [np.asarray(value) for value in (*gradients(), *generator.non_trainable_variables)]


@pytest.mark.parametrize(("network", "conditioning"), [
    *((network, None) for network in RECURRENT),
    ("mlp", Conditioning(3, width=2)),
    ("convolutional", Conditioning(3, width=2)),
    ("convolutional", Conditioning(3, normalized=True))])
def test_a_generators_gradients_and_statistics_stay_the_same(network, conditioning):
    """Also that of a condition which is itself computed, as StackGAN's is."""
    kept, again = (generator_gradients(network, conditioning, recompute) for recompute in (False, True))
    for mine, theirs in zip(again, kept, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6 + 1e-5 * np.abs(theirs).max())
