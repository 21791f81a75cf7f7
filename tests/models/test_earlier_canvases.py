import numpy as np
import pytest
import tensorflow as tf

from tests.models.small_batches import assert_same, batches
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.earlier_canvases import EarlierCanvases
from wirgan_tf.networks.passes import INFERENCE, TRAINING
from wirgan_tf.noise import Purpose

SMALL = Config(width=2, latent=4, batch_size=8, critic_updates=2, time_steps=3, seed=5, earlier_canvases=0.5)
ROWS = {"image": tf.zeros([400, 8, 8, 1])}


def test_canvases_are_chosen_by_their_chances():
    """s = 0.5, T = 3: U[0, 1/4) is the first canvas, [1/4, 1/2) the second, the rest the last; noise is 2 U - 1."""
    canvases = tf.constant([[0.0, 1.0, 2.0, 3.0, 4.0], [10.0, 11.0, 12.0, 13.0, 14.0], [20.0, 21.0, 22.0, 23.0, 24.0]])
    noise = tf.constant([[-1.0], [-0.51], [-0.49], [0.01], [0.99]])
    chosen = EarlierCanvases(0.5).chosen(canvases, noise, tf.constant(0, tf.int64))
    assert chosen.numpy().tolist() == [0.0, 1.0, 12.0, 23.0, 24.0]


@pytest.mark.parametrize(("iteration", "share"), [(0, 0.4), (5, 0.2), (10, 0.0), (11, 0.0)])
def test_the_share_falls_to_0(iteration, share):
    iteration = tf.constant(iteration, tf.int64)
    assert float(EarlierCanvases(0.4, until=10).share_at(iteration)) == pytest.approx(share)
    assert float(EarlierCanvases(0.4).share_at(iteration)) == pytest.approx(0.4)


def generated(model, run):
    entries = model.training_noise if run.training else model.noise
    noise = model._stream(0).noise(Purpose.CRITIC_LATENT, entries, tf.constant(400))
    return model.generate(ROWS, {}, noise, run)


def test_in_training_alone_samples_are_earlier_canvases():
    model = build_model(SMALL, (8, 8, 1))
    drawn = generated(model, TRAINING)
    shares = [np.mean([np.array_equal(image, canvas) for image, canvas in zip(drawn["image"], canvases, strict=True)])
              for canvases in drawn["canvases"]]
    assert sum(shares) == 1.0
    np.testing.assert_allclose(shares, [0.25, 0.25, 0.5], atol=0.07)  # about three deviations of 400 draws
    drawn = generated(model, INFERENCE)
    assert_same([drawn["image"]], [drawn["canvases"][-1]], rtol=0)


def test_with_no_share_left_the_noise_and_the_update_are_the_plain_ones():
    model, plain = (build_model(SMALL.replace(**changes), (8, 8, 1)) for changes in (
        {"earlier_canvases_until": 1}, {"earlier_canvases": 0.0}))
    for built in (model, plain):
        built.generators.optimizer.iterations.assign(1)
        built.train_step(batches(SMALL)[0])
    assert_same(model.critic.trainable_variables, plain.critic.trainable_variables, rtol=0)
    assert_same(model.generator.trainable_variables, plain.generator.trainable_variables, rtol=0)


@pytest.mark.parametrize(("changes", "name", "reason"), [
    ({"time_steps": 1}, "earlier_canvases", "with time_steps=1 there is no earlier canvas"),
    ({"earlier_canvases": 0.0}, "earlier_canvases_until", "with earlier_canvases=0 no share falls"),
])
def test_what_has_no_effect_says_why(changes, name, reason):
    assert SMALL.replace(**changes).unused()[name] == reason
