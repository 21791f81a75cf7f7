"""--mode=bulk_statistics."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from wirgan_tf import __version__, data, evaluation
from wirgan_tf.bulk.jobs import StatisticsJob
from wirgan_tf.commands.bulk_job import FEWEST_MEASURED, BulkJob, described
from wirgan_tf.config import Config
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class BulkStatistics(BulkJob):
    """Gathers the statistics of a data set with which the measures of --mode=bulk_sample compare samples."""

    num_samples: int = setting(0, "images to look at; 0: all of the split", at_least=0)

    axes = ("dataset",)

    def run(self) -> None:
        self.require_beam()
        config = Config(**self.changes)
        config.check_used(self.changes)
        dataset = config.data
        source = data.load(dataset, self.split)
        size = data.distinct_images(source).size
        total = self.num_samples or size
        if not FEWEST_MEASURED <= total <= size:
            raise ValueError(f"num_samples={total}: the {self.split} split of {source.name} has {size} images; "
                             f"take {FEWEST_MEASURED} to {size} of them, or 0 for all")
        network = self.feature_network(evaluation.Judged.of(source, {self.split: source.identity}))
        about = described(evaluation.Instruments(network), source, self.split, total)
        folder, shards = self.folder(suffix=None), self.shards(total)
        about["data_identity"] = source.identity
        job = {"mode": self.name, "code_version": __version__, "shard_samples": self.shard_samples, **about}
        if folder.begin(job) is None:
            extraction = self.extraction(network)
            self.carry_out(StatisticsJob(dataset, self.split, folder, total, extraction,
                                         source.identity), folder, shards)
            folder.combined(shards).save(folder.statistics, about)
            folder.finish(shards)
        print(f"statistics of {total} {self.split} images of {source.name} by {network.name}: {folder.statistics}")

    @classmethod
    def configs(cls, run_dir: str, changes: Mapping[str, Any]) -> list[Config]:
        return [Config(**changes)]
