"""--mode=train."""

import dataclasses
import functools
import logging
import pathlib
import shlex
from collections.abc import Mapping

import tensorflow as tf

from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import (
    BRIEF_SAMPLES,
    REPORT_SEED,
    SELECTION_SEED,
    Measuring,
    export_version,
    keep,
    with_critic,
)
from wirgan_tf.commands.initial_weights import initialize
from wirgan_tf.config import AXES, Config
from wirgan_tf.models import Model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.parts import setting, setting_fields
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.stages import first_stage, lacks_first_stage
from wirgan_tf.training.strategies import InterruptedRunError, Workers, build_strategy

_FEWEST = 10  # held-out images that a training run is measured by


@dataclasses.dataclass(frozen=True)
class Train(Measuring):
    """Trains a run, or goes on with it; at the end measures its generator briefly and exports it."""

    run_dir: str = setting("", "folder of the run, which is gone on with if it is there; default: "
                           "runs/<dataset>_<model>_t<time_steps>", path=True)
    strategy: str = setting("auto", "devices: one, all GPUs of this machine (mirrored), or those of all workers in "
                            "TF_CONFIG; auto: the most that there are",
                            choices=("auto", "one", "mirrored", "multi_worker"))

    axes = ("dataset", *AXES)
    takes_run = True

    def run(self) -> None:
        self.train(self.config())

    def train(self, config: Config, splits: data.Splits | None = None) -> Model | None:
        """The trained model, or None when it was stopped. Of several workers the chief does all but the training alone.

        Args:
          config: of the run.
          splits: of its data; those of `config.data` when None.
        """
        self.check_measures(config)
        strategy = build_strategy(self.strategy)
        workers = Workers(strategy)
        run = RunDirectory(self.run_path(config))
        with workers.noticing_loss():
            model = None
            if lacking := workers.any(workers.is_chief and lacks_first_stage(config, run)):
                model = self._train_stage(*first_stage(config, run), splits, strategy, workers, whole=(config, run))
            if not lacking or model is not None:
                model = self._train_stage(config, run, splits, strategy, workers, whole=(config, run))
            workers.meet()
        if workers.several and model is None:
            raise InterruptedRunError("stopped and saved; start all workers again to go on")
        return model

    def _train_stage(self, config: Config, run: RunDirectory, splits: data.Splits | None,
                     strategy: tf.distribute.Strategy, workers: Workers,
                     whole: tuple[Config, RunDirectory]) -> Model | None:
        """Trains `run`, which is all of the `whole` or its first stage."""
        if not workers.is_chief:
            return loop.train(config, run, splits=splits, strategy=strategy)
        return _train_and_measure(self, config, run, splits, strategy, whole)

    def config(self) -> Config:
        """The run's own config if it has begun, or else the model's preset, with every change on top.

        Raises: `ValueError` for values that cannot work, and for changes that would have no effect.
        """
        config = _config(self.run_dir, self.changes)
        config.check_used(self.changes)
        return config

    def run_path(self, config: Config) -> pathlib.Path:
        """The run's folder."""
        return pathlib.Path(self.run_dir or f"runs/{config.dataset}_{config.model}_t{config.network.time_steps}")

    def resume_command(self, path: pathlib.Path) -> str:
        """The command that goes on with the run in `path`, measuring as this one does."""
        flags = {"run_dir": str(path)}
        flags |= {name: getattr(self, name) for name, field in setting_fields(self).items()
                  if name not in ("run_dir", "debug") and getattr(self, name) != field.default}
        return shlex.join(["python", "-m", "wirgan_tf.main", *(f"--{name}={value}" for name, value in flags.items())])

    @classmethod
    def configs(cls, run_dir: str, parts: Mapping[str, str]) -> list[Config]:
        return [_config(run_dir, parts)]


def _config(run_dir: str, changes: Mapping) -> Config:
    stored = pathlib.Path(run_dir) / "config.json"
    if run_dir and stored.is_file() and "model" not in changes:
        return Config.load(stored).replace(**changes)
    return Config(**changes)


def _train_and_measure(command: Train, config: Config, run: RunDirectory, own: data.Splits | None,
                       strategy: tf.distribute.Strategy, whole: tuple[Config, RunDirectory]) -> Model | None:
    """The model at the end of its run. Checkpoints are chosen by validation images; test images are for the report.

    Data without a test split is reported on by its validation images.
    """
    splits = own or data.load_splits(config.data, config.validation_share)
    whole_config, whole_run = whole
    if whole_run != run:  # so that the run can be gone on with while its first stage is trained
        whole_run.check(whole_config)
        whole_run.check_data(splits.identity)
        whole_run.prepare(whole_config, splits)
    selection = _instruments(command, splits.validation, "validation")
    distance = selection and functools.partial(_distance, splits.validation, selection, run)
    split = "validation" if splits.test is None else "test"
    source = splits.validation if splits.test is None else splits.test
    report = selection if splits.test is None else _instruments(command, source, split)
    export = functools.partial(export_version, config=config, run=run, base=run.export)
    start = functools.partial(initialize, config=config, run=run)
    model = loop.train(config, run, splits=splits, strategy=strategy, evaluate=distance, export=export,
                       initialize=start)
    if model is None:
        how = "the same call" if own else command.resume_command(whole_run.path)
        print(f"stopped and saved; go on with: {how}")
        return None
    if report:
        sampler = Sampler(model, data.conditions_of(source, model.data_conditions))
        protocol = evaluation.Protocol(command.measures, min(BRIEF_SAMPLES, source.size), split, REPORT_SEED)
        results = evaluation.evaluate(sampler, source, with_critic(report, model), protocol,
                                      iteration=int(model.iteration))
        print(evaluation.table(results))
        keep(results, run)
    print(f"pictures in {run.samples}, generator exported to {export(model)}")
    return model


def _instruments(command: Train, source: data.Source | None, split: str) -> evaluation.Instruments | None:
    """Who measures by the images of a split; None for points, which have no features, and for too few images."""
    if source is not None and len(source.shape) != 3:
        return None
    if source is None or source.size < _FEWEST:
        logging.info("not measuring by %s images: there are %d, and at least %d are needed", split,
                     source.size if source else 0, _FEWEST)
        return None
    return command.instruments(source)


def _distance(validation: data.Source, instruments: evaluation.Instruments, run: RunDirectory, sampler: Sampler,
              iteration: int) -> tuple[str, float]:
    """The Fréchet distance, by which the best checkpoint is kept."""
    protocol = evaluation.Protocol(["fid"], min(BRIEF_SAMPLES, validation.size), "validation", SELECTION_SEED)
    result, = evaluation.evaluate(sampler, validation, instruments, protocol, iteration=iteration)
    keep([result], run)
    return result.name, result.value
