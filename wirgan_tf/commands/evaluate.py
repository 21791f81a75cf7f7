"""--mode=evaluate: measures a run or an export, once or at every checkpoint of training."""

import dataclasses
import logging
import time
from collections.abc import Iterator

from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import (
    BRIEF_SAMPLES,
    Drawing,
    DrawnRunOrExport,
    RealData,
    exported_config,
    loaded,
    num_samples_setting,
    required_path,
    run_config,
    sample_seed_setting,
)
from wirgan_tf.commands.measuring import Measuring, keep, with_model
from wirgan_tf.config import Config
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.exporting import data_conditions, open_export
from wirgan_tf.models import Model, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.parts import Assembly, setting
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory

_POLL_SECONDS = 5.0


@dataclasses.dataclass(frozen=True)
class Evaluate(DrawnRunOrExport, Measuring, Drawing, RealData):
    """Measures the samples of a run or of an exported generator against real images."""

    num_samples: int = num_samples_setting(BRIEF_SAMPLES, "images to draw of each set")
    sample_seed: int = sample_seed_setting(REPORT_SEED)
    split: str = setting("auto", "real images that samples are measured against; auto: test, or with --watch "
                         "validation", choices=("auto", *data.SPLITS))
    eval_seeds: int = setting(1, "sets of samples; with several, the results are their means", at_least=1)
    per_step: bool = setting(False, "measure each of a model's T canvases, not the images alone")
    watch: bool = setting(False, "measure every checkpoint of a run in training as it appears, and keep the best")

    @property
    def seeds_needed(self) -> int:
        return self.num_samples * self.eval_seeds

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        unused = super().unused(config)
        return unused | {"checkpoint": "watch measures every checkpoint"} if self.watch else unused

    def run(self) -> None:
        self.check_measures()
        if self.watch:
            _watch(self)
        else:
            self.require_either()
            (_measure_export if self.model_dir else _measure_restored)(self)

    def protocol(self) -> evaluation.Protocol:
        # The samples that a checkpoint is chosen by must not be those that it is reported on by.
        seed = SELECTION_SEED if self.watch and self.sample_seed == REPORT_SEED else self.sample_seed
        return evaluation.Protocol(self.measures, self.num_samples, self.chosen_split, seed, self.eval_seeds,
                                   self.per_step)

    @property
    def chosen_split(self) -> str:
        """The split of the real images."""
        return self.split if self.split != "auto" else "validation" if self.watch else "test"


def _measure_restored(command: Evaluate) -> None:
    run, config, model = command.restored(command.data_dir)
    command.check_measures(config, model.conditions)
    source = loaded(config, command.chosen_split, run.load_identity(), f"the run in {run.path}")
    _measure_run(command, run, config, model, source, command.instruments(source, run.load_identity()))


def _measure_run(command: Evaluate, run: RunDirectory, config: Config, model: Model, source: data.Source,
                 instruments: evaluation.Instruments) -> list[evaluation.Result]:
    sampler = Sampler(model, data.conditions_of(source, model.data_conditions))
    results = evaluation.evaluate(sampler, source, with_model(instruments, model), command.protocol(),
                                  iteration=int(model.iteration), training_seed=config.seed, progress=True)
    if not command.per_step and command.drawing_steps not in (0, config.network.time_steps):
        # Named by the step, they do not take the place of the results of images drawn as in training.
        results = [dataclasses.replace(result, time_step=command.drawing_steps) for result in results]
    print(evaluation.table(results))
    keep(results, run)
    return results


def _measure_export(command: Evaluate) -> None:
    folder, metadata = command.found_export()
    command.check_measures(conditions=metadata.get("conditions", {}))
    config = exported_config(metadata, command.data_dir)
    identity = metadata.get("data_identity", {})
    source = loaded(config, command.chosen_split, identity, f"the model in {folder}")
    exported = open_export(folder, data.conditions_of(source, data_conditions(metadata)))
    results = evaluation.evaluate(exported, source, command.instruments(source, identity), command.protocol(),
                                  iteration=exported.metadata["iteration"],
                                  training_seed=metadata.get("config", {}).get("seed"), progress=True)
    print(evaluation.table(results))


def _watch(command: Evaluate) -> None:
    """Measures every checkpoint as it appears, until the last; the best by the first measure is kept as "watched"."""
    run = RunDirectory(required_path(command, "run_dir", "a run to --watch"))
    config = run_config(run, command.data_dir)
    if run.is_read_only():
        raise PermissionError(f"{run.path} cannot be written to, where --watch keeps the best; leave it out to measure "
                              "the run as it is")
    command.check_measures(config)
    source = loaded(config, command.chosen_split, run.load_identity(), f"the run in {run.path}")
    instruments = command.instruments(source, run.load_identity())
    model = build_model(config, run.load_spec())
    command.set_steps(model, config)
    checkpoints = Checkpoints(model, run.checkpoints, config.keep_checkpoints, "watched", config.fixed())
    judged_by = evaluation.MEASURES[command.measures[0]]
    for iteration in _new_checkpoints(checkpoints, config.iterations):
        logging.info("checkpoint of update %d", iteration)
        first = _measure_run(command, run, config, model, source, instruments)[0]
        if checkpoints.save_if_best(first.name, first.value, judged_by.higher_is_better):
            logging.info("the best by %s so far, kept as --checkpoint=watched", first.name)


def _new_checkpoints(checkpoints: Checkpoints, last: int) -> Iterator[int]:
    """Restores the newest readable checkpoint whenever a newer one has come, until that of update `last` has.

    A damaged one is reported once, and looked at again when it has been rewritten.
    """
    seen, measured = None, 0
    while measured < last:
        newest = checkpoints.newest_written
        if newest == seen:
            time.sleep(_POLL_SECONDS)
            continue
        seen = newest
        restored = _restored(checkpoints)
        if restored > measured:
            measured = restored
            yield restored
        if measured < last:
            logging.info("waiting for a checkpoint after update %d; Ctrl-C ends it", measured)


def _restored(checkpoints: Checkpoints) -> int:
    """The update of the newest readable checkpoint; 0 without any, as when training has just replaced the only one."""
    try:
        return checkpoints.restore()
    except OSError as error:
        logging.warning("%s", error)
        return 0
