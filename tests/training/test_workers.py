"""Workers that are stopped or killed, as processes of their own on this machine."""

import re
import signal
import time

import launch_local
import numpy as np
import pytest

from tests.training.flags import flags_of
from wirgan_tf.config import Config
from wirgan_tf.training.checkpoints import newest_checkpoint
from wirgan_tf.training.restoring import restore_model
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_keys import keyed_variables

CONFIG = Config(network="mlp", dataset="gaussians_8", width=4, latent=4, time_steps=2, batch_size=8, critic_updates=1,
                initializer="glorot", critic_initializer="he", checkpoint_every=50, sample_every=10**6, log_every=10**6,
                eval_every=0)


def started(run, iterations):
    addresses = [f"localhost:{port}" for port in launch_local.free_ports(2)]
    flags = [*flags_of(CONFIG), f"--run_dir={run.path}", f"--iterations={iterations}"]
    return [launch_local.start(flags, addresses, index) for index in range(2)]


def started_and_past_a_checkpoint(run):
    before, deadline = newest_checkpoint(run.checkpoints), time.monotonic() + 120
    workers = started(run, iterations=10**6)
    while newest_checkpoint(run.checkpoints) == before:
        assert time.monotonic() < deadline
        assert [worker.poll() for worker in workers] == [None, None]
        time.sleep(0.1)
    return workers


def end_of(worker, within=30.0):
    """Its exit code and what it has said."""
    said, _ = worker.communicate(timeout=within)
    return worker.returncode, said


@pytest.mark.slow  # each of the ten processes starts TensorFlow and traces its update
def test_stopped_and_killed_workers_go_on_as_if_nothing_had_happened(tmp_path):
    run = RunDirectory(tmp_path / "run")
    workers = started_and_past_a_checkpoint(run)
    workers[1].send_signal(signal.SIGTERM)
    (code, chief), (other_code, other) = map(end_of, workers)
    assert (code, other_code) == (3, 3), chief + other
    update = re.search(r"stopped by another worker after update (\d+), saved", chief)[1]
    assert f"stopped by SIGTERM after update {update}, saved as {run.checkpoints}/ckpt-{update}.npz\n" in other
    assert newest_checkpoint(run.checkpoints).name == f"ckpt-{update}.npz"
    for victim in (1, 0):
        workers = started_and_past_a_checkpoint(run)
        workers[victim].kill()
        code, said = end_of(workers[1 - victim])
        assert code == 3, said
        notes = re.compile(r"I\d{4} ")  # of TensorFlow, where the processor makes it choose oneDNN
        errors = [line for line in said.splitlines() if "rror" in line and not notes.match(line)]
        assert len(errors) == 1, said
        assert errors[0].startswith("error: another worker was lost; start all of them again to go on from the last")
        end_of(workers[victim])
    iterations = int(restore_model(CONFIG, run).iteration) + 3
    whole = RunDirectory(tmp_path / "whole")
    for each in (run, whole):
        for worker in started(each, iterations):
            code, said = end_of(worker, within=200.0)
            assert code == 0, said
    one, other = (keyed_variables(restore_model(CONFIG, each)) for each in (run, whole))
    assert one.keys() == other.keys()
    for key, variable in one.items():
        np.testing.assert_array_equal(variable.numpy(), other[key].numpy(), err_msg=key)
