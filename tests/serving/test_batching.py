"""Joined calls, with a model that is a function of its rows and notes what it is called with."""

import asyncio
import pathlib
import time
import traceback

import grpc
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.serving.batching import Batcher
from wirgan_tf.serving.errors import ServingError, from_exception, invalid
from wirgan_tf.serving.loaded_model import Signature, TensorSpec
from wirgan_tf.serving.metrics import Metrics
from wirgan_tf.serving.predictor import Predictor
from wirgan_tf.serving.settings import Settings
from wirgan_tf.serving.versions import Version

SOON = 60.0  # seconds from now that no test takes


class Model:
    """Doubles its input; rows below 0 are refused. `calls` are the values it was called with."""

    def __init__(self, seconds=0.0):
        self.calls, self.deadlines, self._seconds = [], [], seconds

    async def __call__(self, inputs, deadline):
        self.calls.append(inputs["x"].tolist())
        self.deadlines.append(deadline)
        await asyncio.sleep(self._seconds)
        if (inputs["x"] < 0).any():
            raise invalid("x must not be negative")
        return {"y": 2 * inputs["x"]}


def batcher(padded_rows=(1, 2, 4, 8), call_wait_ms=20.0, max_call_rows=8, parallel_calls=1):
    settings = Settings(pathlib.Path("m"), max_call_rows=max_call_rows, padded_rows=padded_rows,
                        call_wait_ms=call_wait_ms, parallel_calls=parallel_calls)
    return Batcher(settings, Metrics())


def answers(batcher, model, *requests, key="k", deadline=SOON):
    """What concurrent requests get, in order: lists of values or errors."""
    async def ask(values):
        inputs = {"x": np.array(values)}
        return (await batcher.run(key, model, inputs, time.monotonic() + deadline))["y"].tolist()

    async def ask_all():
        return await asyncio.gather(*map(ask, requests), return_exceptions=True)

    return asyncio.run(ask_all())


def test_concurrent_requests_share_a_padded_call_and_get_their_own_rows():
    model = Model()
    assert answers(batcher(), model, [1], [2, 3], [4, 5]) == [[2], [4, 6], [8, 10]]
    assert model.calls == [[1, 2, 3, 4, 5, 5, 5, 5]]  # 5 rows, padded to 8 with the last


def test_a_full_call_does_not_wait():
    start = time.monotonic()
    assert answers(batcher((), call_wait_ms=60_000, max_call_rows=2), Model(), [1], [2]) == [[2], [4]]
    assert time.monotonic() - start < 30


def test_more_rows_than_a_call_takes_are_several_calls_in_order():
    model = Model()
    assert answers(batcher((), max_call_rows=4), model, [1, 2, 3], [4, 5], [6]) == [[2, 4, 6], [8, 10], [12]]
    assert model.calls == [[1, 2, 3], [4, 5, 6]]  # 3 + 2 rows are more than 4, and none are padded


@pytest.mark.parametrize(("parallel_calls", "calls"), [(1, [[0], [1, 2, 3, 3]]), (2, [[0], [1], [2, 3]])])
def test_while_all_calls_run_the_next_requests_gather(parallel_calls, calls):
    model = Model(seconds=0.2)

    async def ask_in_turn():
        queue = batcher(call_wait_ms=0, parallel_calls=parallel_calls)
        requests = []
        for value in range(4):
            requests.append(asyncio.create_task(queue.run("k", model, {"x": np.array([value])}, SOON)))
            await asyncio.sleep(0.01)
        return [(await request)["y"].tolist() for request in requests]

    assert asyncio.run(ask_in_turn()) == [[0], [2], [4], [6]]
    assert model.calls == calls


def test_requests_of_different_keys_do_not_meet():
    model, queue = Model(), batcher()

    async def ask_both():
        return await asyncio.gather(*(queue.run(key, model, {"x": np.array([value])}, SOON)
                                      for key, value in (("a", 1), ("b", 2))))

    assert [output["y"].tolist() for output in asyncio.run(ask_both())] == [[2], [4]]
    assert sorted(model.calls) == [[1], [2]]


def test_a_mistake_fails_its_own_request_alone():
    model = Model()
    first, second, third = answers(batcher(), model, [1], [-1], [3])
    assert (first, third) == ([2], [6])
    assert isinstance(second, ServingError)
    assert second.message == "x must not be negative"
    assert model.calls == [[1, -1, 3, 3], [1], [-1], [3]]


def test_a_request_too_large_with_padding_is_asked_without():
    calls = []

    async def of_three_rows(inputs, deadline):
        calls.append(inputs["x"].tolist())
        if len(inputs["x"]) > 3:
            raise invalid("at most 3 rows")
        return {"y": 2 * inputs["x"]}

    assert answers(batcher(), of_three_rows, [1, 2, 3]) == [[2, 4, 6]]
    assert calls == [[1, 2, 3, 3], [1, 2, 3]]
    calls.clear()
    assert answers(batcher(), of_three_rows, [1, 2, 3], [4]) == [[2, 4, 6], [8]]
    assert calls == [[1, 2, 3, 4], [1, 2, 3, 3], [1, 2, 3], [4]]


def test_a_failure_keeps_the_error_it_came_from():
    async def broken(inputs, deadline):
        raise KeyError("y")

    failure, = answers(batcher(), broken, [1])
    assert failure.code is grpc.StatusCode.INTERNAL
    assert repr(failure.__cause__) == "KeyError('y')"
    assert "broken" in "".join(traceback.format_exception(failure))


def test_a_call_that_takes_too_long_is_not_made_again():
    calls = []

    async def late(inputs, deadline):
        calls.append(len(inputs["x"]))
        raise ServingError(grpc.StatusCode.DEADLINE_EXCEEDED, "late")

    failures = answers(batcher(), late, [1], [2])
    assert [failure.code for failure in failures] == [grpc.StatusCode.DEADLINE_EXCEEDED] * 2
    assert calls == [2]


def test_who_has_left_is_left_out():
    model = Model()

    async def leave():
        queue = batcher(call_wait_ms=50)
        leaves, stays = (asyncio.create_task(queue.run("k", model, {"x": np.array([value])}, SOON)) for value in (1, 2))
        await asyncio.sleep(0.01)
        leaves.cancel()
        return (await stays)["y"].tolist()

    assert asyncio.run(leave()) == [4]
    assert model.calls == [[2]]


def test_the_call_has_the_time_of_its_most_patient_request():
    model = Model()

    async def ask():
        queue = batcher()
        await asyncio.gather(*(queue.run("k", model, {"x": np.array([1])}, deadline) for deadline in (5.0, 9.0, 7.0)))

    asyncio.run(ask())
    assert model.deadlines == [9.0]


@pytest.mark.parametrize("shape", [(1,), (3, 2), ()])
def test_outputs_that_are_no_rows_are_refused(shape):
    async def not_rows(inputs, deadline):
        return {"y": np.zeros(shape)}

    [failure] = answers(batcher(), not_rows, [1, 2])
    assert failure.code == grpc.StatusCode.FAILED_PRECONDITION
    assert "output 'y' has shape" in failure.message


def test_strings_and_tensors_are_joined_too():
    async def same(inputs, deadline):
        assert inputs["s"].dtype == object
        return inputs

    async def ask():
        queue = batcher()
        return await asyncio.gather(*(queue.run("k", same, {"s": np.array([text], object), "z": np.full([1, 2], 0.5)},
                                                SOON) for text in (b"a", b"bc", b"")))

    outputs = asyncio.run(ask())
    assert [output["s"].tolist() for output in outputs] == [[b"a"], [b"bc"], [b""]]
    assert [output["z"].tolist() for output in outputs] == [[[0.5, 0.5]]] * 3


def test_queues_do_not_stay():
    queue = batcher(call_wait_ms=0)
    answers(queue, Model(), [1])
    assert not queue._queues


def test_a_version_loaded_anew_has_a_queue_of_its_own(monkeypatch):
    """Its number is that of the version before, whose model is closed."""
    keys = []

    async def run(self, key, call, inputs, deadline):
        keys.append(key)

    monkeypatch.setattr(Batcher, "run", run)
    rows = TensorSpec("rows", tf.float64, tf.TensorShape([None]))
    predictor = Predictor(Settings(pathlib.Path("m")), Metrics())
    signature = Signature("double", {"x": rows}, {"y": rows})
    for _ in range(2):
        asyncio.run(predictor.predict(Version(1, pathlib.Path("m/1")), signature, {"x": np.zeros(1)}, [], SOON))
    assert keys[0] != keys[1]
    assert keys[0][1:] == keys[1][1:]


@pytest.mark.parametrize("node", ["node Assert/Assert", "function_node inner}}{{node Assert/Assert"])
def test_names_of_nodes_are_cut_off(node):
    error = tf.errors.InvalidArgumentError(None, None, f"Graph execution error: too many rows [[{{{{{node}}}}}]]")
    assert from_exception(error).message == "too many rows"
