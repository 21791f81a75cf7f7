"""InfoGAN: its terms by hand, what they train, and codes as they are asked for."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.infogan import CATEGORY, CODES, HEAD
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks.normalization import StepBatchNormalization
from wirgan_tf.networks.passes import TRAINING

SHAPE, ROWS = (8, 8, 1), 6
SMALL = {"width": 2, "latent": 3, "batch_size": ROWS, "categories": 3, "initializer": "glorot",
         "critic_initializer": "glorot"}


@pytest.fixture(scope="module")
def model():
    return build_model(Config(model="infogan", **SMALL), SHAPE)


def codes():
    continuous = np.linspace(-1, 1, 2 * ROWS).reshape(ROWS, 2)
    return {CATEGORY: tf.one_hot([0, 1, 2, 0, 1, 2], 3), CODES: tf.constant(continuous, tf.float32)}


def test_the_terms_by_hand(model, monkeypatch):
    """Even logits: log 3. Means of 0: half the mean of the codes' squared lengths."""
    head = model.critics.networks[HEAD]
    monkeypatch.setattr(type(head), "__call__", lambda self, features, run: (tf.zeros([ROWS, 3]), tf.zeros([ROWS, 2])))
    terms = model._information(tf.zeros([ROWS, 4]), codes(), TRAINING)
    squares = np.square(np.linspace(-1, 1, 2 * ROWS)).reshape(ROWS, 2).sum(axis=1)
    assert float(terms[CATEGORY]) == pytest.approx(np.log(3.0), rel=1e-6)
    assert float(terms[CODES]) == pytest.approx(0.1 * squares.mean() / 2.0, rel=1e-6)


def test_information_trains_trunk_head_and_generator(model):
    """Gradients of the information terms alone."""
    real = {"image": tf.constant(np.random.RandomState(0).uniform(-1, 1, [ROWS, *SHAPE]), tf.float32)}
    noise = {"z": tf.random.stateless_uniform([1, ROWS, 3], [0, 1]), **codes()}
    with tf.GradientTape(persistent=True) as tape:
        fake = model.draw(model.trained_generators, noise, {}, TRAINING)
        scores = model.generator_scores(real, fake)
        terms = model.generator_terms(real, fake, noise, scores, model._stream(0))
        information = terms[CATEGORY] + terms[CODES]
    head = model.critics.networks[HEAD]
    for part in (model.critic.convolutions[0], head, model.generator):
        gradients = tape.gradient(information, part.trainable_variables)
        moved = [gradient is not None and np.abs(gradient).max() > 0 for gradient in gradients]
        assert moved.count(True) >= len(moved) - 1  # a bias before normalisation has no gradient
    assert tape.gradient(information, model.critic.to_score.trainable_variables) == [None, None]


@pytest.mark.parametrize("synchronized", [True, False])
def test_the_head_is_normalised_over_devices_as_the_rest(synchronized):
    model = build_model(Config(model="infogan", sync_batch_norm=synchronized, **SMALL), SHAPE)
    normalizations = [layer for network in model.critics.networks.values() for layer in network._flatten_layers()
                      if isinstance(layer, StepBatchNormalization)]
    assert [layer.synchronized for layer in normalizations] == [synchronized] * len(normalizations)
    assert any(layer in normalizations for layer in getattr(model, HEAD)._flatten_layers())


def test_both_losses_have_the_terms(model):
    logs = model.train_step({"image": tf.zeros([1, ROWS, *SHAPE])})
    assert {f"{player}/{name}" for player in ("critic", "generator") for name in (CATEGORY, CODES)} <= set(logs)


def test_codes_may_be_asked_for(model):
    sampler, seeds = Sampler(model), row_seeds(0, 5)
    drawn = sampler.conditions(seeds)
    assert drawn[CATEGORY].shape == (5,)
    assert drawn[CODES].shape == (5, 2)
    np.testing.assert_array_equal(sampler.images(seeds), sampler.images(seeds, drawn))
    other = drawn | {CATEGORY: (drawn[CATEGORY] + 1) % 3}
    assert np.abs(sampler.images(seeds) - sampler.images(seeds, other)).max() > 1e-5
    with pytest.raises(ValueError, match="conditions category were passed, expected category, codes"):
        sampler.images(seeds, {CATEGORY: drawn[CATEGORY]})


def test_codes_that_are_chosen_replace_drawn_ones(model):
    """As a bulk job chooses them; what is not chosen is drawn."""
    sampler = Sampler(model, lambda seeds: {CATEGORY: np.full(len(seeds), 2)})
    found, drawn = sampler.conditions(row_seeds(0, 20)), Sampler(model).conditions(row_seeds(0, 20))
    assert found[CATEGORY].tolist() == [2] * 20
    assert len(set(drawn[CATEGORY].tolist())) == 3
    np.testing.assert_array_equal(found[CODES], drawn[CODES])


def test_categories_are_as_likely(model):
    counts = np.bincount(Sampler(model).conditions(row_seeds(0, 3000))[CATEGORY], minlength=3)
    np.testing.assert_allclose(counts / 3000, 1 / 3, atol=4 * np.sqrt(2 / 9 / 3000))


def test_a_model_without_codes_is_refused():
    with pytest.raises(ValueError, match="leave no code; use family=adversarial"):
        Config(model="infogan", categories=0, continuous_codes=0)
