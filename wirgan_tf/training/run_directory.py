"""A run on disk: runs/<name>/ with its config, checkpoints, pictures, measures and exports."""

import dataclasses
import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from wirgan_tf.config import Config
from wirgan_tf.data import Splits, check_identity, label_frequencies
from wirgan_tf.entries import Entry
from wirgan_tf.files import write_whole

STAGE_ONE = "stage_one"
"""The folder of a run's first stage in its own."""
JUDGED, EXPORTED = "judged", "exported"
"""What is noted once it is done, so that a resumed run can tell what a stop cut off."""


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """Where a run keeps what it makes; `path` may be given as a str."""

    path: pathlib.Path

    def __post_init__(self):
        object.__setattr__(self, "path", pathlib.Path(self.path))

    @property
    def config_file(self) -> pathlib.Path:
        return self.path / "config.json"

    @property
    def data_file(self) -> pathlib.Path:
        return self.path / "data.json"

    @property
    def checkpoints(self) -> pathlib.Path:
        return self.path / "checkpoints"

    @property
    def tensorboard(self) -> pathlib.Path:
        return self.path / "tensorboard"

    @property
    def samples(self) -> pathlib.Path:
        return self.path / "samples"

    @property
    def real_images(self) -> pathlib.Path:
        return self.samples / "real.png"

    @property
    def initial_weights_file(self) -> pathlib.Path:
        """What is known of the weights that the run started from, if they were those of another run."""
        return self.path / "initial_weights.json"

    @property
    def metrics_file(self) -> pathlib.Path:
        return self.path / "metrics.jsonl"

    @property
    def battles_file(self) -> pathlib.Path:
        return self.path / "gam.jsonl"

    @property
    def export(self) -> pathlib.Path:
        return self.path / "export"

    def load_done(self, what: str) -> int | None:
        """The last generator update after which `what`, `JUDGED` or `EXPORTED`, was done with the model.

        0: there is none; None: the run has no record of it.
        """
        try:
            return json.loads(self._done_file(what).read_text())["update"]
        except FileNotFoundError:
            return None

    def save_done(self, what: str, update: int) -> None:
        """Notes that `what` has been done with the model after this generator update."""
        write_whole(self._done_file(what), json.dumps({"update": update}).encode() + b"\n")

    def _done_file(self, what: str) -> pathlib.Path:
        return self.checkpoints / f"{what}.json"

    def is_read_only(self) -> bool:
        """Whether a file or folder of the run that results are added to must not be written."""
        there = [path for path in (self.path, self.metrics_file, self.battles_file, self.tensorboard) if path.exists()]
        return not all(os.access(path, os.W_OK) for path in there)

    def load_config(self) -> Config:
        """The run's config. Raises `FileNotFoundError` when there is no run here."""
        if not self.config_file.is_file():
            runs = self.path / "runs"
            instead = f"one of the runs of the study, in {runs}" if runs.is_dir() else "the folder of a training run"
            raise FileNotFoundError(f"no run in {self.path}: it has no config.json; pass {instead}")
        return Config.load(self.config_file)

    def load_spec(self) -> dict[str, Entry]:
        """What an example of the run's data has, by name. Raises `FileNotFoundError` when there is no run here."""
        return {name: Entry.from_json(fields) for name, fields in self._data()["spec"].items()}

    def load_identity(self) -> dict[str, str]:
        """The identities of the splits of the run's data. Raises `FileNotFoundError` when there is no run here."""
        return self._data()["identity"]

    def load_frequencies(self) -> dict[str, list[int]]:
        """How many training examples there are of each class, by the label's name; empty when this is not known."""
        return self._data().get("frequencies", {})

    @property
    def has_validation(self) -> bool:
        """Whether images are held out to choose checkpoints by. Raises `FileNotFoundError` when there is no run."""
        return self._data()["validation_images"] > 0

    def _data(self) -> dict[str, Any]:
        if not self.data_file.is_file():
            raise FileNotFoundError(f"no run in {self.path}: it has no {self.data_file.name}; pass the folder of a "
                                    "training run")
        return json.loads(self.data_file.read_text())

    def check(self, config: Config) -> None:
        """Raises `ValueError` when there is a run that differs from `config` in more than what may change."""
        if not self.config_file.is_file():
            return
        there = self.load_config()
        if differing := config.differences(there):
            mine, others = config.settings(), there.settings()
            listed = ", ".join(f"{name} ({others.get(name)!r} there, {mine.get(name)!r} asked for)"
                               for name in differing)
            raise ValueError(f"{self.path} holds a run with other settings: {listed}; use another run directory, "
                             "or the settings of the run")

    def check_data(self, identity: Mapping[str, str]) -> None:
        """Raises `ValueError` when there is a run on data of another identity; some of its splits may be left out."""
        if self.data_file.is_file():
            check_identity(identity, self.load_identity(), f"the run in {self.path}")

    def prepare(self, config: Config, splits: Splits) -> None:
        """Makes the folders and writes down what the run is. Raises `OSError` when it cannot be written."""
        for folder in (self.path, self.checkpoints, self.samples):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.path, os.W_OK):
            raise PermissionError(f"cannot write to the run directory {self.path}; choose another")
        spec = {name: entry.to_json() for name, entry in splits.train.spec.items()}
        description = {"spec": spec, "identity": splits.identity,
                       "validation_images": splits.validation.size if splits.validation else 0}
        if frequencies := label_frequencies(splits.train):
            description["frequencies"] = {"label": frequencies}
        write_whole(self.data_file, json.dumps(description, indent=2).encode() + b"\n")
        config.save(self.config_file)
