"""What every critic promises to objectives and penalties."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import SHAPES, small_network
from wirgan_tf.networks import NETWORKS, CriticNetwork, convolutional, mlp, resnet
from wirgan_tf.networks.critic import ConditionalCritic, Critic
from wirgan_tf.networks.dropout import MASK_COUNT
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.passes import INFERENCE, TRAINING, TRAINING_UNTRACKED
from wirgan_tf.objectives.penalties import R1, GradientPenalty, input_gradients
from wirgan_tf.parts import setting_fields

OPTIONS = ({}, {"spectral_normalization": True}, {"critic_normalization": "batch"}, {"critic_dropout": 0.5})
CASES = [(network, options) for network, options in itertools.product(NETWORKS, OPTIONS)
         if issubclass(NETWORKS[network], CriticNetwork) and set(options) <= set(setting_fields(NETWORKS[network]))]
POINTS = tf.constant([[1.0, -2.0, 3.0, 0.5], [0.0, 4.0, -1.0, 2.0]])


def build(network, options, width=4):
    """A critic whose biases are not 0, so that kinks are not at 0."""
    critic = small_network(network, width=width, **options).build_critic(SHAPES[network], seed=0)
    for variable in critic.trainable_variables:
        variable.assign_add(0.1 * tf.random.stateless_normal(variable.shape, [0, 1]))
    return critic


def images_of(network, rows=4):
    return tf.tanh(tf.random.stateless_normal([rows, *SHAPES[network]], [0, 1]))


def forget_masks(critic):
    """Lets dropout draw its first masks again."""
    for variable in critic.variables:
        if variable.name == MASK_COUNT:
            variable.assign(0)


@pytest.mark.parametrize(("network", "options"), CASES)
def test_input_gradients_are_those_of_the_tape(network, options):
    critic, images = build(network, options), images_of(network)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(critic(images, run=TRAINING_UNTRACKED))
    expected = tape.gradient(total, images)
    forget_masks(critic)
    found = input_gradients(critic, images)
    assert np.any(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * float(tf.reduce_max(tf.abs(expected))))


def penalty_of(critic, images):
    """The loss of R1, and its gradients to the critic's weights."""
    with tf.GradientTape() as tape:
        loss = R1(10.0).loss(critic, images, images, None)
    weights = [variable.value for variable in critic.trainable_variables]
    return loss, tape.gradient(loss, weights, unconnected_gradients="zero")


@pytest.mark.parametrize(("network", "options"), [case for case in CASES if case[1] in OPTIONS[:2]])
def test_a_gradient_penalty_has_the_weight_gradients_of_tensorflows_own_activations(network, options, monkeypatch):
    images = images_of(network)
    loss, gradients = penalty_of(build(network, options), images)
    monkeypatch.setattr(convolutional, "leaky_relu", tf.nn.leaky_relu)
    for module in (mlp, resnet):
        monkeypatch.setattr(module, "relu", tf.nn.relu)
    expected_loss, expected = penalty_of(build(network, options), images)
    assert float(loss) == pytest.approx(float(expected_loss), rel=1e-4)
    largest = max(float(tf.reduce_max(tf.abs(gradient))) for gradient in expected)
    assert largest > 0.0
    for mine, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5 * largest)


class SpectralLine(Critic):
    """D(x) = <w, x> / |w|."""

    def __init__(self):
        super().__init__()
        layers = Layers(WeightInitializers("glorot", 0, "critic"), spectral_normalization=True)
        self.to_score = layers.dense("to_score", 1, use_bias=False)

    def call(self, images, run=INFERENCE):
        return tf.squeeze(self.to_score(images, training=run.tracking), axis=-1)


def test_a_gradient_penalty_of_a_spectrally_normalised_line_by_hand():
    """The slope w / |w| has norm 1 whatever w is: R1 is gamma / 2, the penalty of norms other than 1 is 0."""
    critic = SpectralLine()
    critic(POINTS)
    critic.trainable_variables[0].assign([[3.0], [0.0], [-4.0], [0.0]])
    np.testing.assert_allclose(input_gradients(critic, POINTS), [[0.6, 0.0, -0.8, 0.0]] * 2, rtol=1e-6)
    for penalty, expected in ((R1(10.0), 5.0), (GradientPenalty(10.0), 0.0)):
        with tf.GradientTape() as tape:
            loss = penalty.loss(critic, POINTS, -POINTS, _Halves())
        assert float(loss) == pytest.approx(expected, abs=1e-6)
        np.testing.assert_allclose(tape.gradient(loss, critic.trainable_variables)[0], np.zeros((4, 1)), atol=1e-5)


class _Halves:
    def uniform(self, purpose, shape):
        return tf.fill(shape, 0.5)


class PatchCritic(Critic):
    """Scores of four patches, c_p x_p^2 with c = 1, 2, 3, 4; twice that in training."""

    def call(self, images, run=INFERENCE):
        return (2.0 if run.training else 1.0) * tf.range(1.0, 5.0) * images**2


def test_gradients_of_patch_scores_are_those_of_their_mean():
    """d/dx_p of sum_p 2 c_p x_p^2 / 4 is c_p x_p."""
    expected = np.arange(1.0, 5.0) * POINTS
    np.testing.assert_allclose(input_gradients(PatchCritic(), POINTS), expected, rtol=1e-6)


def test_a_critic_without_conditions_is_itself_whatever_is_given():
    critic = PatchCritic()
    assert critic.given({}) is critic
    assert critic.given({"label": tf.constant([1, 2])}) is critic


class ProjectionCritic(ConditionalCritic):
    """D(x | y) = <w_y, x>, three labels; twice that in training."""

    def __init__(self):
        super().__init__()
        self.vectors = self.add_weight(shape=(3, 4), initializer="zeros")

    def call(self, images, conditions, run=INFERENCE):
        scores = tf.reduce_sum(tf.gather(self.vectors, conditions["label"]) * images, axis=1)
        return 2.0 * scores if run.training else scores


def test_a_bound_critic_passes_its_conditions():
    critic, labels = ProjectionCritic(), {"label": tf.constant([2, 0], tf.int64)}
    vectors = np.array([[1.0, 0.0, 0.0, 0.0], [9.0, 9.0, 9.0, 9.0], [0.0, 1.0, 1.0, 0.0]], np.float32)
    critic.vectors.assign(vectors)
    bound = critic.given(labels)
    np.testing.assert_allclose(bound(POINTS), [-2.0 + 3.0, 0.0])
    np.testing.assert_allclose(bound(POINTS, run=TRAINING), [2.0, 0.0])
    np.testing.assert_allclose(critic(POINTS, conditions=labels), bound(POINTS))
    np.testing.assert_allclose(input_gradients(bound, POINTS), 2.0 * vectors[[2, 0]])  # in training
    with tf.GradientTape() as tape:
        loss = R1(2.0).loss(bound, POINTS, POINTS, None)
    assert float(loss) == pytest.approx(4 * (2 + 1) / 2)  # squared norms 4 * 2 and 4 * 1
    gradient = tf.convert_to_tensor(tape.gradient(loss, critic.vectors.value))
    np.testing.assert_allclose(gradient, 4.0 * vectors * [[1.0], [0.0], [1.0]])  # d/dw of (4 |w_2|^2 + 4 |w_0|^2) / 2
