"""What several modes share: the run or export a request names, and the feature network it measures by."""

import dataclasses
import logging
import pathlib
from typing import Any

import keras

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.config import Config
from wirgan_tf.exporting import export_generator
from wirgan_tf.models import LIKELIHOODS, Model
from wirgan_tf.models.scoring import Scorer
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory


def given(folder: str, mode: str, expected: str) -> pathlib.Path:
    if not folder:
        raise ValueError(f"--mode={mode} needs {expected}")
    return pathlib.Path(folder)


def restored(request: Request) -> tuple[Config, Model]:
    config = request.run_config()
    set_precision(config)
    run = RunDirectory(pathlib.Path(request.run_dir))
    return config, loop.restore_model(config, run, request.checkpoint)


def export_version(model: Model, config: Config, run: RunDirectory, base: pathlib.Path,
                   version: int = 0) -> pathlib.Path:
    """Exports the model of a run, with the run's measures of it, as `version` below `base` or as the next."""
    iteration = int(model.iteration)
    return export_generator(model.sampler, config, base, version=version, iteration=iteration,
                            measures=evaluation.latest(run.metrics_file, iteration))


def set_precision(config: Config) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")


def check_measures(request: Request, config: Config | None = None) -> None:
    """Before any work: a wrong name, or a measure that a model of `config` cannot have, should not cost a run."""
    for name in request.measures():
        measure = evaluation.MEASURES[name]
        if measure.instrument == "critic" and config is not None and config.objective in LIKELIHOODS:
            raise ValueError(f"the measure {name} needs a critic, which --objective={config.objective} trains none of; "
                             "leave it out of --metrics")


def instruments(request: Request, source: data.Source) -> evaluation.Instruments:
    """Who measures images like those of `source`: all but the critic, which belongs to a run."""
    classifiers = None
    if "classifiers" in {evaluation.MEASURES[name].instrument for name in request.measures()}:
        classifiers = tuple(evaluation.load_classifier(source.name, request.classifiers, seed=seed)
                            for seed in evaluation.SEEDS)
    return evaluation.Instruments(feature_network(request, source.name), classifiers)


def export_config(request: Request, metadata: dict[str, Any]) -> Config:
    """A config of the data set that an export imitates, which is where the request says."""
    shape = metadata["shape"]
    return Config(dataset=metadata["dataset"], data_dir=request.given.get("data_dir", ""),
                  image_size=shape[0] if len(shape) == 3 else 0)


def with_critic(looking: evaluation.Instruments, model: Model) -> evaluation.Instruments:
    """`looking` and the critic of `model`, if it has one."""
    return looking if model.critic is None else dataclasses.replace(looking, critic=Scorer(model.critic))


def feature_network(request: Request, dataset: str = "") -> evaluation.FeatureNetwork:
    """The network asked for, or the data set's classifier when it has been trained, or else the pixels."""
    if request.features:
        return evaluation.feature_network(request.features, classifiers=request.classifiers,
                                          inception_path=request.inception_path)
    try:
        return evaluation.feature_network(f"classifier:{dataset}", classifiers=request.classifiers)
    except FileNotFoundError:
        logging.info("measuring by pixels; for better features: --mode=train_classifier --dataset=%s", dataset)
        return evaluation.feature_network("pixels")
