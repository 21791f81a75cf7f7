"""Runs that have not trained, for commands that take one."""

import pathlib

from wirgan_tf import data
from wirgan_tf.training.run_directory import RunDirectory


def prepare_run(folder, config):
    """A run that has not made an update yet."""
    RunDirectory(pathlib.Path(folder)).prepare(config, data.load_splits(config.data, config.validation_share))
