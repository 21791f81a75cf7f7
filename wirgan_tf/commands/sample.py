"""--mode=sample."""

import dataclasses
from collections.abc import Callable, Collection, Mapping

import numpy as np

from wirgan_tf import data
from wirgan_tf.commands.common import (
    Drawing,
    RealData,
    RunOrExport,
    exported_config,
    loaded,
    num_samples_setting,
    sample_seed_setting,
)
from wirgan_tf.config import Config
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
    run, config, model = command.restored(command.data_dir)
    return Sampler(model, _conditions(command, config, model.data_conditions, run.load_identity()))


def _of_export(command: Sample) -> ExportedGenerator:
    folder, metadata = command.found_export()
    names = metadata.get("conditions", {})
    config = exported_config(metadata, command.data_dir) if names else None
    return ExportedGenerator(folder, _conditions(command, config, names, metadata.get("data_identity", {})))


def _conditions(command: Sample, config: Config | None, names: Collection[str],
                identity: Mapping[str, str]) -> Callable[[np.ndarray], Mapping[str, np.ndarray]] | None:
    """Chooses the conditions of samples among test examples; None for a model without."""
    if names:
        return data.conditions_of(loaded(config, "test", identity, "the model"), names)
    if command.data_dir:
        raise ValueError("data_dir has no effect: samples of this model depend on no data; leave it out")
    return None
