"""What every model has, whatever it is trained by, and what the rest of the package needs of it."""

from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.noise import ALGORITHM, Purpose, latents, stream_seed

Logs = dict[str, tf.Tensor]


class Model(keras.Model):
    """Trains a generator. One says how: `train_step`, `iteration`, `observed`, `estimates`.

    Noise is drawn for the whole batch and cut into the replicas' rows, so that it does not depend on how many devices
    share the work.

    Args:
      generator: z [T, B, latent] -> images [B, *shape], with `generate(z, training)`.
      noise: distribution of the z that training draws.
      seed: of all noise.
      average: the generator whose weights follow the trained one's, or None.

    critic: the generator's adversary, or None for a model without one.
    progress: the scalar of `train_step` that a progress bar shows.
    """

    critic: keras.Model | None = None
    progress: str

    def __init__(self, generator: keras.Model, *, noise: str, seed: int, average: GeneratorAverage | None, name: str):
        super().__init__(name=name)
        self.generator = generator
        self.training_noise = noise
        self.seed = seed
        self.average = average
        self.built = True

    @property
    def sampler(self) -> keras.Model:
        """The generator to sample from: the averaged one when there is one."""
        return self.generator if self.average is None else self.average.model

    def call(self, z, training: bool = False):
        return self.generator.generate(z, training)

    @property
    def parts(self) -> dict[str, Any]:
        """Networks and optimizers by name, each with `variables`: what a checkpoint holds, beside `state`."""
        parts = {"generator": self.generator}
        return parts if self.average is None else parts | {"average": self.average.model}

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What else is remembered between updates."""
        return {}

    @property
    def iteration(self) -> tf.Tensor:
        """Updates done or skipped, int64."""
        raise NotImplementedError

    @property
    def observed(self) -> list[keras.Variable]:
        """The variables whose histograms are shown."""
        raise NotImplementedError

    def train_step(self, data) -> Logs:
        """One update, given {"image": float32 [n_D, B, *shape]}; scalars of this replica."""
        raise NotImplementedError

    def estimates(self, images: tf.Tensor) -> Logs:
        """Scalars of images [B, *shape] at inference, to compare those it is trained on with those it is not."""
        raise NotImplementedError

    def diagnostics(self) -> Logs:
        """Scalars of the model as it stands."""
        return {}

    def _seed(self, update: tf.Tensor | int, purpose: Purpose) -> tf.Tensor:
        return stream_seed(self.seed, self.iteration, update, purpose)

    def _latents(self, update: tf.Tensor | int, purpose: Purpose, rows: tf.Tensor) -> tf.Tensor:
        """Noise [T, rows, latent], this replica's share."""
        shape = [self.generator.time_steps, rows * replicas.count(), self.generator.latent]
        return replicas.rows(latents(self._seed(update, purpose), shape, self.training_noise), axis=1)

    def _uniform(self, update: tf.Tensor | int, purpose: Purpose, shape: tf.Tensor) -> tf.Tensor:
        """U[0, 1) numbers of `shape` [B, ...], this replica's share."""
        shape = tf.tensor_scatter_nd_update(shape, [[0]], [shape[0] * replicas.count()])
        return replicas.rows(tf.random.stateless_uniform(shape, self._seed(update, purpose), alg=ALGORITHM))

    def _held_out_latents(self, rows: tf.Tensor) -> tf.Tensor:
        """Noise [T, rows, latent] for estimates, the same at every call."""
        seed = stream_seed(self.seed, tf.constant(0), tf.constant(0), Purpose.HELD_OUT_LATENT)
        return latents(seed, [self.generator.time_steps, rows, self.generator.latent], self.training_noise)
