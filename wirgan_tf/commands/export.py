"""--mode=export."""

import dataclasses
import pathlib
from typing import ClassVar

from wirgan_tf.commands.common import DrawnRun, export_version, required_path
from wirgan_tf.exporting import export_tflite
from wirgan_tf.parts import Assembly, setting

SAVED_MODEL, TFLITE = "saved_model", "tflite"


@dataclasses.dataclass(frozen=True)
class Export(DrawnRun):
    """Exports a run's generator as a version of a model, or one that translates as files for phones."""

    model_base: str = setting("", "folder of the model's versions; default: export/models/<name of the run>, of tflite "
                              "export/tflite/<name of the run>", path=True)
    export_version: int = setting(0, "version to write; 0: the next", at_least=0)
    format: str = setting(SAVED_MODEL, "saved_model, for servers; or tflite, TensorFlow Lite files of a model that "
                          "translates", choices=(SAVED_MODEL, TFLITE))
    image_size: int = setting(0, "height and width of the images that tflite files translate; must be given for them",
                              at_least=0)

    renamed: ClassVar = {"version": "export_version"}

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        if self.format == TFLITE:
            return super().unused(config) | {"export_version": "format=tflite has no versions"}
        return super().unused(config) | {"image_size": "format=saved_model translates any size"}

    def run(self) -> None:
        required_path(self, "run_dir", "a run")
        run, config, model = self.restored()
        kind = "models" if self.format == SAVED_MODEL else self.format
        base = pathlib.Path(self.model_base or f"export/{kind}/{run.path.resolve().name}")
        if self.format == TFLITE:
            print("\n".join(f"generator exported to {path}" for path in export_tflite(model, base, self.image_size)))
        else:
            version = export_version(model, config, run, base, self.export_version, self.drawing_steps)
            print(f"generator exported to {version}")
