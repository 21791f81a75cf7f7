"""Flags that several modes share, and what is made from them."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any, ClassVar

from wirgan_tf import data, evaluation
from wirgan_tf.commands.mode import Mode
from wirgan_tf.config import Config
from wirgan_tf.data.splits import undivided
from wirgan_tf.exporting import export_generator, find_export
from wirgan_tf.models import Model
from wirgan_tf.networks.recurrent import RecurrentGenerator
from wirgan_tf.noise import check_seed
from wirgan_tf.parts import Assembly, setting, setting_fields
from wirgan_tf.training.restoring import CHECKPOINTS, restore_model
from wirgan_tf.training.run_directory import RunDirectory

BRIEF_SAMPLES = 1_000


def num_samples_setting(default: int, about: str = "images to draw") -> Any:
    """The flag --num_samples of a mode that draws `default` images by default."""
    return setting(default, about, at_least=1)


def sample_seed_setting(default: int) -> Any:
    """The flag --sample_seed of a mode that draws the images of the seeds `default`, `default` + 1, ... by default."""
    return setting(default, "seed of the first image; those of the others follow it")


@dataclasses.dataclass(frozen=True)
class Drawing(Mode):
    """Which samples are drawn: those of the seeds `sample_seed`, `sample_seed` + 1, ..."""

    num_samples: int = num_samples_setting(BRIEF_SAMPLES)
    sample_seed: int = sample_seed_setting(0)

    short_forms: ClassVar = {"seed": "sample_seed"}

    def __post_init__(self):
        super().__post_init__()
        check_seed(self.sample_seed, "sample_seed", self.seeds_needed)

    @property
    def seeds_needed(self) -> int:
        """How many seeds are counted from `sample_seed` on."""
        return self.num_samples


@dataclasses.dataclass(frozen=True)
class RealData(Mode):
    """Where real data is."""

    data_dir: str = setting("", "folder of the real data, if it is not where the run had it", path=True)


@dataclasses.dataclass(frozen=True)
class OneRun(Mode):
    """A run as it stands at one of its checkpoints."""

    run_dir: str = setting("", "folder of the run", path=True)
    checkpoint: str = setting("newest", "which of its checkpoints: the newest, the best by the evaluations of its "
                              "training, or the best that --watch found", choices=tuple(CHECKPOINTS))

    def restored(self, data_dir: str = "") -> tuple[RunDirectory, Config, Model]:
        """The run, its config and its model at the checkpoint asked for."""
        return restored(self.run_dir, self.checkpoint, data_dir)


@dataclasses.dataclass(frozen=True)
class DrawnRun(OneRun):
    """A run whose samples may be drawn in another number of time steps than in training."""

    drawing_steps: int = setting(0, "time steps that a generator which redraws its canvas draws an image in; 0: T, as "
                                 "in training", at_least=0)

    def restored(self, data_dir: str = "") -> tuple[RunDirectory, Config, Model]:
        run, config, model = super().restored(data_dir)
        self.set_steps(model, config)
        return run, config, model

    def set_steps(self, model: Model, config: Config) -> None:
        """Raises `ValueError` when `model` cannot draw in as many steps as were asked for."""
        if not self.drawing_steps:
            return
        generator = model.trained_generators.get("generator")
        if not isinstance(generator, RecurrentGenerator):
            raise ValueError(f"drawing_steps={self.drawing_steps}: model={config.model} does not redraw its canvas; "
                             "leave it out")
        generator.set_drawing_steps(self.drawing_steps)


@dataclasses.dataclass(frozen=True)
class OneExport(Mode):
    """An exported generator."""

    model_dir: str = setting("", "folder of an exported generator: of one version, or of all", path=True)
    export_version: int = setting(0, "which version below --model_dir; 0: the newest", at_least=0)

    renamed: ClassVar = {"version": "export_version"}

    def found_export(self) -> tuple[pathlib.Path, dict[str, Any]]:
        """The folder of the version, and what is known of it."""
        return find_export(required_path(self, "model_dir", "an exported generator"), self.export_version)


@dataclasses.dataclass(frozen=True)
class RunOrExport(OneRun, OneExport):
    """A run or an exported generator, whichever is given."""

    def __post_init__(self):
        super().__post_init__()
        if self.run_dir and self.model_dir:
            raise ValueError("run_dir and model_dir were both given; choose the run or the exported generator")

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        if self.model_dir:
            return super().unused(config) | {"checkpoint": "an export is of one checkpoint"}
        return super().unused(config) | {"export_version": "it chooses among the versions below model_dir"}

    def require_either(self) -> None:
        """Raises `ValueError` when neither was given."""
        if not self.run_dir and not self.model_dir:
            raise ValueError(f"--mode={self.name} needs --run_dir of a run or --model_dir of an exported generator")


@dataclasses.dataclass(frozen=True)
class DrawnRunOrExport(DrawnRun, RunOrExport):
    """A run, whose samples may be drawn in another number of time steps than in training, or an exported generator."""

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        fixed = {"drawing_steps": "an export draws in as many steps as --mode=export gave it"} if self.model_dir else {}
        return super().unused(config) | fixed


def required_path(mode: Mode, name: str, kind: str) -> pathlib.Path:
    """The path that is the setting `name` of `mode`. Raises `ValueError` when it was not given."""
    value = getattr(mode, name)
    if not value:
        raise ValueError(f"--mode={mode.name} needs --{name} of {kind}")
    return pathlib.Path(value)


def restored(run_dir: str, checkpoint: str, data_dir: str = "") -> tuple[RunDirectory, Config, Model]:
    """A run, its config and its model at the checkpoint; with `data_dir`, its data is in that folder."""
    run = RunDirectory(pathlib.Path(run_dir))
    config = run_config(run, data_dir)
    return run, config, restore_model(config, run, checkpoint)


def run_config(run: RunDirectory, data_dir: str) -> Config:
    """The config of a run, whose data may have moved to `data_dir`."""
    config = run.load_config()
    return config.replace(data_dir=data_dir) if data_dir else config


def exported_config(metadata: dict[str, Any], data_dir: str) -> Config:
    """A config with the data set that an export imitates, split as its run split it where that is known.

    Raises: `ValueError` for a data set without loader, and for a `data_dir` when the data set is in no folder.
    """
    kind, shape = data.DATASETS[metadata["dataset"]], metadata["shape"]
    known = setting_fields(kind)
    if data_dir and "data_dir" not in known:
        raise ValueError(f"data_dir has no effect: the data set {kind.name} is in no folder; leave it out")
    settings = {"image_size": shape[0]} | metadata.get("data_settings", {}) | {"data_dir": data_dir}
    share = {name: value for name, value in metadata.get("config", {}).items() if name == "validation_share"}
    return Config(dataset=kind.name, **share, **{name: value for name, value in settings.items() if name in known})


def loaded(config: Config, split: str, identity: Mapping[str, str], whose: str) -> data.Source:
    """The split of a run's data.

    Raises: `ValueError` when it does not have the `identity` of the data that `whose` was trained on.
    """
    source = data.load(config.data, split, config.validation_share)
    check_data(source, split, identity, whose)
    return source


def check_data(source: data.Source, split: str, identity: Mapping[str, str], whose: str) -> None:
    """Raises `ValueError` when `source` is not that split of the data, of this `identity`, on which `whose` trained."""
    whole = undivided(source).identity
    data.check_identity({split if whole == source.identity else "train": whole}, identity, whose)


def export_version(model: Model, config: Config, run: RunDirectory, base: pathlib.Path, version: int = 0,
                   drawing_steps: int = 0) -> pathlib.Path:
    """Exports the model of a run, with the run's measures of it, as `version` below `base` or as the next.

    With `drawing_steps` its measures are those of images drawn in this many time steps.
    """
    measures = evaluation.latest(run.metrics_file, int(model.iteration))
    if drawing_steps:
        measures = [result for result in measures if result["time_step"] == drawing_steps]
    return export_generator(model, config, base, version=version, data_identity=run.load_identity(),
                            frequencies=run.load_frequencies(),
                            measures=measures)
