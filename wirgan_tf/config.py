"""What defines a run: its own settings, and a part for each axis of choice."""

import dataclasses
import difflib
import json
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from wirgan_tf.data import DATASETS, DataSet, Unlisted
from wirgan_tf.files import write_whole
from wirgan_tf.models import FAMILIES, LEARNING_RATE_DECAYS, OPTIMIZERS, Family
from wirgan_tf.networks import NETWORKS, Network
from wirgan_tf.noise import check_seed
from wirgan_tf.objectives import OBJECTIVES, PENALTIES, Objective, Penalty
from wirgan_tf.parts import Part, PartRegistry, check_settings, setting, setting_fields
from wirgan_tf.presets import GP_WIRGAN, PRESETS, RECURRENT_FORM

FORMAT = 2  # of config.json
AXES: dict[str, PartRegistry] = {
    "family": FAMILIES, "network": NETWORKS, "objective": OBJECTIVES, "penalty": PENALTIES, "optimizer": OPTIMIZERS,
    "learning_rate_decay": LEARNING_RATE_DECAYS}
OF_SOME_FAMILIES = ("objective", "penalty")
_MOVED = {
    ("objective", "reconstruction"): "family=autoencoder", ("objective", "evidence_lower_bound"): "family=vae",
    ("objective", "denoising_evidence_lower_bound"): "family=denoising_vae",
    ("penalty", "spectral"): "spectral_normalization=True, with any penalty"}


@dataclasses.dataclass(frozen=True, init=False)
class Config:
    """A run's whole definition: `Config(model="gran", dataset="mnist", width=32)`.

    It is made of the preset `model` with changes on top: parts by the name of their axis (`network="mlp"`), and any
    setting of the run or of the parts that are chosen. Each part is an object with its settings:
    `config.network.width`, `config.objective.name`.

    Raises: `ValueError` for a name that is not known, a setting that no chosen part has, a value out of its range, and
    parts that do not go together; the message names what would do.

    >>> config = Config(model="wirgan", width=32)
    >>> config.network.width, config.penalty.name, config.penalty.clip
    (32, 'clipping', 0.01)
    """

    model: str = setting("gp_wirgan", "preset of parts and their settings")
    dataset: str = setting("digits", "data set")
    data: DataSet
    family: Family
    network: Network
    objective: Objective | None
    penalty: Penalty | None
    optimizer: Part
    learning_rate_decay: Part
    batch_size: int = setting(64, "images in a batch, over all devices", at_least=1)
    iterations: int = setting(20_000, "generator updates to reach", at_least=1, safe_to_change=True)
    seed: int = setting(0, "seed of weights, noise and data order")
    init_from: str = setting("", "run, export or checkpoint file whose weights this run starts from; default: random "
                             "weights", path=True)
    init_fresh: str = setting("", "weights that stay random despite init_from: prefixes of their keys, separated by "
                              "commas, as in critic; misfits: those that do not fit")
    mixed_precision: bool = setting(False, "compute in bfloat16, keep variables in float32")
    jit_compile: bool = setting(False, "compile the training step with XLA, which draws other numbers from equal seeds")
    validation_share: float = setting(
        0.05, "share of the training images held out to choose checkpoints by; 0: none, all are trained on",
        at_least=0, at_most=0.2)
    checkpoint_every: int = setting(500, "generator updates between checkpoints", at_least=1, safe_to_change=True)
    keep_checkpoints: int = setting(3, "newest checkpoints kept, besides the best", at_least=1, safe_to_change=True)
    sample_every: int = setting(250, "generator updates between pictures", at_least=1, safe_to_change=True)
    log_every: int = setting(50, "generator updates between lines in TensorBoard, each the mean of those updates",
                             at_least=1, safe_to_change=True)
    eval_every: int = setting(500, "generator updates between brief evaluations; 0: at the end only", at_least=0,
                              safe_to_change=True)
    export_every: int = setting(0, "generator updates between exports to the run's folder; 0: at the end only",
                                at_least=0, safe_to_change=True)

    def __init__(self, model: str = "gp_wirgan", **settings: Any):
        self._compose(model, PRESETS[model], settings)

    def _compose(self, model: str, base: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Sets all fields from `base`, without its settings of parts that are not chosen, and from `changes`."""
        changes = _with_settings_of_parts(changes)
        wanted = {**base, **changes}
        values = {"model": model, "dataset": wanted.get("dataset", "digits"), **_chosen(wanted)}
        owners = [Config, *(part for part in values.values() if isinstance(part, type))]
        known = {name for owner in owners for name in setting_fields(owner)} | set(AXES)
        for name in changes:
            if name not in known or (name in AXES and values[name] is None):
                raise ValueError(_who_has(name, values))
        for name, value in values.items():
            if isinstance(value, type):
                values[name] = value(**{key: wanted[key] for key in setting_fields(value) if key in wanted})
        for name, field in setting_fields(Config).items():
            object.__setattr__(self, name, values.get(name, wanted.get(name, field.default)))
        for name in ("data", *AXES):
            object.__setattr__(self, name, values[name])
        self._check()

    def _check(self) -> None:
        check_settings(self)
        check_seed(self.seed)
        if self.init_fresh and not self.init_from:
            raise ValueError(f"init_fresh={self.init_fresh} has no effect: without init_from all weights are random; "
                             "leave it out")
        recurrent, steps = RECURRENT_FORM.get(self.model), self.network.time_steps
        if recurrent and steps != 1:
            raise ValueError(f"model={self.model} is the case T = 1, and time_steps={steps} was asked for; use "
                             f"model={recurrent}")
        for part in self.parts.values():
            part.check(self)

    @property
    def parts(self) -> dict[str, Part]:
        """The chosen parts by axis; an axis that the family does not have is left out."""
        parts = {name: getattr(self, name) for name in ("data", *AXES)}
        return {name: part for name, part in parts.items() if part is not None}

    def settings(self) -> dict[str, Any]:
        """Everything that was chosen, flat: the run's settings, the parts' names by axis, and their settings."""
        flat = {name: getattr(self, name) for name in setting_fields(self)}
        for axis, part in self.parts.items():
            flat |= part.settings() if axis == "data" else {axis: part.name, **part.settings()}
        return flat

    def replace(self, **changes: Any) -> "Config":
        """This config with changes on top; a part that replaces another keeps the settings that both have.

        Raises: `ValueError` as `Config` does, and for another model, since its preset would not be applied.
        """
        model = changes.pop("model", self.model)
        PRESETS[model]  # raises for a name that is not known
        if model != self.model:
            raise ValueError(f"replace keeps the model, which is {self.model}; for the preset of another use "
                             "Config(model=...)")
        config = object.__new__(Config)
        config._compose(self.model, self.settings(), changes)
        return config

    def unused(self) -> dict[str, str]:
        """Settings that other values switch off, each with the reason."""
        return {name: reason for part in self.parts.values() for name, reason in part.unused(self).items()}

    def check_used(self, names: Iterable[str]) -> None:
        """Raises `ValueError` if a setting of `names`, given on purpose, has no effect with the others.

        Such a setting may be given at its default, so that a flag can undo what a flagfile says.
        """
        unused, settings = self.unused(), self.settings()
        defaults = {name: field.default for owner in (self, *self.parts.values())
                    for name, field in setting_fields(owner).items()}
        for name in names:
            if name in unused and (name not in defaults or settings[name] != defaults[name]):
                taken_back = f", or set {name}={defaults[name]}" if name in defaults else ""
                raise ValueError(f"{name} has no effect: {unused[name]}; leave it out{taken_back}")

    def differences(self, other: "Config") -> list[str]:
        """Names of the settings that differ from `other` and must not differ in a resumed run."""
        safe = self._safe_to_change() | (other._safe_to_change() - {"iterations"})
        mine, others = self.settings(), other.settings()
        return [name for name in {**mine, **others}
                if name not in safe and mine.get(name, _ABSENT) != others.get(name, _ABSENT)]

    def fixed(self) -> dict[str, Any]:
        """The settings that a run keeps to its end, flat."""
        safe = self._safe_to_change()
        return {name: value for name, value in self.settings().items() if name not in safe}

    def _safe_to_change(self) -> set[str]:
        safe = {name for owner in (self, *self.parts.values()) for name, field in setting_fields(owner).items()
                if field.metadata["safe_to_change"]}
        return safe - {"iterations"} if self.learning_rate_decay.ends_with_iterations else safe

    def to_json(self) -> dict[str, Any]:
        """The config as JSON has it: a part is an object of its name and its settings."""
        flat = {name: getattr(self, name) for name in setting_fields(self) if name != "dataset"}
        parts = {axis: {"name": part.name, **part.settings()} for axis, part in self.parts.items() if axis != "data"}
        return {"format": FORMAT, "model": self.model, "dataset": {"name": self.dataset, **self.data.settings()},
                **parts, **flat}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Config":
        """The config that `to_json` wrote. Raises `ValueError` for others."""
        flat: dict[str, Any] = {}
        for name, value in fields.items():
            if isinstance(value, Mapping):
                flat |= {name: value["name"], **{key: inner for key, inner in value.items() if key != "name"}}
            else:
                flat[name] = value
        del flat["format"]
        return cls(**flat)

    def save(self, path: str | pathlib.Path) -> None:
        """Writes the config as JSON, all or nothing."""
        write_whole(pathlib.Path(path), json.dumps(self.to_json(), indent=2).encode() + b"\n")

    @classmethod
    def load(cls, path: str | pathlib.Path) -> "Config":
        """Reads what `save` wrote. Raises `ValueError` for a file that is not a config."""
        try:
            fields = json.loads(pathlib.Path(path).read_text())
            found = fields.get("format", 1)
        except (json.JSONDecodeError, UnicodeDecodeError, AttributeError) as error:
            raise ValueError(f"{path} is not a config of wirgan_tf: {error}") from error
        if found != FORMAT:
            raise ValueError(f"{path} has format {found}, of another version of wirgan_tf, and this one reads format "
                             f"{FORMAT}; train the run anew, or use its exports, which still sample and serve")
        try:
            return cls.from_json(fields)
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path} is not a config of this version of wirgan_tf: {error}") from error


_ABSENT = object()


def _with_settings_of_parts(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes`, with parts that are given as objects turned into names and settings, and paths into text."""
    flat: dict[str, Any] = {}
    for name, value in changes.items():
        value = os.fspath(value) if isinstance(value, os.PathLike) else value
        flat |= {name: value.name, **value.settings()} if isinstance(value, Part) else {name: value}
    return flat


def _chosen(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Classes of the chosen parts by axis (None for an axis that the family does not have), and the data set's."""
    for axis, old in _MOVED:
        if wanted.get(axis) == old:
            raise ValueError(f"{axis}={old} is now {_MOVED[axis, old]}")
    classes = {axis: registry[wanted.get(axis, GP_WIRGAN[axis])] for axis, registry in AXES.items()}
    for axis in OF_SOME_FAMILIES:
        if axis not in classes["family"].axes:
            classes[axis] = None
    dataset = wanted.get("dataset", "digits")
    data = DATASETS[dataset] if dataset in DATASETS else Unlisted(dataset)
    return {"data": data, **classes}


def _who_has(name: str, chosen: Mapping[str, Any]) -> str:
    """Why a setting `name` cannot be given with the chosen parts: which part has it, or which name is similar."""
    if name in AXES:
        able = [other for other, family in FAMILIES.items() if name in family.axes]
        return (f"{name} goes with family={' or '.join(able)}, and family={chosen['family'].name} was chosen; leave "
                "one of them out")
    for axis, registry in {"dataset": DATASETS, **AXES}.items():
        if able := registry.having(name):
            part = chosen["data" if axis == "dataset" else axis]
            having = f"{name} is a setting of {axis}={' or '.join(able)}"
            if part is None:
                return f"{having}, and family={chosen['family'].name} has no {axis}; leave one of them out"
            now = chosen["dataset"] if axis == "dataset" else part.name
            return f"{having}, and {axis}={now} was chosen; leave one of them out"
    names = {name for registry in (DATASETS, *AXES.values()) for part in registry.values() for name in
             setting_fields(part)} | set(setting_fields(Config)) | set(AXES)
    near = difflib.get_close_matches(name, names, n=1)
    return f"unknown setting {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
