"""Inference networks: from an image to the noise from which a generator may have drawn it."""

import abc
from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf

from wirgan_tf.networks.generator import Generator
from wirgan_tf.networks.layers import Composite
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.recurrent import RecurrentGenerator

Draw = Callable[[tf.Tensor, tf.Tensor, int], tf.Tensor]
"""(mean [B, latent], log variance [B, latent], step) -> z_t [B, latent]."""


class Inference(NamedTuple):
    """The posterior q(z | x), independent Gaussians, and what the generator draws from a sample z of it.

    mean, log_variance: float32 [T, B, latent].
    logits: float32 [B, H, W, C]; the pixels' means, in [0, 1], are their sigmoids.
    """

    mean: tf.Tensor
    log_variance: tf.Tensor
    logits: tf.Tensor


class Encoder(Composite, keras.Model, abc.ABC):
    """An inference network."""

    @abc.abstractmethod
    def infer(self, generator: Generator, images: tf.Tensor, draw: Draw, run: Pass = INFERENCE) -> Inference:
        """For images [B, H, W, C] in [-1, 1], with z_t drawn by `draw`."""


class PosteriorEncoder(Encoder):
    """An inference network for a `RecurrentGenerator`, which gives the posterior of all T steps at once.

    Args:
      trunk: called as `trunk(images, run=)`, [B, H, W, C] -> float32 [B, 2 T latent].
      time_steps: T.
      latent: size of z_t.
    """

    def __init__(self, trunk: keras.layers.Layer, time_steps: int, latent: int):
        super().__init__(name="encoder")
        self.trunk = trunk
        self.time_steps = time_steps
        self.latent = latent

    def infer(self, generator: RecurrentGenerator, images: tf.Tensor, draw: Draw, run: Pass = INFERENCE) -> Inference:
        """For images [B, H, W, C] in [-1, 1], with z_t drawn by `draw`.

        A generator that draws C = tanh(dC_1 + ... + dC_T) has pixels (C + 1) / 2 = sigmoid(2 (dC_1 + ... + dC_T)).
        """
        parameters = tf.reshape(self.trunk(images, run=run), [-1, self.time_steps, 2, self.latent])
        mean, log_variance = tf.unstack(tf.transpose(parameters, [2, 1, 0, 3]))
        z = tf.stack([draw(mean[step], log_variance[step], step) for step in range(self.time_steps)])
        return Inference(mean, log_variance, 2.0 * tf.add_n(generator.unroll(z, run)))

    def call(self, images, run: Pass = INFERENCE):
        return self.trunk(images, run=run)


def outputs(settings) -> int:
    """Units of an inference network's last layer: mean and log variance of every z_t."""
    return 2 * settings.time_steps * settings.latent


def assemble(settings, shape: tuple[int, ...], trunk: keras.layers.Layer) -> PosteriorEncoder:
    """A built inference network around `trunk`. Raises `ValueError` for points and for `canvas="last"`."""
    if len(shape) != 3:
        raise ValueError(f"a likelihood is of pixels, the data has shape {tuple(shape)}; use a data set of images")
    if settings.canvas != "sum":
        raise ValueError(f"canvas={settings.canvas}: a likelihood needs the logits of pixels, which are known of a sum "
                         "of canvases; use canvas=sum")
    encoder = PosteriorEncoder(trunk, settings.time_steps, settings.latent)
    encoder(tf.zeros([1, *shape]))
    return encoder
