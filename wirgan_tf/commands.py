"""What the command line can do, a function for each mode."""

import functools
import logging
import pathlib
from collections.abc import Callable, Sequence

import keras

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.config import Config
from wirgan_tf.data import DATASETS
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, PENALTIES
from wirgan_tf.outputs import checked_output, write_canvases, write_images
from wirgan_tf.presets import PRESETS
from wirgan_tf.registry import Registry
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory

_SAMPLES, _EVALUATED = 100, 1_000
_FEWEST = 10  # held-out images that a training run is measured by
_BRIEF_SEED = 1_000_000  # of the samples that training is judged by; the pictures show those of seed 0


def train(request: Request) -> None:
    """Trains a run, or goes on with it; at the end exports its generator and evaluates it briefly."""
    config = request.config()
    _check_measures(request)
    run = RunDirectory(request.run_path(config))
    _set_precision(config)
    measure = _measurement(request, data.load(config, "test"), run)
    model = loop.train(config, run, evaluate=measure and functools.partial(_distance, measure))
    if model is None:
        print(f"stopped and saved; go on with: {request.resume_command(run.path)}")
        return
    folder = export_generator(model.sampler, config, run.export)
    print(f"pictures in {run.samples}, generator exported to {folder}")
    if measure:
        results = measure(Sampler(model.sampler, config.noise), int(model.iteration), request.measures())
        print(evaluation.table(results))


def evaluate(request: Request) -> None:
    """Measures a run's or an export's samples against held-out data."""
    _check_measures(request)
    seed, count = request.given.get("seed", _BRIEF_SEED), request.num_samples or _EVALUATED
    if request.run_dir:
        config, model = _restored(request)
        images, iteration = Sampler(model.sampler, config.noise).images(row_seeds(seed, count)), int(model.iteration)
    else:
        folder = _given(request.model_dir, "evaluate", "--run_dir of a run or --model_dir of an exported generator")
        exported = ExportedGenerator(folder)
        config = Config(dataset=exported.dataset, data_dir=request.given.get("data_dir", ""),
                        image_size=exported.shape[0] if len(exported.shape) == 3 else 0)
        images, iteration = exported.images(seed, count), None
    held_out = data.load(config, "test")
    results = evaluation.evaluate_samples(
        images, held_out, _feature_network(request, held_out.name), split="test", seed=seed, iteration=iteration,
        measures=request.measures())
    if request.run_dir:
        evaluation.append(results, RunDirectory(pathlib.Path(request.run_dir)).metrics_file)
    print(evaluation.table(results))


def train_classifier(request: Request) -> None:
    """Trains the classifier of a data set, whose features and classes the measures use."""
    config = request.config()
    if config.seed:
        raise ValueError(f"--seed={config.seed}: the measures use the classifier of seed 0; leave --seed out")
    classifier = evaluation.train_classifier(data.load(config, "train"), data.load(config, "test"))
    path = classifier.save(request.classifiers)
    print(f"{classifier.name}: {classifier.accuracy:.2%} of the test images right, saved as {path}")


def sample(request: Request) -> None:
    """Draws images from a run or from an export."""
    seed, count = request.given.get("seed", 0), request.num_samples or _SAMPLES
    seeds, output = row_seeds(seed, count), checked_output(request.output)
    if request.run_dir:
        config, model = _restored(request)
        sampler = Sampler(model.sampler, config.noise)
        if request.canvases:
            write_canvases(sampler.canvases(seeds), seeds, output)
        else:
            write_images(sampler.images(seeds), seeds, output)
    elif request.canvases:
        raise ValueError("--canvases needs --run_dir of a run; an export draws the images alone")
    else:
        folder = _given(request.model_dir, "sample", "--run_dir of a run or --model_dir of an exported generator")
        write_images(ExportedGenerator(folder).images(seed, count), seeds, output)
    print(f"{count} samples written to {request.output}")


def export(request: Request) -> None:
    """Exports a run's generator as the next version of a model."""
    run = _given(request.run_dir, "export", "--run_dir of a run")
    config, model = _restored(request)
    base = pathlib.Path(request.model_base or f"export/models/{run.resolve().name}")
    print(f"generator exported to {export_generator(model.sampler, config, base)}")


def list_choices(request: Request) -> None:
    """Prints every name that a flag can take."""
    del request
    for registry in (COMMANDS, PRESETS, DATASETS, NETWORKS, OBJECTIVES, PENALTIES, evaluation.MEASURES,
                     evaluation.FEATURE_NETWORKS):
        print(f"{registry.kind}: {', '.join(registry)}")


COMMANDS = Registry("mode", {"train": train, "evaluate": evaluate, "train_classifier": train_classifier,
                             "sample": sample, "export": export, "list": list_choices})


def _given(folder: str, mode: str, expected: str) -> pathlib.Path:
    if not folder:
        raise ValueError(f"--mode={mode} needs {expected}")
    return pathlib.Path(folder)


def _restored(request: Request) -> tuple[Config, loop.AdversarialModel]:
    config = request.run_config()
    _set_precision(config)
    run = RunDirectory(pathlib.Path(request.run_dir))
    return config, loop.restore_model(config, run, best=request.checkpoint == "best")


def _check_measures(request: Request) -> None:
    """Before any work: a wrong name should not cost a training run."""
    for name in request.measures():
        evaluation.MEASURES[name]


def _set_precision(config: Config) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")


def _feature_network(request: Request, dataset: str) -> evaluation.FeatureNetwork:
    """The network asked for, or the data set's classifier when it has been trained, or else the pixels."""
    if request.features:
        return evaluation.feature_network(request.features, classifiers=request.classifiers,
                                          inception_path=request.inception_path)
    try:
        return evaluation.feature_network(f"classifier:{dataset}", classifiers=request.classifiers)
    except FileNotFoundError:
        logging.info("measuring by pixels; for better features: --mode=train_classifier --dataset=%s", dataset)
        return evaluation.feature_network("pixels")


Measurement = Callable[[Sampler, int, Sequence[str]], list[evaluation.Result]]


def _measurement(request: Request, held_out: data.Source, run: RunDirectory) -> Measurement | None:
    """How a run in training is measured; None for points, which have no features, and for too few images."""
    if len(held_out.shape) != 3:
        return None
    if held_out.size < _FEWEST:
        logging.info("not measuring: %d test images, at least %d are needed", held_out.size, _FEWEST)
        return None
    network = _feature_network(request, held_out.name)

    def measure(sampler: Sampler, iteration: int, measures: Sequence[str]) -> list[evaluation.Result]:
        images = sampler.images(row_seeds(_BRIEF_SEED, min(_EVALUATED, held_out.size)))
        results = evaluation.evaluate_samples(images, held_out, network, split="test", seed=_BRIEF_SEED,
                                              iteration=iteration, measures=measures)
        evaluation.append(results, run.metrics_file)
        return results

    return measure


def _distance(measure: Measurement, sampler: Sampler, iteration: int) -> tuple[str, float]:
    """The Fréchet distance, by which the best checkpoint is kept."""
    result, = measure(sampler, iteration, ["fid"])
    return result.name, result.value
