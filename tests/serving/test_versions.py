"""Versions that come, go, are broken and are asked for by name."""

import asyncio
import concurrent.futures
import shutil
import threading
import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.serving.small_models import write
from wirgan_tf.serving.errors import ServingError
from wirgan_tf.serving.settings import ALL, NEWEST, SPECIFIC, VersionPolicy
from wirgan_tf.serving.versions import State, VersionManager

NEWEST_ONE = VersionPolicy(NEWEST)
ROWS = {"signature_name": "sample_rows", "inputs": {"seed": [1], "truncation": [1.0]}}


def states(manager):
    return {version.number: version.state.name for version in manager.statuses(manager.name)}


def followed(base, *steps, policy=NEWEST_ONE):
    """A manager that has polled before each step and after the last, and is closed at the end."""
    async def follow():
        manager = VersionManager("digits", base, policy, {})
        await manager.poll()
        for step in steps:
            step(manager)
            await manager.poll()
        await asyncio.gather(*manager._unloading)
        found = states(manager) if manager._versions else {}
        await manager.close()
        return manager, found

    return asyncio.run(follow())


def test_states_are_those_of_the_protocol():
    from tensorflow_serving.apis import get_model_status_pb2

    numbers = dict(get_model_status_pb2.ModelVersionStatus.State.items())
    assert {state.name: state.value for state in State} == {k: v for k, v in numbers.items() if k != "UNKNOWN"}


@pytest.mark.parametrize(("policy", "expected"), [
    (NEWEST_ONE, {2: "AVAILABLE"}),
    (VersionPolicy(ALL), {1: "AVAILABLE", 2: "AVAILABLE"}),
    (VersionPolicy(NEWEST, count=2), {1: "AVAILABLE", 2: "AVAILABLE"}),
    (VersionPolicy(SPECIFIC, frozenset([1, 9])), {1: "AVAILABLE"}),
])
def test_policies(generators, policy, expected):
    assert followed(generators, policy=policy)[1] == expected


def test_only_integers_are_versions(generators, tmp_path):
    for name in ("-1", "1.5", "one", ".partial-3-1", "٣", "99999999999999999999"):
        shutil.copytree(generators / "1", tmp_path / name)
    (tmp_path / "5").write_text("a file")
    shutil.copytree(generators / "1", tmp_path / "0000004")
    assert followed(tmp_path)[1] == {4: "AVAILABLE"}


def test_a_new_version_is_served_and_the_old_one_let_go_of(digits, generators):
    _, found = followed(digits, lambda _: shutil.copytree(generators / "2", digits / "2"))
    assert found == {1: "END", 2: "AVAILABLE"}


def test_a_version_taken_away_gives_way_to_the_one_before(digits, generators):
    shutil.copytree(generators / "2", digits / "2")
    manager, found = followed(digits, lambda _: shutil.rmtree(digits / "2"))
    assert found == {1: "AVAILABLE", 2: "END"}
    assert not manager.served()  # it is closed
    assert followed(digits, lambda _: shutil.rmtree(digits / "1"))[1] == {1: "END"}


def half_of(folder, target, keep):
    """A copy of a version that is not done: `keep` says which of its files are there."""
    shutil.copytree(folder, target)
    for path in target.rglob("*"):
        if path.is_file() and path.name not in keep:
            path.unlink()
    return target


@pytest.mark.parametrize("keep", [[], ["saved_model.pb"], ["variables.index", "variables.data-00000-of-00001"]])
def test_half_a_model_is_reported_and_never_served_until_it_is_whole(digits, generators, keep):
    seen = []

    def arrives(_):
        half_of(generators / "2", digits / "2", keep)

    def is_not_served(manager):
        version = manager.statuses("digits", 2)[0]
        seen.append((states(manager), version.error))
        shutil.copytree(generators / "2", digits / "2", dirs_exist_ok=True)

    _, found = followed(digits, arrives, is_not_served)
    [(halfway, error)] = seen
    assert halfway == {1: "AVAILABLE", 2: "END"}
    assert error.message
    assert found == {1: "END", 2: "AVAILABLE"}


def test_a_link_that_leads_nowhere_is_looked_at_as_it_is(digits):
    (digits / "1" / "notes.txt").symlink_to("nowhere")
    assert followed(digits)[1] == {1: "AVAILABLE"}


def test_files_that_are_no_model_are_reported(digits, generators):
    def arrives(_):
        shutil.copytree(generators / "2", digits / "2")
        whole = (digits / "2" / "saved_model.pb").read_bytes()
        (digits / "2" / "saved_model.pb").write_bytes(whole[:1000])

    manager, found = followed(digits, arrives, lambda manager: None)
    assert found == {1: "AVAILABLE", 2: "END"}
    assert "Cannot parse file" in manager.statuses("digits", 2)[0].error.message


def test_a_broken_version_is_not_tried_again_as_it_is(digits, generators):
    half_of(generators / "2", digits / "2", [])
    tried = []
    followed(digits, *[lambda manager: tried.append(manager.statuses("digits", 2)[0])] * 2)
    assert tried[0] is tried[1]


def test_the_newest_that_can_be_loaded_is_served_from_the_start(digits, generators):
    half_of(generators / "2", digits / "2", ["saved_model.pb"])
    assert followed(digits)[1] == {1: "AVAILABLE", 2: "END"}


def test_what_a_session_cannot_run_is_not_served_right(tmp_path, start):
    """A Keras 3 model in a tf.Module runs in Python; in a Session, as in TensorFlow Serving, it has no variables."""
    class Holder(tf.Module):
        def __init__(self):
            super().__init__()
            self.dense = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
        def serving_default(self, x):
            return {"y": self.dense(x)}

    write(Holder(), tmp_path / "1")
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    assert loaded.serving_default(tf.zeros([1, 2]))["y"].shape == (1, 1)
    response = start(tmp_path, model_name="m").post("/v1/models/m:predict", {"instances": [[1.0, 2.0]]})
    assert response.status_code == 400
    assert "Could not find variable" in response.json()["error"]


def test_names_and_labels(generators):
    async def ask():
        manager = VersionManager("digits", generators, VersionPolicy(ALL), {"old": 1, "gone": 9})
        await manager.poll()
        for arguments, number in ((("digits",), 2), (("digits", 1), 1), (("digits", None, "old"), 1)):
            with manager.use(*arguments) as version:
                assert version.number == number
        for arguments, message in ((("digits", 3), "Specific\\(digits, 3\\)"), (("mnist",), "Latest\\(mnist\\)"),
                                   (("digits", None, "gone"), "Specific\\(digits, 9\\)"),
                                   (("digits", None, "new"), "Unrecognized servable version label: new"),
                                   (("mnist", None, "old"), "Unrecognized"), (("",), "no name")):
            with pytest.raises(ServingError, match=message), manager.use(*arguments):
                pass
        await manager.close()

    asyncio.run(ask())


def test_a_version_in_use_is_unloaded_after_the_last_use(digits, generators):
    async def hold():
        manager = VersionManager("digits", digits, VersionPolicy(), {})
        await manager.poll()
        with manager.use("digits") as old:
            shutil.copytree(generators / "2", digits / "2")
            await manager.poll()
            await asyncio.sleep(0.05)
            assert states(manager) == {1: "UNLOADING", 2: "AVAILABLE"}
            with manager.use("digits") as new:
                assert (old.number, new.number) == (1, 2)
            inputs = {"seed": np.array([1]), "truncation": np.ones(1, np.float32)}
            images = old.model.run(old.model.signatures["sample_rows"], inputs, ["images"], 60.0)["images"]
            assert images.max() > 0.9
        await asyncio.gather(*manager._unloading)
        assert states(manager) == {1: "END", 2: "AVAILABLE"}
        assert old.model is None
        await manager.close()

    asyncio.run(hold())


def test_nothing_is_lost_when_versions_change_under_load(digits, generators, start):
    """Four clients ask without a pause while version 2 comes, goes and comes again: every request is answered."""
    server = start(digits, poll_s=0.02)
    over, brightest = threading.Event(), set()

    def ask():
        answered = 0
        while not over.is_set():
            response = server.post("/v1/models/digits:predict", ROWS)
            assert response.status_code == 200, response.text
            brightest.add(round(float(np.abs(response.json()["outputs"]).max()), 1))
            answered += 1
        return answered

    def until(number):
        deadline = time.monotonic() + 60
        while [version.number for version in server.server.versions.served()] != [number]:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(ask) for _ in range(4)]
        try:
            for _ in range(2):
                shutil.copytree(generators / "2", digits / ".partial")
                (digits / ".partial").rename(digits / "2")
                until(2)
                time.sleep(0.1)
                shutil.rmtree(digits / "2")
                until(1)
        finally:
            over.set()
        assert min(client.result() for client in clients) > 0
    assert brightest == {1.0, 0.5}
