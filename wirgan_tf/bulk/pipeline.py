"""The pipeline that does a job's shards, by Apache Beam: in processes of this machine, or by any of Beam's runners."""

import contextlib
import dataclasses
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import apache_beam as beam
import tqdm
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.utils.shared import Shared

from wirgan_tf.bulk import local_workers
from wirgan_tf.bulk.shards import Shard

_LOCAL = "DirectRunner"
_LOOK_SECONDS = 0.5


class Work(Protocol):
    """What is to be done with shards; sent to the workers, so it holds names rather than models and data."""

    def open(self, threads: int) -> Callable[[Shard], None]:
        """Loads what the work needs, once in each worker process, and returns a function that does a shard.

        Args:
          threads: how many to use; 0 leaves this to the process, which does other work too.
        """


@dataclasses.dataclass(frozen=True)
class Engine:
    """What does the work.

    runner: `DirectRunner`, processes of this machine, or the name of another of Beam's runners.
    workers: processes on this machine.
    options: further options of Beam, as in "parallelism=8".

    Raises: `ValueError` for less than one worker.
    """

    runner: str = _LOCAL
    workers: int = 2
    options: Sequence[str] = ()

    def __post_init__(self):
        if self.workers < 1:
            raise ValueError(f"--workers={self.workers}: must be at least 1")

    @property
    def pipeline_options(self) -> PipelineOptions:
        local = [f"--direct_num_workers={self.workers}", "--direct_running_mode=multi_processing"]
        return PipelineOptions([*(local if self.runner == _LOCAL else []), *(f"--{option}" for option in self.options)],
                               runner=self.runner)

    @property
    def pipeline(self) -> beam.Pipeline:
        """An empty pipeline.

        Beam's own choice for `DirectRunner` would be a runner that has to be downloaded; the one named here starts
        processes with this Python.
        """
        if self.runner != _LOCAL:
            return beam.Pipeline(options=self.pipeline_options)
        return local_workers.pipeline(self.pipeline_options)

    @property
    def threads(self) -> int:
        """Threads of each worker process; 0: this very process does the work, with the threads that it has."""
        mode = self.pipeline_options.view_as(DirectOptions).direct_running_mode
        if self.runner == _LOCAL and mode != "multi_processing":
            return 0
        return max(1, (os.cpu_count() or 1) // self.workers)


def run(work: Work, shards: Sequence[Shard], engine: Engine) -> None:
    """Does `shards`, in any order, each at least once.

    Raises: `OSError` when a worker fails, with the last line of its own error, or dies.
    """
    logging.getLogger("apache_beam").setLevel(logging.ERROR)  # its notes on its own workings
    pipeline = engine.pipeline
    # Each worker has an equal part of the shards; without the reshuffle one might do them all.
    _ = pipeline | beam.Create(list(shards)) | beam.Reshuffle() | "do" >> beam.ParDo(_Do(work, engine.threads))
    ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def carry_out() -> None:
        try:
            pipeline.run().wait_until_finish()
            ended.put(None)
        except Exception as error:  # whatever it is, the main thread reports it
            ended.put(error)

    # Beam waits for ever for a local worker that has died, so it waits in a thread that can be left behind.
    with local_workers.deaths_reported(ended):
        threading.Thread(target=carry_out, daemon=True).start()
        error = ended.get()
    if error is not None:
        lines = [line for line in str(error).splitlines() if line.strip()]  # often a worker's whole traceback
        raise OSError(f"a worker failed: {lines[-1] if lines else repr(error)}; the same command goes on after the "
                      "shards that are done") from error


class _Do(beam.DoFn):
    """Does a shard; what this needs is loaded once in each process."""

    def __init__(self, work: Work, threads: int):
        self._work = work
        self._threads = threads
        self._shared = Shared()

    def setup(self):
        self._do = self._shared.acquire(self._open)

    def process(self, shard: Shard):
        self._do(shard)

    def _open(self) -> Callable[[Shard], None]:
        return self._work.open(self._threads)


@contextlib.contextmanager
def progress(finished: Callable[[], int], total: int) -> Iterator[None]:
    """Shows, while its body runs, how many images of `total` are `finished`: all that can be seen of remote workers."""
    over = threading.Event()
    with tqdm.tqdm(total=total, initial=finished(), unit="image", smoothing=0) as bar:
        def watch() -> None:
            while not over.wait(_LOOK_SECONDS):
                bar.update(finished() - bar.n)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            bar.update(finished() - bar.n)
