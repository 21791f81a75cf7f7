"""--mode=export."""

import dataclasses
import pathlib
from typing import ClassVar

from wirgan_tf.commands.common import OneRun, export_version, required_path
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class Export(OneRun):
    """Exports a run's generator as a version of a model."""

    model_base: str = setting("", "folder of the model's versions; default: export/models/<name of the run>", path=True)
    export_version: int = setting(0, "version to write; 0: the next", at_least=0)

    renamed: ClassVar = {"version": "export_version"}

    def run(self) -> None:
        required_path(self, "run_dir", "a run")
        run, config, model = self.restored()
        base = pathlib.Path(self.model_base or f"export/models/{run.path.resolve().name}")
        print(f"generator exported to {export_version(model, config, run, base, self.export_version)}")
