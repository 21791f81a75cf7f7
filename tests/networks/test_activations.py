import collections

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import activations
from wirgan_tf.networks.convolutional import Convolutional
from wirgan_tf.objectives.penalties import R1

FEATURES = tf.constant([-2.0, -0.5, 0.0, 0.5, 3.0])
PAIRS = {"leaky_relu": (lambda x: activations.leaky_relu(x, 0.2), lambda x: tf.nn.leaky_relu(x, 0.2)),
         "relu": (activations.relu, tf.nn.relu)}


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_those_of_tensorflows_own(name):
    found = []
    for activation in PAIRS[name]:
        with tf.GradientTape() as tape:
            tape.watch(FEATURES)
            outputs = activation(FEATURES)
        found.append((outputs, tape.gradient(outputs, FEATURES, output_gradients=FEATURES)))
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("activation", PAIRS.values())
@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float32, tf.float64])
def test_the_type_stays(activation, dtype):
    assert activation[0](tf.cast(FEATURES, dtype)).dtype == dtype


@pytest.mark.parametrize("name", PAIRS)
def test_weight_gradients_of_a_gradient_penalty_are_those_of_tensorflows_own(name):
    """Of |grad_x D|^2 / 2, where D has two layers of weights."""
    x = tf.random.stateless_normal([6, 3], [0, 1])
    weights = [tf.random.stateless_normal([3, 4], [0, 2]), tf.random.stateless_normal([4, 5], [0, 3])]
    found = []
    for activation in PAIRS[name]:
        with tf.GradientTape() as outer:
            outer.watch(weights)
            with tf.GradientTape() as inner:
                inner.watch(x)
                scores = tf.reduce_sum(activation(activation(x @ weights[0]) @ weights[1]), axis=1)
            penalty = tf.reduce_sum(tf.square(inner.gradient(scores, x))) / 2.0
        found.append(outer.gradient(penalty, weights))
    for mine, theirs in zip(*found, strict=True):
        assert np.any(theirs)
        np.testing.assert_allclose(mine, theirs, rtol=1e-5)


def test_a_gradient_penalty_goes_back_through_the_chain_alone():
    """Of two convolutions each is applied once forward, once to gradients, and twice in the gradient of that."""
    critic = Convolutional(width=2, critic_initializer="he").build_critic((8, 8, 1), seed=0)

    @tf.function(autograph=False)
    def gradients(images):
        with tf.GradientTape() as tape:
            loss = R1(10.0).loss(critic, images, images, None)
        return tape.gradient(loss, [layer.kernel.value for layer in (*critic.convolutions, critic.to_score)])

    graph = gradients.get_concrete_function(tf.TensorSpec([4, 8, 8, 1])).graph
    outputs = [output.op.name for output in graph.outputs]
    needed = tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), outputs)
    counts = collections.Counter(node.op for node in needed.node if "Conv2D" in node.op)
    assert counts == {"Conv2D": 4, "Conv2DBackpropInput": 2, "Conv2DBackpropFilter": 2}
