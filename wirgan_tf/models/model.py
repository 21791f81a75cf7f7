"""What every model has, however it is trained, and what the rest of the package needs of it."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import Noise, Purpose, Stream

Logs = dict[str, tf.Tensor]


class Model(keras.Model):
    """Trains one generator or several. A subclass says how: `train_step`, `iteration`, `estimates`.

    Args:
      generators: networks that draw, by name; each becomes an attribute of that name.
      seed: the seed of all noise.
      average: the networks whose weights follow those of the trained ones, or None.
      data_conditions: the entries of the data that a sample depends on besides its noise.
      codes: entries that a sample may be asked for though the data does not have them: they are noise in training,
        under the same names.
      frozen_generators: further networks that draw and are not trained, by name.

    critic: the generator's adversary, or None for a model without one.
    progress: the scalar of `train_step` that a progress bar shows.
    """

    critic: keras.Model | None = None
    progress: str

    def __init__(self, generators: Mapping[str, keras.Model], *, seed: int, average: GeneratorAverage | None,
                 data_conditions: Spec | None = None, codes: Spec | None = None,
                 frozen_generators: Mapping[str, keras.Model] | None = None, name: str):
        super().__init__(name=name)
        for attribute, network in generators.items():
            setattr(self, attribute, network)
        self._generator_names = tuple(generators)
        self.seed = seed
        self.average = average
        self.data_conditions = dict(data_conditions or {})
        self.codes = dict(codes or {})
        self.frozen_generators = dict(frozen_generators or {})
        self.built = True

    @property
    def conditions(self) -> dict[str, Entry]:
        """What a sample may be asked for: the conditions of the data, and codes."""
        return {**self.data_conditions, **self.codes}

    @property
    def judged_conditions(self) -> dict[str, Entry]:
        """The conditions that the scores of `critic` depend on."""
        return self.data_conditions

    def noise_of(self, conditions: Mapping[str, tf.Tensor]) -> Batch:
        """The entries of noise that codes among `conditions` stand for: a class is a one-hot vector."""
        return {name: tf.one_hot(conditions[name], len(entry.names)) if entry.dtype.is_integer else conditions[name]
                for name, entry in self.codes.items()}

    @property
    def trained_generators(self) -> dict[str, keras.Model]:
        """The networks that draw, as they are trained."""
        return {name: getattr(self, name) for name in self._generator_names}

    @property
    def sampled_generators(self) -> dict[str, keras.Model]:
        """The networks to sample from: the averaged ones when there are any."""
        return self.trained_generators if self.average is None else self.average.networks

    @property
    def noise(self) -> dict[str, Noise]:
        """What samples are drawn from besides their conditions, by entry."""
        return self.generator.noise

    @property
    def training_noise(self) -> dict[str, Noise]:
        """What samples are drawn from in training."""
        return self.noise

    def draw(self, networks: Mapping[str, keras.Model], noise: Batch, conditions: Batch,
             run: Pass = INFERENCE) -> Batch:
        """Samples drawn by `networks`, which are the trained generators or their averages.

        Args:
          networks: by name.
          noise: by entry, in the shapes of `Noise.batch_shape`.
          conditions: those of the data by name, [B, ...].
          run: how the networks are called.

        Returns: see `Generator.draw`.
        """
        del conditions
        return networks["generator"].draw(noise, run)

    def call(self, noise: Batch, run: Pass = INFERENCE):
        """Images [B, *shape] of noise, by the trained generators of a model without conditions."""
        return self.draw(self.trained_generators, noise, {}, run)["image"]

    @property
    def parts(self) -> dict[str, Any]:
        """Networks and optimizers by name, each with `variables`: what a checkpoint holds, besides `state`."""
        averages = {} if self.average is None else self.average.networks
        return (self.trained_generators | {f"average_{name}": network for name, network in averages.items()}
                | {f"frozen_{name}": network for name, network in self.frozen_generators.items()})

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What else is remembered between updates."""
        return {}

    @property
    def iteration(self) -> tf.Tensor:
        """Updates done or skipped, int64."""
        raise NotImplementedError

    def train_step(self, data) -> Logs:
        """One update, given {"image": float32 [n_D, B, *shape], ...}; scalars of this replica."""
        raise NotImplementedError

    def examples_of(self, data) -> Batch:
        """The batches of examples that `train_step` got. Raises `ValueError` for data without named entries."""
        if not isinstance(data, Mapping) or "image" not in data:
            raise ValueError(f"train_step got {type(data).__name__}: expected batches {{\"image\": [n_D, B, ...]}}, "
                             "which wirgan_tf.data.training_batches makes of a source, as of ArraySource")
        return dict(data)

    def estimates(self, batch: Batch) -> Logs:
        """Scalars of a batch at inference, to compare data that the model is trained on with data that it is not."""
        raise NotImplementedError

    def diagnostics(self) -> Logs:
        """Scalars of the model as it stands."""
        return {}

    def _stream(self, update: tf.Tensor | int) -> Stream:
        """The random numbers of critic update `update` in this generator update."""
        return Stream(self.seed, self.iteration, update)

    def _held_out_noise(self, entries: dict[str, Noise], rows: tf.Tensor) -> Batch:
        """Noise for estimates, the same at every call."""
        return Stream(self.seed, tf.constant(0), tf.constant(0)).noise(Purpose.HELD_OUT_LATENT, entries, rows)

    def _conditions_of(self, batch: Mapping[str, tf.Tensor]) -> Batch:
        """The conditions of the samples that are drawn for a batch of examples, as their entries say."""
        values = {name: batch[entry.entry or name] for name, entry in self.data_conditions.items()}
        return {name: replicas.next_rows(value) if self.data_conditions[name].of_next else value
                for name, value in values.items()}


def codes_of(noise: Mapping[str, tf.Tensor], codes: Spec) -> Batch:
    """The codes that entries of `noise` stand for: a class for a one-hot vector."""
    return {name: tf.argmax(noise[name], axis=-1) if entry.dtype.is_integer else noise[name]
            for name, entry in codes.items()}
