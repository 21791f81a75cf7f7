"""What workers do with a shard: draw its samples, or extract features of its part of a data set."""

import dataclasses
import functools
import logging
import pathlib
from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.bulk.shards import Shard
from wirgan_tf.data import DataSet
from wirgan_tf.entries import Spec
from wirgan_tf.evaluation import Activations, FeatureNetwork, feature_network, some_real_images
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.exporting import open_export
from wirgan_tf.models.asking import Turns

_BATCH = 256  # images held at a time

Conditions = Mapping[str, np.ndarray]
"""What samples are asked to be, by name, a row for each of them."""


@dataclasses.dataclass(frozen=True)
class FeatureExtraction:
    """The feature network that every worker loads: the arguments of `feature_network`, and the hash it must have."""

    name: str
    classifiers: pathlib.Path
    inception_path: str
    hash: str

    def open(self) -> FeatureNetwork:
        """Raises `ValueError` when a worker's network is not the one that the job began with."""
        network = feature_network(self.name, classifiers=self.classifiers, inception_path=self.inception_path)
        if network.hash != self.hash:
            raise ValueError(f"the feature network {self.name} of this worker has hash {network.hash[:12]}, not "
                             f"{self.hash[:12]}; give all workers the same")
        return network


@dataclasses.dataclass(frozen=True)
class ExampleConditions:
    """Conditions of examples of a data set, chosen by seed as `data.conditions_of` does.

    Each worker loads the data on first use. Converted to text, it says, for a manifest, how conditions are chosen.

    data: the data set.
    split: of it.
    names: of the conditions; or conditions by name, as in the metadata of an export.
    identity: of the splits of the data that the model was trained with, as far as they are known.
    """

    data: DataSet
    split: str
    names: tuple[str, ...] | Spec
    identity: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __call__(self, seeds: np.ndarray) -> Conditions:
        """Raises `ValueError` when the data set lacks a condition, or is not what the model was trained with."""
        return self._choose(seeds)

    @functools.cached_property
    def _choose(self) -> Callable[[np.ndarray], Conditions]:
        source = data.load(self.data, self.split)
        data.check_identity({self.split: source.identity}, self.identity, "the model")
        if data.lacking(source, self.names):
            raise ValueError(f"samples of this model depend on {', '.join(self.names)}, and {source.name!r} has "
                             f"{', '.join(source.spec)}; pass the conditions")
        return data.conditions_of(source, self.names)

    def __reduce__(self):
        return ExampleConditions, (self.data, self.split, self.names, dict(self.identity))  # without the data

    def __str__(self) -> str:
        return f"{', '.join(self.names)} of {self.split} examples"


@dataclasses.dataclass(frozen=True)
class AskedConditions:
    """Conditions that a user asked for, in turns; as text, what was asked for, and where the others come from.

    turns: of the samples.
    asked: in words, by condition.
    """

    turns: Turns
    asked: Mapping[str, str]

    def __call__(self, seeds: np.ndarray) -> Conditions:
        return self.turns(seeds)

    def __str__(self) -> str:
        words = [f"{name}={text}" for name, text in self.asked.items()]
        return "; ".join([*words, str(self.turns.others)] if self.turns.others else words)


@dataclasses.dataclass(frozen=True)
class SampleJob:
    """Draws samples from an export, writes them, and extracts their features when asked to.

    model: folder of the version.
    folder: of the job.
    format: a name in `FORMATS`.
    seed: of the first of `total` samples; each has a seed of its own, one more than the last.
    largest_shard: most samples of a shard.
    conditions: of a model that has some: seeds int64 [N] -> conditions, something that can be pickled, such as
      `ExampleConditions`; or arrays [total, ...] by name, a row for each sample.
    features: what is extracted; None: nothing.
    real: statistics of the real images for the kernel distance; None: there is no comparison.

    Raises: `ValueError` for arrays of other than `total` rows.
    """

    model: pathlib.Path
    folder: Folder
    format: str
    seed: int
    total: int
    largest_shard: int
    conditions: Callable[[np.ndarray], Conditions] | Conditions | None = None
    features: FeatureExtraction | None = None
    real: pathlib.Path | None = None

    def __post_init__(self):
        for name, rows in self.conditions.items() if isinstance(self.conditions, Mapping) else ():
            if len(rows) != self.total:
                raise ValueError(f"condition {name} has {len(rows)} rows; expected {self.total}, one for each sample")

    def open(self, threads: int) -> Callable[[Shard], None]:
        take_threads(threads)
        generator = open_export(self.model, None if self.conditions is None else self._conditions_of)
        writer = FORMATS[self.format].writer
        network = self.features and self.features.open()
        real_blocks = Statistics.load(self.real)[0].blocks() if self.real else ()

        def do(shard: Shard) -> None:
            samples, extracted = self.folder.partial(shard), []
            with writer(samples) as write:
                for first in range(shard.first, shard.first + shard.count, _BATCH):
                    seeds = self.seed + np.arange(first, min(first + _BATCH, shard.first + shard.count))
                    conditions = generator.conditions(seeds)
                    images = generator.images(seeds, conditions)
                    write(images, seeds, conditions)
                    if network:
                        extracted.append(network(images))
            statistics = None
            if network:
                first_block = shard.number * -(-self.largest_shard // BLOCK_SIZE)
                statistics = Statistics.of(Activations.joined(extracted), shard.first, self.total,
                                           real_blocks=real_blocks, first_block=first_block)
            self.folder.publish(shard, statistics, samples)

        return do

    def _conditions_of(self, seeds: np.ndarray) -> Conditions:
        if isinstance(self.conditions, Mapping):
            return {name: rows[seeds - self.seed] for name, rows in self.conditions.items()}
        return self.conditions(seeds)


@dataclasses.dataclass(frozen=True)
class StatisticsJob:
    """Extracts features of `total` images of a data set, those that `real_activations` would take.

    data: the data set.
    split: of it.
    folder: of the job.
    total: images.
    features: what is extracted.
    identity: of the split; "": any.
    """

    data: DataSet
    split: str
    folder: Folder
    total: int
    features: FeatureExtraction
    identity: str = ""

    def open(self, threads: int) -> Callable[[Shard], None]:
        take_threads(threads)
        source, network = data.load(self.data, self.split), self.features.open()
        if self.identity:
            data.check_identity({self.split: source.identity}, {self.split: self.identity}, "the job")

        real = data.distinct_images(source)

        def do(shard: Shard) -> None:
            extracted = [network(images) for images in some_real_images(real, shard.count, shard.first)]
            self.folder.publish(shard, Statistics.of(Activations.joined(extracted), shard.first, self.total), None)

        return do


def take_threads(count: int) -> None:
    """One thread for every operation, so that no sum's order depends on `count`; `count` operations at a time."""
    if count:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(count)
        for name in (None, "absl", "tensorflow"):
            logging.getLogger(name).setLevel(logging.ERROR)  # their notes on their own workings
