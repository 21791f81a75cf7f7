import json
import os
import pathlib
import re
import subprocess
import sys
import time

import keras
import launch_local
import pytest
import tensorflow as tf

from tests.training.test_exactness import LAUNCH
from wirgan_tf.config import Config
from wirgan_tf.training.strategies import InterruptedRunError, Workers, build_strategy, described_devices

ROOT = pathlib.Path(__file__).parents[2]
WORKERS = {"worker": ["a:1", "b:1"]}


def tf_config(monkeypatch, cluster, **task):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": task}))


def test_one_device_is_the_default_where_there_is_no_more():
    assert build_strategy("auto") is build_strategy("one") is tf.distribute.get_strategy()


def test_mirrored_takes_every_device():
    assert build_strategy("mirrored").num_replicas_in_sync == 2  # the tests' two logical CPU devices


def test_several_gpus_are_mirrored(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["GPU:0", "GPU:1"])
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda devices: "mirrored")
    assert build_strategy("auto") == "mirrored"


def test_people_are_told_which_devices_are_used(monkeypatch, two_replicas):
    one = tf.distribute.get_strategy()
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert described_devices(one) == described_devices(two_replicas) == "the CPU; TensorFlow found no GPU"
    gpus = [tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU"), tf.config.PhysicalDevice("GPU:1", "GPU")]
    details = {gpus[0]: {}, gpus[1]: {"device_name": "NVIDIA L4"}}
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details.get)
    assert described_devices(one) == "1 GPU: /physical_device:GPU:0"
    assert described_devices(two_replicas) == "2 GPUs: /physical_device:GPU:0, NVIDIA L4"


@pytest.mark.parametrize(("cluster", "task", "message"), [
    (WORKERS, {"type": "worker", "index": 2}, r'task {"type": "worker", "index": 2} is none of its cluster'),
    (WORKERS, {"type": "chief", "index": 0}, "is none of its cluster"),
    (WORKERS, {}, "task {} is none of its cluster"),
    (WORKERS | {"ps": ["c:1"]}, {"type": "worker", "index": 0}, "tasks of type ps; .* worker and chief alone"),
    ({"ps": ["a:1", "b:1"]}, {"type": "ps", "index": 0}, "tasks of type ps"),
])
def test_a_cluster_that_cannot_work_is_refused(monkeypatch, cluster, task, message):
    tf_config(monkeypatch, cluster, **task)
    for name in ("auto", "multi_worker"):
        with pytest.raises(ValueError, match=message):
            build_strategy(name)


@pytest.mark.parametrize(("text", "message"), [
    ("[]", r"TF_CONFIG is \[\]; expected an object such as"),
    ("null", "TF_CONFIG is null; expected an object"),
    ("3", "TF_CONFIG is 3; expected"),
    ('{"cluster": null}', "TF_CONFIG's cluster is null; expected"),
    ('{"cluster": []}', r"TF_CONFIG's cluster is \[\]; expected"),
    ('{"cluster": {"worker": null}}', r'TF_CONFIG\'s cluster is {"worker": null}; expected'),
    ('{"cluster": {"worker": "a:1"}}', 'cluster is {"worker": "a:1"}; expected'),
    ('{"cluster": {"worker": ["a:1", null]}}', "null"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": null}', "TF_CONFIG's task is null; expected"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": null}}', "task is .*null}; expected"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": "x"}}', "task is .*; expected"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": ["worker"], "index": 0}}', "none of its cluster"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": null, "index": 0}}', "none of its cluster")])
def test_a_tf_config_of_another_form_is_refused(monkeypatch, text, message):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=message):
        build_strategy("auto")


@pytest.mark.parametrize("text", ["", "  ", "{}", '{"task": {"type": "worker", "index": "0"}}'])
def test_a_tf_config_that_names_nobody_is_one_process(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    assert build_strategy("auto") is tf.distribute.get_strategy()


def test_several_workers_need_a_cluster(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "")
    with pytest.raises(ValueError, match="multi_worker needs the environment variable TF_CONFIG, which names"):
        build_strategy("multi_worker")
    monkeypatch.setenv("TF_CONFIG", "{")
    with pytest.raises(ValueError, match="TF_CONFIG is not JSON: "):
        build_strategy("auto")


class Cluster:
    """As much of a strategy as says who is who, and what the others give to a sum."""

    num_replicas_in_sync = 2

    def __init__(self, cluster, kind, index, others=0.0):
        self.cluster_resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
            tf.train.ClusterSpec(cluster), task_type=kind, task_id=index)
        self.others = others

    def experimental_distribute_values_from_function(self, function):
        values = [function(None), function(None)]  # a worker's two devices
        return tf.add_n(values)

    def reduce(self, operation, value, axis):
        assert (operation, axis) == ("SUM", None)
        return value + tf.cast(self.others, value.dtype)


@pytest.mark.parametrize(("cluster", "kind", "index", "expected"), [
    (WORKERS, "worker", 0, True), (WORKERS, "worker", 1, False),
    (WORKERS | {"chief": ["c:1"]}, "chief", 0, True), (WORKERS | {"chief": ["c:1"]}, "worker", 0, False)])
def test_the_chief(cluster, kind, index, expected):
    workers = Workers(Cluster(cluster, kind, index))
    assert workers.several
    assert workers.is_chief == expected


def test_alone_a_process_is_the_chief_and_waits_for_nobody():
    workers = Workers(tf.distribute.get_strategy())
    assert (workers.several, workers.is_chief) == (False, True)
    workers.meet()
    assert [workers.any(True), workers.any(False)] == [True, False]
    with pytest.raises(tf.errors.UnavailableError), workers.noticing_loss():
        raise tf.errors.UnavailableError(None, None, "of a file system, say")


def test_any_of_them():
    alone, with_another = (Workers(Cluster(WORKERS, "worker", 0, others)) for others in (0.0, 1.0))
    assert [alone.any(False), alone.any(True), with_another.any(False)] == [False, True, True]


def test_what_the_chief_has_is_taken():
    """The others give nothing to the sum but the chief does, once, however many devices it has."""
    chief, other = Workers(Cluster(WORKERS, "worker", 0)), Workers(Cluster(WORKERS, "worker", 1, others=2**40 + 1))
    for workers, expected in ((chief, 7), (other, 2**40 + 1)):
        variable = keras.Variable(7, dtype="int64")
        workers.take_from_chief([variable])
        assert variable.numpy() == expected


def test_other_settings_than_the_chiefs_are_refused(monkeypatch):
    given = []  # the chief's first
    monkeypatch.setattr(Workers, "_sum", lambda self, mine: given.append(mine) or given[0])
    config = Config(dataset="mnist")
    Workers(Cluster(WORKERS, "worker", 0)).check_same(config)
    other = Workers(Cluster(WORKERS, "worker", 1))
    other.check_same(config.replace(data_dir="its own"))
    with pytest.raises(ValueError, match="other settings than the chief"):
        other.check_same(config.replace(batch_size=32))


def test_a_lost_worker_is_told_in_one_line():
    message = r"^another worker was lost; start all of them again .* \(reset\)$"
    with pytest.raises(InterruptedRunError, match=message), Workers(Cluster(WORKERS, "worker", 0)).noticing_loss():
        raise tf.errors.UnavailableError(None, None, "reset\nby peer")


def test_the_lines_for_slurm(monkeypatch, tmp_path):
    """As docs/training.md has them, on the second of two nodes."""
    lines, = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "training.md").read_text(), re.DOTALL)
    (tmp_path / "scontrol").write_text('#!/bin/sh\n[ "$*" = "show hostnames node[1-2]" ] && echo node1 node2\n')
    (tmp_path / "scontrol").chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    shown = subprocess.run(["bash", "-c", f'{lines}\necho "$TF_CONFIG"'], capture_output=True, text=True, check=True,
                           env={"PATH": path, "SLURM_STEP_NODELIST": "node[1-2]", "SLURM_PROCID": "1"}).stdout
    assert json.loads(shown) == {
        "cluster": {"worker": ["node1:2222", "node2:2222"]}, "task": {"type": "worker", "index": 1}}


def test_the_launcher_shows_who_says_what_and_fails_as_they_do():
    ended = subprocess.run([sys.executable, LAUNCH, "--workers=2", "--", "--widht=3"], capture_output=True, text=True)
    assert ended.returncode == 2
    notes = re.compile(r"\[worker \d\] (I\d{4} |WARNING: All log messages)")  # of TensorFlow, on the processor
    assert sorted(line.partition(": ")[0] for line in ended.stdout.splitlines() if not notes.match(line)) == [
        "[worker 0] error", "[worker 1] error"]


def test_the_launcher_passes_signals_on_and_ends_what_is_left(monkeypatch):
    monkeypatch.setattr(launch_local, "_GRACE", 0.1)
    sleep = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"]
    deaf = subprocess.Popen(sleep, stdout=subprocess.PIPE, text=True)
    assert deaf.stdout.readline() == "1\n"
    workers = [subprocess.Popen(["sleep", "60"]), deaf]
    start = time.monotonic()
    launch_local.pass_on(15, workers)
    assert launch_local.wait(workers) == 128 + 15  # of the first to fail
    assert deaf.returncode == -9
    assert time.monotonic() - start < 30
