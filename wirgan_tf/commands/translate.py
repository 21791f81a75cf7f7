"""--mode=translate."""

import dataclasses
import pathlib
from collections.abc import Sequence

import tqdm
from PIL import Image

from wirgan_tf import pictures
from wirgan_tf.commands.common import RunOrExport, required_path
from wirgan_tf.commands.mode import Mode
from wirgan_tf.data.pixels import Pixels
from wirgan_tf.exporting import ExportedGenerator, ExportedTranslator, open_export
from wirgan_tf.models import Model, TranslationModel, asking
from wirgan_tf.parts import Assembly, setting
from wirgan_tf.translation.any_size import AnySize
from wirgan_tf.translation.files import Done, Task, tasks, translate_files
from wirgan_tf.translation.sheet import ROWS, sheet, target_of, thumbnail
from wirgan_tf.translation.translator import Asked, Translating, translator


@dataclasses.dataclass(frozen=True)
class Translation(Mode):
    """Which pictures are translated, and how."""

    input: str = setting("", "a picture, or a folder of pictures; must be given", path=True)
    direction: str = setting("", "a_to_b or b_to_a, of a model that translates both ways; default: a_to_b")
    attributes: str = setting("", "what pictures are to have, as in Male,Blond_Hair, and nothing else; none: none of "
                              "the attributes; or a number in [0, 1] for each; must be given to a model of attributes")
    tile: int = setting(0, "height and width of overlapping tiles that larger pictures are cut into, to save memory; "
                        "0: none are cut", at_least=0)
    tile_overlap: int = setting(32, "pixels that neighbouring tiles share", at_least=0)

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        unused = super().unused(config)
        return unused if self.tile else unused | {"tile_overlap": "without tile no picture is cut"}

    @property
    def asked(self) -> Asked:
        """How they are to be translated."""
        return Asked(self.direction, self.attributes, self.tile, self.tile_overlap)


@dataclasses.dataclass(frozen=True)
class Translate(RunOrExport, Translation):
    """Translates pictures of any size: a file, or a folder and the folders below it."""

    output: str = setting("", "folder that PNG files of the same relative paths go to; must be given", path=True)
    sheet: str = setting("", f"a .png file that compares input and output of the first {ROWS} pictures", path=True)
    targets: str = setting("", "folder of what the pictures should become, of the same relative paths: a further "
                           "column of the sheet", path=True)

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        unused = super().unused(config)
        return unused if self.sheet else unused | {"targets": "without sheet nothing is compared"}

    def run(self) -> None:
        """Raises `OSError` when some pictures could not be read, after the others have been translated."""
        self.require_either()
        source = required_path(self, "input", "a picture or a folder of pictures")
        output = required_path(self, "output", "a folder to write to")
        _check_sheet(self.sheet)
        if self.targets and not pathlib.Path(self.targets).is_dir():
            raise FileNotFoundError(f"--targets={self.targets}: there is no such folder")
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
            pictures.save(self._compared(compared, files, source), pathlib.Path(self.sheet))
        print(f"{len(files) - len(broken)} of {len(files)} pictures translated to {self.output}")
        if broken:
            raise OSError(f"{len(broken)} of {len(files)} pictures could not be read: "
                          f"{asking.shown([str(task.source) for task in broken])}")

    def translator(self) -> tuple[AnySize, Pixels]:
        """The model asked for, as it translates images of any size, and the pixels that it takes."""
        if self.model_dir:
            export = open_export(self.found_export()[0])
            return translator(translating(export, export.metadata["model"]), export.condition_specs, export.shape[-1],
                              export.metadata["data_settings"], self.asked)
        run, config, model = self.restored()
        return translator(translating(model, config.model), model.conditions, run.load_spec()["image"].shape[-1],
                          config.data.settings(), self.asked)

    def _compared(self, compared: dict[Task, list[Image.Image]], files: Sequence[Task],
                  source: pathlib.Path) -> Image.Image:
        """The sheet of the pictures of `source` that were translated, in their order."""
        if not self.targets:
            return sheet(("input", "output"), [compared[task] for task in files if task in compared])
        base, targets = source if source.is_dir() else source.parent, pathlib.Path(self.targets)
        rows = [[*compared[task], target_of(task.source.relative_to(base), targets)]
                for task in files if task in compared]
        return sheet(("input", "output", "target"), rows)


def translating(model: Model | ExportedGenerator, name: str) -> Translating:
    """`model`. Raises `ValueError` when it does not translate images."""
    if not isinstance(model, (TranslationModel, ExportedTranslator)):
        raise ValueError(f"the model {name} draws images and translates none; use --mode=sample")
    return model


def _check_sheet(name: str) -> None:
    """Raises before any work for a sheet that cannot be written."""
    if name and not name.endswith(".png"):
        raise ValueError(f"--sheet={name}: expected a name that ends in .png")
    if name and not pathlib.Path(name).parent.is_dir():
        raise FileNotFoundError(f"--sheet={name}: the folder {pathlib.Path(name).parent} does not exist")
