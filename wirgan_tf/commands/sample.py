"""--mode=sample."""

import dataclasses

from wirgan_tf import data
from wirgan_tf.commands.common import (
    Drawing,
    RealData,
    RunOrExport,
    exported_data,
    num_samples_setting,
    sample_seed_setting,
)
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.outputs import checked_output, write_canvases, write_images
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class Sample(RunOrExport, Drawing, RealData):
    """Draws images from a run or from an exported generator."""

    num_samples: int = num_samples_setting(100)
    sample_seed: int = sample_seed_setting(0)
    output: str = setting("samples.png", "where they go: a .npz file, a .png file or a folder/", path=True)
    canvases: bool = setting(False, "draw all T canvases of each image (to a .png or .npz)")

    def run(self) -> None:
        seeds, output = row_seeds(self.sample_seed, self.num_samples), checked_output(self.output)
        self.require_either()
        sampler = _of_export(self) if self.model_dir else _of_run(self)
        if self.canvases:
            write_canvases(sampler.canvases(seeds), seeds, output)
        else:
            write_images(sampler.images(seeds), seeds, output)
        print(f"{self.num_samples} samples written to {self.output}")


def _of_run(command: Sample) -> Sampler:
    _, config, model = command.restored(command.data_dir)
    return Sampler(model, _conditions(command, config.data, model.conditions))


def _of_export(command: Sample) -> ExportedGenerator:
    folder, metadata = command.found_export()
    names = metadata.get("conditions", {})
    dataset = exported_data(metadata, command.data_dir) if names or command.data_dir else None
    return ExportedGenerator(folder, _conditions(command, dataset, names))


def _conditions(command: Sample, dataset: data.DataSet | None, names):
    """Chooses the conditions of samples among test examples; None for a model without."""
    if names:
        return data.conditions_of(data.load(dataset, "test"), names)
    if command.data_dir:
        raise ValueError("data_dir has no effect: samples of this model depend on no data; leave it out")
    return None
