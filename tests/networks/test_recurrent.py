"""The recurrence against plain NumPy, written from the paper's equations with f and g as small matrices."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import RECURRENT, SHAPES
from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.passes import INFERENCE, TRAINING
from wirgan_tf.networks.recurrent import RecurrentGenerator
from wirgan_tf.noise import Noise, row_noise

T, B, LATENT, PIXELS = 3, 4, 5, 6


class Linear(keras.layers.Layer):
    def __init__(self, matrix):
        super().__init__()
        self.matrix = self.add_weight(shape=matrix.shape, initializer=lambda *_, **__: tf.constant(matrix))

    def call(self, inputs, run=INFERENCE):
        return (run.step + 1.0) * tf.matmul(inputs, self.matrix)  # the step shows that it arrives


@pytest.fixture
def matrices():
    random = np.random.default_rng(0)
    return (random.normal(size=(2 * LATENT, PIXELS)).astype(np.float32),
            random.normal(size=(PIXELS, LATENT)).astype(np.float32),
            random.normal(size=(T, B, LATENT)).astype(np.float32))


def numpy_increments(f, g, z):
    h, increments = np.zeros((B, LATENT), np.float32), []
    for t in range(T):
        if t > 0:
            h = (t + 1) * increments[-1] @ g  # (9)
        increments.append((t + 1) * np.concatenate([z[t], h], axis=1) @ f)  # (10)
    return np.stack(increments)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("output", ["last", "sum"])
def test_recurrence_is_the_papers(matrices, output, compiled):
    f, g, z = matrices
    generator = RecurrentGenerator(Linear(f), Linear(g), time_steps=T, latent=LATENT, output=output)
    increments = numpy_increments(f, g, z)
    canvases = increments if output == "last" else np.tanh(np.cumsum(increments, axis=0))
    draw = tf.function(generator.draw) if compiled else generator.draw
    drawn = draw({"z": tf.constant(z)})
    np.testing.assert_allclose(drawn["canvases"], canvases, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(drawn["image"], canvases[-1], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(generator(tf.constant(z)), generator.draw({"z": tf.constant(z)})["image"])


def test_noise_layer_comes_before_the_decoder(matrices):
    f, g, z = matrices
    noise_layer = keras.layers.Dense(LATENT, "tanh", kernel_initializer="identity")
    generator = RecurrentGenerator(Linear(f), Linear(g), time_steps=T, latent=LATENT, noise_layer=noise_layer)
    canvases = generator.draw({"z": tf.constant(z)})["canvases"]
    np.testing.assert_allclose(canvases, numpy_increments(f, g, np.tanh(z)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(T, B, LATENT + 1), (B, LATENT), (None, B, LATENT)])
def test_noise_of_the_wrong_shape_is_refused(matrices, shape):
    f, g, _ = matrices
    generator = RecurrentGenerator(Linear(f), Linear(g), time_steps=T, latent=LATENT)
    with pytest.raises(ValueError, match=r"expected \[T, B, 5\]"):
        generator.draw({"z": keras.KerasTensor(shape)})


@pytest.mark.parametrize(("network", "shape"), [(network, SHAPES[network]) for network in RECURRENT])
class TestBuilt:
    def build(self, network, shape, seed=0, **settings):
        return NETWORKS[network](width=4, latent=8, **settings).build_generator(shape, seed)

    def test_one_step_has_no_encoder(self, network, shape):
        generator = self.build(network, shape, time_steps=1)
        assert not [variable.path for variable in generator.variables if "encoder" in variable.path]
        assert [variable.path for variable in self.build(network, shape, time_steps=2).variables
                if "encoder" in variable.path]
        with pytest.raises(ValueError, match="T=1 has no encoder"):
            generator(tf.zeros([2, 1, 8]))

    def test_more_steps_than_trained(self, network, shape):
        generator = self.build(network, shape, time_steps=2)
        assert generator.draw({"z": tf.zeros([5, 3, 8])})["canvases"].shape == (5, 3, *shape)

    def test_drawing_goes_on_from_the_canvases_of_training(self, network, shape):
        generator = self.build(network, shape, time_steps=2, initializer="glorot")
        seeds = tf.range(3, dtype=tf.int64)
        trained = generator.draw(row_noise(seeds, generator.noise))["canvases"]
        generator.set_drawing_steps(5)
        assert generator.noise == {"z": Noise((5, 8), "truncated_normal")}
        further = generator.draw(row_noise(seeds, generator.noise))["canvases"]
        np.testing.assert_allclose(further[:2], trained, atol=1e-6)
        assert all(np.abs(after - before).max() > 1e-4 for before, after in itertools.pairwise(further.numpy()))
        generator.set_drawing_steps(1)
        first = generator.draw(row_noise(seeds, generator.noise))["image"]
        np.testing.assert_allclose(first, trained[0], atol=1e-6)

    def test_drawing_steps_that_cannot_be(self, network, shape):
        generator = self.build(network, shape, time_steps=1)
        generator.set_drawing_steps(1)
        for steps, problem in ((2, "drawing_steps=2: a generator trained with T=1 has no encoder"),
                               (0, "drawing_steps=0: must be at least 1")):
            with pytest.raises(ValueError, match=problem):
                generator.set_drawing_steps(steps)

    def test_noise_is_declared(self, network, shape):
        generator = self.build(network, shape, time_steps=2, noise="uniform")
        assert generator.noise == {"z": Noise((2, 8), "uniform")}

    @pytest.mark.parametrize("time_steps", [1, 3])
    def test_weights_are_a_function_of_the_seed(self, network, shape, time_steps):
        first, again, other = (self.build(network, shape, time_steps=time_steps, seed=seed) for seed in (1, 1, 2))
        for mine, same in zip(first.variables, again.variables, strict=True):
            np.testing.assert_array_equal(mine, same)
        kernels = [(mine, theirs) for mine, theirs in zip(first.variables, other.variables, strict=True)
                   if "kernel" in mine.path]
        assert all(np.abs(mine.numpy() - theirs.numpy()).max() > 0 for mine, theirs in kernels)

    def test_gradients_reach_every_weight(self, network, shape):
        generator = self.build(network, shape, time_steps=3, initializer="glorot")
        with tf.GradientTape() as tape:
            image = generator(tf.random.stateless_normal([3, 4, 8], [0, 1]), run=TRAINING)
            loss = tf.reduce_sum(image**2)
        gradients = tape.gradient(loss, generator.trainable_variables)
        assert all(float(tf.norm(gradient)) > 0 for gradient in gradients)

    def test_a_normalized_state_has_mean_0_and_variance_1(self, network, shape):
        generator = self.build(network, shape, time_steps=2, encoder_activation="layer_norm", initializer="glorot")
        h = generator.encode(tf.random.stateless_normal([4, *shape], [0, 1]) * 100, INFERENCE).numpy()
        np.testing.assert_allclose(h.mean(axis=-1), 0, atol=1e-5)
        np.testing.assert_allclose(h.var(axis=-1), 1, rtol=1e-2)

    def test_gran_draws_by_adding(self, network, shape):
        generator = self.build(network, shape, time_steps=3, canvas="sum", noise_layer=True, encoder_activation="tanh")
        z = tf.random.stateless_normal([3, 4, 8], [0, 1])
        increments = np.stack(generator.unroll(z))
        total = np.cumsum(increments, axis=0)
        expected = np.tanh(total) if len(shape) == 3 else total  # points are not squashed
        np.testing.assert_allclose(generator.draw({"z": z})["canvases"], expected, rtol=1e-5, atol=1e-6)
        assert [variable.path for variable in generator.variables if "noise" in variable.path]
