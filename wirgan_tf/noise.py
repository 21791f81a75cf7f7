"""Stateless noise: every number is a function of seeds, so that runs repeat, resume and spread over devices exactly."""

import enum
import math
from typing import NamedTuple

import tensorflow as tf

from wirgan_tf import replicas

DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")
ALGORITHM = "philox"  # by default TensorFlow chooses by the device; under XLA its draws differ all the same
LARGEST_SEED = 2**62


class Noise(NamedTuple):
    """An entry of the noise that a generator draws from.

    A batch of it has the shape [*shape[:-1], B, shape[-1]]: the axis of samples comes before the last, so that noise
    of the shape (T, latent), a vector for each time step, is [T, B, latent], and a single vector [B, k].

    shape: of one sample.
    distribution: one of `DISTRIBUTIONS`; or "categorical", one of k equally likely classes, as a one-hot vector; or
      "mask_seed", two uniform numbers whose bits are the seed of dropout's masks.
    askable: whether a sample may be asked for with a value of it, as with InfoGAN's codes.
    """

    shape: tuple[int, ...]
    distribution: str
    askable: bool = False

    @property
    def is_scaled(self) -> bool:
        """Whether truncation scales it."""
        return not self.askable and self.distribution != "mask_seed"

    def batch_shape(self, rows) -> list:
        """Shape of `rows` samples."""
        return [*self.shape[:-1], rows, self.shape[-1]]


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
    POOL = 8


def stream_seed(seed: int, iteration: tf.Tensor, update: tf.Tensor, purpose: Purpose) -> tf.Tensor:
    """The seed, int32 [2], of one draw: in generator update `iteration` and, within it, critic update `update`."""
    key = tf.constant([seed & 0x7FFFFFFF, seed >> 31], tf.int32)
    for part in (iteration, update, purpose):
        key = tf.random.fold_in(key, tf.cast(part, tf.int32), alg=ALGORITHM)
    return key


class Stream:
    """The random numbers of one update: drawn for the whole batch, and cut into the replicas' rows.

    They do not depend on how many devices share the work.

    Args:
      seed: of the run.
      iteration: generator updates done.
      update: number of the critic update in this one.
    """

    def __init__(self, seed: int, iteration: tf.Tensor | int, update: tf.Tensor | int):
        self._seed, self._iteration, self._update = seed, iteration, update

    def key(self, purpose: Purpose) -> tf.Tensor:
        """The seed, int32 [2], of the draws for `purpose`."""
        return stream_seed(self._seed, self._iteration, self._update, purpose)

    def uniform(self, purpose: Purpose, shape: tf.Tensor) -> tf.Tensor:
        """U[0, 1) numbers of `shape` [B, ...], this replica's share; different ones for each purpose."""
        shape = tf.tensor_scatter_nd_update(shape, [[0]], [shape[0] * replicas.count()])
        return replicas.rows(tf.random.stateless_uniform(shape, self.key(purpose), alg=ALGORITHM))

    def noise(self, purpose: Purpose, entries: dict[str, Noise], rows: tf.Tensor) -> dict[str, tf.Tensor]:
        """Noise for `rows` samples of this replica, by entry."""
        return {name: replicas.rows(latents(key, entry.batch_shape(rows * replicas.count()), entry.distribution),
                                    axis=len(entry.shape) - 1)
                for (name, entry), key in zip(entries.items(), _keys(self.key(purpose), len(entries)), strict=True)}


def latents(seed: tf.Tensor, shape, distribution: str) -> tf.Tensor:
    """Noise z ~ p(z)  (8), float32 of `shape`, from a seed of two integers.

    "truncated_normal", the paper's "standard normal in [-1, 1]", is N(0, 1) given that it falls in [-1, 1]: a uniform
    draw between the two bounds' probabilities, sent through the inverse normal distribution function. "normal" is
    N(0, 1), "uniform" and "mask_seed" U(-1, 1), "categorical" a one-hot vector along the last axis.
    """
    if distribution == "normal":
        return tf.random.stateless_normal(shape, seed, alg=ALGORITHM)
    if distribution == "categorical":
        *rows, classes = shape
        return tf.one_hot(tf.random.stateless_uniform(rows, seed, 0, classes, tf.int32, alg=ALGORITHM), classes)
    uniform = tf.random.stateless_uniform(shape, seed, minval=-1.0, maxval=1.0, alg=ALGORITHM)
    if distribution in ("uniform", "mask_seed"):
        return uniform
    if distribution == "truncated_normal":
        bound = math.erf(1.0 / math.sqrt(2.0))  # probability of [-1, 1]
        return math.sqrt(2.0) * tf.math.erfinv(bound * uniform)
    raise ValueError(f"unknown noise {distribution!r}; the choices are: {', '.join(DISTRIBUTIONS)}")


def row_noise(seeds: tf.Tensor, entries: dict[str, Noise]) -> dict[str, tf.Tensor]:
    """Noise for sampling, by entry, where each sample is a function of its own seed alone.

    Args:
      seeds: int64 [B], one for each sample.
      entries: what to draw; see `Noise` for the shapes of the result.
    """
    if not entries:
        return {}

    def one(seed):
        keys = _keys(tf.stack([seed, tf.zeros_like(seed)]), len(entries))
        return {name: latents(key, entry.shape, entry.distribution)
                for (name, entry), key in zip(entries.items(), keys, strict=True)}

    signature = {name: tf.TensorSpec(entry.shape) for name, entry in entries.items()}
    drawn = tf.map_fn(one, tf.cast(seeds, tf.int64), fn_output_signature=signature)
    return {name: batch_second_last(rows) for name, rows in drawn.items()}


def truncated(noise: dict[str, tf.Tensor], entries: dict[str, Noise], truncation: tf.Tensor) -> dict[str, tf.Tensor]:
    """Noise scaled towards 0 by a factor for each sample, float32 [B]; what may be asked for stays as it is."""
    return {name: truncation[:, tf.newaxis] * noise[name] if entry.is_scaled else noise[name]
            for name, entry in entries.items()}


def check_seed(seed: int, name: str = "seed", count: int = 1) -> None:
    """Raises `ValueError` for a seed that 64 bits cannot hold with room for the `count` seeds counted from it."""
    if not abs(seed) < LARGEST_SEED or not seed + count - 1 < LARGEST_SEED:
        raise ValueError(f"{name}={seed}: must be between -2^62 and 2^62"
                         + (f", and so must be the {count} seeds from it on" if count > 1 else ""))


def _keys(key: tf.Tensor, count: int) -> list[tf.Tensor]:
    """A key for each of `count` draws; the first is `key` itself."""
    return [tf.random.fold_in(key, tf.constant(number, key.dtype), alg=ALGORITHM) if number else key
            for number in range(count)]


def batch_second_last(rows: tf.Tensor) -> tf.Tensor:
    """[B, ..., k] -> [..., B, k]."""
    rank = rows.shape.rank
    return tf.transpose(rows, [*range(1, rank - 1), 0, rank - 1]) if rank > 2 else rows


def batch_first(noise: tf.Tensor) -> tf.Tensor:
    """[..., B, k] -> [B, ..., k]."""
    rank = noise.shape.rank
    return tf.transpose(noise, [rank - 2, *range(rank - 2), rank - 1]) if rank > 2 else noise
