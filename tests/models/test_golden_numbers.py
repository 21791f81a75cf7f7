"""Every model computes what it did: scripts/golden_numbers.py against the numbers that it wrote before."""

import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests" / "models" / "golden_numbers.json").read_text())
TOLERANCE = 1e-4
ROUNDING = 2e-7  # of float32 sums of terms near 1, where they cancel


def test_nothing_moved(tmp_path):
    """In a process of its own: TensorFlow takes its order of sums from the environment when it starts.

    One test for all, so that test processes beside each other do not each compute all numbers.
    """
    path = tmp_path / "numbers.json"
    subprocess.run([sys.executable, ROOT / "scripts" / "golden_numbers.py", path], check=True)
    now, moved = json.loads(path.read_text()), {}
    for model, golden in GOLDEN.items():
        try:
            assert_same(now[model], golden)
        except AssertionError as error:
            moved[model] = str(error)
    assert moved == {}


def assert_same(found, golden):
    assert found["losses"] == pytest.approx(golden["losses"], rel=TOLERANCE, abs=1e-7)
    for numbers in ("samples", "absolute_samples"):
        assert found[numbers] == pytest.approx(golden[numbers], rel=TOLERANCE, abs=1e-6)
    for ours, theirs in zip(found["gradients"], golden["gradients"], strict=True):
        assert len(ours) == len(theirs)
        compared = [(mine, other) for mine, other in zip(ours, theirs, strict=True) if other is not None]
        assert [mine for mine, _ in compared] == pytest.approx([other for _, other in compared], rel=TOLERANCE,
                                                               abs=ROUNDING)
