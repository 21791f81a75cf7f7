"""bfloat16 computation: what stays float32, and how near its losses and gradients are to float32's."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.networks.passes import INFERENCE, TRAINING
from wirgan_tf.objectives.penalties import input_gradients


def built(mixed_precision, name="gp_wirgan", **changes):
    model = build_model(Config(model=name, latent=4, mixed_precision=mixed_precision, **changes), (8, 8, 1))
    assert keras.config.dtype_policy().name == "float32"  # for whatever is built next
    return model


def images(seed, rows=16):
    return tf.tanh(tf.random.stateless_normal([rows, 8, 8, 1], [0, seed]))


def gradients_of(model, scale=1.0):
    """Of the critic's loss times `scale`, on images that do not depend on the model, as one vector."""
    real, fake = images(0), images(1)
    mixing = types.SimpleNamespace(uniform=lambda purpose, shape: tf.fill(shape, 0.3))
    with tf.GradientTape() as tape:
        penalty = model.penalty.loss(model.critic, real, fake, mixing)
        scores = model.critic_scores({"image": real}, {"image": fake}, TRAINING)["critic"]
        loss = scale * (model.objective.critic_loss(scores) + penalty)
    return np.concatenate([np.ravel(gradient) for gradient in tape.gradient(loss, model.critic.trainable_variables)])


@pytest.mark.parametrize("name", ["gp_wirgan", "wirgan"])
def test_variables_losses_and_images_stay_float32(name):
    model = built(True, name, width=2, batch_size=4)
    batch = {"image": tf.stack([images(update, 4) for update in range(model.critic_updates)])}
    logs = tf.function(model.train_step)(batch)
    assert model.critic.convolutions[0].compute_dtype == "bfloat16"
    assert {variable.dtype for variable in model.generator.variables + model.critic.variables} == {"float32"}
    assert model({"z": tf.zeros([3, 2, 4])}).dtype == tf.float32
    assert all(value.dtype == tf.float32 and np.isfinite(float(value)) for value in logs.values())


@pytest.mark.parametrize(("name", "shape", "changes"), [
    ("cgan", (8, 8, 1), {}), ("sim_gp_wirgan", (2,), {"time_steps": 1}), ("draw", (8, 8, 1), {"time_steps": 2}),
    ("ebgan", (32, 32, 1), {}), ("began", (32, 32, 1), {}), ("began_skip", (32, 32, 1), {}),
])
def test_models_whose_networks_compute_partly_in_float32(name, shape, changes):
    config = Config(model=name, width=4, batch_size=4, mixed_precision=True, **changes)
    spec = {"image": Entry(shape), "label": Entry((), tf.int64, ("a", "b"))}
    model = build_model(config, spec)
    updates = getattr(model, "critic_updates", 1)
    batch = {"image": tf.tanh(tf.random.stateless_normal([updates, 4, *shape], [0, 1])),
             "label": tf.constant([[0, 1, 1, 0]] * updates, tf.int64)}
    logs = tf.function(model.train_step)(batch)
    assert all(np.isfinite(float(value)) for value in logs.values())
    noise = {key: tf.zeros([*entry.shape[:-1], 2, entry.shape[-1]]) for key, entry in model.noise.items()}
    asked = {"label": tf.constant([0, 1], tf.int64)} if model.conditions else {}
    drawn = model.draw(model.trained_generators, noise, asked, INFERENCE)
    assert drawn["image"].dtype == tf.float32


def test_slopes_and_gradients_are_float32s_to_bfloat16s_precision():
    """8 bits: the norms that the penalty compares with 1, and the direction that the critic is moved in."""
    models = [built(mixed, width=8, critic_initializer="he") for mixed in (False, True)]
    exact, rough = (np.linalg.norm(np.reshape(input_gradients(model.critic, images(0)), [16, -1]), axis=1)
                    for model in models)
    np.testing.assert_allclose(rough, exact, rtol=0.03)
    assert np.any(rough != exact)
    exact, rough = map(gradients_of, models)
    assert np.dot(rough, exact) > 0.99 * np.linalg.norm(rough) * np.linalg.norm(exact)
    assert np.linalg.norm(rough) == pytest.approx(np.linalg.norm(exact), rel=0.1)


def test_no_loss_has_to_be_scaled():
    """bfloat16 has float32's exponents: gradients 1e-12 as large do not vanish, as those of float16 would."""
    model = built(True, width=8, critic_initializer="he")
    np.testing.assert_allclose(gradients_of(model, scale=2.0**-40) * 2.0**40, gradients_of(model), rtol=1e-6)
