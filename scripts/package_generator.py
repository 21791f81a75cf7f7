"""Packages a small trained generator with the library, for --pretrained=NAME: float16 weights and a card.

    python scripts/package_generator.py runs/mnist_gp_wirgan_t3 --name=mnist_gp_wirgan_t3 \
        --data="MNIST, 60,000 handwritten digits of 28x28" --licence="weights Apache-2.0; MNIST CC BY-SA 3.0"

The source is a run, at its newest, best or watched checkpoint, or an export. The card quotes the measures that are kept
there, so evaluate first. What is written goes to wirgan_tf/pretrained/NAME, or below --folder.
"""

import argparse
import pathlib
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from wirgan_tf import evaluation, pictures
from wirgan_tf.config import Config
from wirgan_tf.entries import Entry, Spec
from wirgan_tf.exporting import exported_weights, find_export
from wirgan_tf.exporting.pretrained import FOLDER, Pretrained, write_pretrained
from wirgan_tf.exporting.saved_model import without_paths
from wirgan_tf.models.asking import Turns, watched_rows
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.tables import aligned
from wirgan_tf.training.restoring import CHECKPOINTS, restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_keys import keyed_weights

LIMITS = ("Its samples are those of a small generator: not all of them are good, and it draws nothing that its "
          "training data did not have.")


class Source(NamedTuple):
    """What is packaged: weights by key, config, the entries of the data, and what is known of the generator."""

    weights: dict[str, np.ndarray]
    config: Config
    spec: Spec
    about: dict[str, Any]


def of_run(path: pathlib.Path, checkpoint: str) -> Source:
    """A run at one of its checkpoints."""
    run = RunDirectory(path)
    config = run.load_config()
    model = restore_model(config, run, checkpoint)
    weights = {key: variable.numpy() for key, variable in keyed_weights(model.sampled_generators).items()}
    return Source(weights, without_paths(config), run.load_spec(), {
        "iteration": int(model.iteration), "data_identity": run.load_identity(), "frequencies": run.load_frequencies(),
        "measures": evaluation.latest(run.metrics_file, int(model.iteration))})


def of_export(path: pathlib.Path) -> Source:
    """The newest version of an export, or the one in `path`."""
    _, metadata = find_export(path)
    weights = exported_weights(path)
    data = {name: fields for name, fields in metadata["conditions"].items() if name not in metadata["noise"]}
    spec = {"image": Entry(tuple(metadata["shape"]))} | {name: Entry.from_json(fields) for name, fields in data.items()}
    about = {name: metadata[name] for name in ("iteration", "measures", "data_identity", "frequencies")}
    return Source(weights, Config.from_json(metadata["config"]), spec, about)


def draw_pictures(packaged: Pretrained) -> None:
    """100 samples, and ten after each time step, of the weights as they were packaged."""
    model = packaged.model()
    sampler, seeds, first = Sampler(model, packaged.default_conditions), row_seeds(0, 100), row_seeds(0, 10)
    turns = Turns(watched_rows(model.conditions, sampler.conditions(seeds), 10), 0, sampler.conditions)
    grid = pictures.draw_turns(sampler.images(seeds, turns(seeds)), turns.count)
    pictures.save(grid, packaged.folder / "samples.png")
    pictures.save(pictures.draw_steps(sampler.canvases(first, turns(first))), packaged.folder / "refinement.png")


def card(packaged: Pretrained, arguments: argparse.Namespace) -> str:
    """The card, in Markdown."""
    config, about, shape = packaged.config, packaged.about, list(packaged.spec["image"].shape)
    size = (packaged.folder / "generator.npz").stat().st_size
    rows = [(fields["name"], f"{fields['value']:.5g}", fields.get("note", "")) for fields in about["measures"]]
    measured = aligned([("measure", "value", "note"), *rows], right=[1]) if rows else "not measured"
    return f"""\
# {packaged.name}

The generator of `{config.model}` with T = {config.network.time_steps} on `{config.dataset}`, images of {shape}, after \
{about["iteration"]} updates. Weights: {size / 1e3:.0f} kB as float16.

    wirgan_tf --mode=sample --pretrained={packaged.name}
    wirgan_tf --mode=serve --pretrained={packaged.name}

![100 samples of the seeds 0 to 99](samples.png) ![Ten of them after each time step](refinement.png)

## Data

{arguments.data}

## Command

    {arguments.command or command_of(config)}

## Measures

A measure's name has its protocol: samples, data set, split and feature network (docs/measuring.md). They are of the \
weights before they were rounded to float16.

```
{measured}
```

## Limits

{arguments.limits}

## Licence

{arguments.licence}
"""


def command_of(config: Config) -> str:
    """The command that trains a run of this config."""
    preset = Config(model=config.model).settings()
    flags = {"model": config.model, "dataset": config.dataset}
    flags |= {name: value for name, value in config.settings().items() if value != preset.get(name)}
    if "data_dir" in flags:
        flags["data_dir"] = "DIR"
    return " ".join(["wirgan_tf", *(_flag(name, value) for name, value in flags.items())])


def _flag(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"--{'' if value else 'no'}{name}"
    return f"--{name}={value}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, help="folder of a run or of an export")
    parser.add_argument("--name", required=True, help="what it is called, as in mnist_gp_wirgan_t3")
    parser.add_argument("--checkpoint", default="newest", choices=list(CHECKPOINTS), help="of a run")
    parser.add_argument("--data", required=True, help="what it was trained with, a sentence")
    parser.add_argument("--licence", required=True, help="of the weights and of the data")
    parser.add_argument("--limits", default=LIMITS, help="what to bear in mind, beside what is true of all")
    parser.add_argument("--command", default="", help="that trained it; default: by its config")
    parser.add_argument("--folder", type=pathlib.Path, default=FOLDER, help="where it goes")
    given = parser.parse_args(arguments)
    try:
        is_run = RunDirectory(given.source).config_file.is_file()
        source = of_run(given.source, given.checkpoint) if is_run else of_export(given.source)
        packaged = write_pretrained(given.folder / given.name, *source)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    draw_pictures(packaged)
    (packaged.folder / "card.md").write_text(card(packaged, given))
    print(f"{packaged.folder}: {sum(path.stat().st_size for path in packaged.folder.iterdir()) / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
