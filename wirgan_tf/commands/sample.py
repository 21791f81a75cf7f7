"""--mode=sample and --mode=export."""

import pathlib

from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import export_version, given, restored
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.outputs import checked_output, write_canvases, write_images
from wirgan_tf.training.run_directory import RunDirectory

_SAMPLES = 100


def sample(request: Request) -> None:
    """Draws images from a run or from an export."""
    seed, count = request.given.get("seed", 0), request.num_samples or _SAMPLES
    seeds, output = row_seeds(seed, count), checked_output(request.output)
    if request.run_dir:
        config, model = restored(request)
        sampler = Sampler(model.sampler, config.noise)
    else:
        sampler = ExportedGenerator(
            given(request.model_dir, "sample", "--run_dir of a run or --model_dir of an exported generator"))
    if request.canvases:
        write_canvases(sampler.canvases(seeds), seeds, output)
    else:
        write_images(sampler.images(seeds), seeds, output)
    print(f"{count} samples written to {request.output}")


def export(request: Request) -> None:
    """Exports a run's generator as a version of a model, the next one if none is named."""
    run = RunDirectory(given(request.run_dir, "export", "--run_dir of a run"))
    config, model = restored(request)
    base = pathlib.Path(request.model_base or f"export/models/{run.path.resolve().name}")
    print(f"generator exported to {export_version(model, config, run, base, request.version)}")
