"""At T = 1 the models are WGAN-GP and WGAN as they are ordinarily written."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.small_batches import assert_same, batches, of_update
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.noise import Stream


class PlainWganGp:
    """WGAN-GP (Gulrajani et al. 2017) and WGAN written the ordinary way, without a recurrence."""

    def __init__(self, config, reference):
        first = keras.layers.Dense(2 * 2 * 4, use_bias=False)
        self.generator = keras.Sequential([
            keras.Input((4,)), first, keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU(),
            keras.layers.Reshape((2, 2, 4)),
            keras.layers.Conv2DTranspose(2, 5, 2, "same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh")])
        norms = [keras.layers.BatchNormalization()] if config.network.critic_normalization == "batch" else []
        self.critic = keras.Sequential([
            keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 5, 2, "same"), keras.layers.LeakyReLU(0.2),
            keras.layers.Conv2D(4, 5, 2, "same"), *norms, keras.layers.LeakyReLU(0.2), keras.layers.Flatten(),
            keras.layers.Dense(1)])
        decoder = reference.generator.decoder
        kernel = decoder.dense.kernel.numpy()
        np.testing.assert_array_equal(kernel.shape, (8, 16))  # [z ; h]: h = 0 never touches the second half
        first.kernel.assign(kernel[:4])
        self.generator.layers[4].set_weights(decoder.hidden[0].get_weights())
        self.generator.layers[7].set_weights(decoder.to_canvas.get_weights())
        for mine, theirs in zip(self.critic.trainable_variables, self.in_order(reference.critic), strict=True):
            mine.assign(theirs)

    @staticmethod
    def in_order(critic):
        norm = critic.norms[1].trainable_variables if critic.norms[1] else []
        return [*critic.convolutions[0].variables, *critic.convolutions[1].variables, *norm, *critic.to_score.variables]


@pytest.mark.parametrize("name", ["wgan_gp", "wgan"])
def test_one_time_step_is_plain_wgan(name, monkeypatch):
    """T = 1 is WGAN-GP and WGAN variable for variable: the same weights after three updates of both players."""
    config = Config(model=name, width=2, latent=4, batch_size=8, critic_updates=2, initializer="glorot",
                    **({"clip": 0.1} if name == "wgan" else {}))
    model = build_model(config, (8, 8, 1))
    plain = PlainWganGp(config, model)
    if name == "wgan":
        optimizers = [keras.optimizers.RMSprop(5e-5) for _ in range(2)]
    else:
        optimizers = [keras.optimizers.Adam(1e-4, 0.5, 0.9) for _ in range(2)]
    drawn = {}
    noise, uniform = Stream.noise, Stream.uniform

    def drawn_noise(self, *args):
        drawn["noise"] = noise(self, *args)
        return drawn["noise"]

    def drawn_uniform(self, *args):
        drawn["eps"] = uniform(self, *args)
        return drawn["eps"]

    monkeypatch.setattr(Stream, "noise", drawn_noise)
    monkeypatch.setattr(Stream, "uniform", drawn_uniform)
    for batch in batches(config, 3):
        for update in range(2):
            real = of_update(batch, update)
            model.update_critics(tf.constant(update, tf.int64), real)
            plain_critic_update(plain, real["image"], drawn["noise"]["z"][0], drawn.get("eps"), optimizers[0], config)
        model.update_generators(real, tf.constant(0.5))
        with tf.GradientTape() as tape:
            fake = plain.generator(drawn["noise"]["z"][0], training=True)
            loss = -tf.reduce_mean(plain.critic(fake, training=True))
        optimizers[1].apply(tape.gradient(loss, plain.generator.trainable_variables),
                            plain.generator.trainable_variables)
    decoder = model.generator.decoder
    assert_same([decoder.dense.kernel[:4], decoder.to_canvas.kernel, *decoder.hidden[0].variables],
                [plain.generator.layers[0].kernel, plain.generator.layers[7].kernel,
                 *plain.generator.layers[4].variables], rtol=1e-3, atol=2e-6)
    assert_same(PlainWganGp.in_order(model.critic), plain.critic.trainable_variables, rtol=1e-3, atol=2e-6)
    assert_same([decoder.norms[0].moving_mean[0], decoder.norms[1].moving_variance[0]],
                [plain.generator.layers[1].moving_mean, plain.generator.layers[5].moving_variance],
                rtol=1e-3, atol=1e-5)


def plain_critic_update(plain, real, z, eps, optimizer, config):
    fake = plain.generator(z, training=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(plain.critic(fake, training=True)) - tf.reduce_mean(plain.critic(real, training=True))
        if config.penalty.name == "gp":
            mixed = eps[:, None, None, None] * real + (1 - eps[:, None, None, None]) * fake
            with tf.GradientTape() as inner:
                inner.watch(mixed)
                scores = plain.critic(mixed, training=True)
            gradient = inner.gradient(scores, mixed)
            loss += 10 * tf.reduce_mean((tf.norm(tf.reshape(gradient, [8, -1]), axis=1) - 1) ** 2)
    optimizer.apply(tape.gradient(loss, plain.critic.trainable_variables), plain.critic.trainable_variables)
    if config.penalty.name == "clipping":
        for variable in plain.critic.trainable_variables:
            variable.assign(tf.clip_by_value(variable, -config.penalty.clip, config.penalty.clip))
