"""Runs that are trained in stages: the first stage is a run of its own, whose networks the second stage draws with."""

import pathlib

from wirgan_tf.config import Config
from wirgan_tf.entries import Spec
from wirgan_tf.models import Model
from wirgan_tf.networks.network import CRITIC_SETTINGS
from wirgan_tf.parts import setting_fields
from wirgan_tf.training.checkpoints import newest_checkpoint, update_of
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import STAGE_ONE, RunDirectory


def first_stage(config: Config, run: RunDirectory) -> tuple[Config, RunDirectory] | None:
    """The config and the folder of the stage that is trained before `run`; None: there is none."""
    stage = config.family.first_stage
    if stage is None:
        return None
    first = config.replace(**stage.changes, init_from="", init_fresh="")  # those weights are for the run itself
    return first, RunDirectory(pathlib.Path(stage.run) if stage.run else run.path / STAGE_ONE)


def lacks_first_stage(config: Config, run: RunDirectory) -> bool:
    """Whether a first stage in the folder of `run` still has to be trained to its end, before `run` itself."""
    stage = first_stage(config, run)
    if stage is None or config.family.first_stage.run or newest_checkpoint(run.checkpoints):
        return False
    newest = newest_checkpoint(stage[1].checkpoints)
    return newest is None or update_of(newest) < config.iterations


def take_first_stage(model: Model, config: Config, run: RunDirectory, spec: Spec) -> None:
    """Gives the frozen generators of a new model of `run` the weights of its first stage, if there is one.

    Raises: `FileNotFoundError` when it has not been trained; `ValueError`, naming what differs, when it draws otherwise
      than the frozen generators or was trained on other data.
    """
    stage = first_stage(config, run)
    if stage is None:
        return
    expected, first_run = stage
    if not first_run.config_file.is_file():
        raise FileNotFoundError(f"there is no first stage in {first_run.path}: train it there, or give the folder of "
                                "its run as stage_one; --mode=train trains both")
    found = first_run.load_config()
    _check_same_generators(found, expected, first_run)
    there = first_run.load_spec()
    if differing := [name for name in ("image", *model.data_conditions) if there.get(name) != spec[name]]:
        raise ValueError(f"the first stage in {first_run.path} was trained on data of another {differing[0]}: "
                         f"{there.get(differing[0])}, expected {spec[differing[0]]}; train both on the same data")
    trained = restore_model(found, first_run).sampled_generators
    for name, network in model.frozen_generators.items():
        for mine, theirs in zip(network.variables, trained[name].variables, strict=True):
            mine.assign(theirs)


def _check_same_generators(found: Config, expected: Config, run: RunDirectory) -> None:
    fields = setting_fields(expected.network)
    names = [*(name for name in fields if name not in CRITIC_SETTINGS and not fields[name].metadata["safe_to_change"]),
             "family", "network", "stage", *expected.family.generator_settings]
    there, wanted = found.settings(), expected.settings()
    if differing := [f"{name} ({there.get(name)!r} there, {wanted[name]!r} asked for)" for name in names
                     if there.get(name) != wanted[name]]:
        raise ValueError(f"the first stage in {run.path} has other settings: {', '.join(differing)}; give those of "
                         "its run")
