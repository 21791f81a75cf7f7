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


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """The numbers of a process of its own: TensorFlow takes its order of sums from the environment when it starts."""
    path = tmp_path_factory.mktemp("golden") / "numbers.json"
    subprocess.run([sys.executable, ROOT / "scripts" / "golden_numbers.py", path], check=True)
    return json.loads(path.read_text())


@pytest.mark.parametrize("model", GOLDEN)
def test_nothing_moved(now, model):
    golden, found = GOLDEN[model], now[model]
    assert found["losses"] == pytest.approx(golden["losses"], rel=TOLERANCE, abs=1e-7)
    for numbers in ("samples", "absolute_samples"):
        assert found[numbers] == pytest.approx(golden[numbers], rel=TOLERANCE, abs=1e-6)
    for ours, theirs in zip(found["gradients"], golden["gradients"], strict=True):
        assert len(ours) == len(theirs)
        compared = [(mine, other) for mine, other in zip(ours, theirs, strict=True) if other is not None]
        assert [mine for mine, _ in compared] == pytest.approx([other for _, other in compared], rel=TOLERANCE,
                                                               abs=ROUNDING)
