"""With the global batch fixed, weights do not depend on how many devices or workers share it.

Five updates of GP-WIRGAN, T = 3, batch normalisation synchronised, end with the same weights within 1e-6; measured is
6e-8, from sums in another order.
"""

import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

from tests.training.flags import flags_of
from wirgan_tf.config import Config
from wirgan_tf.training import loop
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_keys import keyed_variables

ROOT = pathlib.Path(__file__).parents[2]
LAUNCH = ROOT / "scripts" / "launch_local.py"
CONFIG = Config(width=2, latent=4, batch_size=8, critic_updates=1, iterations=5, initializer="glorot",
                critic_initializer="he", eval_every=0)
# The bias before a normalisation has no gradient but for rounding, of which Adam makes steps of its own size, 1e-4, up
# or down; it moves the mean that is taken away again, and nothing else.
FREE = ("generator/encoder/to_state/bias", "generator/decoder/norms.0/moving_mean.1",
        "generator/decoder/norms.0/moving_mean.2")


def weights(model):
    return {key: np.asarray(variable.value) for key, variable in keyed_variables(model).items()
            if key.startswith(("generator/", "critic/"))}


def assert_same(model, others):
    mine, theirs = weights(model), weights(others)
    assert set(FREE) < set(mine) == set(theirs)
    for path, values in mine.items():
        np.testing.assert_allclose(values, theirs[path], rtol=0, atol=1e-3 if path in FREE else 1e-6, err_msg=path)


@pytest.fixture(scope="module")
def of_one_process(tmp_path_factory):
    return loop.train(CONFIG, RunDirectory(tmp_path_factory.mktemp("one")))


def test_two_mirrored_devices(of_one_process, tmp_path, two_replicas):
    assert_same(loop.train(CONFIG, RunDirectory(tmp_path), strategy=two_replicas), of_one_process)


@pytest.mark.processes  # two workers, each on a core
def test_two_workers(of_one_process, tmp_path):
    """The real program, launched on this machine; the chief alone keeps the run."""
    command = [sys.executable, LAUNCH, "--workers=2", "--", *flags_of(CONFIG), f"--run_dir={tmp_path}", "--metrics=fid"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert ended.returncode == 0, ended.stdout
    assert_same(restore_model(CONFIG, RunDirectory(tmp_path)), of_one_process)
    lines = [line for line in ended.stdout.splitlines() if "pictures in" in line]
    assert lines == [f"[worker 0] pictures in {tmp_path}/samples, generator exported to {tmp_path}/export/1"]
    writers = {re.search(r"\.(\d+)\.\d+\.\w+$", path.name)[1] for path in (tmp_path / "tensorboard").iterdir()}
    assert len(writers) == 1  # process
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2  # brief and final


@pytest.mark.processes  # two workers, each on a core
def test_two_workers_train_a_model_of_two_stages(tmp_path):
    """The chief alone looks at the whole before the first stage: the others do not wait for it there."""
    config = Config(model="stackgan", dataset="digits", image_size=16, stage_condition="label", width=2, latent=4,
                    batch_size=4, iterations=2, eval_every=0)
    command = [sys.executable, LAUNCH, "--workers=2", "--", *flags_of(config), f"--run_dir={tmp_path}",
               "--report_samples=0", "--features=pixels"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert ended.returncode == 0, ended.stdout
    assert int(restore_model(config, RunDirectory(tmp_path)).iteration) == 2


REPEATED = """
import hashlib
import sys

from wirgan_tf.config import Config
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_keys import keyed_variables

of_points = {"network": "mlp", "dataset": "gaussians_25", "jit_compile": True} if sys.argv[2] == "xla" else {}
config = Config(width=16, latent=8, batch_size=16, critic_updates=2, time_steps=2, iterations=4, eval_every=0,
                **of_points)
for name, stops in (("first", [4]), ("second", [4]), ("resumed", [1, 4])):
    for stop in stops:
        model = loop.train(config.replace(iterations=stop), RunDirectory(f"{sys.argv[1]}/{name}"))
    digest = hashlib.sha256()
    for variable in keyed_variables(model).values():
        digest.update(variable.numpy().tobytes())
    print("weights", digest.hexdigest())
"""


@pytest.mark.processes  # oneDNN is chosen before TensorFlow starts
@pytest.mark.parametrize(("onednn", "compiler"), [("0", "tensorflow"), ("1", "tensorflow"), ("1", "xla")])
def test_repeated_and_resumed_runs_are_the_same_to_the_bit(tmp_path, onednn, compiler):
    ended = subprocess.run([sys.executable, "-c", REPEATED, str(tmp_path), compiler], capture_output=True, text=True,
                           timeout=250, cwd=ROOT, env=os.environ | {"TF_ENABLE_ONEDNN_OPTS": onednn})
    weights = [line for line in ended.stdout.splitlines() if line.startswith("weights")]
    assert len(weights) == 3, ended.stderr
    assert len(set(weights)) == 1
