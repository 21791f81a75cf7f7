"""Every objective with every penalty on points, saved and resumed too; each of them on images; every network.

The suite takes each objective with some penalty and each penalty with some objective; the mark `exhaustive` is on the
rest of the products.
"""

import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import SHAPES
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.objectives import DIVERGENCES, OBJECTIVES, PENALTIES
from wirgan_tf.objectives.ebgan import pulling_away
from wirgan_tf.training.checkpoints import Checkpoints

TINY = Config(time_steps=1, width=4, latent=3, batch_size=4, critic_updates=1, optimizer="rmsprop",
              initializer="glorot", critic_initializer="he", critic_learning_rate=0.01, generator_learning_rate=0.01)
OF_ENERGIES = [name for name, objective in OBJECTIVES.items() if objective.of_energies]
SMOOTHNESS = {**{name: {"penalty": name} for name in PENALTIES},
              "spectral": {"penalty": "none", "spectral_normalization": True}}
PAIRS = list(zip(OBJECTIVES, itertools.cycle(SMOOTHNESS), strict=False))
OTHER_PAIRS = list(zip(OBJECTIVES, itertools.cycle(reversed(SMOOTHNESS)), strict=False))
# The critic's last bias: a number added to all scores changes no difference of them (nor a hinge that none has passed),
# and the signs of a few errors may cancel.
BIAS_MAY_STAY = ("wgan", "gls_gan", "hinge", "ebgan", "relativistic", "relativistic_average")


def product(*pairs):
    """All pairs of an objective and what keeps its critic smooth; those not in `pairs` are for exhaustive runs."""
    return [pytest.param(*pair, marks=() if pair in pairs else pytest.mark.exhaustive)
            for pair in itertools.product(OBJECTIVES, SMOOTHNESS)]


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
def networks(settings):
    """Both networks and their initial values: building them takes longer than a step."""
    shape = SHAPES[settings.name]
    built = [build(shape, TINY.seed) for build in (settings.build_generator, settings.build_critic)]
    return *built, [values(network.variables) for network in built]


@pytest.fixture
def model_at_its_start(monkeypatch):
    """`build_model` with the networks of before, their variables set to what they were at first."""
    def build(config):
        generator, critic, initial = networks(config.network)
        for network, numbers in zip((generator, critic), initial, strict=True):
            for variable, number in zip(network.variables, numbers, strict=True):
                variable.assign(number)
        monkeypatch.setattr(type(config.network), "build_generator", lambda settings, shape, seed: generator)
        monkeypatch.setattr(type(config.network), "build_critic", lambda settings, shape, seed: critic)
        return build_model(config, SHAPES[config.network.name])

    return build


def check_critic_update(model, shape, objective):
    """Finite losses; every variable of the critic changes, and none of the generator."""
    may_stay = {model.critic.trainable_variables[-1].path} if objective in BIAS_MAY_STAY else set()
    generator, critic = values(model.generator.variables), values(model.critic.variables)
    logs = model.update_critics(tf.constant(0, tf.int64), {"image": real_images(shape, 0)})
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert not changed(generator, model.generator.variables) & paths(model.generator.trainable_variables)
    unmoved = paths(model.critic.variables) - changed(critic, model.critic.variables)
    assert unmoved <= may_stay


def check_generator_update(model, shape):
    """Finite losses; every variable of the generator changes, and none of the critic."""
    generator, critic = values(model.generator.variables), values(model.critic.variables)
    logs = model.update_generators({"image": real_images(shape, 0)}, tf.constant(0.5))
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert changed(generator, model.generator.variables) == paths(model.generator.variables)
    assert not changed(critic, model.critic.variables)


@pytest.mark.parametrize(("objective", "smoothness"), product(*OTHER_PAIRS))
def test_both_updates_on_points(model_at_its_start, objective, smoothness):
    network = on_points(objective)
    model = model_at_its_start(TINY.replace(network=network, objective=objective, **SMOOTHNESS[smoothness]))
    # The generator first: the gradient of a clipped critic is too small to move a float.
    check_generator_update(model, SHAPES[network])
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize(("objective", "smoothness"), PAIRS)
def test_both_updates_on_images(model_at_its_start, objective, smoothness):
    network = on_images(objective)
    model = model_at_its_start(TINY.replace(network=network, objective=objective, **SMOOTHNESS[smoothness]))
    check_generator_update(model, SHAPES[network])
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize(("network", "objective"), [
    ("dcgan", "gan"), ("resnet", "wgan"), ("began", "began"), ("began_skip", "began")])
def test_both_updates_of_the_other_networks(model_at_its_start, network, objective):
    model = model_at_its_start(TINY.replace(network=network, objective=objective, penalty="none"))
    check_generator_update(model, SHAPES[network])
    check_critic_update(model, SHAPES[network], objective)


@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_both_updates_by_every_divergence(model_at_its_start, divergence):
    model = model_at_its_start(TINY.replace(network="mlp", objective="f_gan", penalty="none", divergence=divergence))
    check_generator_update(model, SHAPES["mlp"])
    check_critic_update(model, SHAPES["mlp"], "f_gan")


def test_samples_are_pulled_apart_by_their_own_codes(model_at_its_start):
    """The loss of EBGAN's generator: the energies of its samples and 0.1 PT of what the critic encodes them to."""
    model = model_at_its_start(TINY.replace(network="mlp_autoencoder", objective="ebgan", penalty="none"))
    real, fake = (real_images(SHAPES["mlp_autoencoder"], seed) for seed in (2, 3))
    errors = tf.reduce_mean(tf.abs(fake - model.critic.decoder(model.critic.encoder(fake))))
    apart = pulling_away(model.critic.encoder(fake))
    assert float(apart) > 0.01
    loss = model.objective.generator_loss(model.generator_scores({"image": real}, {"image": fake})["critic"])
    assert float(loss) == pytest.approx(float(errors + 0.1 * apart), rel=1e-5)


@pytest.mark.parametrize(("objective", "smoothness"), product(*PAIRS))
def test_a_restored_model_makes_the_step_it_made_before(model_at_its_start, objective, smoothness, tmp_path):
    """With a balance that skips now and then, and a halving of the learning rates where there is one."""
    decay = {"learning_rate_decay": "on_stall", "stall_patience": 1} if objective == "began" else {}
    shape = SHAPES[on_points(objective)]
    config = TINY.replace(network=on_points(objective), objective=objective, critic_skip_above=0.5,
                          generator_skip_below=0.5, **SMOOTHNESS[smoothness], **decay)
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
        parts = (model.generator, model.critic, model.generators.optimizer, model.critics.optimizer)
        ends.append(values([*(variable for part in parts for variable in part.variables), *model.state.values()]))
        assert int(model.iteration) == 2
    for uninterrupted, resumed in zip(*ends, strict=True):
        np.testing.assert_array_equal(uninterrupted, resumed)
