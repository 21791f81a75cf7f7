"""What every architecture does, whatever it looks like."""

import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import RECURRENT, SHAPES, small_network, small_settings
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.networks import NETWORKS, CriticNetwork, LatentNetwork
from wirgan_tf.networks.passes import TRAINING, TRAINING_UNTRACKED
from wirgan_tf.objectives import Scores
from wirgan_tf.training.checkpoints import Checkpoints

OF_NOISE = [name for name in NETWORKS if issubclass(NETWORKS[name], LatentNetwork)]


def config(network, **changes):
    return Config(network=network, **{
        **small_settings(network), "batch_size": 4, "critic_updates": 1, "generator_learning_rate": 1e-2,
        "critic_learning_rate": 1e-2, **changes})


def images_of(shape, rows=4):
    return tf.tanh(tf.random.stateless_normal([rows, *shape], [0, 1]))


class Halves:
    """Instead of the model's noise: 1/2 everywhere."""

    def uniform(self, purpose, shape):
        return tf.fill(shape, 0.5)


def test_every_network_has_its_row():
    assert set(SHAPES) == set(NETWORKS)


@pytest.mark.parametrize("network", [name for name in NETWORKS if issubclass(NETWORKS[name], CriticNetwork)])
class TestArchitectures:
    def test_gradients_of_one_step_reach_every_weight(self, network):
        width = 8 if network.startswith("mlp") else 2  # two ReLUs may be dead
        model = build_model(config(network, width=width), SHAPES[network])
        real = images_of(SHAPES[network])
        with tf.GradientTape(persistent=True) as tape:
            fake = model.generator(tf.random.stateless_normal([1, 4, 4], [0, 2]), run=TRAINING)
            scores = Scores(*(model.critic(images, run=TRAINING) for images in (real, fake)), real, fake)
            penalty = model.penalty.loss(model.critic, real, fake, Halves())
            critic_loss = tf.reduce_mean(scores.fake**2) - tf.reduce_mean(scores.real) + penalty
            generator_loss = model.objective.generator_loss(scores)
        assert scores.real.shape == scores.fake.shape == (4,)
        for loss, player in ((critic_loss, model.critic), (generator_loss, model.generator)):
            for gradient in tape.gradient(loss, player.trainable_variables):
                assert np.all(np.isfinite(gradient))
                assert np.any(gradient)

    def test_restored_as_saved(self, network, tmp_path):
        """A run of two steps, and one that was saved after the first and restored into other weights, end alike."""
        shape, batch = SHAPES[network], {"image": images_of(SHAPES[network])[None]}
        settings = config(network, penalty="none")
        if network in ("convolutional", "dcgan"):
            settings = settings.replace(critic_dropout=0.5, critic_normalization="batch")
        model, again = (build_model(settings, shape) for _ in range(2))
        for variable in again.generator.variables + again.critic.variables:
            variable.assign(tf.ones_like(variable))
        model.train_step(batch)
        Checkpoints(model, tmp_path, keep=1).save()
        assert Checkpoints(again, tmp_path, keep=1).restore() == 1
        for trained in (model, again):
            trained.train_step(batch)
        for player in ("generator", "critic"):
            for mine, theirs in zip(getattr(model, player).variables, getattr(again, player).variables, strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(model.generator(tf.ones([1, 2, 4])), again.generator(tf.ones([1, 2, 4])), atol=1e-5)

    def test_critics_are_functions_of_the_seed(self, network):
        first, again, other = (small_network(network).build_critic(SHAPES[network], seed) for seed in (1, 1, 2))
        for mine, same, theirs in zip(first.variables, again.variables, other.variables, strict=True):
            np.testing.assert_array_equal(mine, same)
            assert "kernel" not in mine.path or np.any(mine.numpy() != theirs.numpy())
        kernels = [variable.numpy() for variable in first.variables if "kernel" in variable.path]
        assert len({kernel.tobytes() for kernel in kernels}) == len(kernels)  # no two layers share their seed

    def test_spectral_normalisation_reaches_every_kernel(self, network):
        critic = small_network(network, spectral_normalization=True).build_critic(SHAPES[network], seed=0)
        kernels = [variable for variable in critic.trainable_variables if variable.path.endswith("kernel")]
        vectors = [variable for variable in critic.variables if variable.path.endswith("vector_u")]
        assert [(kernel.shape[-1], 1) for kernel in kernels] == [vector.shape for vector in vectors]
        before = [vector.numpy() for vector in vectors]
        critic(images_of(SHAPES[network]), run=TRAINING_UNTRACKED)
        assert all(np.array_equal(old, vector) for old, vector in zip(before, vectors, strict=True))
        critic(images_of(SHAPES[network]), run=TRAINING)
        assert all(np.any(old != vector) for old, vector in zip(before, vectors, strict=True) if len(old) > 1)


@pytest.mark.parametrize("network", OF_NOISE)
def test_generators_that_say_so_draw_each_sample_by_itself(network):
    """In training too: then the images of all critic updates may be drawn in one call."""
    generator = small_network(network, width=8).build_generator(SHAPES[network], seed=0)
    z = tf.random.stateless_normal([1, 6, 4], [0, 1])
    together, alone = (generator(z[:, :rows], run=TRAINING_UNTRACKED)[:2] for rows in (6, 2))
    assert generator.independent_samples == network.startswith("mlp")
    assert not generator.independent_samples or np.allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("network", [network for network in OF_NOISE if network not in (*RECURRENT, "draw")])
def test_networks_without_an_encoder_draw_once(network):
    with pytest.raises(ValueError, match=rf"time_steps is a setting of network=.*resnet.*network={network} was chosen"):
        config(network, time_steps=3)
    assert small_network(network).time_steps == 1


@pytest.mark.parametrize("network", ["dcgan", "ebgan", "began", "began_skip", "resnet"])
@pytest.mark.parametrize("shape", [(2,), (30, 30, 1), (28, 32, 1)])
def test_sizes_that_a_network_does_not_draw_are_refused(network, shape):
    for build in (small_network(network).build_generator, small_network(network).build_critic):
        with pytest.raises(ValueError, match=r"this network draws images of .*32x32.*; .*network="):
            build(shape, seed=0)


@pytest.mark.parametrize(("network", "changes"), [
    ("mlp", {"critic_dropout": 0.5}), ("ebgan", {"critic_dropout": 0.5}), ("resnet", {"critic_dropout": 0.5}),
    ("began", {"critic_dropout": 0.5}), ("began", {"critic_normalization": "batch", "penalty": "none"})])
def test_options_that_a_network_does_not_have_are_refused(network, changes):
    with pytest.raises(ValueError, match=rf"^critic_\w+ is a setting of network=.*network={network} was chosen"):
        config(network, **changes)
