"""The command line: absl flags derived from `Config`, beside those that say what to do."""

import dataclasses
import pathlib
import sys

from absl import flags

from wirgan_tf.config import Config
from wirgan_tf.presets import PRESETS

_DEFINE = {str: flags.DEFINE_string, int: flags.DEFINE_integer, float: flags.DEFINE_float, bool: flags.DEFINE_boolean}


def define_flags() -> None:
    """Defines a flag for each field of `Config`, and those of the commands."""
    for field in dataclasses.fields(Config):
        about = field.metadata["about"]
        if field.metadata["choices"]:
            about += f" ({', '.join(field.metadata['choices'])})"
        _DEFINE[field.type](field.name, None, f"{about}; default: the model's, {field.default!r} for gp_wirgan")
    flags.DEFINE_string("mode", "train", "what to do: train, evaluate, sample, export or list")
    flags.DEFINE_string("run_dir", None, "folder of the run; default: runs/<dataset>_<model>_t<time_steps>")
    flags.DEFINE_string("model_dir", None, "exported generator to sample from, instead of a run")
    flags.DEFINE_string("model_base", None, "where --mode=export puts versions; default: export/models/<run's name>")
    flags.DEFINE_integer("num_samples", 100, "images to sample", lower_bound=1)
    flags.DEFINE_string("output", "samples.png", "where samples go: a .npz file, a .png file or a folder/")
    flags.DEFINE_boolean("canvases", False, "draw the T canvases of each sample (from a run, to a .png or .npz)")
    flags.DEFINE_boolean("debug", False, "show the traceback of an error")


def parse(arguments: list[str]) -> list[str]:
    """Parses the flags. Wrong ones end the program with one line and exit code 2."""
    try:
        rest = flags.FLAGS(arguments)
    except flags.Error as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    if rest[1:]:
        print(f"error: unexpected argument {rest[1]!r}; options are written --name=value, see --help", file=sys.stderr)
        sys.exit(2)
    return rest


def config_from_flags() -> Config:
    """The config: a run's own, or else the model's preset, with every flag that was given on top."""
    given = {field.name: flags.FLAGS[field.name].value for field in dataclasses.fields(Config)
             if flags.FLAGS[field.name].present}
    stored = pathlib.Path(flags.FLAGS.run_dir or "") / "config.json"
    if "model" in given or not (flags.FLAGS.run_dir and stored.is_file()):
        return dataclasses.replace(PRESETS[given.get("model", Config.model)], **given)
    return dataclasses.replace(Config.load(stored), **given)


def run_path(config: Config) -> pathlib.Path:
    """The run's folder."""
    return pathlib.Path(flags.FLAGS.run_dir or f"runs/{config.dataset}_{config.model}_t{config.time_steps}")
