"""What the command line can do, a function for each mode."""

import logging
import pathlib

import keras
import numpy as np

from wirgan_tf import pictures
from wirgan_tf.command_line import Request
from wirgan_tf.config import Config
from wirgan_tf.data import DATASETS
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, PENALTIES
from wirgan_tf.presets import PRESETS
from wirgan_tf.registry import Registry
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory


def train(request: Request) -> None:
    """Trains a run, or goes on with it; at the end evaluates it briefly and exports its generator."""
    config = request.config()
    run = RunDirectory(request.run_path(config))
    _set_precision(config)
    model = loop.train(config, run)
    if model is None:
        print(f"stopped and saved; go on with: python -m wirgan_tf.main --run_dir={run.path}")
        return
    folder = export_generator(model.sampler, config, run.export)
    print(f"pictures in {run.samples}, generator exported to {folder}")


def sample(request: Request) -> None:
    """Draws images from a run or from an export."""
    seed = request.given.get("seed", 0)
    seeds = row_seeds(seed, request.num_samples)
    output = _checked_output(request.output)
    if request.model_dir:
        if request.canvases:
            raise ValueError("--canvases needs a run, an export draws images alone; pass --run_dir, not --model_dir")
        exported = ExportedGenerator(pathlib.Path(request.model_dir))
        _write_images(exported.images(seed, request.num_samples), seeds, output)
        return
    if not request.run_dir:
        raise ValueError("--mode=sample needs --run_dir of a run or --model_dir of an exported generator")
    config, model = _restored(request)
    sampler = Sampler(model.sampler, config.noise)
    if request.canvases:
        _write_canvases(sampler.canvases(seeds), seeds, output)
    else:
        _write_images(sampler.images(seeds), seeds, output)


def export(request: Request) -> None:
    """Exports a run's generator as the next version of a model."""
    if not request.run_dir:
        raise ValueError("--mode=export needs --run_dir of a run")
    config, model = _restored(request)
    base = pathlib.Path(request.model_base or pathlib.Path("export/models") / request.run_path(config).name)
    print(f"generator exported to {export_generator(model.sampler, config, base)}")


def list_choices(request: Request) -> None:
    """Prints every name that a flag can take."""
    del request
    for registry in (PRESETS, DATASETS, NETWORKS, OBJECTIVES, PENALTIES):
        print(f"--{registry.kind}: {', '.join(registry)}")


COMMANDS = Registry("mode", {"train": train, "sample": sample, "export": export, "list": list_choices})


def _restored(request: Request) -> tuple[Config, loop.AdversarialModel]:
    run = RunDirectory(pathlib.Path(request.run_dir))
    config = run.load_config()
    _set_precision(config)
    return config, loop.restore_model(config, run)


def _set_precision(config: Config) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")


def _checked_output(name: str) -> pathlib.Path:
    output = pathlib.Path(name)
    if output.suffix not in (".npz", ".png") and not name.endswith("/"):
        raise ValueError(f"--output={name}: expected a name that ends in .npz, .png or / (a folder of PNG files)")
    if not output.parent.is_dir():
        raise FileNotFoundError(f"--output={name}: the folder {output.parent} does not exist")
    return output


def _write_images(images: np.ndarray, seeds: np.ndarray, output: pathlib.Path) -> None:
    if output.suffix == ".png":
        pictures.save(pictures.draw(images), output)
    elif output.suffix == ".npz":
        _write_npz(output, images=images if images.ndim == 2 else pictures.to_pixels(images), seeds=seeds)
    else:
        if images.ndim == 2:
            raise ValueError(f"--output={output}/: points go to a .npz or a .png file")
        output.mkdir(exist_ok=True)
        for image, seed in zip(images, seeds, strict=True):
            pictures.save(pictures.grid(image[None], columns=1), output / f"{seed}.png")
    logging.info("%d samples written to %s", len(images), output)


def _write_canvases(canvases: np.ndarray, seeds: np.ndarray, output: pathlib.Path) -> None:
    if output.suffix == ".png":
        pictures.save(pictures.draw_steps(canvases), output)
    elif output.suffix == ".npz":
        values = canvases if canvases.ndim == 3 else pictures.to_pixels(canvases)
        _write_npz(output, canvases=values.swapaxes(0, 1), seeds=seeds)
    else:
        raise ValueError(f"--output={output}/: canvases go to a .npz or a .png file")


def _write_npz(output: pathlib.Path, **arrays: np.ndarray) -> None:
    partial = output.with_suffix(".partial.npz")
    np.savez_compressed(partial, **arrays)
    partial.replace(output)
