"""--mode=toy."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

from wirgan_tf import pictures
from wirgan_tf.commands.common import num_samples_setting
from wirgan_tf.commands.mode import Mode
from wirgan_tf.config import AXES, Config
from wirgan_tf.parts import setting
from wirgan_tf.toy import EXPERIMENTS, check_used, run, table
from wirgan_tf.toy.study import MODELS

_SAMPLES = 2_500  # as many as in Srivastava et al. 2017


@dataclasses.dataclass(frozen=True)
class Toy(Mode):
    """Runs the study of points in the plane: a picture for each of the paper's figures, and numbers for each panel."""

    run_dir: str = setting("runs/toy", "folder of the pictures and numbers", path=True)
    experiments: str = setting("critic_alone,both_players", f"separated by commas: {', '.join(EXPERIMENTS)}")
    num_samples: int = num_samples_setting(_SAMPLES, "samples of each experiment, and held-out points")

    axes = ("dataset", *AXES)
    takes_run = True

    def run(self) -> None:
        folder = pathlib.Path(self.run_dir)
        sheets = {}
        for name in self.experiments.split(","):
            sheets |= EXPERIMENTS[name.strip()](dict(self.changes))
        check_used(sheets.values(), self.changes)
        folder.mkdir(parents=True, exist_ok=True)
        results = []
        for name, rows in sheets.items():
            picture, numbers = run(rows, self.num_samples, folder / "numbers.jsonl")
            pictures.save(picture, folder / f"{name}.png")
            results += numbers
        print(f"{table(results)}\npictures and numbers in {folder}")

    @classmethod
    def configs(cls, run_dir: str, changes: Mapping[str, Any]) -> list[Config]:
        parts = {name: value for name, value in changes.items() if name in ("model", "dataset", *AXES)}
        models = [parts["model"]] if "model" in parts else MODELS
        return [Config(**{"dataset": "gaussians_25", **parts, "model": model}) for model in models]
