"""Predict: the way from a request to its answer that REST and gRPC share, with the server's limits on it."""

import asyncio
import concurrent.futures
import contextlib
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import grpc
import numpy as np

from wirgan_tf.serving.batching import Arrays, Batcher
from wirgan_tf.serving.errors import ServingError, from_exception, invalid
from wirgan_tf.serving.loaded_model import Signature
from wirgan_tf.serving.metrics import Metrics
from wirgan_tf.serving.settings import Settings
from wirgan_tf.serving.versions import Version

Answer = TypeVar("Answer")


class Predictor:
    """Runs signatures for many clients at a time.

    Args:
      settings: its limits and how it batches.
      metrics: where requests and calls are counted.
    """

    def __init__(self, settings: Settings, metrics: Metrics):
        self._settings = settings
        self._metrics = metrics
        self._batcher = Batcher(settings, metrics)
        self._threads = concurrent.futures.ThreadPoolExecutor(settings.parallel_calls, "model")
        self._requests = 0

    @contextlib.contextmanager
    def counted(self, model_name: str, api: str, entrypoint: str) -> Iterator[None]:
        """Counts what happens inside as one request: its status and its time. Failures come out as `ServingError`."""
        start, code = time.monotonic(), grpc.StatusCode.OK
        try:
            yield
        except asyncio.CancelledError:  # the client has left
            code = grpc.StatusCode.CANCELLED
            raise
        except Exception as error:
            failure = from_exception(error)
            code = failure.code
            if code == grpc.StatusCode.INTERNAL:
                logging.exception("a request for %s failed", model_name)
            raise failure from failure.__cause__
        finally:
            name = model_name if model_name == self._settings.name else ""  # otherwise any client could make new rows
            self._metrics.requests.add(name, code.name)
            self._metrics.request_latency.observe(name, api, entrypoint, value=(time.monotonic() - start) * 1e6)

    async def within_limits(self, work: Callable[[float], Awaitable[Answer]], timeout_s: float | None) -> Answer:
        """Awaits `work(deadline)`.

        Args:
          work: called with the deadline, on the clock of `time.monotonic`.
          timeout_s: the time that the client has left, or None for the server's own limit.

        Raises: RESOURCE_EXHAUSTED when too many requests wait already, DEADLINE_EXCEEDED when the time is up.
        """
        if self._requests >= self._settings.max_waiting:
            raise ServingError(grpc.StatusCode.RESOURCE_EXHAUSTED,
                               f"{self._requests} requests are waiting already; try again later")
        most = self._settings.request_timeout_s
        timeout_s = most if timeout_s is None else min(max(timeout_s, 0.0), most)
        self._requests += 1
        try:
            return await asyncio.wait_for(work(time.monotonic() + timeout_s), timeout_s)
        except asyncio.TimeoutError as error:
            raise ServingError(grpc.StatusCode.DEADLINE_EXCEEDED, f"no answer within {timeout_s:.3g} s") from error
        finally:
            self._requests -= 1

    async def predict(self, version: Version, signature: Signature, inputs: Arrays, outputs: list[str],
                      deadline: float) -> Arrays:
        """The named outputs of `signature` for `inputs`, or all of its outputs when none are named.

        Args:
          version: held by the caller.
          signature: of the version's model.
          inputs: arrays by name; checked here.
          outputs: an output filter.
          deadline: on the clock of `time.monotonic`.

        Raises: `ServingError`, and what the model raises.
        """
        signature.check_inputs(inputs)
        signature.check_outputs(outputs)
        outputs = sorted(outputs or signature.outputs)
        call = functools.partial(self._call, version, signature, outputs)
        if not self._is_batched(signature):
            return await call(inputs, deadline)
        rows = {name: len(array) for name, array in sorted(inputs.items())}
        if len(set(rows.values())) > 1:
            raise invalid(f"inputs of the batched signature {signature.name!r} must have equal 0th-dimension size, not "
                          + ", ".join(f"{count} ({name})" for name, count in rows.items()))
        most = max(rows.values())
        if most > self._settings.max_request_rows:
            raise invalid(f"a request may have at most {self._settings.max_request_rows} rows, not {most}")
        if not 1 <= most <= self._settings.max_call_rows:
            return await call(inputs, deadline)
        key = (version, signature.name, *outputs, *((name, inputs[name].shape[1:]) for name in sorted(inputs)))
        return await self._batcher.run(key, call, inputs, deadline)

    async def until_idle(self) -> None:
        """Returns when no request waits for its answer."""
        while self._requests:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Ends the threads, when no request is left."""
        self._threads.shutdown()

    def _is_batched(self, signature: Signature) -> bool:
        asked = self._settings.batched_signatures
        return signature.joinable and (asked is None or signature.name in asked)

    async def _call(self, version: Version, signature: Signature, outputs: list[str], inputs: dict[str, np.ndarray],
                    deadline: float) -> Arrays:
        loop = asyncio.get_running_loop()
        version.hold()  # for the thread: a waiter may leave before the call ends
        running = self._threads.submit(self._run, version, signature, outputs, inputs, deadline)
        running.add_done_callback(lambda _: loop.call_soon_threadsafe(version.release))
        values, seconds = await asyncio.wrap_future(running)
        self._metrics.runtime_latency.observe(self._settings.name, "Predict", "TF1", value=seconds * 1e6)
        return values

    @staticmethod
    def _run(version: Version, signature: Signature, outputs: list[str], inputs: Arrays,
             deadline: float) -> tuple[Arrays, float]:
        start = time.monotonic()
        if deadline <= start:
            raise ServingError(grpc.StatusCode.DEADLINE_EXCEEDED, "the request's time was over before its turn came")
        values = version.model.run(signature, inputs, outputs, deadline - start)
        return values, time.monotonic() - start
