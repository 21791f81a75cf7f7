"""Numbers of a known generator and a linear critic."""

import dataclasses
import json
import types

import numpy as np
import pytest

from wirgan_tf.config import Config
from wirgan_tf.data.points import GAUSSIANS_8
from wirgan_tf.toy import numbers
from wirgan_tf.toy.experiments import Outcome


def outcome(dataset, real, generated):
    config = Config(model="sim_gp_wirgan", dataset=dataset, seed=4)
    model = types.SimpleNamespace(critic=lambda points: 3.0 * points[:, 0] - 4.0 * points[:, 1])
    return Outcome("both_players", config, model, np.float32(real), np.float32(generated), seconds=1.25)


def test_of_a_mixture():
    centres = GAUSSIANS_8.centres
    found = numbers.measure(outcome("gaussians_8", centres, np.concatenate([centres[:6], [[9.0, 9.0], centres[0]]])))
    assert (found.covered, found.modes, found.good_share, found.rarest_share) == (6, 8, 7 / 8, 0.0)
    assert found.slope == pytest.approx(5.0)  # of 3 x - 4 y
    to_outlier = min(np.linalg.norm(centre - 9.0) for centre in centres)
    assert found.to_real == pytest.approx(to_outlier / 8, rel=1e-6)
    side = 2 * np.linalg.norm(centres[0]) * np.sin(np.pi / 8)  # the two modes left out are a side away from the next
    assert found.from_real == pytest.approx(2 * side / 8, rel=1e-5)


def test_the_swiss_roll_has_no_modes():
    found = numbers.measure(outcome("swiss_roll", [[0.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [0.0, 1.0]]))
    assert (found.covered, found.modes, found.good_share, found.rarest_share) == (None,) * 4
    assert (found.to_real, found.from_real) == pytest.approx((1.0, 1.5))


def test_lines_are_appended_behind_one_that_was_cut_short(tmp_path):
    found = numbers.measure(outcome("swiss_roll", [[0.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [0.0, 1.0]]))
    (tmp_path / "numbers.jsonl").write_text('{"experiment": "both_')
    numbers.append(found, tmp_path / "numbers.jsonl")
    assert json.loads((tmp_path / "numbers.jsonl").read_text().splitlines()[1]) == dataclasses.asdict(found)


def test_lines_are_appended(tmp_path):
    found = numbers.measure(outcome("swiss_roll", [[0.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [0.0, 1.0]]))
    for _ in range(2):
        numbers.append(found, tmp_path / "numbers.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "numbers.jsonl").read_text().splitlines()]
    assert lines == [dataclasses.asdict(found)] * 2
    assert (lines[0]["model"], lines[0]["seed"], lines[0]["penalty"]) == ("sim_gp_wirgan", 4, "gp")
    table = numbers.table([found])
    assert "1.5000" in table
    assert len(table.splitlines()) == 2
