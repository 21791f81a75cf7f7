"""--mode=translate."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf
import tqdm
from PIL import Image

from wirgan_tf import pictures
from wirgan_tf.commands.common import RunOrExport, required_path
from wirgan_tf.data.pixels import Pixels
from wirgan_tf.entries import Spec
from wirgan_tf.exporting import ExportedTranslator, open_export
from wirgan_tf.models import TranslationModel, asking
from wirgan_tf.parts import Assembly, setting
from wirgan_tf.translation.any_size import AnySize
from wirgan_tf.translation.files import Done, Task, tasks, translate_files
from wirgan_tf.translation.sheet import ROWS, sheet, target_of, thumbnail


@dataclasses.dataclass(frozen=True)
class Translate(RunOrExport):
    """Translates pictures of any size: a file, or a folder and the folders below it."""

    input: str = setting("", "a picture, or a folder of pictures; must be given", path=True)
    output: str = setting("", "folder that PNG files of the same relative paths go to; must be given", path=True)
    direction: str = setting("", "a_to_b or b_to_a, of a model that translates both ways; default: a_to_b")
    attributes: str = setting("", "what pictures are to have, as in Male,Blond_Hair, and nothing else; none: none of "
                              "the attributes; or a number in [0, 1] for each; must be given to a model of attributes")
    tile: int = setting(0, "height and width of overlapping tiles that larger pictures are cut into, to save memory; "
                        "0: none are cut", at_least=0)
    tile_overlap: int = setting(32, "pixels that neighbouring tiles share", at_least=0)
    sheet: str = setting("", f"a .png file that compares input and output of the first {ROWS} pictures", path=True)
    targets: str = setting("", "folder of what the pictures should become, of the same relative paths: a further "
                           "column of the sheet", path=True)

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        unused = super().unused(config)
        if not self.tile:
            unused["tile_overlap"] = "without tile no picture is cut"
        if not self.sheet:
            unused["targets"] = "without sheet nothing is compared"
        return unused

    def run(self) -> None:
        """Raises `OSError` when some pictures could not be read, after the others have been translated."""
        self.require_either()
        source = required_path(self, "input", "a picture or a folder of pictures")
        output = required_path(self, "output", "a folder to write to")
        _check_sheet(self.sheet)
        files = tasks(source, output)
        translate, pixels = self.translator()
        broken, compared = [], {}
        for done in tqdm.tqdm(translate_files(translate, files, pixels, one_by_one=bool(self.tile)),
                              total=len(files), unit="picture", desc="translating"):
            if not isinstance(done, Done):
                broken.append(done)
            elif self.sheet and done.task in files[:ROWS]:
                compared[done.task] = [thumbnail(done.source), thumbnail(done.translation)]
        if self.sheet:
            pictures.save(self._compared(compared, files, output), pathlib.Path(self.sheet))
        print(f"{len(files) - len(broken)} of {len(files)} pictures translated to {self.output}")
        if broken:
            raise OSError(f"{len(broken)} of {len(files)} pictures could not be read: "
                          f"{asking.shown([str(task.source) for task in broken])}")

    def translator(self) -> tuple[AnySize, Pixels]:
        """The model asked for, as it translates images of any size, and the pixels that it takes.

        Raises: `ValueError` for one that does not translate, or not what is asked for.
        """
        model, conditions, channels, data_settings = (_of_export if self.model_dir else _of_run)(self)
        others = {name: entry for name, entry in conditions.items() if name != "source"}
        asking.check_direction(self.direction, model.directions)
        if others and not self.attributes:
            raise ValueError("this model translates to attributes; name those that pictures are to have by "
                             f"--attributes: {asking.shown(others['attributes'].names)}, or none")
        rows = asking.rows({"attributes": self.attributes}, others)
        back = self.direction in model.directions[1:]
        if channels[not back] not in (1, 3):
            raise ValueError(f"translations of this model have {channels[not back]} channels, and PNG files 1 or 3; "
                             "translate arrays from Python")
        network = _network(model, rows, self.direction, channels[back])
        translate = AnySize(network, model.size_multiple, model.smallest_side, self.tile, self.tile_overlap)
        return translate, Pixels(channels[back], data_settings.get("sixteen_bits", False))

    def _compared(self, compared: dict[Task, list[Image.Image]], files: Sequence[Task],
                  output: pathlib.Path) -> Image.Image:
        """The sheet of the pictures that were translated, in their order."""
        if not self.targets:
            return sheet(("input", "output"), [compared[task] for task in files if task in compared])
        rows = [[*compared[task], target_of(task.target.relative_to(output), pathlib.Path(self.targets))]
                for task in files if task in compared]
        return sheet(("input", "output", "target"), rows)


def _network(model: TranslationModel | ExportedTranslator, rows: asking.Rows, direction: str,
             channels: int) -> Callable[[tf.Tensor], tf.Tensor]:
    """`model.translate`, traced once for images of all sizes."""
    def translate(source: tf.Tensor) -> tf.Tensor:
        attributes = [tf.repeat(row, tf.shape(source)[0], axis=0) for row in rows.values()]
        return model.translate(source, *attributes, direction=direction)

    return tf.function(translate, input_signature=[tf.TensorSpec([None, None, None, channels])], autograph=False)


Translating = tuple[TranslationModel | ExportedTranslator, Spec, tuple[int, int], Mapping[str, Any]]
"""A model, its conditions, the channels of its sources and of their translations, and the settings of its data."""


def _of_run(command: Translate) -> Translating:
    run, config, model = command.restored()
    if not isinstance(model, TranslationModel):
        raise ValueError(_not_translating(config.model))
    channels = model.conditions["source"].shape[-1], run.load_spec()["image"].shape[-1]
    return model, model.conditions, channels, config.data.settings()


def _of_export(command: Translate) -> Translating:
    export = open_export(command.found_export()[0])
    if not isinstance(export, ExportedTranslator):
        raise ValueError(_not_translating(export.metadata["model"]))
    channels = export.condition_specs["source"].shape[-1], export.shape[-1]
    return export, export.condition_specs, channels, export.metadata["data_settings"]


def _not_translating(model: str) -> str:
    return f"the model {model} draws images and translates none; use --mode=sample"


def _check_sheet(name: str) -> None:
    """Raises before any work for a sheet that cannot be written."""
    if name and not name.endswith(".png"):
        raise ValueError(f"--sheet={name}: expected a name that ends in .png")
    if name and not pathlib.Path(name).parent.is_dir():
        raise FileNotFoundError(f"--sheet={name}: the folder {pathlib.Path(name).parent} does not exist")
