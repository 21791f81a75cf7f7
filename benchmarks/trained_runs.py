"""Existing runs, for the benchmarks that look at one."""

import argparse
import pathlib

from wirgan_tf.config import Config
from wirgan_tf.models import Model
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory


def run_parser(about: str) -> argparse.ArgumentParser:
    """A parser with the flags that name a run and its data."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--run_dir", required=True, type=pathlib.Path)
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    return parser


def restored(arguments: argparse.Namespace) -> tuple[Config, Model]:
    """The configuration and the model of the run that flags of `run_parser` name."""
    run = RunDirectory(arguments.run_dir)
    config = run.load_config()
    if arguments.data_dir:
        config = config.replace(data_dir=arguments.data_dir)
    return config, restore_model(config, run)
