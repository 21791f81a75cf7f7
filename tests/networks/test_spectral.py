import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.conditional_critics import ProjectionCritic
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.passes import INFERENCE, TRAINING, TRAINING_UNTRACKED

SHAPES = {"convolutional": (8, 8, 1), "mlp": (2,)}


def layers(**settings):
    return Layers(WeightInitializers("glorot", 0, "critic"), **settings)


def spectral_dense(kernel):
    layer = layers(spectral_normalization=True).dense("dense", kernel.shape[1])
    layer.build((None, kernel.shape[0]))
    layer.layer.kernel.assign(kernel)
    return layer


def test_the_norm_is_the_largest_singular_value():
    """diag(3, 1) has singular values 3 and 1: what it takes (1, 1) to is divided by 3."""
    layer = spectral_dense(tf.linalg.diag([3.0, 1.0]))
    for _ in range(30):
        layer(tf.ones([1, 2]), training=True)
    np.testing.assert_allclose(layer(tf.ones([1, 2])), [[1.0, 1 / 3]], rtol=1e-6)
    np.testing.assert_array_equal(layer.layer.kernel, [[3.0, 0.0], [0.0, 1.0]])  # the kernel itself stays


def test_the_gradient_passes_through_the_norm():
    """y = W / sigma(W) does not change with the scale of W: its gradient is orthogonal to W.

    For diag(3, 1), d(w_22 / w_11) = (-w_22 / w_11^2, 1 / w_11) = (-1/9, 1/3) along the diagonal.
    """
    layer = spectral_dense(tf.linalg.diag([3.0, 1.0]))
    for _ in range(30):
        layer(tf.ones([1, 2]), training=True)
    with tf.GradientTape() as tape:
        second = layer(tf.ones([1, 2]))[0, 1]
    gradient = tape.gradient(second, layer.layer.kernel.value)
    np.testing.assert_allclose(tf.linalg.diag_part(gradient), [-1 / 9, 1 / 3], rtol=1e-5)


def test_layers_are_plain_unless_asked_for():
    assert type(layers().dense("dense", 1)) is keras.layers.Dense


def vectors(critic):
    return [variable for variable in critic.variables if variable.path.endswith("vector_u")]


@pytest.mark.parametrize("network", SHAPES)
class TestCritics:
    def critic(self, network, spectral_normalization=True):
        settings = {"width": 4, "spectral_normalization": spectral_normalization}
        return NETWORKS[network](**settings).build_critic(SHAPES[network], seed=0)

    def test_every_kernel_is_normalized_and_equal_seeds_build_equal_critics(self, network):
        critic, same = self.critic(network), self.critic(network)
        kernels = [variable for variable in critic.trainable_variables if variable.path.endswith("kernel")]
        assert [(kernel.shape[-1], 1) for kernel in kernels] == [vector.shape for vector in vectors(critic)]
        for mine, theirs in zip(critic.variables, same.variables, strict=True):
            np.testing.assert_array_equal(mine, theirs)

    def test_norms_are_tracked_in_the_critics_own_training_alone(self, network):
        critic = self.critic(network)
        images = tf.random.stateless_normal([4, *SHAPES[network]], [0, 1])
        before = [vector.numpy() for vector in vectors(critic)]
        for run in (INFERENCE, TRAINING_UNTRACKED):
            critic(images, run=run)
            for mine, vector in zip(before, vectors(critic), strict=True):
                np.testing.assert_array_equal(mine, vector)
        critic(images, run=TRAINING)
        assert all(np.any(mine != vector) for mine, vector in zip(before, vectors(critic), strict=True))

    def test_a_critic_computes_with_kernels_of_norm_1(self, network):
        """After enough iterations it is the plain critic with each kernel divided by its largest singular value."""
        critic = self.critic(network)
        images = tf.random.stateless_normal([4, *SHAPES[network]], [0, 1])
        for _ in range(40):
            critic(images, run=TRAINING)
        plain = self.critic(network, spectral_normalization=False)
        for mine, theirs in zip(critic.trainable_variables, plain.trainable_variables, strict=True):
            matrix = np.reshape(mine, [-1, mine.shape[-1]])
            theirs.assign(mine / np.linalg.norm(matrix, 2) if mine.path.endswith("kernel") else mine)
        np.testing.assert_allclose(critic(images), plain(images), rtol=1e-3)


@pytest.mark.parametrize("condition", [tf.constant([2, 0], tf.int64), tf.constant([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])])
def test_the_projection_is_normalised_like_a_layer(condition):
    """D(x, y) - D(x) = v_y . phi(x), where v is the table divided by its largest singular value."""
    inner = NETWORKS["mlp"](width=4, spectral_normalization=True).build_critic((2,), seed=0)
    critic = ProjectionCritic(inner, "label", 3, (2,), WeightInitializers("glorot", 0, "head"), True)
    points = tf.constant([[1.0, 2.0], [-0.5, 3.0]])
    for _ in range(50):
        critic(points, {"label": condition}, run=TRAINING)
    agreement = critic(points, {"label": condition}, run=INFERENCE) - inner(points, run=INFERENCE)
    table = critic.projection.layer.table.numpy()
    rows = table[[2, 0]] / np.linalg.svd(table, compute_uv=False)[0]
    np.testing.assert_allclose(agreement, np.sum(rows * inner.features(points, INFERENCE), axis=1), rtol=1e-4)
