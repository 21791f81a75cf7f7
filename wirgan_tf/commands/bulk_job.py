"""What the modes for several processes or machines share: their folder, their shards, and their workers."""

import dataclasses
import importlib.util
import logging
import os
import pathlib
import types
from typing import Any

from wirgan_tf import data, evaluation
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.jobs import FeatureExtraction, SampleJob, StatisticsJob
from wirgan_tf.bulk.shards import Shard, cut
from wirgan_tf.bulk.translation import TranslationJob
from wirgan_tf.commands.common import required_path
from wirgan_tf.commands.measuring import FeatureNetworks
from wirgan_tf.commands.mode import Mode
from wirgan_tf.parts import setting

FEWEST_MEASURED = 20  # images


@dataclasses.dataclass(frozen=True)
class Sharded(Mode):
    """How a job is cut, and what does it."""

    output: str = setting("", "folder of the job, which is continued if it exists; must be given", path=True)
    shard_samples: int = setting(4096, "most images in a shard, which is done whole or not at all", at_least=64)
    workers: int = setting(2, "processes on this machine", at_least=1)
    runner: str = setting("DirectRunner", "Apache Beam's runner; DirectRunner: this machine's processes")
    beam_options: tuple[str, ...] = setting((), "a further option of Apache Beam, as in --beam_option=parallelism=8; "
                                            "may be given several times", flag="beam_option")

    def require_beam(self) -> None:
        """Raises `ValueError` when Apache Beam is not installed."""
        if importlib.util.find_spec("apache_beam") is None:
            raise ValueError(f"--mode={self.name} needs apache-beam: pip install 'wirgan-tf[beam]'")

    def folder(self, suffix: str | None) -> Folder:
        """The job's folder. Raises for a name that cannot be one."""
        path = required_path(self, "output", "a folder to write to").resolve()
        if path.suffix in (".png", ".npz"):
            raise ValueError(f"--output={self.output}: --mode={self.name} writes a folder; name one")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"--output={self.output}: the folder {path.parent} does not exist")
        return Folder(path, suffix)

    def shards(self, total: int) -> list[Shard]:
        return cut(total, self.shard_samples)

    def carry_out(self, job: SampleJob | StatisticsJob | TranslationJob, folder: Folder, shards: list[Shard]) -> None:
        """Does those of `shards` that are left. Raises `OSError` when one of them is missing in the end."""
        pipeline = _pipeline()
        done = folder.done(shards)
        if done:
            logging.info("%d of %d shards are done already", len(done), len(shards))
        left = [shard for shard in shards if shard not in done]
        total = sum(shard.count for shard in shards)
        with pipeline.progress(lambda: sum(shard.count for shard in folder.done(shards)), total):
            if left:
                pipeline.run(job, left, pipeline.Engine(self.runner, self.workers, self.beam_options))
        missing = len(shards) - len(folder.done(shards))
        if missing:
            raise OSError(f"the pipeline has ended, but {missing} of {len(shards)} shards are not in {folder.path}; do "
                          "all workers write to this folder?")


@dataclasses.dataclass(frozen=True)
class BulkJob(Sharded, FeatureNetworks):
    """A job that also looks at real images."""

    split: str = setting("test", "real images that are looked at", choices=("test", "train"))

    def extraction(self, network: evaluation.FeatureNetwork) -> FeatureExtraction:
        """How every worker loads `network`."""
        classifiers = pathlib.Path(os.path.expanduser(self.classifiers)).resolve()
        return FeatureExtraction(network.name, classifiers, self.inception_path, network.hash)


def described(instruments: evaluation.Instruments, source: data.Source, split: str, count: int) -> dict[str, Any]:
    """Fields of `Result` that say which real images were looked at, and by which network."""
    instruments.check(source, {"network"})
    return {"dataset": source.name, "split": split, "num_real": count, **instruments.described("network")}


def _pipeline() -> types.ModuleType:
    """`bulk.pipeline`, whose imports are an extra, without Apache Beam's notes on cloud packages."""
    logging.disable(logging.WARNING)
    try:
        from wirgan_tf.bulk import pipeline
    finally:
        logging.disable(logging.NOTSET)
    return pipeline
