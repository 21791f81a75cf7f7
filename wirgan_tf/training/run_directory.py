"""A run on disk: runs/<name>/ with its config, checkpoints, pictures, measures and exports."""

import dataclasses
import json
import os
import pathlib

from wirgan_tf.config import Config
from wirgan_tf.files import write_whole


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """Where a run keeps what it makes."""

    path: pathlib.Path

    @property
    def config_file(self) -> pathlib.Path:
        return self.path / "config.json"

    @property
    def shape_file(self) -> pathlib.Path:
        return self.path / "shape.json"

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
    def metrics_file(self) -> pathlib.Path:
        return self.path / "metrics.jsonl"

    @property
    def battles_file(self) -> pathlib.Path:
        return self.path / "gam.jsonl"

    @property
    def export(self) -> pathlib.Path:
        return self.path / "export"

    def load_config(self) -> Config:
        """The run's config. Raises `FileNotFoundError` when there is no run here."""
        if not self.config_file.is_file():
            raise FileNotFoundError(f"no run in {self.path}: it has no config.json; pass --run_dir of a training run")
        return Config.load(self.config_file)

    def load_shape(self) -> tuple[int, ...]:
        """Shape of the run's images. Raises `FileNotFoundError` when there is no run here."""
        if not self.shape_file.is_file():
            raise FileNotFoundError(f"no run in {self.path}: it has no shape.json; pass --run_dir of a training run")
        return tuple(json.loads(self.shape_file.read_text()))

    def check(self, config: Config) -> None:
        """Raises `ValueError` when there is a run that differs from `config` in more than what may change."""
        if not self.config_file.is_file():
            return
        there = self.load_config()
        if differing := config.differences(there):
            listed = ", ".join(f"{name} ({getattr(there, name)!r} there, {getattr(config, name)!r} asked for)"
                               for name in differing)
            raise ValueError(f"{self.path} holds a run with other settings: {listed}; use another --run_dir, or the "
                             "settings of the run")

    def prepare(self, config: Config, shape: tuple[int, ...]) -> None:
        """Makes the folders and writes down what the run is. Raises `OSError` when it cannot be written."""
        for folder in (self.path, self.checkpoints, self.samples):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.path, os.W_OK):
            raise PermissionError(f"cannot write to the run directory {self.path}; choose another --run_dir")
        write_whole(self.shape_file, json.dumps(shape).encode() + b"\n")
        config.save(self.config_file)
