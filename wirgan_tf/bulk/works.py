"""What workers do with a shard: draw its samples, or look at its part of a data set."""

import dataclasses
import logging
import pathlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.bulk.shards import Shard
from wirgan_tf.config import Config
from wirgan_tf.evaluation import Activations, FeatureNetwork, feature_network, some_real_images
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE
from wirgan_tf.evaluation.statistics import Statistics
from wirgan_tf.exporting import ExportedGenerator

_BATCH = 256  # images held at a time


@dataclasses.dataclass(frozen=True)
class Looking:
    """The feature network that every worker loads: the arguments of `feature_network`, and the hash it must have."""

    name: str
    classifiers: pathlib.Path
    inception_path: str
    hash: str

    def open(self) -> FeatureNetwork:
        """Raises `ValueError` when a worker's network is another than the one the job began with."""
        network = feature_network(self.name, classifiers=self.classifiers, inception_path=self.inception_path)
        if network.hash != self.hash:
            raise ValueError(f"the feature network {self.name} of this worker has hash {network.hash[:12]}, not "
                             f"{self.hash[:12]}; give all workers the same")
        return network


@dataclasses.dataclass(frozen=True)
class Drawing:
    """Draws samples from an export, writes them, and looks at them when asked to.

    model: folder of the version.
    folder: of the job.
    format: a name in `FORMATS`.
    seed: of the first of `total` samples; each has a seed of its own, one more than the last.
    largest_shard: most samples of a shard.
    looking: who looks at them; None: nobody.
    real: statistics of the real images for the kernel distance; None: there is no comparison.
    """

    model: pathlib.Path
    folder: Folder
    format: str
    seed: int
    total: int
    largest_shard: int
    looking: Looking | None = None
    real: pathlib.Path | None = None

    def open(self, threads: int) -> Callable[[Shard], None]:
        _take_threads(threads)
        generator, writer = ExportedGenerator(self.model), FORMATS[self.format].writer
        network = self.looking and self.looking.open()
        real_blocks = Statistics.load(self.real)[0].blocks() if self.real else ()

        def do(shard: Shard) -> None:
            samples, seen = self.folder.partial(shard), []
            with writer(samples) as write:
                for first in range(shard.first, shard.first + shard.count, _BATCH):
                    seeds = self.seed + np.arange(first, min(first + _BATCH, shard.first + shard.count))
                    images = generator.images(seeds)
                    write(images, seeds)
                    if network:
                        seen.append(network(images))
            statistics = None
            if network:
                first_block = shard.number * -(-self.largest_shard // BLOCK_SIZE)
                statistics = Statistics.of(Activations.joined(seen), shard.first, self.total, real_blocks=real_blocks,
                                           first_block=first_block)
            self.folder.publish(shard, statistics, samples)

        return do


@dataclasses.dataclass(frozen=True)
class Gathering:
    """Looks at `total` images of a data set, those that `real_activations` would look at.

    config: with the data set.
    split: of it.
    folder: of the job.
    total: images.
    looking: who looks at them.
    """

    config: Config
    split: str
    folder: Folder
    total: int
    looking: Looking

    def open(self, threads: int) -> Callable[[Shard], None]:
        _take_threads(threads)
        source, network = data.load(self.config, self.split), self.looking.open()

        def do(shard: Shard) -> None:
            seen = [network(images) for images in some_real_images(source, shard.count, shard.first)]
            self.folder.publish(shard, Statistics.of(Activations.joined(seen), shard.first, self.total), None)

        return do


def _take_threads(count: int) -> None:
    """One for every operation, so that no sum's order depends on `count`; `count` operations at a time."""
    if count:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(count)
        for name in (None, "absl", "tensorflow"):
            logging.getLogger(name).setLevel(logging.ERROR)  # their notes on their own workings
