"""Stateless noise: every number is a function of seeds, so that runs repeat, resume and spread over devices exactly."""

import enum
import math

import tensorflow as tf

from wirgan_tf.config import NOISES

ALGORITHM = "philox"  # left to itself, TensorFlow chooses by the device; under XLA its draws are others all the same


class Purpose(enum.IntEnum):
    """What a draw of training is for; each has a stream of its own."""

    CRITIC_LATENT = 0
    GENERATOR_LATENT = 1
    INTERPOLATION = 2
    HELD_OUT_LATENT = 3
    PERTURBATION = 4
    DROPOUT = 5
    POSTERIOR = 6
    CORRUPTION = 7


def stream_seed(seed: int, iteration: tf.Tensor, update: tf.Tensor, purpose: Purpose) -> tf.Tensor:
    """The seed, int32 [2], of one draw: of generator update `iteration` and, in it, of critic update `update`."""
    key = tf.constant([seed & 0x7FFFFFFF, seed >> 31], tf.int32)
    for part in (iteration, update, purpose):
        key = tf.random.fold_in(key, tf.cast(part, tf.int32), alg=ALGORITHM)
    return key


def latents(seed: tf.Tensor, shape, distribution: str) -> tf.Tensor:
    """Noise z ~ p(z)  (8), float32 of `shape`, from a seed of two integers.

    "truncated_normal", the paper's "standard normal in [-1, 1]", is N(0, 1) given that it falls in [-1, 1]: a uniform
    draw between the two bounds' probabilities, sent through the inverse of the normal distribution. "normal" is
    N(0, 1), "uniform" U(-1, 1).
    """
    if distribution == "normal":
        return tf.random.stateless_normal(shape, seed, alg=ALGORITHM)
    uniform = tf.random.stateless_uniform(shape, seed, minval=-1.0, maxval=1.0, alg=ALGORITHM)
    if distribution == "uniform":
        return uniform
    if distribution == "truncated_normal":
        bound = math.erf(1.0 / math.sqrt(2.0))  # probability of [-1, 1]
        return math.sqrt(2.0) * tf.math.erfinv(bound * uniform)
    raise ValueError(f"unknown noise {distribution!r}; the choices are: {', '.join(NOISES)}")


def row_latents(seeds: tf.Tensor, time_steps: int, latent: int, distribution: str) -> tf.Tensor:
    """Noise for sampling, where each image is a function of its own seed alone.

    Args:
      seeds: int64 [B], one for each image.
      time_steps: T.
      latent: size of z_t.
      distribution: as for `latents`.

    Returns: z, float32 [T, B, latent].
    """
    def one(seed):
        return latents(tf.stack([seed, tf.zeros_like(seed)]), [time_steps, latent], distribution)

    rows = tf.map_fn(one, tf.cast(seeds, tf.int64), fn_output_signature=tf.TensorSpec([time_steps, latent]))
    return tf.transpose(rows, [1, 0, 2])
