import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks.convolutional import Convolutional
from wirgan_tf.noise import Purpose
from wirgan_tf.objectives import PENALTIES
from wirgan_tf.objectives.penalties import (
    R1,
    R1R2,
    Clipping,
    Dragan,
    GradientPenalty,
    SlopePenalty,
    gradient_norms,
    share_at_bound,
)

GRADIENT_PENALTIES = [name for name in PENALTIES if issubclass(PENALTIES[name], SlopePenalty)]


class FunctionCritic:
    """A critic that is a function: images [B, H, W, C] -> scores [B]."""

    def __init__(self, function):
        self.function = function

    def __call__(self, images, run):
        del run
        return self.function(images)


def linear_critic(slope):
    return FunctionCritic(lambda images: tf.reduce_sum(slope * images, axis=[1, 2, 3]))


class Drawn:
    """Instead of the model's noise: these numbers."""

    def __init__(self, eps, perturbation=None):
        self.values = {Purpose.INTERPOLATION: eps, Purpose.PERTURBATION: perturbation}

    def uniform(self, purpose, shape):
        return tf.ensure_shape(self.values[purpose], shape)


# Of a critic whose gradient has norm n everywhere: lambda (n - 1)^2, lambda [n - 1]+^2, gamma / 2 n^2 and, at real and
# at generated images, gamma / 2 2 n^2; weight 10.
LINEAR = {
    "gp": {6.0: 10 * 25.0, 0.6: 10 * 0.16},
    "gp_one_sided": {6.0: 10 * 25.0, 0.6: 0.0},
    "r1": {6.0: 5 * 36.0, 0.6: 5 * 0.36},
    "r1_r2": {6.0: 10 * 36.0, 0.6: 10 * 0.36},
    "dragan": {6.0: 10 * 25.0, 0.6: 10 * 0.16},
}


@pytest.mark.parametrize("name", GRADIENT_PENALTIES)
def test_penalty_of_a_linear_critic(name):
    """The gradient of <slope, x> is slope everywhere, here of norm 2 times each of its four entries."""
    images = tf.random.stateless_normal([5, 2, 2, 1], [0, 1])
    noise = Drawn(tf.linspace(0.0, 1.0, 5), tf.random.stateless_uniform([5, 2, 2, 1], [0, 2]))
    penalty = PENALTIES[name]()
    for norm, expected in LINEAR[name].items():
        slope = tf.fill([2, 2, 1], norm / 2)
        assert float(penalty.loss(linear_critic(slope), images, -images, noise)) == pytest.approx(expected, rel=1e-5)


# D(x) = |x|^2 / 2, whose gradient at x is x.
SQUARE = FunctionCritic(lambda images: tf.reduce_sum(images**2 / 2, axis=[1, 2, 3]))


def test_r1_is_taken_at_real_images():
    """Norms 5 and 1: gamma / 2 times (25 + 1) / 2. It draws nothing."""
    real = tf.reshape([3.0, 4.0, 0.0, 1.0], [2, 2, 1, 1])
    assert float(R1(2.0).loss(SQUARE, real, tf.fill([2, 2, 1, 1], 9.0), None)) == pytest.approx(13.0)


def test_r1_r2_is_taken_at_real_and_at_generated_images():
    """Real norms 5 and 1, generated norms 2 and 3: gamma / 2 times ((25 + 1) / 2 + (4 + 9) / 2). It draws nothing."""
    real, fake = tf.reshape([3.0, 4.0, 0.0, 1.0], [2, 2, 1, 1]), tf.reshape([0.0, -2.0, 3.0, 0.0], [2, 2, 1, 1])
    assert float(R1R2(2.0).loss(SQUARE, real, fake, None)) == pytest.approx(13.0 + 6.5)


def test_dragan_is_taken_between_real_images_and_noise_around_them():
    """Pixels 1 and 3 have standard deviation 1; noise 0.4 and 0.8 takes them to 1.2 and 3.4.

    eps = 0.5, 0.25: xhat = 1.1, 3.3: ((1.1 - 1)^2 + (3.3 - 1)^2) / 2. Generated images have no part in it.
    """
    real = tf.reshape([1.0, 3.0], [2, 1, 1, 1])
    noise = Drawn(tf.constant([0.5, 0.25]), tf.reshape([0.4, 0.8], [2, 1, 1, 1]))
    loss = Dragan(1.0).loss(SQUARE, real, tf.fill([2, 1, 1, 1], 9.0), noise)
    assert float(loss) == pytest.approx((0.01 + 5.29) / 2, rel=1e-5)


def test_penalty_is_taken_between_each_real_image_and_its_generated_one():
    """D(x) = x^2 / 2 for one pixel has gradient x: eps real + (1 - eps) fake, one eps for each sample."""
    real, fake = tf.reshape([1.0, 3.0], [2, 1, 1, 1]), tf.reshape([0.0, -1.0], [2, 1, 1, 1])
    # eps = 0.5, 0.75: xhat = 0.5, 2: ((0.5 - 1)^2 + (2 - 1)^2) / 2 = 0.625
    assert float(GradientPenalty(1.0).loss(SQUARE, real, fake, Drawn([0.5, 0.75]))) == pytest.approx(0.625)


def test_a_flat_critic_passes_on_no_nan():
    slope = tf.Variable(tf.zeros([2, 2, 1]))
    with tf.GradientTape() as tape:
        loss = GradientPenalty(10.0).loss(linear_critic(slope), tf.ones([3, 2, 2, 1]), tf.zeros([3, 2, 2, 1]),
                                          Drawn([0.0, 0.5, 1.0]))
    assert float(loss) == 10.0
    np.testing.assert_array_equal(tape.gradient(loss, slope), 0.0)


def test_norms_are_of_each_sample():
    norms = gradient_norms(tf.constant([[3.0, 4.0], [0.0, 0.0], [1.0, 1.0]]))
    np.testing.assert_allclose(norms, [5.0, 0.0, math.sqrt(2)], rtol=1e-6)


def float64_critic():
    return keras.Sequential([
        keras.Input((8, 8, 1), dtype="float64"), keras.layers.Conv2D(2, 5, 2, "same"), keras.layers.LeakyReLU(0.2),
        keras.layers.Conv2D(4, 5, 2, "same"), keras.layers.LeakyReLU(0.2), keras.layers.Flatten(),
        keras.layers.Dense(1), keras.layers.Reshape(())])


@pytest.mark.parametrize("name", GRADIENT_PENALTIES)
def test_weight_gradient_against_finite_differences(name):
    """Along random directions of all the weights, in float64: the second-order gradient that training follows."""
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        keras.utils.set_random_seed(3)
        critic = float64_critic()
    finally:
        keras.config.set_dtype_policy(previous)
    real, fake = (tf.random.stateless_uniform([3, 8, 8, 1], [0, seed], -1, 1, tf.float64) for seed in (1, 2))
    variables = [variable.value for variable in critic.trainable_variables]
    critic.layers[-2].kernel.assign(20.0 * critic.layers[-2].kernel)  # slopes above 1, where every penalty has its say
    noise = Drawn(tf.constant([0.1, 0.5, 0.9], tf.float64), tf.abs(fake))
    penalty = PENALTIES[name]()

    def loss():
        return penalty.loss(FunctionCritic(critic), real, fake, noise)

    def moved(direction, step):
        for variable, along in zip(variables, direction, strict=True):
            variable.assign_add(step * along)

    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, variables, unconnected_gradients="zero")
    for seed in range(3):
        direction = [tf.random.stateless_normal(variable.shape, [seed, place], dtype=tf.float64)
                     for place, variable in enumerate(variables)]
        slope = sum(float(tf.reduce_sum(gradient * along))
                    for gradient, along in zip(gradients, direction, strict=True))
        step = 1e-6
        moved(direction, step)
        above = float(loss())
        moved(direction, -2 * step)
        below = float(loss())
        moved(direction, step)
        assert abs(slope) > 0.1
        assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-5)


def test_clipping_holds_every_trainable_variable_and_no_statistics():
    network = Convolutional(width=2, critic_normalization="batch", critic_initializer="glorot")
    critic = network.build_critic((8, 8, 1), seed=0)
    statistics = [variable.numpy() for variable in critic.non_trainable_variables]
    assert float(share_at_bound(critic, 0.01)) > 0.5
    Clipping(0.01).constrain(critic)
    assert max(float(tf.reduce_max(tf.abs(variable))) for variable in critic.trainable_variables) <= 0.01
    for before, after in zip(statistics, critic.non_trainable_variables, strict=True):
        np.testing.assert_array_equal(before, after)


def test_share_at_bound_counts_weights():
    critic = Convolutional(width=2).build_critic((8, 8, 1), seed=0)
    for variable in critic.trainable_variables:
        variable.assign(tf.zeros(variable.shape))
    bias = critic.to_score.bias
    bias.assign([-0.01])
    total = sum(variable.shape.num_elements() for variable in critic.trainable_variables)
    assert float(share_at_bound(critic, 0.01)) == pytest.approx(1 / total)


KINDS = {"gp": "GradientPenalty", "gp_one_sided": "OneSidedGradientPenalty", "r1": "R1", "r1_r2": "R1R2",
         "dragan": "Dragan", "clipping": "Clipping", "none": "NoPenalty"}


@pytest.mark.parametrize("name", PENALTIES)
def test_chosen_by_name(name):
    settings = {"clipping": {"clip": 0.2}, "none": {}, "r1": {"r1_gamma": 3.0}, "r1_r2": {"r1_gamma": 3.0}}.get(
        name, {"penalty_weight": 3.0})
    penalty = Config(penalty=name, **settings).penalty
    assert type(penalty).__name__ == KINDS[name]
    assert penalty.name == name
    assert penalty.settings() == settings


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_is_a_term_or_a_constraint_or_nothing(name):
    """One without a term leaves the critic's loss alone; one without a constraint leaves its variables alone."""
    critic = Convolutional(width=2, critic_initializer="glorot").build_critic((8, 8, 1), seed=0)
    before = [variable.numpy() for variable in critic.variables]
    images = tf.random.stateless_normal([2, 8, 8, 1], [0, 1])
    penalty = PENALTIES[name]()
    loss = penalty.loss(critic, images, -images, Drawn([0.5, 0.5], tf.abs(images)))
    assert (loss is not None) == (name in GRADIENT_PENALTIES)
    penalty.constrain(critic)
    moved = any(np.any(old != new) for old, new in zip(before, critic.variables, strict=True))
    assert moved == (name == "clipping")
    assert list(penalty.diagnostics(critic)) == (["clipped_share"] if name == "clipping" else [])


def test_the_gamma_of_a_preset_is_no_lambda():
    """R3GAN's gamma is 0.05; a gradient penalty in its place has its own weight."""
    assert Config(model="r3gan_loss").penalty.r1_gamma == 0.05
    assert Config(model="r3gan_loss", objective="wgan", penalty="gp").penalty.penalty_weight == 10.0


def test_unknown_penalty_lists_the_choices():
    with pytest.raises(ValueError, match="unknown penalty 'gpp'; did you mean 'gp'"):
        Config(penalty="gpp")
