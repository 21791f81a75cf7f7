"""A run on disk: runs/<name>/ with its config, checkpoints, pictures, measures and exports."""

import dataclasses
import os
import pathlib

from wirgan_tf.config import Config


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """Where a run keeps what it makes."""

    path: pathlib.Path

    @property
    def config_file(self) -> pathlib.Path:
        return self.path / "config.json"

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
    def export(self) -> pathlib.Path:
        return self.path / "export"

    def load_config(self) -> Config:
        """The run's config. Raises `FileNotFoundError` when there is no run here."""
        if not self.config_file.is_file():
            raise FileNotFoundError(f"no run in {self.path}: it has no config.json; pass --run_dir of a training run")
        return Config.load(self.config_file)

    def prepare(self, config: Config) -> None:
        """Makes the directory ready for a run of `config`, new or resumed.

        Raises: `ValueError` when it holds a run that differs in more than what may change, naming the fields;
        `OSError` when it cannot be written.
        """
        if self.config_file.is_file():
            there = self.load_config()
            if differing := config.differences(there):
                listed = ", ".join(f"{name} ({getattr(there, name)!r} there, {getattr(config, name)!r} asked for)"
                                   for name in differing)
                raise ValueError(f"{self.path} holds a run with other settings: {listed}; use another --run_dir, or "
                                 "the settings of the run")
        for folder in (self.path, self.checkpoints, self.samples):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.path, os.W_OK):
            raise PermissionError(f"cannot write to the run directory {self.path}; choose another --run_dir")
        config.save(self.config_file)
