"""Every experiment starts, and every registered name has its flagfile or its line in the documentation."""

import dataclasses
import pathlib
import re

import pytest

from wirgan_tf.command_line import parse
from wirgan_tf.commands import COMMANDS
from wirgan_tf.data import DATASETS
from wirgan_tf.evaluation import FEATURE_NETWORKS, MEASURES
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, PENALTIES
from wirgan_tf.presets import PRESETS

ROOT = pathlib.Path(__file__).parents[2]
FLAGFILES = sorted((ROOT / "configs").glob("*.flags"))
TINY = ("--width=2", "--latent=4", "--batch_size=4", "--critic_updates=2", "--iterations=2", "--eval_every=0")


def experiments():
    """One flagfile of those that differ in their data and in sizes alone, if possible one of images below 64x64."""
    large_last = sorted(FLAGFILES, key=lambda path: path.stem.startswith(("celeba", "image_folder", "lsun_church")))
    chosen = {}
    for flagfile in large_last:
        config = parse(["main", f"--flagfile={flagfile}"]).config()
        settings = dataclasses.asdict(dataclasses.replace(config, dataset="", data_dir="", image_size=0)).values()
        built_of = tuple(value if isinstance(value, str | bool) else (value == 0, value == 1) for value in settings)
        chosen.setdefault(built_of, flagfile)
    return list(chosen.values())


@pytest.mark.parametrize("flagfile", experiments(), ids=lambda path: path.stem)
def test_started_for_two_updates(flagfile, program, stand_ins):
    code, shown, error = program(f"--flagfile={flagfile}", "--run_dir=run", *TINY, "--metrics=fid")
    assert code == 0, error
    assert pathlib.Path("run/checkpoints/ckpt-2.index").is_file()
    assert "exported to run/export/1" in shown


@pytest.mark.parametrize("flagfile", FLAGFILES, ids=lambda path: path.stem)
def test_opens_with_what_it_is(flagfile):
    lines = flagfile.read_text().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert lines[: len(comments)] == comments
    assert "Paper: " in "".join(comments)
    assert re.search("Result: |Not trained to its end", "".join(comments))
    assert f"python -m wirgan_tf.main --flagfile=configs/{flagfile.name}" in "".join(comments)
    config = parse(["main", f"--flagfile={flagfile}"]).config()
    model, dataset = config.model, config.dataset
    assert flagfile.stem == f"{dataset}_{model}_t{config.time_steps}"


def test_every_data_set_and_recurrent_model_has_a_flagfile():
    configs = [parse(["main", f"--flagfile={flagfile}"]).config() for flagfile in FLAGFILES]
    assert {config.dataset for config in configs} == set(DATASETS)
    assert {"gp_wirgan", "wirgan", "gran"} <= {config.model for config in configs}


@pytest.mark.parametrize("name", [*COMMANDS, *PRESETS, *DATASETS, *NETWORKS, *OBJECTIVES, *PENALTIES, *MEASURES,
                                  *FEATURE_NETWORKS])
def test_every_name_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "reference.md").read_text()
