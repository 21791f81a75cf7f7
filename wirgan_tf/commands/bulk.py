"""--mode=bulk_sample and --mode=bulk_statistics: work for several processes or machines."""

import dataclasses
import importlib.util
import logging
import pathlib
import types
from typing import Any, NamedTuple

from wirgan_tf import __version__, data, evaluation
from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.bulk.shards import Shard, cut
from wirgan_tf.bulk.works import Drawing, Gathering, Looking
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import export_config, feature_network, given
from wirgan_tf.evaluation.statistics import Statistics, checked_measures, measured
from wirgan_tf.exporting import find_export
from wirgan_tf.files import saved_model_hash

_FEWEST = 20  # images to measure
_SMALLEST_SHARD = 64


class Comparison(NamedTuple):
    """Who looks at samples, what they are compared with, and the fields of `Result` that say both."""

    looking: Looking
    real: Statistics | None
    about: dict[str, Any]


def bulk_sample(request: Request) -> None:
    """Draws any number of samples from an export into files, and measures them on the way when asked to."""
    _check_beam(request)
    model, metadata = find_export(given(request.model_dir, "bulk_sample", "--model_dir of an exported generator"))
    if not request.num_samples:
        raise ValueError("--mode=bulk_sample needs --num_samples")
    kind = FORMATS[request.format]
    if len(metadata["shape"]) != 3 and not kind.of_points:
        raise ValueError(f"--format={request.format} is for images, and {model} draws points; use --format=tfrecord")
    seed, total, shards = request.given.get("seed", 0), request.num_samples, _shards(request, request.num_samples)
    job = {"mode": request.mode, "code_version": __version__, "model_version": model.name,
           "model_hash": saved_model_hash(model), "iteration": metadata.get("iteration"), "seed": seed,
           "num_samples": total, "format": request.format, "shard_samples": request.shard_samples}
    comparison = _comparison(request, metadata) if request.metrics else None
    if comparison:
        job |= {"measures": request.measures(), **comparison.about}
    folder = Folder(_output(request), kind.suffix)
    manifest = folder.begin(job)
    if manifest is None:
        work = Drawing(model.resolve(), folder, request.format, seed, total, request.shard_samples)
        if comparison:
            real = _save_real(comparison, folder)
            work = dataclasses.replace(work, looking=comparison.looking,
                                       real=real if "kid" in request.measures() else None)
        _run(request, work, folder, shards)
        manifest = folder.finish(shards, _results(folder, shards, comparison, job) if comparison else [])
    print(f"{total} samples of the seeds {seed} to {seed + total - 1} in {folder.path}")
    if manifest["results"]:
        print(evaluation.table([evaluation.Result(**fields) for fields in manifest["results"]]))


def bulk_statistics(request: Request) -> None:
    """Gathers the statistics of a data set that the measures of --mode=bulk_sample compare samples with."""
    _check_beam(request)
    config = request.config()
    source = data.load(config, request.split)
    total = request.num_samples or source.size
    if not _FEWEST <= total <= source.size:
        raise ValueError(f"--num_samples={total}: the {request.split} split of {source.name} has {source.size} images; "
                         f"take {_FEWEST} to {source.size} of them, or 0 for all")
    network = feature_network(request, source.name)
    about = _about(evaluation.Instruments(network), source, request.split, total)
    folder, shards = Folder(_output(request), None), _shards(request, total)
    job = {"mode": request.mode, "code_version": __version__, "shard_samples": request.shard_samples, **about}
    if folder.begin(job) is None:
        _run(request, Gathering(config, request.split, folder, total, _looking(request, network)), folder, shards)
        folder.combined(shards).save(folder.statistics, about)
        folder.finish(shards)
    print(f"statistics of {total} {request.split} images of {source.name} by {network.name}: {folder.statistics}")


def _check_beam(request: Request) -> None:
    if importlib.util.find_spec("apache_beam") is None:
        raise ValueError(f"--mode={request.mode} needs apache-beam: pip install 'wirgan-tf[beam]'")


def _shards(request: Request, total: int) -> list[Shard]:
    if request.shard_samples < _SMALLEST_SHARD:
        raise ValueError(f"--shard_samples={request.shard_samples}: must be at least {_SMALLEST_SHARD}")
    return cut(total, request.shard_samples)


def _output(request: Request) -> pathlib.Path:
    path = pathlib.Path(request.output).resolve()
    if path.suffix in (".png", ".npz"):
        raise ValueError(f"--output={request.output}: --mode={request.mode} writes a folder; name one")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"--output={request.output}: the folder {path.parent} does not exist")
    return path


def _comparison(request: Request, metadata: dict[str, Any]) -> Comparison:
    """With the statistics in a file, or of the data set's images, or with nothing when no measure compares."""
    checked_measures(request.measures())
    if request.num_samples < _FEWEST:
        raise ValueError(f"--num_samples={request.num_samples}: to measure takes at least {_FEWEST}")
    if len(metadata["shape"]) != 3:
        raise ValueError("the measures are of images, and this model draws points; leave out --metrics")
    if request.statistics:
        real, about = Statistics.load(pathlib.Path(request.statistics))
        network = feature_network(dataclasses.replace(request, features=request.features or about["features"]))
        if network.hash != about["features_hash"]:
            raise ValueError(f"--statistics={request.statistics} is by {about['features']} of hash "
                             f"{about['features_hash'][:12]}, and {network.name} of {network.hash[:12]} was asked for; "
                             "use one for both")
        return Comparison(_looking(request, network), real, about)
    config = export_config(request, metadata)
    network = feature_network(request, config.dataset)
    if request.measures() == ["is"]:
        about = evaluation.Instruments(network).told("network") | {"dataset": config.dataset}
        return Comparison(_looking(request, network), None, about)
    source = data.load(config, request.split)
    count = min(request.num_samples, source.size)
    about = _about(evaluation.Instruments(network), source, request.split, count)
    seen = evaluation.real_activations(network, source, request.split, count)
    return Comparison(_looking(request, network), Statistics.of(seen, 0, count), about)


def _about(instruments: evaluation.Instruments, source: data.Source, split: str, count: int) -> dict[str, Any]:
    instruments.check(source, {"network"})
    return {"dataset": source.name, "split": split, "num_real": count, **instruments.told("network")}


def _looking(request: Request, network: evaluation.FeatureNetwork) -> Looking:
    return Looking(network.name, pathlib.Path(request.classifiers).expanduser().resolve(), request.inception_path,
                   network.hash)


def _save_real(comparison: Comparison, folder: Folder) -> pathlib.Path | None:
    if comparison.real is None:
        return None
    path = folder.path / "real_statistics.npz"
    comparison.real.save(path, comparison.about)
    return path


def _run(request: Request, work: Drawing | Gathering, folder: Folder, shards: list[Shard]) -> None:
    pipeline = _pipeline()
    done = folder.done(shards)
    if done:
        logging.info("%d of %d shards are done already", len(done), len(shards))
    left = [shard for shard in shards if shard not in done]
    total = sum(shard.count for shard in shards)
    with pipeline.progress(lambda: sum(shard.count for shard in folder.done(shards)), total):
        if left:
            pipeline.run(work, left, pipeline.Engine(request.runner, request.workers, request.beam_options))
    missing = len(shards) - len(folder.done(shards))
    if missing:
        raise OSError(f"the pipeline has ended, but {missing} of {len(shards)} shards are not in {folder.path}; do all "
                      "workers write to this folder?")


def _pipeline() -> types.ModuleType:
    """`bulk.pipeline`, whose imports are an extra, without Apache Beam's notes on the packages of clouds."""
    logging.disable(logging.WARNING)
    try:
        from wirgan_tf.bulk import pipeline
    finally:
        logging.disable(logging.NOTSET)
    return pipeline


def _results(folder: Folder, shards: list[Shard], comparison: Comparison, job: dict[str, Any]) -> list[dict[str, Any]]:
    """The results, as fields of `Result`; the statistics that they are of are kept."""
    fake = folder.combined(shards)
    fake.save(folder.statistics, job)
    told = comparison.about | {name: job[name] for name in ("num_samples", "seed", "iteration")}
    results = [evaluation.Result(**(told | fields)) for fields in measured(job["measures"], fake, comparison.real)]
    return [dataclasses.asdict(result) for result in results]
