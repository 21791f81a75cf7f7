"""Batching: concurrent requests for the same signature share one call of the model.

A call that fails is made again for each of its requests alone, so that one request's mistake fails no other. A request
that a model refuses with padding is tried again without, since the model's limits are meant for the request's own rows.
"""

import asyncio
import collections
import dataclasses
import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable

import grpc
import numpy as np

from wirgan_tf.serving.errors import ServingError, from_exception
from wirgan_tf.serving.metrics import Metrics
from wirgan_tf.serving.settings import Settings

Arrays = dict[str, np.ndarray]
Call = Callable[[Arrays, float], Awaitable[Arrays]]
_NOT_CALLED_AGAIN = (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)


@dataclasses.dataclass
class _Request:
    inputs: Arrays
    rows: int
    deadline: float
    answer: asyncio.Future
    arrived: float = dataclasses.field(default_factory=time.monotonic)


class Batcher:
    """Joins requests that agree on a key, up to `max_call_rows` rows.

    While `parallel_calls` run, the next requests gather, so that calls grow with the load; a call that would not be
    full waits `call_wait_ms` for more. Requests whose waiter has been cancelled are left out.

    Args:
      settings: name of the model, size of calls, how long they wait and how many run at a time.
      metrics: where calls are counted.
    """

    def __init__(self, settings: Settings, metrics: Metrics):
        self._name = settings.name
        self._most_rows = settings.max_call_rows
        self._padded_rows = settings.padded_rows
        self._wait_s = settings.call_wait_ms / 1000
        self._metrics = metrics
        self._queues: dict[Hashable, _Queue] = {}
        self._places = asyncio.Semaphore(settings.parallel_calls)
        self._tasks: set[asyncio.Task] = set()  # held here: the event loop holds them weakly

    async def run(self, key: Hashable, call: Call, inputs: Arrays, deadline: float) -> Arrays:
        """The outputs for these rows alone.

        Args:
          key: what requests must agree on to share a call: version, signature, outputs, shapes of a row.
          call: makes a call of the model: (inputs [rows, ...], deadline) -> outputs [rows, ...].
          inputs: of one request, [B, ...] with 1 <= B <= `max_call_rows`, all of the same B.
          deadline: on the clock of `time.monotonic`.

        Raises: what `call` raises for these rows.
        """
        rows = len(next(iter(inputs.values())))
        request = _Request(inputs, rows, deadline, asyncio.get_running_loop().create_future())
        self._metrics.request_rows.observe(self._name, value=rows)
        if key not in self._queues:
            self._queues[key] = _Queue(self._most_rows)
            self._start(self._work(key, call))
        self._queues[key].put(request)
        return await request.answer

    async def _work(self, key: Hashable, call: Call) -> None:
        queue = self._queues[key]
        while queue.waiting:
            await queue.until_full(queue.waiting[0].arrived + self._wait_s)
            await self._places.acquire()
            requests = queue.take()
            for request in requests:
                self._metrics.queuing_latency.observe(self._name, value=(time.monotonic() - request.arrived) * 1e6)
            self._start(self._answer_and_leave(requests, call))
        del self._queues[key]

    async def _answer_and_leave(self, requests: list[_Request], call: Call) -> None:
        try:
            if requests:
                await self._answer(requests, call)
        finally:
            self._places.release()

    def _start(self, work: Coroutine) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, requests: list[_Request], call: Call) -> None:
        rows = sum(request.rows for request in requests)
        padded = next((size for size in self._padded_rows if size >= rows), rows)
        await self._answer_padded(requests, call, padded)

    async def _answer_padded(self, requests: list[_Request], call: Call, padded: int) -> None:
        try:
            outputs = await self._joined(requests, call, padded)
        except Exception as error:
            failure = from_exception(error)
            if len(requests) > 1 and failure.code not in _NOT_CALLED_AGAIN:
                for request in requests:
                    if not request.answer.done():
                        await self._answer([request], call)
                return
            if padded > requests[0].rows and failure.code is grpc.StatusCode.INVALID_ARGUMENT:
                await self._answer_padded(requests, call, requests[0].rows)
                return
            outputs = [failure] * len(requests)
        for request, output in zip(requests, outputs, strict=True):
            if request.answer.done():  # its waiter has left
                continue
            if isinstance(output, ServingError):
                request.answer.set_exception(output)
            else:
                request.answer.set_result(output)

    async def _joined(self, requests: list[_Request], call: Call, padded: int) -> list[Arrays]:
        rows = sum(request.rows for request in requests)
        self._metrics.call_rows.observe(self._name, value=padded)
        self._metrics.padding_rows.observe(self._name, value=padded - rows)
        inputs = {name: _joined_rows([request.inputs[name] for request in requests], padded)
                  for name in requests[0].inputs}
        outputs = await call(inputs, max(request.deadline for request in requests))
        for name, array in outputs.items():
            if array.shape[:1] != (padded,):
                raise ServingError(grpc.StatusCode.FAILED_PRECONDITION, f"output {name!r} has shape "
                                   f"{list(array.shape)} for {padded} rows; its signature cannot be batched")
        ends = np.cumsum([request.rows for request in requests])
        return [{name: array[end - request.rows:end] for name, array in outputs.items()}
                for request, end in zip(requests, ends, strict=True)]


class _Queue:
    """Requests of one key that wait for their call."""

    def __init__(self, most_rows: int):
        self.waiting: collections.deque[_Request] = collections.deque()
        self._most_rows = most_rows
        self._full = asyncio.Event()

    def put(self, request: _Request) -> None:
        self.waiting.append(request)
        if sum(request.rows for request in self.waiting) >= self._most_rows:
            self._full.set()

    async def until_full(self, moment: float) -> None:
        """Returns when there are rows for the largest call, or at `moment`."""
        try:
            await asyncio.wait_for(self._full.wait(), max(0.0, moment - time.monotonic()))
        except asyncio.TimeoutError:
            return

    def take(self) -> list[_Request]:
        """The requests of the next call, first come first served."""
        taken, rows = [], 0
        while self.waiting and rows + self.waiting[0].rows <= self._most_rows:
            request = self.waiting.popleft()
            if not request.answer.done():
                taken.append(request)
                rows += request.rows
        if sum(request.rows for request in self.waiting) < self._most_rows:
            self._full.clear()
        return taken


def _joined_rows(parts: list[np.ndarray], rows: int) -> np.ndarray:
    """The rows of `parts` and copies of the last one, `rows` in all."""
    missing = rows - sum(map(len, parts))
    return np.concatenate([*parts, np.repeat(parts[-1][-1:], missing, axis=0)])
