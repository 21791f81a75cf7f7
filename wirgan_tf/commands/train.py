"""--mode=train."""

import dataclasses
import functools
import logging
import pathlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import BRIEF_SAMPLES, export_version
from wirgan_tf.commands.initial_weights import initialize
from wirgan_tf.commands.measuring import Measuring, keep, with_model
from wirgan_tf.config import AXES, Config
from wirgan_tf.environment import program_words
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.exporting import find_export
from wirgan_tf.exporting.saved_model import versions
from wirgan_tf.models import Model, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.parts import setting, setting_fields
from wirgan_tf.training import loop
from wirgan_tf.training.checkpoints import updates_made
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.stages import first_stage, lacks_first_stage
from wirgan_tf.training.strategies import InterruptedRunError, Workers, build_strategy, described_devices

_OF_MODEL = ("critic", "cycle")  # instruments that are the model itself
_FEWEST = 10  # held-out images needed to measure a training run by


@dataclasses.dataclass(frozen=True)
class Train(Measuring):
    """Trains or resumes a run; at the end measures its generator briefly and exports it."""

    run_dir: str = setting("", "folder of the run, which is continued if it exists; default: "
                           "runs/<dataset>_<model>_t<time_steps>, with _seed<seed> for a seed other than 0", path=True)
    eval_all_metrics: bool = setting(False, "take all of --metrics in the brief evaluations too, for their curves; "
                                     "else the Frechet distance alone, which chooses the best checkpoint")
    report_samples: int = setting(BRIEF_SAMPLES, "samples measured for the final report, or as many as there are "
                                  "test images; 0: no report", at_least=0)
    strategy: str = setting("auto", "devices: one, all GPUs of this machine (mirrored), or those of all workers in "
                            "TF_CONFIG; auto: the most that there are",
                            choices=("auto", "one", "mirrored", "multi_worker"))

    select_by: str = setting("fid", "measure of samples against validation images that the best checkpoint is kept by")

    axes = ("dataset", *AXES)
    takes_run = True

    def run(self) -> None:
        """Raises `FileNotFoundError` when the run to go on with is not there and no flag says how to begin it."""
        config = self.config()
        if self.run_dir and not _stored(self.run_dir).is_file() and not set(self.changes) & set(config.fixed()):
            raise FileNotFoundError(f"no run in {self.run_dir} to go on with; pass the folder of a run, or say by "
                                    "--flagfile, or by --model and --dataset, what to begin there")
        self.train(config)

    def train(self, config: Config, splits: data.Splits | None = None) -> Model | None:
        """The trained model, or None when it was stopped. With several workers, only training is not the chief's alone.

        Args:
          config: of the run.
          splits: of its data; those of `config.data` when None.
        """
        self.check_measures(config)
        self._check_selection(config)
        strategy = build_strategy(self.strategy)
        logging.info("training on %s", described_devices(strategy))
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
        """Trains `run`, which is the `whole` itself or its first stage."""
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

    def _check_selection(self, config: Config) -> None:
        """Raises `ValueError` for a measure by which a checkpoint cannot be chosen."""
        dataclasses.replace(self, metrics=self.select_by).check_measures(config)
        if evaluation.MEASURES[self.select_by].instrument in _OF_MODEL:
            raise ValueError(f"select_by={self.select_by}: the model itself is no judge of its checkpoints; choose "
                             "another measure")

    @property
    def brief_measures(self) -> list[str]:
        """Measures of the brief evaluations; the first chooses the best checkpoint. TensorBoard has the critic's."""
        further = [name for name in self.measures if evaluation.MEASURES[name].instrument not in _OF_MODEL]
        return list(dict.fromkeys([self.select_by, *(further if self.eval_all_metrics else ())]))

    def run_path(self, config: Config) -> pathlib.Path:
        """The run's folder."""
        name = f"{config.dataset}_{config.model}_t{config.network.time_steps}"
        return pathlib.Path(self.run_dir or f"runs/{name}" + (f"_seed{config.seed}" if config.seed else ""))

    def resume_command(self, path: pathlib.Path) -> str:
        """The command that goes on with the run in `path`, measuring as this one does."""
        flags = {"run_dir": str(path)}
        flags |= {name: getattr(self, name) for name, field in setting_fields(self).items()
                  if name not in ("run_dir", "debug") and getattr(self, name) != field.default}
        return shlex.join([*program_words(), *(f"--{name}={value}" for name, value in flags.items())])

    @classmethod
    def configs(cls, run_dir: str, changes: Mapping[str, Any]) -> list[Config]:
        return [_config(run_dir, changes)]


def _stored(run_dir: str) -> pathlib.Path:
    """Where a run has its config."""
    return RunDirectory(pathlib.Path(run_dir)).config_file


def _config(run_dir: str, changes: Mapping) -> Config:
    if run_dir and _stored(run_dir).is_file() and "model" not in changes:
        return Config.load(_stored(run_dir)).replace(**changes)
    return Config(**changes)


def _train_and_measure(command: Train, config: Config, run: RunDirectory, own: data.Splits | None,
                       strategy: tf.distribute.Strategy, whole: tuple[Config, RunDirectory]) -> Model | None:
    """The model at the end of its run. Checkpoints are chosen by validation images; test images are for the report.

    Data without a test split is reported on by its validation images.
    """
    splits = own or data.load_splits(config.data, config.validation_share)
    whole_config, whole_run = whole
    if whole_run != run:  # so that the run can be resumed while its first stage is trained
        whole_run.check(whole_config)
        whole_run.check_data(splits.identity)
        if not whole_run.config_file.is_file():
            # What cannot be built leaves no run. Outside the strategy, since in its scope workers build together.
            build_model(whole_config, splits.train.spec)
        whole_run.prepare(whole_config, splits)
    split = "validation" if splits.test is None else "test"
    source = splits.validation if splits.test is None else splits.test
    instruments = _instruments(command, config, {"validation": splits.validation, split: source}, splits.identity)
    judge = _judging(command, config, run, splits.validation, instruments["validation"])
    reported = _possible(command.measures, source, split, command.report_samples) if instruments[split] else []
    export = functools.partial(export_version, config=config, run=run, base=run.export)
    start = functools.partial(initialize, config=config, run=run)
    finished = _export_of_the_end(config, run)
    model = loop.train(config, run, splits=splits, strategy=strategy, evaluate=judge, export=export, initialize=start)
    if model is None:
        how = "the same call" if own else command.resume_command(whole_run.path)
        print(f"stopped and saved; go on with: {how}")
        return None
    if finished:
        how = "" if own else f"; --mode=evaluate --run_dir={shlex.quote(str(run.path))} measures it"
        print(f"{run.path} was finished before, and exported to {finished}{how}")
        return model
    if reported and command.report_samples:
        _report(config, run, model, source, instruments[split],
                evaluation.Protocol(reported, command.report_samples, split, REPORT_SEED))
    print(f"pictures in {run.samples}, generator exported to {export(model)}")
    return model


def _export_of_the_end(config: Config, run: RunDirectory) -> pathlib.Path | None:
    """The export made at a run's end, which is the last one made of it; None: there is none yet."""
    if updates_made(run.checkpoints) < config.iterations or not versions(run.export):
        return None
    folder, metadata = find_export(run.export)
    return folder if metadata["iteration"] == config.iterations else None


def _report(config: Config, run: RunDirectory, model: Model, source: data.Source,
            instruments: evaluation.Instruments, protocol: evaluation.Protocol) -> None:
    """Measures a trained model by the images of `source`, the split that it is reported on."""
    sampler = Sampler(model, data.conditions_of(source, model.data_conditions))
    protocol = dataclasses.replace(protocol, num_samples=min(protocol.num_samples, source.size))
    results = evaluation.evaluate(sampler, source, with_model(instruments, model), protocol,
                                  iteration=int(model.iteration), training_seed=config.seed)
    print(evaluation.table(results))
    keep(results, run)


def _instruments(command: Train, config: Config, sources: Mapping[str, data.Source | None],
                 identity: Mapping[str, str]) -> dict[str, evaluation.Instruments | None]:
    """What measures by the images of each split; None for points, which have no features, and for too few images."""
    enough = []
    for split, source in sources.items():
        count = 0 if source is None else _count(source)
        if count >= _FEWEST and len(source.shape) == 3:
            enough.append(split)
        elif count < _FEWEST:
            advice = config.data.advice_on(split) if config.validation_share or split == "test" else (
                "validation_share=0 holds none out")
            logging.info("not measuring by %s images: there are %d, and at least %d are needed; %s", split, count,
                         _FEWEST, advice)
    shared = command.instruments(sources[enough[0]], identity) if enough else None
    return {split: shared if split in enough else None for split in sources}


def _count(source: data.Source) -> int:
    """How many samples can be measured by its images: one for each to translate, and for each to compare with."""
    return min(data.distinct_images(source).size, data.source_count(source))


def _possible(measures: Sequence[str], source: data.Source, split: str, num_samples: int) -> list[str]:
    """Those of the measures that need no more than `num_samples` samples and the images of `source`."""
    count, counts = min(num_samples, _count(source)), data.label_frequencies(source)
    left_out = {}
    for name in measures:
        measure = evaluation.MEASURES[name]
        if (needed := measure.needed(source.num_classes)) > count:
            left_out[name] = f"{needed} samples"
        elif counts and measure.fewest_of_class > min(counts):
            left_out[name] = f"{measure.fewest_of_class} images of each class"
    if left_out and num_samples:
        logging.info("of %d samples and %d %s images these measures are not taken: %s", count, source.size, split,
                     ", ".join(f"{name} needs {needed}" for name, needed in left_out.items()))
    return [name for name in measures if name not in left_out]


Judge = Callable[[Sampler, int], tuple[str, float, bool]]


def _judging(command: Train, config: Config, run: RunDirectory, validation: data.Source | None,
             instruments: evaluation.Instruments | None) -> Judge | None:
    """The brief evaluations; None when the measure that chooses the best checkpoint cannot be taken."""
    measures = _possible(command.brief_measures, validation, "validation", BRIEF_SAMPLES) if instruments else []
    if command.select_by not in measures:
        return None
    protocol = evaluation.Protocol(measures, BRIEF_SAMPLES, "validation", SELECTION_SEED)
    return functools.partial(_judge, validation, instruments, run, config.seed, protocol)


def _judge(validation: data.Source, instruments: evaluation.Instruments, run: RunDirectory, training_seed: int,
           protocol: evaluation.Protocol, sampler: Sampler, iteration: int) -> tuple[str, float, bool]:
    """Measures briefly; returns the first result, by which the best checkpoint is kept, and if higher is better."""
    protocol = dataclasses.replace(protocol, num_samples=min(protocol.num_samples, validation.size))
    results = evaluation.evaluate(sampler, validation, instruments, protocol, iteration=iteration,
                                  training_seed=training_seed)
    keep(results, run)
    return results[0].name, results[0].value, evaluation.MEASURES[protocol.measures[0]].higher_is_better
