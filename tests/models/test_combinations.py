"""Every objective with every penalty on points, saved and resumed too; each of them on images; every network."""

import dataclasses
import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import SHAPES
from wirgan_tf.config import DIVERGENCES, Config
from wirgan_tf.models import build_model
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, PENALTIES, build_objective
from wirgan_tf.objectives.ebgan import pulling_away
from wirgan_tf.training.checkpoints import Checkpoints

TINY = Config(time_steps=1, width=4, latent=3, batch_size=4, critic_updates=1, optimizer="rmsprop",
              initializer="glorot", critic_initializer="he", critic_learning_rate=0.01, generator_learning_rate=0.01)
OF_ENERGIES = [name for name in OBJECTIVES if build_objective(Config(objective=name)).of_energies]
PAIRS = list(zip(OBJECTIVES, itertools.cycle(PENALTIES), strict=False))
# The critic's last bias: a number added to all scores changes no difference of them (nor a hinge that none has passed),
# and the signs of a few errors may cancel.
BIAS_MAY_STAY = ("wgan", "gls_gan", "hinge", "ebgan")


def on_points(objective):
    return "mlp_autoencoder" if objective in OF_ENERGIES else "mlp"


def on_images(objective):
    return "ebgan" if objective in OF_ENERGIES else "convolutional"


def real_images(shape, seed):
    return tf.random.stateless_normal([TINY.batch_size, *shape], [0, seed])


def values(variables):
    return [variable.numpy() for variable in variables]


def changed(before, variables):
    return {variable.path for old, variable in zip(before, variables, strict=True) if np.any(old != variable.numpy())}


def paths(variables):
    return {variable.path for variable in variables}


@functools.cache
def networks(name, penalty):
    """Both networks and their initial values: building them takes longer than a step."""
    config = dataclasses.replace(TINY, network=name, penalty=penalty)
    built = [getattr(NETWORKS[name], f"build_{player}")(config, SHAPES[name]) for player in ("generator", "critic")]
    return *built, [values(network.variables) for network in built]


@pytest.fixture
def model_at_its_start(monkeypatch):
    """`build_model` with the networks of before, their variables set to what they were at first."""
    def build(config):
        generator, critic, initial = networks(config.network, "spectral" if config.penalty == "spectral" else "none")
        for network, numbers in zip((generator, critic), initial, strict=True):
            for variable, number in zip(network.variables, numbers, strict=True):
                variable.assign(number)
        monkeypatch.setattr(NETWORKS[config.network], "build_generator", lambda config, shape: generator)
        monkeypatch.setattr(NETWORKS[config.network], "build_critic", lambda config, shape: critic)
        return build_model(config, SHAPES[config.network])

    return build


def check_critic_update(model, shape, objective):
    """Finite losses; every variable of the critic changes, and none of the generator."""
    may_stay = {model.critic.trainable_variables[-1].path} if objective in BIAS_MAY_STAY else set()
    generator, critic = values(model.generator.variables), values(model.critic.variables)
    logs = model.update_critic(tf.constant(0, tf.int64), real_images(shape, 0))
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert not changed(generator, model.generator.variables) & paths(model.generator.trainable_variables)
    unmoved = paths(model.critic.variables) - changed(critic, model.critic.variables)
    assert unmoved <= may_stay


def check_generator_update(model):
    """Finite losses; every variable of the generator changes, and none of the critic."""
    generator, critic = values(model.generator.variables), values(model.critic.variables)
    logs = model._update_generator(tf.constant(TINY.batch_size), tf.constant(0.5))
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert changed(generator, model.generator.variables) == paths(model.generator.variables)
    assert not changed(critic, model.critic.variables)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_both_updates_on_points(model_at_its_start, objective, penalty):
    network = on_points(objective)
    model = model_at_its_start(dataclasses.replace(TINY, network=network, objective=objective, penalty=penalty))
    check_generator_update(model)  # first: the gradient of a clipped critic is too small to move a float
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize(("objective", "penalty"), PAIRS)
def test_both_updates_on_images(model_at_its_start, objective, penalty):
    network = on_images(objective)
    model = model_at_its_start(dataclasses.replace(TINY, network=network, objective=objective, penalty=penalty))
    check_generator_update(model)
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize(("network", "objective"), [
    ("dcgan", "gan"), ("resnet", "wgan"), ("began", "began"), ("began_skip", "began")])
def test_both_updates_of_the_other_networks(model_at_its_start, network, objective):
    model = model_at_its_start(dataclasses.replace(TINY, network=network, objective=objective, penalty="none"))
    check_generator_update(model)
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_both_updates_by_every_divergence(model_at_its_start, divergence):
    model = model_at_its_start(dataclasses.replace(TINY, network="mlp", objective="f_gan", penalty="none",
                                                   divergence=divergence))
    check_generator_update(model)
    check_critic_update(model, SHAPES["mlp"], "f_gan")


def test_samples_are_pulled_apart_by_their_own_codes(model_at_its_start):
    """The loss of EBGAN's generator: the energies of its samples and 0.1 PT of what the critic encodes them to."""
    model = model_at_its_start(dataclasses.replace(TINY, network="mlp_autoencoder", objective="ebgan", penalty="none"))
    fake = real_images(SHAPES["mlp_autoencoder"], 3)
    errors = tf.reduce_mean(tf.abs(fake - model.critic.decoder(model.critic.encoder(fake))))
    apart = pulling_away(model.critic.encoder(fake))
    assert float(apart) > 0.01
    loss = model.objective.generator_loss(model.score_generated(fake))
    assert float(loss) == pytest.approx(float(errors + 0.1 * apart), rel=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_restored_model_makes_the_step_it_made_before(model_at_its_start, objective, penalty, tmp_path):
    """With a balance that skips now and then, and a halving of the learning rates where there is one."""
    decay = {"learning_rate_decay": "on_stall", "stall_patience": 1} if objective == "began" else {}
    shape = SHAPES[on_points(objective)]
    config = dataclasses.replace(TINY, network=on_points(objective), objective=objective, penalty=penalty,
                                 critic_skip_above=0.5, generator_skip_below=0.5, **decay)
    first = model_at_its_start(config)
    first.train_step({"image": real_images(shape, 0)[None]})
    Checkpoints(first, tmp_path, keep=1).save()
    ends = []
    for restored in (False, True):
        model = model_at_its_start(config) if restored else first
        if restored:
            assert Checkpoints(model, tmp_path, keep=1).restore() == 1
        logs = model.train_step({"image": real_images(shape, 1)[None]})
        assert all(np.isfinite(float(value)) for value in logs.values())
        parts = (model.generator, model.critic, model.generator_optimizer, model.critic_optimizer)
        ends.append(values([*(variable for part in parts for variable in part.variables), *model.state.values()]))
        assert int(model.iteration) == 2
    for uninterrupted, resumed in zip(*ends, strict=True):
        np.testing.assert_array_equal(uninterrupted, resumed)
