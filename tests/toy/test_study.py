"""The plan of the study, and the whole of it in miniature."""

import json

import numpy as np
import pytest
from PIL import Image

from wirgan_tf import main
from wirgan_tf.objectives import OBJECTIVES
from wirgan_tf.toy import EXPERIMENTS

TINY = ("--width=4", "--batch_size=8", "--critic_updates=2", "--iterations=3", "--num_samples=40")


def plan(name, **given):
    return {sheet: [[(experiment.__name__, config) for experiment, config in row] for row in rows]
            for sheet, rows in EXPERIMENTS[name](given).items()}


def test_figures_5_and_6_have_a_row_for_each_model_and_a_column_for_each_data_set():
    sheets = plan("both_players")
    assert list(sheets) == ["both_players_t1", "both_players_t3"]
    for time_steps, rows in zip((1, 3), sheets.values(), strict=True):
        assert [[(config.model, config.dataset, config.network.time_steps) for _, config in row] for row in rows] == [
            [(model, dataset, time_steps) for dataset in ("swiss_roll", "gaussians_8", "gaussians_25")]
            for model in ("sim_wirgan", "sim_gp_wirgan")]


def test_the_models_are_the_papers_but_narrower():
    for row in plan("both_players")["both_players_t3"]:
        for _, config in row:
            assert (config.network.name, config.batch_size, config.family.critic_updates) == ("mlp", 128, 5)
            assert not hasattr(config.network, "critic_normalization")
            assert config.network.width == 128  # the paper's layers have 512 units
            assert (config.objective.name, config.penalty.name) == (
                "wgan", {"sim_wirgan": "clipping", "sim_gp_wirgan": "gp"}[config.model])


def test_what_is_given_holds_for_all_and_narrows_the_choice():
    (row,), = plan("critic_alone", dataset="gaussians_8", model="sim_wirgan", seed=5).values()
    assert [(name, config.dataset, config.model, config.seed) for name, config in row] == [
        ("critic_alone", "gaussians_8", "sim_wirgan", 5)]


def test_every_objective_has_its_panel():
    cells = [config for row in plan("objectives")["objectives"] for _, config in row]
    assert [config.objective.name for config in cells] == list(OBJECTIVES)
    assert {config.dataset for config in cells} == {"gaussians_25"}


def test_other_data_is_refused():
    with pytest.raises(ValueError, match="the toy study is of points; the choices are swiss_roll"):
        plan("both_players", dataset="digits")


def test_in_miniature(tmp_path, capsys, uncompiled):
    folder = tmp_path / "toy"
    code = main.main(["main", "--mode=toy", f"--run_dir={folder}", "--dataset=gaussians_8", "--time_steps=2", *TINY])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    assert sorted(path.name for path in folder.iterdir()) == [
        "both_players_t2.png", "critic_alone.png", "numbers.jsonl"]
    for name in ("both_players_t2", "critic_alone"):
        picture = Image.open(folder / f"{name}.png")
        assert picture.size == (300, 640)  # one data set, two models
        for half in np.split(np.asarray(picture), 2):
            assert half.std() > 10
    lines = [json.loads(line) for line in (folder / "numbers.jsonl").read_text().splitlines()]
    assert [(line["experiment"], line["model"], line["time_steps"]) for line in lines] == [
        ("critic_alone", "sim_wirgan", 1), ("critic_alone", "sim_gp_wirgan", 1),
        ("both_players", "sim_wirgan", 2), ("both_players", "sim_gp_wirgan", 2)]
    assert {(line["num_samples"], line["updates"]) for line in lines} == {(40, 3)}
    assert [line["modes"] for line in lines] == [None, None, 8, 8]  # noise covers what it covers
    assert "sim_gp_wirgan" in shown.out
    assert str(folder) in shown.out


@pytest.mark.parametrize(("flags", "message"), [
    (["--experiments=critic"], "unknown experiment 'critic'; did you mean 'critic_alone'?"),
    (["--dataset=mnist"], "the toy study is of points"),
    (["--model=gran"], "use network=mlp"),
    (["--divergence=kl"], "divergence has no effect in these experiments"),
    (["--experiments=critic_alone"], "critic_updates has no effect: critic_alone has no generator"),
    (["--checkpoint_every=1"], "checkpoint_every has no effect: an experiment leaves its picture and its numbers"),
    (["--family=conditional"], "family=conditional: the toy study draws points without conditions"),
    (["--num_samples=10001"], "num_samples=10001: there are 10000 held-out points"),
])
def test_wrong_requests_are_refused_before_any_work(tmp_path, capsys, flags, message):
    code = main.main(["main", "--mode=toy", f"--run_dir={tmp_path / 'toy'}", *TINY, *flags])
    assert code == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.png"))
