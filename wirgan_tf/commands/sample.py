"""--mode=sample."""

import dataclasses
import logging
from collections.abc import Callable

import numpy as np

from wirgan_tf import data
from wirgan_tf.commands.asking import Asking
from wirgan_tf.commands.common import (
    Drawing,
    DrawnRunOrExport,
    RealData,
    exported_config,
    loaded,
    num_samples_setting,
    sample_seed_setting,
)
from wirgan_tf.entries import Spec
from wirgan_tf.exporting import (
    ExportedGenerator,
    data_conditions,
    exported_conditions,
    find_pretrained,
    open_export,
)
from wirgan_tf.models.asking import Turns
from wirgan_tf.models.sampling import Conditions, Sampler, row_seeds
from wirgan_tf.outputs import checked_output, write_canvases, write_images
from wirgan_tf.parts import Assembly, setting

TRAVERSED = 10  # images in a row over the values of a code
Choose = Callable[[np.ndarray], Conditions]


@dataclasses.dataclass(frozen=True)
class Sample(DrawnRunOrExport, Drawing, Asking, RealData):
    """Draws images from a run or from an exported generator."""

    num_samples: int = num_samples_setting(100)
    sample_seed: int = sample_seed_setting(0)
    output: str = setting("samples.png", "where they go: a .npz file, a .png file or a folder/", path=True)
    canvases: bool = setting(False, "draw all T canvases of each image (to a .png or .npz)")
    pretrained: str = setting("", "a generator that comes with the package, by name, instead of run_dir or model_dir; "
                              "--mode=list names those that there are")
    traverse: int = setting(-1, "a continuous code of InfoGAN, from 0 on: rows of ten images of one seed over its "
                            "values from -2 to 2; -1: none", at_least=-1)

    def __post_init__(self):
        super().__post_init__()
        if self.pretrained and (self.run_dir or self.model_dir):
            raise ValueError("pretrained and another source of samples were both given; choose one of them")

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        unused = super().unused(config)
        if self.pretrained:
            unused |= {"checkpoint": "a packaged generator has one", "data_dir": "a packaged generator needs no data",
                       "drawing_steps": "a packaged generator draws in as many steps as in its training"}
        return unused

    def run(self) -> None:
        seeds, output = self._seeds(), checked_output(self.output)
        if self.traverse >= 0 and output.suffix not in (".png", ".npz"):
            raise ValueError(f"output={self.output}: images of one seed would have one name; write to a .png or .npz")
        if not self.pretrained:
            self.require_either()
        choose = _of_pretrained if self.pretrained else _of_export if self.model_dir else _of_run
        sampler, turns = choose(self)
        conditions = {**sampler.conditions(seeds), **turns.asked(seeds)}  # what is asked for replaces drawn codes too
        columns = turns.count
        if self.traverse >= 0:
            conditions, columns = traversed(conditions, self.traverse), 1
        if self.canvases:
            write_canvases(sampler.canvases(seeds, conditions), seeds, output, conditions)
        else:
            write_images(sampler.images(seeds, conditions), seeds, output, conditions, columns)
        print(f"{self.num_samples} samples written to {self.output}")

    def _seeds(self) -> np.ndarray:
        """A seed for each image; the images of a row in which a code is traversed share one seed."""
        if self.traverse < 0:
            return row_seeds(self.sample_seed, self.num_samples)
        rows = -(-self.num_samples // TRAVERSED)
        return np.repeat(row_seeds(self.sample_seed, rows), TRAVERSED)[:self.num_samples]

    def turns(self, expected: Spec, of_data: Spec, of_examples: Callable[[Spec], Choose]) -> Turns:
        """The conditions of samples: those asked for, and, for others of the data, those of examples."""
        rows, left = self.rows(expected), self.left(of_data)
        if self.data_dir and not left:
            raise ValueError("data_dir has no effect: samples of this model depend on no data; leave it out")
        return Turns(rows, self.sample_seed, of_examples(left) if left else None)


def traversed(conditions: Conditions, code: int) -> Conditions:
    """`conditions` [N, ...] with the continuous code number `code` from -2 to 2 in each row of ten samples.

    Raises: `ValueError` for a model without that code.
    """
    codes = conditions.get("codes", np.empty([0, 0])).shape[1]
    if code >= codes:
        raise ValueError(f"traverse={code}: the model has {codes or 'no'} continuous codes"
                         + (f"; choose 0 to {codes - 1}" if codes else ""))
    firsts = np.arange(len(conditions["codes"])) // TRAVERSED * TRAVERSED
    rows = {name: np.array(values)[firsts] for name, values in conditions.items()}  # the same throughout a row
    rows["codes"][:, code] = np.resize(np.linspace(-2.0, 2.0, TRAVERSED), len(firsts))
    return rows


def _of_run(command: Sample) -> tuple[Sampler, Turns]:
    run, config, model = command.restored(command.data_dir)

    def of_examples(conditions: Spec) -> Choose:
        return data.conditions_of(loaded(config, "test", run.load_identity(), "the model"), conditions)

    turns = command.turns(model.conditions, model.data_conditions, of_examples)
    return Sampler(model, turns), turns


def _of_export(command: Sample) -> tuple[ExportedGenerator, Turns]:
    folder, metadata = command.found_export()

    def of_examples(conditions: Spec) -> Choose:
        try:
            config = exported_config(metadata, command.data_dir)
            source = loaded(config, "test", metadata.get("data_identity", {}), "the model")
            return data.conditions_of(source, conditions)
        except (FileNotFoundError, ValueError) as error:
            if command.data_dir or list(conditions) != list(metadata.get("frequencies", {})):
                raise
            logging.warning("labels are drawn as often as they stand in the training data, whose examples are not at "
                            "hand (%s)", error)
            return data.labels_as_frequent(metadata["frequencies"]["label"])

    turns = command.turns(exported_conditions(metadata), data_conditions(metadata), of_examples)
    return open_export(folder, turns), turns


def _of_pretrained(command: Sample) -> tuple[Sampler, Turns]:
    packaged = find_pretrained(command.pretrained)
    model = packaged.model()

    def of_examples(conditions: Spec) -> Choose:
        if list(conditions) != ["label"] or packaged.default_conditions is None:
            raise ValueError(f"samples of {packaged.name} depend on {', '.join(conditions)}; ask for them by flags of "
                             "these names")
        return packaged.default_conditions

    turns = command.turns(model.conditions, model.data_conditions, of_examples)
    return Sampler(model, turns), turns
