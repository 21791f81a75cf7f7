"""--mode=bulk_sample."""

import dataclasses
import pathlib
from typing import Any, NamedTuple

import numpy as np

from wirgan_tf import __version__, data, evaluation
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.bulk.jobs import AskedConditions, ExampleConditions, FeatureExtraction, SampleJob
from wirgan_tf.bulk.shards import Shard
from wirgan_tf.commands.asking import Asking
from wirgan_tf.commands.bulk_job import FEWEST_MEASURED, BulkJob, described
from wirgan_tf.commands.common import Drawing, OneExport, RealData, exported_config, loaded, sample_seed_setting
from wirgan_tf.commands.measuring import Measuring
from wirgan_tf.evaluation.statistics import Statistics, checked_measures, measured
from wirgan_tf.exporting import data_conditions, exported_conditions
from wirgan_tf.files import saved_model_hash
from wirgan_tf.models.asking import Turns
from wirgan_tf.parts import Assembly, setting, setting_fields


class Comparison(NamedTuple):
    """How features are extracted, what they are compared with, and the fields of `Result` that say both."""

    features: FeatureExtraction
    real: Statistics | None
    about: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class BulkSample(OneExport, Drawing, Asking, BulkJob, Measuring, RealData):
    """Draws any number of samples from an export into files, and measures them on the way when asked to."""

    num_samples: int = setting(0, "images to draw; must be given", at_least=0)
    sample_seed: int = sample_seed_setting(0)
    format: str = setting("tfrecord", "how samples are written", choices=tuple(FORMATS))
    metrics: str = setting("", "measures, separated by commas: fid, kid, is; default: none")
    statistics: str = setting("", "statistics.npz of --mode=bulk_statistics to measure against; default: those of the "
                              "data set's --split are found first", path=True)

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        if self.metrics:
            return super().unused(config)
        return super().unused(config) | dict.fromkeys(_OF_MEASURING, "without metrics nothing is measured")

    def run(self) -> None:
        self.require_beam()
        model, metadata = self.found_export()
        if not self.num_samples:
            raise ValueError(f"--mode={self.name} needs --num_samples")
        _check_data_used(self, metadata)
        kind = FORMATS[self.format]
        if len(metadata["shape"]) != 3 and not kind.of_points:
            raise ValueError(f"format={self.format} is for images, and {model} draws points; use --format=tfrecord")
        shards = self.shards(self.num_samples)
        job = self._described(model, metadata)
        comparison = _comparison(self, metadata) if self.metrics else None
        if comparison:
            job |= {"measures": self.measures, **comparison.about}
        folder = self.folder(kind.suffix)
        if conditions := self._conditions(metadata):
            conditions(np.array([self.sample_seed]))  # what is missing is reported before anything is written
        manifest = folder.begin(job)
        if manifest is None:
            self.carry_out(self._job(model, metadata, folder, comparison), folder, shards)
            manifest = folder.finish(shards, _results(folder, shards, comparison, job) if comparison else [])
        print(f"{self.num_samples} samples of the seeds {self.sample_seed} to "
              f"{self.sample_seed + self.num_samples - 1} in {folder.path}")
        if manifest["results"]:
            print(evaluation.table([evaluation.Result(**fields) for fields in manifest["results"]]))

    def _described(self, model: pathlib.Path, metadata: dict[str, Any]) -> dict[str, Any]:
        """What two jobs must have in common to be the same."""
        conditions, seed = self._conditions(metadata), metadata.get("config", {}).get("seed")
        return {"mode": self.name, "code_version": __version__, "model_version": model.name,
                "model_hash": saved_model_hash(model), "iteration": metadata.get("iteration"),
                "seed": self.sample_seed, "num_samples": self.num_samples, "format": self.format,
                "shard_samples": self.shard_samples, **({"conditions": str(conditions)} if conditions else {}),
                **({} if seed is None else {"training_seed": seed})}

    def _conditions(self, metadata: dict[str, Any]) -> AskedConditions | ExampleConditions | None:
        """Conditions as asked for, or else those of examples of the data set that the model imitates; None: none."""
        rows, left = self.rows(exported_conditions(metadata)), self.left(data_conditions(metadata))
        of_examples = None
        if left:
            of_examples = ExampleConditions(exported_config(metadata, self.data_dir).data, self.split, left,
                                            metadata.get("data_identity", {}))
        return AskedConditions(Turns(rows, self.sample_seed, of_examples), self.asked) if rows else of_examples

    def _job(self, model: pathlib.Path, metadata: dict[str, Any], folder: Folder,
             comparison: Comparison | None) -> SampleJob:
        job = SampleJob(model.resolve(), folder, self.format, self.sample_seed, self.num_samples, self.shard_samples,
                        conditions=self._conditions(metadata))
        if comparison is None:
            return job
        real = _save_real(comparison, folder)
        return dataclasses.replace(job, features=comparison.features, real=real if "kid" in self.measures else None)


_OF_MEASURING = ("features", "classifiers", "inception_path", "statistics")


def _check_data_used(command: BulkSample, metadata: dict[str, Any]) -> None:
    """Raises `ValueError` when real data was named, and neither conditions nor measures use it."""
    compared = command.metrics and not command.statistics and command.measures != ["is"]
    if command.left(data_conditions(metadata)) or compared:
        return
    for name in ("split", "data_dir"):
        if getattr(command, name) != setting_fields(command)[name].default:
            raise ValueError(f"{name} has no effect: this job needs no real images; leave it out")


def _comparison(command: BulkSample, metadata: dict[str, Any]) -> Comparison:
    """The comparison with statistics in a file, or of the data set's images, or with nothing if no measure compares."""
    checked_measures(command.measures)
    if command.num_samples < FEWEST_MEASURED:
        raise ValueError(f"num_samples={command.num_samples}: to measure takes at least {FEWEST_MEASURED}")
    if len(metadata["shape"]) != 3:
        raise ValueError("the measures are of images, and this model draws points; leave out --metrics")
    if command.statistics:
        return _with_file(command, metadata)
    config = exported_config(metadata, command.data_dir)
    identity = metadata.get("data_identity", {})
    network = command.feature_network(evaluation.Judged(config.data.source_name, tuple(metadata["shape"]),
                                                        identity=identity))
    command.check_network(network, config.data.source_name)
    instruments = evaluation.Instruments(network)
    if command.measures == ["is"]:
        about = instruments.described("network") | {"dataset": config.data.source_name}
        return Comparison(command.extraction(network), None, about)
    source = loaded(config.replace(validation_share=0.0), command.split, identity, "the model")
    real = data.distinct_images(source)
    count = min(command.num_samples, real.size)
    about = described(instruments, source, command.split, count)
    activations = evaluation.real_activations(network, real, command.split, count)
    return Comparison(command.extraction(network), Statistics.of(activations, 0, count), about)


def _with_file(command: BulkSample, metadata: dict[str, Any]) -> Comparison:
    real, about = Statistics.load(pathlib.Path(command.statistics))
    name = metadata["dataset"]
    imitated = exported_config(metadata, "").data.source_name if name in data.DATASETS else name
    if about["dataset"] != imitated:
        raise ValueError(f"--statistics={command.statistics} is of {about['dataset']}, and the model imitates "
                         f"{imitated}; use statistics of its own data")
    if identity := about.pop("data_identity", ""):  # files of earlier versions have none
        data.check_identity({about["split"]: identity}, metadata.get("data_identity", {}), "the model")
    network = dataclasses.replace(command, features=command.features or about["features"]).named_network()
    command.check_network(network, imitated)
    if network.hash != about["features_hash"]:
        raise ValueError(f"--statistics={command.statistics} is by {about['features']} of hash "
                         f"{about['features_hash'][:12]}, and {network.name} of {network.hash[:12]} was asked for; "
                         "use one for both")
    return Comparison(command.extraction(network), real, about)


def _save_real(comparison: Comparison, folder: Folder) -> pathlib.Path | None:
    if comparison.real is None:
        return None
    path = folder.path / "real_statistics.npz"
    comparison.real.save(path, comparison.about)
    return path


def _results(folder: Folder, shards: list[Shard], comparison: Comparison, job: dict[str, Any]) -> list[dict[str, Any]]:
    """The results, as fields of `Result`; the statistics that they are computed from are kept."""
    fake = folder.combined(shards)
    fake.save(folder.statistics, job)
    about = comparison.about | {name: job[name] for name in ("num_samples", "seed", "iteration")}
    about |= {"conditions": job.get("conditions", ""), "training_seed": job.get("training_seed")}
    results = [evaluation.Result(**(about | fields)) for fields in measured(job["measures"], fake, comparison.real)]
    return [dataclasses.asdict(result) for result in results]
