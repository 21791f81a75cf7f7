"""Inference networks: from an image to the noise that a generator may have drawn it from."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.recurrent import RecurrentGenerator

Draw = Callable[[tf.Tensor, tf.Tensor, int], tf.Tensor]
"""(mean [B, latent], log variance [B, latent], step) -> z_t [B, latent]."""


class Inference(NamedTuple):
    """The posterior q(z | x), independent Gaussians, and what the generator makes of a z drawn from it.

    mean, log_variance: float32 [T, B, latent].
    logits: float32 [B, H, W, C]; the pixels' means, in [0, 1], are their sigmoids.
    """

    mean: tf.Tensor
    log_variance: tf.Tensor
    logits: tf.Tensor


class Encoder(Composite, keras.Model):
    """An inference network for a `RecurrentGenerator`, which gives the posterior of all T steps at a time.

    Args:
      trunk: called as `trunk(images, training=)`, [B, H, W, C] -> float32 [B, 2 T latent].
      time_steps: T.
      latent: size of z_t.
    """

    def __init__(self, trunk: keras.layers.Layer, time_steps: int, latent: int):
        super().__init__(name="encoder")
        self.trunk = trunk
        self.time_steps = time_steps
        self.latent = latent

    def infer(self, generator: RecurrentGenerator, images: tf.Tensor, draw: Draw, training: bool = False) -> Inference:
        """For images [B, H, W, C] in [-1, 1], with z_t drawn by `draw`.

        A generator that draws C = tanh(dC_1 + ... + dC_T) has pixels (C + 1) / 2 = sigmoid(2 (dC_1 + ... + dC_T)).
        """
        parameters = tf.reshape(self.trunk(images, training=training), [-1, self.time_steps, 2, self.latent])
        mean, log_variance = tf.unstack(tf.transpose(parameters, [2, 1, 0, 3]))
        z = tf.stack([draw(mean[step], log_variance[step], step) for step in range(self.time_steps)])
        return Inference(mean, log_variance, 2.0 * tf.add_n(generator.increments(z, training)))

    def call(self, images, training: bool = False):
        return self.trunk(images, training=training)


def outputs(config: Config) -> int:
    """Units of an inference network's last layer: mean and log variance of every z_t."""
    return 2 * config.time_steps * config.latent


def assemble(config: Config, shape: tuple[int, ...], trunk: keras.layers.Layer) -> Encoder:
    """A built inference network around `trunk`. Raises `ValueError` for points and for `canvas="last"`."""
    if len(shape) != 3:
        raise ValueError(f"--objective={config.objective} is of pixels, the data has shape {tuple(shape)}; use a data "
                         "set of images")
    if config.canvas != "sum":
        raise ValueError(f"--canvas={config.canvas}: --objective={config.objective} needs the logits of pixels, which "
                         "are known of a sum of canvases; use --canvas=sum")
    encoder = Encoder(trunk, config.time_steps, config.latent)
    encoder(tf.zeros([1, *shape]))
    return encoder
