"""Every experiment starts, and every registered name has its flagfile or its line in the documentation."""

import math
import pathlib
import re

import pytest

from tests.document_commands import words_of
from wirgan_tf import data
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.command_line import parse
from wirgan_tf.commands import MODES
from wirgan_tf.config import AXES
from wirgan_tf.data import DATASETS
from wirgan_tf.evaluation import FEATURE_NETWORKS, MEASURES
from wirgan_tf.models import build_model
from wirgan_tf.networks import NETWORKS
from wirgan_tf.presets import PRESETS
from wirgan_tf.toy import EXPERIMENTS

ROOT = pathlib.Path(__file__).parents[2]
FLAGFILES = sorted((ROOT / "configs").glob("*.flags"))
TINY = ("--width=2", "--latent=4", "--batch_size=4", "--iterations=2", "--eval_every=0")


@pytest.mark.exhaustive
@pytest.mark.parametrize("flagfile", FLAGFILES, ids=lambda path: path.stem)
def test_makes_two_updates(flagfile, stand_ins):
    """Without the graph, whose tracing takes most of a short run."""
    config = parse(["main", f"--flagfile={flagfile}"]).config()
    shortest = {"critic_updates": 2, "time_steps": 3, "width": 2, "latent": 4, "batch_size": 4, "iterations": 2}
    settings = config.settings()
    config = config.replace(**{name: min(most, settings[name]) for name, most in shortest.items() if name in settings})
    examples = data.load(config.data, "train")
    model = build_model(config, examples.spec)
    batches = data.training_batches(examples, batch_size=config.batch_size, batches=config.family.batches,
                                    seed=config.seed)
    for batch in batches.take(2):
        logs = model.train_step(batch)
        assert all(math.isfinite(float(value)) for value in logs.values())
    assert int(model.iteration) == 2


@pytest.mark.parametrize("name", ["gaussians_25_sim_gp_wirgan_t3", "digits_vae_t1"])
def test_runs_from_flags_to_export(name, program, stand_ins):
    """The whole program on flagfiles of points and of a likelihood; the README's commands have one of images."""
    code, shown, error = program(f"--flagfile={ROOT}/configs/{name}.flags", "--run_dir=run", *TINY, "--metrics=fid")
    assert code == 0, error
    assert pathlib.Path("run/checkpoints/ckpt-2.npz").is_file()
    assert "exported to run/export/1" in shown


@pytest.mark.parametrize("flagfile", FLAGFILES, ids=lambda path: path.stem)
def test_opens_with_what_it_is(flagfile, monkeypatch):
    monkeypatch.chdir(ROOT)
    lines = flagfile.read_text().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert lines[: len(comments)] == comments
    assert "Paper: " in "".join(comments)
    assert re.search("Result: |Not trained to its end", "".join(comments))
    command, = re.findall(r"Command: (python -m wirgan_tf\.main --flagfile=.*)$", "\n".join(comments), re.MULTILINE)
    assert command.split()[3] == f"--flagfile=configs/{flagfile.name}"
    config = parse(["main", *words_of(command)]).config()
    assert flagfile.stem == f"{config.dataset}_{config.model}{_other_objective(config)}_t{config.network.time_steps}"


def _other_objective(config):
    if config.objective is None or config.objective.name == PRESETS[config.model]["objective"]:
        return ""
    return f"_{config.objective.name}"


def test_every_data_set_model_and_network_has_a_flagfile():
    configs = [parse(["main", f"--flagfile={flagfile}"]).config() for flagfile in FLAGFILES]
    assert {config.dataset for config in configs} == set(DATASETS)
    assert {config.model for config in configs} == set(PRESETS)
    assert {config.network.name for config in configs} == set(NETWORKS)


@pytest.mark.parametrize("registry", [MODES, PRESETS, DATASETS, *AXES.values(), MEASURES, FEATURE_NETWORKS, EXPERIMENTS,
                                      FORMATS], ids=lambda registry: registry.kind)
def test_every_name_is_documented(registry):
    reference = (ROOT / "docs" / "reference.md").read_text()
    assert [name for name in registry if f"`{name}`" not in reference] == []
